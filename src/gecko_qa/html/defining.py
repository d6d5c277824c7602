"""The definitions: a look-up of every name, and the card of one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.errors import UsageError
from gecko_qa.html.cards import Card, card_of
from gecko_qa.html.environment import render
from gecko_qa.html.site import SERVED, Site

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OTHER = "0–9"
N_EXAMPLES = 3


def render_definitions(book: Book, term: str = "", site: Site = SERVED) -> str:
    """Return the page that looks up definitions, with every name from A to Z.

    It opens with the definition of `term`, or with why there is none.
    """
    card, missing = _found(book, term)
    return render(
        "define.html",
        site=site,
        layout=book.layout,
        examples=sorted((e.title for e in book.explainers), key=len)[:N_EXAMPLES],
        shelves=by_letter(book.explainers),
        letters=LETTERS,
        term=term,
        card=card,
        missing=missing,
    )


def render_definition(slug: str, book: Book, site: Site = SERVED) -> str:
    """Return the definition of `slug` as a fragment; raises UnknownChoice."""
    return render("definition.html", site=site, card=_card(book, book.explainer(slug)))


def by_letter(explainers: Iterable[Explainer]) -> dict[str, list[Explainer]]:
    """Return explainers by the letter that their title begins with, accents apart, in order.

    What begins with none stands under `OTHER`, before A.
    """
    shelves: dict[str, list[Explainer]] = {}
    for explainer in sorted(explainers, key=lambda e: (e.title.casefold(), e.slug)):
        first = unicodedata.normalize("NFKD", explainer.title[:1])[:1].upper()
        shelves.setdefault(first if first in LETTERS else OTHER, []).append(explainer)
    return dict(sorted(shelves.items(), key=lambda shelf: (shelf[0] != OTHER, shelf[0])))


def _found(book: Book, term: str) -> tuple[Card | None, str]:
    if not term.strip():
        return None, ""
    try:
        return _card(book, book.define(term)), ""
    except UsageError as error:
        return None, str(error)


def _card(book: Book, explainer: Explainer) -> Card:
    return card_of(book, book.definition(explainer.slug))
