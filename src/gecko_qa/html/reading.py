"""The reading pages: an explainer, the list of all, and what stands where there is nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.html.cards import Block, card_of
from gecko_qa.html.environment import render
from gecko_qa.html.site import SERVED, Site
from gecko_qa.layout import Layout
from gecko_qa.words import folded_words

N_ASKS = 3
# Words that may point to what was said before, folded.
_POINTING = frozenset(folded_words("it its this they them their one"))
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
        asks=own_asks(explainer),
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


def own_asks(explainer: Explainer) -> tuple[str, ...]:
    """Return asks of `explainer` that stand on their own: those that name it, then those that
    point to nothing said before.
    """
    names = [folded_words(name) for name in explainer.names]
    words = {ask: folded_words(ask) for ask in explainer.asks}
    named = [ask for ask in words if any(_holds(words[ask], name) for name in names)]
    plain = [ask for ask in words if ask not in named and _POINTING.isdisjoint(words[ask])]
    return tuple([*named, *plain][:N_ASKS])


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Tell whether `name` stands in `words`, in one piece."""
    return any(words[n : n + len(name)] == name for n in range(len(words)))


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
