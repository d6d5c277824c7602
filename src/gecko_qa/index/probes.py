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
from dataclasses import dataclass
from itertools import chain
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
        counts = [len(of) for of in rows]
        spread = vectors[list(chain.from_iterable(rows))].astype(np.float64)
        spread -= np.repeat(means, counts, axis=0)
        within = spread.T @ spread / len(spread)
        probes[:-1, :-1] = np.linalg.solve(_shrunk(within), means.T).T
        probes[:-1, -1] = -0.5 * (probes[:-1, :-1] * means).sum(axis=1)
        inside = _Group.around(means, counts, within)
        probes[:-1] /= inside.spread_of_readings(probes[:-1])
    if slugs and outside:
        others = _Group.of(vectors[outside].astype(np.float64))
        probes[-1] = _between(inside, others)
        probes[-1] /= inside.with_(others).spread_of_readings(probes[-1:])
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


def _questions_among(keys: Sequence[Key], rows: list[int]) -> list[int]:
    """Return those of `rows` that hold questions, or all of them where none does."""
    questions = [row for row in rows if keys[row].kind in ("ask", "phrasing")]
    return questions or rows


@dataclass(frozen=True)
class _Group:
    """Vectors as far as a linear reading of them goes: their number, mean and covariance."""

    n: int
    mean: Precise
    covariance: Precise

    @classmethod
    def of(cls, vectors: Precise) -> _Group:
        mean = vectors.mean(axis=0)
        spread = vectors - mean
        return cls(len(vectors), mean, spread.T @ spread / len(vectors))

    @classmethod
    def around(cls, means: Precise, counts: Sequence[int], within: Precise) -> _Group:
        """Return all vectors of groups with these `means`, from the covariance `within` them."""
        import numpy as np

        share = np.array(counts, dtype=np.float64) / sum(counts)
        mean = share @ means
        apart = means - mean
        return cls(sum(counts), mean, within + (apart.T * share) @ apart)

    def with_(self, other: _Group) -> _Group:
        """Return the vectors of both."""
        import numpy as np

        n = self.n + other.n
        within = (self.n * self.covariance + other.n * other.covariance) / n
        return _Group.around(np.array([self.mean, other.mean]), [self.n, other.n], within)

    def spread_of_readings(self, probes: Precise) -> float:
        """Return the standard deviation of the readings, so that they mean the same in any corpus.

        All readings by all of `probes` together, without making any of them.
        """
        middles = probes[:, :-1] @ self.mean + probes[:, -1]
        variances = ((probes[:, :-1] @ self.covariance) * probes[:, :-1]).sum(axis=1)
        return float((variances.mean() + middles.var()) ** 0.5) or 1.0


def _between(inside: _Group, outside: _Group) -> Precise:
    """Return the discriminant of two groups, above 0 nearer to `inside`."""
    import numpy as np

    covariance = (_shrunk(inside.covariance) + _shrunk(outside.covariance)) / 2
    direction = np.linalg.solve(covariance, inside.mean - outside.mean)
    return np.append(direction, -direction @ (inside.mean + outside.mean) / 2)


def _shrunk(covariance: Precise) -> Precise:
    """Return `covariance` with a share of it replaced by a round one of the same size."""
    import numpy as np

    dimensions = len(covariance)
    # One text a concept has no spread at all; a round covariance then compares by distance.
    size = float(np.trace(covariance)) / dimensions or 1.0
    shrunk: Precise = (1 - SHRINKAGE) * covariance + SHRINKAGE * size * np.eye(dimensions)
    return shrunk
