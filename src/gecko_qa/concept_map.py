"""The concept map: where each explainer's label stands, and which of them hang together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gecko_qa.corpus.explainer import Explainer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FONT_SIZE = 14.0
LINE_HEIGHT = 17.0
"""Lengths are units of the drawing: pixels at zoom 1."""
PADDING = 10.0
GAP = 10.0
"""Room kept free between labels while they are pushed apart."""
MARGIN = 24.0
LONG_TITLE_CHARS = 16
"""A title longer than this takes two lines."""

_ASPECT = 1.7
_FILL = 0.6
_EVEN = 0.7
_STEPS = 150
_SQUEEZES = 250
_CLOSER = 0.005
_PUSHES = 60
_LARGER = 1.02
_CALM = 0.5
_MORE = 0.1
_SAME_CATEGORY, _OTHER_CATEGORY, _CONFUSED = 1.0, 0.12, 1.5
_GATHER, _CENTRE = 0.5, 0.06


@dataclass(frozen=True)
class MapNode:
    """An explainer's label: the box of `width` by `height` around (`x`, `y`), its middle."""

    slug: str
    title: str
    category: str
    x: float
    y: float
    width: float
    height: float

    @property
    def lines(self) -> tuple[str, ...]:
        """The title as it is written: on one line, or a long one on two."""
        return label_lines(self.title)


@dataclass(frozen=True)
class MapEdge:
    """Two explainers that hang together, in the order of their slugs.

    Where they are both related and confused with each other, the kind is "confused".
    """

    first: str
    second: str
    kind: Literal["related", "confused"]


@dataclass(frozen=True)
class ConceptMap:
    """A drawing of `width` by `height`; nodes by slug, edges by their slugs."""

    width: float
    height: float
    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]


def concept_map(explainers: Iterable[Explainer]) -> ConceptMap:
    """Lay out `explainers` so that what hangs together stands together and no labels overlap.

    Forces after Fruchterman and Reingold, “Graph drawing by force-directed placement” (1991),
    first between categories and then between explainers, which are drawn to their category too;
    then labels are pushed apart. There is no chance in it: the same explainers give the same map,
    in whatever order they come.
    """
    known = sorted(explainers, key=lambda e: e.slug)
    edges = map_edges(known)
    if not known:
        return ConceptMap(0.0, 0.0, (), edges)
    import numpy as np

    sizes = np.array([label_size(e.title) for e in known])
    middles = _apart(_scaled(_placed(known, edges), sizes), sizes)
    low = (middles - sizes / 2).min(axis=0) - MARGIN
    width, height = (middles + sizes / 2).max(axis=0) - low + MARGIN
    places = [(round(float(x), 1), round(float(y), 1)) for x, y in middles - low]
    nodes = tuple(
        MapNode(e.slug, e.title, e.category, x, y, *label_size(e.title))
        for e, (x, y) in zip(known, places, strict=True)
    )
    return ConceptMap(math.ceil(width), math.ceil(height), nodes, edges)


def map_edges(explainers: Iterable[Explainer]) -> tuple[MapEdge, ...]:
    """Return each pair once, by slugs; a slug that none of the explainers has is left out."""
    known = {e.slug: e for e in explainers}
    kinds: dict[tuple[str, str], Literal["related", "confused"]] = {}
    for kind in ("related", "confused"):
        for slug, e in known.items():
            for other in e.related if kind == "related" else e.confused_with:
                if other in known and other != slug:
                    kinds[min(slug, other), max(slug, other)] = kind
    return tuple(MapEdge(*pair, kind) for pair, kind in sorted(kinds.items()))


def label_lines(title: str) -> tuple[str, ...]:
    """Return `title` as one line, or a long one as two of lengths as equal as its spaces allow."""
    spaces = [n for n, char in enumerate(title) if char == " "]
    if len(title) <= LONG_TITLE_CHARS or not spaces:
        return (title,)
    cut = min(spaces, key=lambda n: (max(text_width(title[:n]), text_width(title[n + 1 :])), n))
    return title[:cut], title[cut + 1 :]


def label_size(title: str) -> tuple[float, float]:
    """Return width and height of the label of `title`."""
    lines = label_lines(title)
    width = max(map(text_width, lines)) + 2 * PADDING
    return round(width, 1), LINE_HEIGHT * len(lines) + PADDING


def text_width(text: str) -> float:
    """Return about how wide `text` is, rather too much than too little: fonts differ."""
    return FONT_SIZE * sum(map(_char_width, text))


def _char_width(char: str) -> float:
    if char in "ijlI.,:;'’|!()[] -ft":
        return 0.41
    if char in "mwMW@%—":
        return 0.99
    if ord(char) >= 0x2E80:  # noqa: PLR2004  (scripts whose characters fill a square)
        return 1.05
    return 0.73 if char.isupper() else 0.64


def _placed(known: Sequence[Explainer], edges: Sequence[MapEdge]) -> Array:
    """Return where the explainers stand, a point each, in units of the distance they keep."""
    import numpy as np

    categories = sorted({e.category for e in known})
    member = np.array([categories.index(e.category) for e in known])
    weights = _edge_weights(known, edges, member)
    belongs = np.eye(len(categories))[member]
    between = belongs.T @ weights @ belongs
    sizes = np.sqrt(belongs.sum(axis=0))
    centres = _spread(_circle(len(categories)), between / np.outer(sizes, sizes))
    start = centres[member] * math.sqrt(len(known)) / 2 + _sunflower(len(known))
    return _spread(start, weights, member)


def _edge_weights(
    known: Sequence[Explainer], edges: Sequence[MapEdge], member: NDArray[np.int64]
) -> Array:
    import numpy as np

    rows = {e.slug: row for row, e in enumerate(known)}
    weights = np.zeros((len(known), len(known)))
    for edge in edges:
        i, j = rows[edge.first], rows[edge.second]
        near = _SAME_CATEGORY if member[i] == member[j] else _OTHER_CATEGORY
        weights[i, j] = weights[j, i] = near * (_CONFUSED if edge.kind == "confused" else 1.0)
    return weights


def _circle(n: int) -> Array:
    import numpy as np

    turns = np.arange(n) * 2 * np.pi / max(n, 1)
    circle: Array = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return circle


def _sunflower(n: int) -> Array:
    """Return n points about a unit apart around the origin, none on another (Vogel 1979)."""
    import numpy as np

    turns = np.arange(n) * np.pi * (3 - math.sqrt(5))
    far = np.sqrt(np.arange(n) + 0.5) / 2
    points: Array = np.stack([far * np.cos(turns), far * np.sin(turns)], axis=1)
    return points


def _spread(points: Array, weights: Array, member: NDArray[np.int64] | None = None) -> Array:
    """Let forces move `points`: each away from all, towards those it hangs together with by
    `weights`, towards the middle of its group `member`, and a little towards the origin.
    """
    import numpy as np

    heat = max(float(np.ptp(points)) / 10, 0.1)
    for step in range(_STEPS):
        x, y = (points[:, None, axis] - points[None, :, axis] for axis in (0, 1))
        square = np.maximum(x * x + y * y, 1e-4)
        # Repulsion 1 / d and attraction d², each along the line, hence divided by d.
        push = 1 / square - weights * np.sqrt(square)
        force = np.stack([(push * x).sum(axis=1), (push * y).sum(axis=1)], axis=1)
        force -= _CENTRE * points
        if member is not None:
            force -= _GATHER * (points - _group_middles(points, member))
        length = np.maximum(np.sqrt((force**2).sum(axis=1, keepdims=True)), 1e-9)
        points = points + force / length * np.minimum(length, heat * (1 - step / _STEPS))
    return points


def _group_middles(points: Array, member: NDArray[np.int64]) -> Array:
    import numpy as np

    counts = np.bincount(member)[:, None]
    sums = np.stack([np.bincount(member, weights=points[:, axis]) for axis in (0, 1)], axis=1)
    middles: Array = (sums / counts)[member]
    return middles


def _scaled(points: Array, sizes: Array) -> Array:
    """Return `points` on an area that the labels fill by `_FILL`, wider than high, the crowded
    parts of it stretched.
    """
    import numpy as np

    area = float(np.prod(sizes + GAP, axis=1).sum()) / _FILL
    target = np.array([math.sqrt(area * _ASPECT), math.sqrt(area / _ASPECT)])
    extent = np.maximum(np.ptp(points, axis=0), 1e-9)
    even = points.argsort(axis=0, kind="stable").argsort(axis=0) / max(len(points) - 1, 1)
    mixed = _EVEN * even + (1 - _EVEN) * (points - points.min(axis=0)) / extent
    scaled: Array = (mixed - mixed.mean(axis=0)) * target
    return scaled


def _apart(middles: Array, sizes: Array) -> Array:
    """Push labels apart until none overlaps; where that does not end, on a larger area.

    At first they are drawn to the middle all the while, which closes gaps.
    """
    for n in range(_SQUEEZES):
        pushed = _pushed(middles, sizes)
        middles = middles if pushed is None else middles + pushed
        middles = middles * (1 - _CLOSER * (1 - n / _SQUEEZES))
    for n in itertools.count(1):
        pushed = _pushed(middles, sizes)
        if pushed is None:
            break
        middles = middles + pushed
        if n % _PUSHES == 0:
            middles = middles * _LARGER
    return middles


def _pushed(middles: Array, sizes: Array) -> Array | None:
    """Return how far each label is pushed by those that overlap it, along the way that is
    shorter for their shape; None where none does.
    """
    import numpy as np

    x, y = (middles[:, None, axis] - middles[None, :, axis] for axis in (0, 1))
    wide, high = ((sizes[:, None, axis] + sizes[None, :, axis]) / 2 + GAP for axis in (0, 1))
    first, second = np.nonzero(np.triu((np.abs(x) < wide) & (np.abs(y) < high), k=1))
    if not len(first):
        return None
    apart = middles[first] - middles[second]
    needed = np.stack([wide[first, second], high[first, second]], axis=1)
    room = needed - np.abs(apart)
    # Half the way each, and a little more: what only touches is done. On one spot, either way.
    push = np.where(apart < 0, -1, 1) * (room / 2 + _MORE)
    push[np.arange(len(push)), (room / np.sqrt(needed)).argmax(axis=1)] = 0
    moved = np.zeros_like(middles)
    np.add.at(moved, first, push)
    np.add.at(moved, second, -push)
    return moved * _CALM
