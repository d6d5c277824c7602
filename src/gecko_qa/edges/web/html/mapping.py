"""The concept map as a page."""

from __future__ import annotations

from gecko_qa.edges.web.html.environment import render
from gecko_qa.library import Library


def render_map(library: Library) -> str:
    """Return the page of the concept map."""
    return render("map.html", explainers=library.explainers)
