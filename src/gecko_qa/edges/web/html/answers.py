"""Answers of the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gecko_qa.answer.answer import Answer
from gecko_qa.edges.web.html.cards import Card, card_of
from gecko_qa.edges.web.html.environment import render
from gecko_qa.layout import Layout
from gecko_qa.library import Library
from gecko_qa.passages import Passage


def render_answers(answers: Sequence[Answer], library: Library) -> str:
    """Return the conversation, newest answer first."""
    turns = [_turn(answer, library) for answer in reversed(answers)]
    return render(
        "answers.html",
        turns=turns,
        layout=library.layout,
        titles={e.slug: e.title for e in library.explainers},
        sources_of=lambda cards: tuple(dict.fromkeys(card.explainer for card in cards)),
        choice_name=choice_name,
    )


def render_note(message: str) -> str:
    """Return a message to the reader, such as why a question was not taken."""
    return render("note.html", message=message)


def choice_name(layout: Layout, what: Literal["level", "audience"], choice: str | None) -> str:
    """Return the name readers see of a level's or audience's id."""
    choices = layout.levels if what == "level" else layout.audiences
    return next((c.name for c in choices if c.id == choice), "Everyone")


def _turn(
    answer: Answer, library: Library
) -> tuple[Answer, Card | None, tuple[Card, ...], tuple[Card, ...]]:
    """Return an answer with the cards of its definition, its passages, and what mentions it."""
    definition = answer.definition
    if definition is not None and definition in answer.passages:
        definition = None
    return (
        answer,
        None if definition is None else card_of(library, definition),
        _cards(answer.passages, library),
        _cards(answer.mentioned, library),
    )


def _cards(passages: Sequence[Passage], library: Library) -> tuple[Card, ...]:
    return tuple(card_of(library, passage) for passage in passages)
