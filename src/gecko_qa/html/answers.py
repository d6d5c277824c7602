"""Answers of the chat."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.steps import Step, next_steps
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.feedback.feedback import VERDICTS, WANTED
from gecko_qa.html.cards import Card, card_of
from gecko_qa.html.environment import render
from gecko_qa.layout import EVERYONE, Layout
from gecko_qa.library import Library
from gecko_qa.retrieval.frame import topic_words


@dataclass(frozen=True)
class View:
    """An answer as it is shown.

    `leads` are the definitions above it, `rows` its cards, a row a section: the concepts of a
    comparison side by side, each in its column, None where one lacks the section. `looked_for` are
    the words of a question that nothing covers, and `alike` names that look like them. `offers`
    are concepts to ask about instead, `steps` those to ask about next. `said` is what a screen
    reader says when it comes.
    """

    leads: tuple[Card, ...]
    rows: tuple[tuple[Card | None, ...], ...]
    mentioned: tuple[Card, ...]
    looked_for: tuple[str, ...]
    alike: tuple[str, ...]
    offers: tuple[Explainer, ...]
    steps: tuple[Step, ...]
    told: tuple[Explainer, ...]
    said: str


def render_answer(
    answer: Answer,
    library: Library,
    number: int = 1,
    link: str = "",
    *,
    as_typed: str = "",
    changed: bool = False,
) -> str:
    """Return an answer, the conversation's `number`.

    `link` is the query of the address that leads to it, `as_typed` of the one that asks the same
    without mending it, and `changed` tells that its text is another than when the link was made.
    """
    return render(
        "answer.html",
        view=_view(answer, library),
        answer=answer,
        number=number,
        link=link,
        as_typed=as_typed,
        changed=changed,
        layout=library.layout,
        choice_name=choice_name,
        neighbours=neighbours,
        verdicts={id_: name for id_, name in VERDICTS.items() if id_ != WANTED},
        asked=_asked(answer),
    )


def render_passage(library: Library, passage_id: str) -> str:
    """Return a passage as a card; raises UnknownChoice."""
    card = card_of(library, library.passage(passage_id))
    return render("passage.html", card=card, neighbours=neighbours)


def render_note(message: str) -> str:
    """Return a message to the reader, such as why a question was not taken."""
    return render("note.html", message=message)


def choice_name(layout: Layout, what: Literal["level", "audience"], choice: str | None) -> str:
    """Return the name readers see of a level's or audience's id."""
    choices = layout.levels if what == "level" else layout.audiences
    return next((c.name for c in choices if c.id == choice), "Everyone")


def neighbours(card: Card) -> tuple[str | None, str | None]:
    """Return the sections of the same explainer a level simpler and a level deeper, if any."""
    told = [s.kind.id for s in card.explainer.sections if s.kind.role == "level"]
    if card.passage.section not in told:
        return None, None
    place = told.index(card.passage.section)
    return (
        told[place - 1] if place else None,
        told[place + 1] if place + 1 < len(told) else None,
    )


def _view(answer: Answer, library: Library) -> View:
    cards = [
        card_of(library, passage, mark)
        for passage, mark in zip(answer.passages, answer.marks, strict=True)
    ]
    told = tuple(library.explainer(slug) for slug in answer.concepts)
    leads = [library.definition(slug) for slug in answer.concepts]
    offers = tuple(library.explainer(slug) for slug in (*answer.nearest, *answer.also))
    looked_for = topic_words(answer.question) if answer.status == "not_covered" else ()
    return View(
        tuple(card_of(library, lead) for lead in leads if lead not in answer.passages),
        _rows(cards, answer.concepts),
        tuple(card_of(library, passage) for passage in answer.mentioned),
        looked_for,
        library.names_like(" ".join(looked_for)) if looked_for else (),
        offers,
        next_steps(answer, library.index.by_slug, library.layout),
        told,
        _said(answer, told),
    )


def _rows(cards: Sequence[Card], concepts: tuple[str, ...]) -> tuple[tuple[Card | None, ...], ...]:
    """Return `cards`, which come section by section, as rows with a place for each concept.

    Levels stand side by side even where they differ, since one is the nearest that there is.
    """
    rows: list[dict[str, Card]] = []
    place: tuple[str, str | None] | None = None
    for card in cards:
        here = (card.role, card.passage.audience)
        if here != place or card.passage.concept in rows[-1]:
            rows.append({})
        rows[-1][card.passage.concept] = card
        place = here
    return tuple(tuple(row.get(slug) for slug in concepts) for row in rows)


def _said(answer: Answer, told: tuple[Explainer, ...]) -> str:
    if not told:
        return answer.message
    return f"{', '.join(e.title for e in told)}: {answer.because}."


def _asked(answer: Answer) -> str:
    """Return what a reader's feedback on `answer` is about, as JSON."""
    return json.dumps(
        {
            "question": answer.question,
            "status": answer.status,
            "concepts": answer.concepts,
            "level": answer.level,
            "audience": answer.audience or EVERYONE,
            "index": answer.index,
        }
    )
