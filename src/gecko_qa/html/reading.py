"""The reading pages: an explainer, the list of all, and what stands where there is nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gecko_qa.answer.steps import comparison
from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.html.cards import Block, card_of
from gecko_qa.html.environment import render
from gecko_qa.html.site import SERVED, Site
from gecko_qa.layout import Layout

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Part:
    """A section of an explainer as it stands on its page; `id` is its anchor."""

    id: str
    heading: str
    role: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Shelf:
    """A category with its explainers in alphabetical order; `id` is its anchor."""

    category: str
    id: str
    explainers: tuple[Explainer, ...]

    def around(self, slug: str) -> tuple[Explainer | None, Explainer | None]:
        """Return the explainers before and after `slug`, None at an end of the shelf."""
        here = [explainer.slug for explainer in self.explainers].index(slug)
        before = self.explainers[here - 1] if here else None
        after = self.explainers[here + 1] if here + 1 < len(self.explainers) else None
        return before, after


def render_explainer(explainer: Explainer, book: Book, site: Site = SERVED) -> str:
    """Return the page of an explainer."""
    shelf = next(s for s in shelves_of(book.explainers) if s.category == explainer.category)
    previous, following = shelf.around(explainer.slug)
    return render(
        "explainer.html",
        site=site,
        layout=book.layout,
        explainer=explainer,
        updated=_in_words(explainer.updated),
        shelf=shelf,
        parts_of=_parts_by_role(explainer, book),
        asks=book.own_asks(explainer),
        comparison=comparison,
        related=_known(explainer.related, book),
        confused=_known(explainer.confused_with, book),
        previous=previous,
        following=following,
    )


def render_explainers(book: Book, site: Site = SERVED) -> str:
    """Return the page that lists every explainer, by category."""
    shelves = shelves_of(book.explainers)
    return render("explainers.html", site=site, layout=book.layout, shelves=shelves)


def render_missing(message: str, layout: Layout, site: Site = SERVED) -> str:
    """Return the page for an address that leads nowhere."""
    return render("missing.html", site=site, layout=layout, message=message)


def shelves_of(explainers: Iterable[Explainer]) -> tuple[Shelf, ...]:
    """Return the categories in alphabetical order, each anchor once."""
    by_category: dict[str, list[Explainer]] = {}
    for explainer in sorted(explainers, key=lambda e: (e.title.casefold(), e.slug)):
        by_category.setdefault(explainer.category, []).append(explainer)
    shelves: list[Shelf] = []
    for category, held in sorted(by_category.items()):
        anchor = "-".join(("category", *_WORD.findall(category.casefold())))
        if any(anchor == shelf.id for shelf in shelves):
            anchor = f"{anchor}-{len(shelves)}"
        shelves.append(Shelf(category, anchor, tuple(held)))
    return tuple(shelves)


def _parts_by_role(explainer: Explainer, book: Book) -> dict[str, tuple[Part, ...]]:
    parts: dict[str, tuple[Part, ...]] = {"level": (), "why-now": (), "takeaways": (), "take": ()}
    for section in explainer.sections:
        kind = section.kind
        card = card_of(book, book.passage(f"{explainer.slug}#{kind.id}"))
        parts[kind.role] += (Part(kind.id, kind.heading, kind.role, card.blocks),)
    return parts


def _in_words(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"


def _known(slugs: Iterable[str], book: Book) -> tuple[Explainer, ...]:
    return tuple(book.by_slug[slug] for slug in slugs if slug in book.by_slug)
