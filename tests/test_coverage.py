"""The share of a question that a concept's text knows: numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from gecko_qa.retrieval.coverage import coverage, word_weight


@pytest.mark.parametrize(
    ("df", "n", "weight"),
    [
        (0, 3, math.log(8)),  # 1 + 3.5 / 0.5
        (1, 3, math.log(8 / 3)),  # 1 + 2.5 / 1.5
        (2, 3, math.log(1.6)),  # 1 + 1.5 / 2.5
        (3, 3, math.log(8 / 7)),  # 1 + 0.5 / 3.5
    ],
)
def test_a_rarer_word_weighs_more(df: int, n: int, weight: float) -> None:
    assert word_weight(df, n) == pytest.approx(weight)


@pytest.mark.parametrize(
    ("knowing", "share"),
    [
        ([{1}], 1.0),
        ([{0}], 0.0),
        ([set()], 0.0),
        ([{0, 1, 2}, {1, 2}], 1.0),
        # ln 1.6 of ln 1.6 + ln 8/3
        ([{0}, {0, 1}], 0.4700036 / (0.4700036 + 0.9808293)),
        # ln 8/3 of ln 8/3 + ln 8: what nobody knows weighs most
        ([{1}, set()], 0.9808293 / (0.9808293 + 2.0794415)),
    ],
)
def test_coverage_is_the_weight_of_the_words_that_the_concept_knows(
    knowing: list[set[int]], share: float
) -> None:
    assert coverage(knowing, 3)[1] == pytest.approx(share)


def test_a_question_without_words_is_not_covered() -> None:
    assert coverage([], 3).tolist() == [0.0, 0.0, 0.0]


def test_coverage_tells_of_every_concept_at_once() -> None:
    shares = coverage([{0, 2}, {2}], 3)
    # ln 1.6 of ln 1.6 + ln 8/3, nothing, and all.
    assert shares.tolist() == pytest.approx([0.4700036 / 1.4508329, 0.0, 1.0])


def test_a_rarer_word_that_is_known_covers_more_than_a_common_one() -> None:
    rare, common = coverage([{0}, {1, 2}], 3)[:2]
    assert rare > common


def test_a_weight_is_above_0_even_for_a_word_that_all_know() -> None:
    assert all(word_weight(n, n) > 0 for n in (1, 3, 1000))
    assert coverage([{0, 1, 2}], 3).tolist() == pytest.approx([1.0, 1.0, 1.0])
