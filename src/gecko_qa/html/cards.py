"""Passages as cards: their text in blocks, with its terms linked and a sentence marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.layout import Role
from gecko_qa.passages import Passage

_BULLET = "- "
_PART = re.compile(r"(?:(?!\n\n).)+", re.DOTALL)
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True)
class Piece:
    """A run of a passage's text: a term that leads to the explainer `term`, or none; marked or
    not.
    """

    text: str
    term: str | None = None
    marked: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph, which is one line, or a list, whose lines are its items."""

    kind: Literal["paragraph", "list"]
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Card:
    """A passage with what stands around it."""

    passage: Passage
    explainer: Explainer
    heading: str
    role: Role
    blocks: tuple[Block, ...]

    @property
    def opinion(self) -> bool:
        """Whether it is an opinion, and has to be shown as one."""
        return self.role == "take"

    @property
    def cite(self) -> str:
        """What the passage is called where it is quoted."""
        name = f"{self.explainer.title} › {self.heading}"
        return f"{name} (opinion)" if self.opinion else name

    @property
    def named(self) -> tuple[int, int]:
        """Where its text begins with the explainer's title, an article apart, else (0, 0)."""
        title = re.escape(self.explainer.title)
        found = re.match(rf"(?:(?:an?|the)\s+)?({title})(?!\w)", self.passage.text, re.IGNORECASE)
        return found.span(1) if found else (0, 0)

    @property
    def href(self) -> str:
        """Where the passage stands in its explainer."""
        return f"/explainers/{self.explainer.slug}#{self.passage.section}"


def card_of(book: Book, passage: Passage, mark: tuple[int, int] | None = None) -> Card:
    """Return the card of `passage`, with the characters `mark` (start, end) of it marked."""
    explainer = book.explainer(passage.concept)
    kind = explainer.section(passage.section).kind
    return Card(
        passage,
        explainer,
        kind.heading,
        kind.role,
        blocks(passage.text, book.terms(passage), mark),
    )


def blocks(
    text: str, terms: tuple[tuple[int, int, str], ...] = (), mark: tuple[int, int] | None = None
) -> tuple[Block, ...]:
    """Cut a passage's text into paragraphs and lists, without changing a word of it.

    `terms` are where terms start and end in `text`, and the explainers they lead to, in order.
    """
    return tuple(_blocks(text, terms, mark or (0, 0)))


def _blocks(
    text: str, terms: tuple[tuple[int, int, str], ...], mark: tuple[int, int]
) -> Iterator[Block]:
    for part in _PART.finditer(text):
        lines = [
            (part.start() + line.start(), part.start() + line.end())
            for line in _LINE.finditer(part.group())
            if line.group().strip()
        ]
        if lines and all(text.startswith(_BULLET, start) for start, _ in lines):
            items = [(start + len(_BULLET), end) for start, end in lines]
            kind: Literal["paragraph", "list"] = "list"
        elif lines:
            items, kind = [(lines[0][0], lines[-1][1])], "paragraph"
        else:
            continue
        yield Block(kind, tuple(_pieces(text, start, end, terms, mark) for start, end in items))


def _pieces(
    text: str,
    start: int,
    end: int,
    terms: tuple[tuple[int, int, str], ...],
    mark: tuple[int, int],
) -> tuple[Piece, ...]:
    inside = [term for term in terms if start <= term[0] and term[1] <= end]
    cuts = {start, end, *(place for term in inside for place in term[:2])}
    cuts.update(place for place in mark if start < place < end)
    places = sorted(cuts)
    return tuple(
        Piece(
            # A line break within a paragraph is white space like any other.
            text[here:there].replace("\n", " "),
            next((slug for first, last, slug in inside if first <= here < last), None),
            mark[0] <= here < mark[1],
        )
        for here, there in pairwise(places)
    )
