"""The home page of a site without a server: a search, and the shelves."""

from __future__ import annotations

from gecko_qa.book import Book
from gecko_qa.html.environment import render
from gecko_qa.html.reading import shelves_of
from gecko_qa.html.site import StaticSite


def render_home(book: Book, site: StaticSite) -> str:
    """Return the page that a site opens with."""
    return render(
        "home.html",
        site=site,
        layout=book.layout,
        shelves=shelves_of(book.explainers),
        n_explainers=len(book.explainers),
    )
