"""From values to HTML. Pure functions over templates that escape all they are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gecko_qa.answer.answer import Answer
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.layout import Layout
from gecko_qa.library import Library
from gecko_qa.passages import Passage

_BULLET = "- "


@dataclass(frozen=True)
class Block:
    """A paragraph, or the items of a list, of a passage's text."""

    kind: Literal["paragraph", "list"]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """A passage with what stands around it."""

    passage: Passage
    explainer: Explainer
    heading: str
    opinion: bool

    @property
    def href(self) -> str:
        """Where the passage stands in its explainer."""
        return f"/explainers/{self.explainer.slug}#{self.passage.section}"


def render_answers(answers: Sequence[Answer], library: Library) -> str:
    """Return the conversation, newest answer first."""
    turns = [_turn(answer, library) for answer in reversed(answers)]
    return _template("answers.html").render(
        turns=turns,
        layout=library.layout,
        titles={e.slug: e.title for e in library.explainers},
        sources_of=lambda cards: tuple(dict.fromkeys(card.explainer for card in cards)),
    )


def render_definition(explainer: Explainer, passage: Passage) -> str:
    """Return the card of a definition."""
    return _template("definition.html").render(card=_card(explainer, passage))


def render_note(message: str) -> str:
    """Return a message to the reader, such as why a question was not taken."""
    return _template("note.html").render(message=message)


def render_explainer(explainer: Explainer, library: Library) -> str:
    """Return the page of an explainer."""
    return _template("explainer.html").render(
        explainer=explainer,
        levels=[s for s in explainer.sections if s.kind.role == "level"],
        others=[s for s in explainer.sections if s.kind.role == "why-now"],
        takeaways=[s for s in explainer.sections if s.kind.role == "takeaways"],
        takes=[s for s in explainer.sections if s.kind.role == "take"],
        titles={e.slug: e.title for e in library.explainers},
    )


def render_explainers(library: Library) -> str:
    """Return the page that lists every explainer, by category."""
    shelves: dict[str, list[Explainer]] = {}
    for explainer in sorted(library.explainers, key=lambda e: e.title.casefold()):
        shelves.setdefault(explainer.category, []).append(explainer)
    return _template("explainers.html").render(shelves=sorted(shelves.items()))


def render_missing(message: str) -> str:
    """Return the page for an address that leads nowhere."""
    return _template("missing.html").render(message=message)


def blocks(text: str) -> tuple[Block, ...]:
    """Cut a passage's text into paragraphs and lists, without changing a word of it."""
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    for part in text.split("\n\n"):
        lines = [line for line in part.split("\n") if line.strip()]
        if lines and all(line.startswith(_BULLET) for line in lines):
            yield Block("list", tuple(line.removeprefix(_BULLET) for line in lines))
        elif lines:
            yield Block("paragraph", (" ".join(lines),))


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
        None if definition is None else _cards((definition,), library)[0],
        _cards(answer.passages, library),
        _cards(answer.mentioned, library),
    )


def _cards(passages: Sequence[Passage], library: Library) -> tuple[Card, ...]:
    return tuple(_card(library.explainer(passage.concept), passage) for passage in passages)


def _card(explainer: Explainer, passage: Passage) -> Card:
    kind = explainer.section(passage.section).kind
    return Card(passage, explainer, kind.heading, kind.role == "take")


def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gecko_qa.edges.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["blocks"] = blocks
    environment.globals["choice_name"] = choice_name
    return environment
