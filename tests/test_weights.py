"""The learned numbers: all named, and written as they are read."""

from __future__ import annotations

import json
import math
from importlib.resources import files

import pytest

from gecko_qa.answer import beside
from gecko_qa.retrieval.concepts import SIGNS
from gecko_qa.retrieval.evidence import FEATURES
from gecko_qa.retrieval.weights import (
    WEIGHTS_FILE,
    Weights,
    packaged_weights,
    parse_weights,
    probability,
)

WEIGHTS = Weights({"topic": 2.5, "by_name": 0.1}, {"score": -1.25}, -0.3, 0.629, {"gap": -4.5})


def test_the_packaged_weights_weigh_every_feature_and_no_other() -> None:
    assert list(packaged_weights().rank) == list(FEATURES)


def test_the_packaged_weights_weigh_every_sign_and_no_other() -> None:
    assert list(packaged_weights().cover) == list(SIGNS)


def test_the_packaged_weights_weigh_every_sign_of_another_beside_and_no_other() -> None:
    assert list(packaged_weights().beside) == list(beside.SIGNS)


@pytest.mark.parametrize("feature", FEATURES)
def test_evidence_never_speaks_against_the_concept_that_has_it(feature: str) -> None:
    assert packaged_weights().rank[feature] >= 0


def test_the_packaged_weights_are_numbers_and_the_bar_is_a_probability() -> None:
    weights = packaged_weights()
    numbers = [*weights.rank.values(), *weights.cover.values(), *weights.beside.values()]
    assert all(math.isfinite(n) for n in (*numbers, weights.offset, weights.beside_offset))
    assert 0 < weights.bar < 1
    assert 0 < weights.beside_bar < 1


def test_what_joins_or_names_another_speaks_for_it_and_a_lower_score_against_it() -> None:
    weights = packaged_weights().beside
    assert weights["gap"] < 0 < min(weights["joined"], weights["name_rest"], weights["compares"])


@pytest.mark.parametrize(("odds", "chance"), [(0.0, 0.5), (2.0, 0.8808), (-1e9, 0.0), (1e9, 1.0)])
def test_log_odds_stand_for_a_probability(odds: float, chance: float) -> None:
    assert probability(odds) == pytest.approx(chance, abs=1e-4)


def test_what_is_near_to_no_answer_speaks_against_an_answer() -> None:
    assert packaged_weights().cover["outside"] < 0 < packaged_weights().cover["close_keys"]


@pytest.mark.parametrize("weights", [WEIGHTS, packaged_weights(), Weights({}, {}, 0.0, 0.5)])
def test_what_is_dumped_is_parsed_again(weights: Weights) -> None:
    assert parse_weights(weights.dumps()) == weights


def test_the_packaged_file_is_as_it_is_dumped() -> None:
    text = (files("gecko_qa.retrieval") / WEIGHTS_FILE).read_text(encoding="utf-8")
    assert packaged_weights().dumps() == text


def test_a_dump_is_json_with_a_number_a_line() -> None:
    text = WEIGHTS.dumps()
    assert text.splitlines() == [
        "{",
        '  "rank": {',
        '    "topic": 2.5,',
        '    "by_name": 0.1',
        "  },",
        '  "cover": {',
        '    "score": -1.25',
        "  },",
        '  "offset": -0.3,',
        '  "bar": 0.629,',
        '  "beside": {',
        '    "gap": -4.5',
        "  },",
        '  "beside_offset": 0.0,',
        '  "beside_bar": 1.0',
        "}",
    ]
    assert text.endswith("}\n")
    assert json.loads(text)["bar"] == 0.629
