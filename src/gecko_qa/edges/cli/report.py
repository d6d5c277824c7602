"""The corpus at a glance, as a page that stands alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from jinja2 import Environment, PackageLoader, StrictUndefined

from gecko_qa.errors import DataError
from gecko_qa.files import write_atomically
from gecko_qa.inspection import Inspection, Row

RADIUS = 300.0


@dataclass(frozen=True)
class Node:
    """An explainer on the circle of the link graph: where it is, and how its label is turned."""

    slug: str
    title: str
    x: float
    y: float
    turn: float
    flipped: bool


@dataclass(frozen=True)
class Edge:
    """A link between two nodes."""

    source: Node
    target: Node
    confused: bool


def write_report(found: Inspection, path: Path) -> None:
    """Write the report to `path`; raises DataError."""
    try:
        write_atomically(path, render_report(found).encode("utf-8"))
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None


def render_report(found: Inspection) -> str:
    """Return the page; every value in it is escaped."""
    environment = Environment(
        loader=PackageLoader("gecko_qa.edges.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    nodes = {node.slug: node for node in _circle(found.rows)}
    headings = [kind.heading for kind in found.corpus.layout.sections if kind.role == "level"]
    shelves: dict[str, list[Row]] = {}
    for row in sorted(found.rows, key=lambda row: row.explainer.title.casefold()):
        shelves.setdefault(row.explainer.category, []).append(row)
    return environment.get_template("report.html").render(
        found=found,
        shelves=sorted(shelves.items()),
        headings=headings,
        medians=[m for heading in headings if (m := _medians(found.rows, heading)) is not None],
        nodes=list(nodes.values()),
        edges=list(_edges(found.rows, nodes)),
        thin=[row for row in found.rows if row.thin],
        size=2 * (RADIUS + 190),
    )


def _medians(rows: tuple[Row, ...], heading: str) -> tuple[str, float, float] | None:
    words = [row.words[heading] for row in rows if heading in row.words]
    grades = [row.grades[heading] for row in rows if heading in row.grades]
    return (heading, median(words), median(grades)) if words else None


def _circle(rows: tuple[Row, ...]) -> Iterator[Node]:
    ordered = sorted(rows, key=lambda row: (row.explainer.category, row.explainer.title))
    for n, row in enumerate(ordered):
        angle = 2 * math.pi * n / len(ordered)
        flipped = math.cos(angle) < 0
        turn = math.degrees(angle) + (180 if flipped else 0)
        x, y = math.cos(angle) * RADIUS, math.sin(angle) * RADIUS
        e = row.explainer
        yield Node(e.slug, e.title, x, y, turn, flipped)


def _edges(rows: tuple[Row, ...], nodes: dict[str, Node]) -> Iterator[Edge]:
    seen = set()
    for row in rows:
        slug = row.explainer.slug
        confused = set(row.explainer.confused_with)
        for other in sorted({*row.explainer.related, *confused}):
            pair = frozenset((slug, other))
            if other in nodes and pair not in seen:
                seen.add(pair)
                yield Edge(nodes[slug], nodes[other], other in confused)
