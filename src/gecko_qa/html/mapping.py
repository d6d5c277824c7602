"""The concept map as a page: an inline drawing, and the same as a list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from gecko_qa.book import Book
from gecko_qa.concept_map import (
    FONT_SIZE,
    LINE_HEIGHT,
    ConceptMap,
    MapEdge,
    MapNode,
    concept_map,
)
from gecko_qa.html.environment import render
from gecko_qa.html.site import SERVED, Site

N_COLOURS = 14
"""How many colours of categories the tokens have; more categories share them in turn."""
_BASELINE = 0.35 * FONT_SIZE


@dataclass(frozen=True)
class Label:
    """A node as it is drawn: the corner of its box, its lines with their base lines, its colour,
    and the slugs of its neighbours.
    """

    node: MapNode
    left: float
    top: float
    lines: tuple[tuple[str, float], ...]
    colour: int
    related: tuple[str, ...]
    confused: tuple[str, ...]


_pages: WeakKeyDictionary[Book, dict[Site, str]] = WeakKeyDictionary()


def render_map(book: Book, site: Site = SERVED) -> str:
    """Return the page of the concept map. A book never changes: while it lives, so is its page
    kept.
    """
    pages = _pages.setdefault(book, {})
    if site not in pages:
        pages[site] = _render_map(book, site)
    return pages[site]


def _render_map(book: Book, site: Site) -> str:
    drawn = concept_map(book.explainers)
    return render(
        "map.html",
        site=site,
        layout=book.layout,
        drawn=drawn,
        labels=labels(drawn),
        colours=colours(drawn),
        paths={kind: edge_path(drawn, kind) for kind in ("related", "confused")},
        titles={node.slug: node.title for node in drawn.nodes},
    )


def colours(drawn: ConceptMap) -> dict[str, int]:
    """Return the number of each category's colour, from 1, by category."""
    categories = sorted({node.category for node in drawn.nodes})
    return {category: n % N_COLOURS + 1 for n, category in enumerate(categories)}


def labels(drawn: ConceptMap) -> tuple[Label, ...]:
    """Return every node as it is drawn."""
    near = _neighbours(drawn.edges)
    number = colours(drawn)
    return tuple(
        Label(
            node,
            round(node.x - node.width / 2, 1),
            round(node.y - node.height / 2, 1),
            _base_lines(node),
            number[node.category],
            tuple(near[node.slug, "related"]),
            tuple(near[node.slug, "confused"]),
        )
        for node in drawn.nodes
    )


def edge_path(drawn: ConceptMap, kind: str) -> str:
    """Return all edges of `kind` as the data of one SVG path."""
    at = {node.slug: f"{node.x:g} {node.y:g}" for node in drawn.nodes}
    return "".join(f"M{at[e.first]}L{at[e.second]}" for e in drawn.edges if e.kind == kind)


def _base_lines(node: MapNode) -> tuple[tuple[str, float], ...]:
    first = node.y - (len(node.lines) - 1) * LINE_HEIGHT / 2 + _BASELINE
    return tuple((line, round(first + n * LINE_HEIGHT, 1)) for n, line in enumerate(node.lines))


def _neighbours(edges: tuple[MapEdge, ...]) -> dict[tuple[str, str], list[str]]:
    near: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in edges:
        near[edge.first, edge.kind].append(edge.second)
        near[edge.second, edge.kind].append(edge.first)
    return near
