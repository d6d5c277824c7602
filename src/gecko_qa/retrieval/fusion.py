"""Ways to turn several scores into one. Pure functions over arrays, a number a concept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gecko_qa.encoder.base import Vectors


class GroupedRows:
    """Rows of scores that belong to groups, for scoring each group by its rows.

    Every score of an empty group is -inf.
    """

    def __init__(self, groups: NDArray[np.intp], n_groups: int) -> None:
        """Take each row's group, from 0 to `n_groups` - 1."""
        self._groups = groups
        self._sizes = np.bincount(groups, minlength=n_groups)
        width = int(self._sizes.max(initial=1))
        order = np.argsort(groups, kind="stable")
        starts = np.concatenate(([0], np.cumsum(self._sizes)[:-1])) if n_groups else self._sizes
        place = np.arange(len(order)) - np.repeat(starts, self._sizes)
        # A line for each group; what is left of a line points at the -inf behind the last score.
        self._rows = np.full((n_groups, width), len(groups), dtype=np.intp)
        self._rows[groups[order], place] = order

    def best(self, scores: Vectors) -> Vectors:
        """Return the highest score of each group, shape (n groups,)."""
        best: Vectors = self._lines(scores).max(axis=1, initial=-np.inf)
        return best

    def row_of_best(self, scores: Vectors) -> NDArray[np.intp]:
        """Return the row with each group's highest score, the first among equals."""
        lines = self._lines(scores)
        rows: NDArray[np.intp] = self._rows[np.arange(len(lines)), lines.argmax(axis=1)]
        return rows

    def mean_of_best(self, scores: Vectors, n_best: int) -> Vectors:
        """Return the mean of each group's `n_best` highest scores (fewer where it has fewer)."""
        lines = self._lines(scores)
        if lines.shape[1] > n_best:
            lines = -np.partition(-lines, n_best - 1, axis=1)[:, :n_best]
        totals = np.where(np.isfinite(lines), lines, 0.0).sum(axis=1)
        means = totals / np.maximum(np.minimum(self._sizes, n_best), 1)
        mean: Vectors = np.where(self._sizes > 0, means, -np.inf).astype(np.float32)
        return mean

    def _lines(self, scores: Vectors) -> Vectors:
        padded: Vectors = np.append(scores, np.float32(-np.inf)).astype(np.float32)
        lines: Vectors = padded[self._rows]
        return lines


def reciprocal_rank_fusion(score_lists: list[Vectors], rrf_k: int = 60) -> Vectors:
    """Return the sum over lists of 1 / (rrf_k + rank), ranks from 1, ties by position.

    Not used to answer: the benchmark compares with it. Source: Cormack, Clarke and Büttcher,
    Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods, 2009.
    """
    fused = np.zeros(len(score_lists[0]), dtype=np.float32)
    for scores in score_lists:
        ranks = np.empty(len(scores), dtype=np.float32)
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        fused += 1.0 / (rrf_k + ranks)
    return fused
