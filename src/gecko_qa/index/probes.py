"""Probes: linear readings of a question's vector, one a concept and one for all of them.

A concept's probe is Fisher's linear discriminant: how well the vector fits the mean of the
concept's own questions, by the covariance that questions of one concept have in common. The last
probe tells questions of the corpus from samples of what it does not answer. Source: Fisher, The
Use of Multiple Measurements in Taxonomic Problems, 1936; the shrinkage of the covariance is as in
Friedman, Regularized Discriminant Analysis, 1989.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gecko_qa.errors import IndexDamaged
from gecko_qa.index.keys import Key, rows_by_concept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gecko_qa.encoder.base import Vectors

    Precise = NDArray[np.float64]

_AXES = 2
SHRINKAGE = 0.1
"""Share of the covariance that is replaced by a round one of the same size."""


def build_probes(keys: Sequence[Key], vectors: Vectors, slugs: Sequence[str]) -> bytes:
    """Return the probes as a NumPy file: shape (n slugs + 1, dimensions + 1), float32.

    The last column is the offset. The readings of the corpus's own questions have a standard
    deviation of 1, those of the last row with the samples among them. A concept without asks is
    read from all of its keys. The last row is 0 where the corpus has no samples of what it does
    not answer.
    """
    import numpy as np

    probes = np.zeros((len(slugs) + 1, vectors.shape[1] + 1))
    by_concept = rows_by_concept(keys)
    rows = [_questions_among(keys, by_concept[slug]) for slug in slugs]
    outside = by_concept.get("", [])
    if slugs:
        means = np.array([vectors[of].mean(axis=0, dtype=np.float64) for of in rows])
        spread = np.concatenate([vectors[of] - mean for of, mean in zip(rows, means, strict=True)])
        probes[:-1, :-1] = np.linalg.solve(_shrunk(spread), means.T).T
        probes[:-1, -1] = -0.5 * (probes[:-1, :-1] * means).sum(axis=1)
        inside = vectors[[n for of in rows for n in of]].astype(np.float64)
        probes[:-1] /= _spread_of_readings(probes[:-1], inside)
    if slugs and outside:
        others = vectors[outside].astype(np.float64)
        probes[-1] = _between(inside, others)
        probes[-1] /= _spread_of_readings(probes[-1:], np.concatenate([inside, others]))
    file = io.BytesIO()
    np.save(file, probes.astype(np.float32))
    return file.getvalue()


def load_probes(data: bytes) -> Vectors:
    """Read what `build_probes` wrote; raises IndexDamaged."""
    import numpy as np

    try:
        probes = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception as error:  # a bad header raises whatever its parser does
        raise _damaged() from error
    if not isinstance(probes, np.ndarray) or probes.dtype != np.float32 or probes.ndim != _AXES:
        raise _damaged()
    return probes


def _damaged() -> IndexDamaged:
    return IndexDamaged("The index's probes cannot be read. Run “gecko-qa index build”.")


def _spread_of_readings(probes: Precise, vectors: Precise) -> float:
    """Return the standard deviation of the readings, so that they mean the same in any corpus."""
    return float((vectors @ probes[:, :-1].T + probes[:, -1]).std()) or 1.0


def _questions_among(keys: Sequence[Key], rows: list[int]) -> list[int]:
    """Return those of `rows` that hold questions, or all of them where none does."""
    questions = [row for row in rows if keys[row].kind in ("ask", "phrasing")]
    return questions or rows


def _between(inside: Precise, outside: Precise) -> Precise:
    """Return the discriminant of two groups, above 0 nearer to `inside`."""
    import numpy as np

    means = inside.mean(axis=0), outside.mean(axis=0)
    covariance = (_shrunk(inside - means[0]) + _shrunk(outside - means[1])) / 2
    direction = np.linalg.solve(covariance, means[0] - means[1])
    return np.append(direction, -direction @ (means[0] + means[1]) / 2)


def _shrunk(spread: Precise) -> Precise:
    """Return the shrunk covariance of the rows of `spread`, whose mean is 0."""
    import numpy as np

    dimensions = spread.shape[1]
    covariance = spread.T @ spread / max(len(spread), 1)
    # One text a concept has no spread at all; a round covariance then compares by distance.
    size = float(np.trace(covariance)) / dimensions or 1.0
    shrunk: Precise = (1 - SHRINKAGE) * covariance + SHRINKAGE * size * np.eye(dimensions)
    return shrunk
