"""Scores of several rows or lists turned into one: numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gecko_qa.retrieval.fusion import GroupedRows, reciprocal_rank_fusion

SCORES = np.array([0.2, 0.4, 0.8, 0.6, 0.1, -0.2], dtype=np.float32)
GROUPS = np.array([1, 0, 1, 1, 1, 0], dtype=np.intp)


def grouped(groups: list[int], n_groups: int) -> GroupedRows:
    return GroupedRows(np.array(groups, dtype=np.intp), n_groups)


def test_best_is_the_highest_of_a_group_and_minus_infinity_for_an_empty_one() -> None:
    best = GroupedRows(GROUPS, 3).best(SCORES)
    assert best.dtype == np.float32
    assert best.tolist() == pytest.approx([0.4, 0.8, -np.inf])


def test_best_keeps_a_score_below_zero() -> None:
    scores = np.array([-0.5, -0.3], dtype=np.float32)
    assert grouped([0, 0], 1).best(scores).tolist() == pytest.approx([-0.3])


@pytest.mark.parametrize(
    ("n_best", "means"),
    [
        (1, [0.4, 0.8, -np.inf]),
        (2, [0.1, 0.7, -np.inf]),
        (3, [0.1, 1.6 / 3, -np.inf]),
        (4, [0.1, 1.7 / 4, -np.inf]),
        (9, [0.1, 1.7 / 4, -np.inf]),
    ],
)
def test_mean_of_best_counts_no_more_rows_than_a_group_has(n_best: int, means: list[float]) -> None:
    mean = GroupedRows(GROUPS, 3).mean_of_best(SCORES, n_best)
    assert mean.dtype == np.float32
    assert mean.tolist() == pytest.approx(means)


def test_mean_of_best_counts_scores_below_zero() -> None:
    scores = np.array([-0.1, -0.9, -0.5, -0.3], dtype=np.float32)
    # The second group is shorter than the first, and no 0 may stand in for what it lacks.
    assert grouped([0, 0, 0, 1], 2).mean_of_best(scores, 2).tolist() == pytest.approx([-0.3, -0.3])


def test_row_of_best_is_a_row_of_the_scores_that_were_given() -> None:
    assert GroupedRows(GROUPS, 2).row_of_best(SCORES).tolist() == [1, 2]


def test_row_of_best_is_the_first_among_equals() -> None:
    scores = np.array([0.1, 0.7, 0.3, 0.7, 0.7], dtype=np.float32)
    assert grouped([0, 1, 0, 1, 0], 2).row_of_best(scores).tolist() == [4, 1]
    assert grouped([0] * 5, 1).row_of_best(scores).tolist() == [1]


def test_row_of_best_of_scores_below_zero_is_no_row_behind_the_last() -> None:
    scores = np.array([-0.9, -0.2, -0.4], dtype=np.float32)
    assert grouped([1, 0, 0], 2).row_of_best(scores).tolist() == [1, 0]


def test_an_empty_group_in_the_middle_moves_no_other_groups_rows() -> None:
    scores = np.array([0.5, 0.3, 0.9], dtype=np.float32)
    rows = grouped([0, 0, 2], 3)
    assert rows.mean_of_best(scores, 3).tolist() == pytest.approx([0.4, -np.inf, 0.9])
    assert rows.best(scores).tolist() == pytest.approx([0.5, -np.inf, 0.9])
    assert rows.row_of_best(scores)[[0, 2]].tolist() == [0, 2]


@pytest.mark.parametrize("n_groups", [0, 1, 3])
def test_groups_without_any_rows_are_all_minus_infinity(n_groups: int) -> None:
    rows, none = grouped([], n_groups), np.zeros(0, dtype=np.float32)
    assert rows.best(none).tolist() == [-np.inf] * n_groups
    assert rows.mean_of_best(none, 3).tolist() == [-np.inf] * n_groups


def test_one_grouping_scores_many_questions() -> None:
    rows = GroupedRows(GROUPS, 2)
    assert rows.best(SCORES).tolist() == pytest.approx([0.4, 0.8])
    assert rows.best(-SCORES).tolist() == pytest.approx([0.2, -0.1])
    assert rows.best(SCORES).tolist() == pytest.approx([0.4, 0.8])


def test_groups_of_many_rows_agree_with_the_scores_sorted_one_group_at_a_time() -> None:
    random = np.random.default_rng(3)
    groups = random.integers(0, 40, size=500).astype(np.intp)
    scores = random.normal(size=500).astype(np.float32)
    rows = GroupedRows(groups, 40)
    own = [np.sort(scores[groups == group])[::-1] for group in range(40)]
    assert rows.best(scores).tolist() == [float(of[0]) for of in own]
    assert rows.mean_of_best(scores, 3).tolist() == pytest.approx([of[:3].mean() for of in own])
    assert scores[rows.row_of_best(scores)].tolist() == [float(of[0]) for of in own]


def test_reciprocal_rank_fusion_adds_one_over_sixty_plus_rank() -> None:
    lists = [np.array(s, dtype=np.float32) for s in ([3.0, 1.0, 2.0], [0.1, 0.9, 0.5])]
    fused = reciprocal_rank_fusion(lists)
    # Ranks: 1 and 3, 3 and 1, 2 and 2.
    assert fused.tolist() == pytest.approx([1 / 61 + 1 / 63, 1 / 63 + 1 / 61, 2 / 62])


def test_reciprocal_rank_fusion_breaks_ties_by_position() -> None:
    # Long enough for a sort that is not stable to show: 2.0 has ranks 1 to 20, 1.0 has 21 to 40.
    scores = np.array([1.0, 2.0] * 20, dtype=np.float32)
    fused = reciprocal_rank_fusion([scores], rrf_k=0)
    assert fused[1::2].tolist() == pytest.approx([1 / rank for rank in range(1, 21)])
    assert fused[0::2].tolist() == pytest.approx([1 / rank for rank in range(21, 41)])
