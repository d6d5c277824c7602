"""The learned numbers: all named, and written as they are read."""

from __future__ import annotations

import json
import math
from importlib.resources import files

import pytest

from gecko_qa.retrieval.concepts import SIGNS
from gecko_qa.retrieval.evidence import FEATURES
from gecko_qa.retrieval.weights import WEIGHTS_FILE, Weights, packaged_weights, parse_weights

WEIGHTS = Weights({"topic": 2.5, "by_name": 0.1}, {"score": -1.25}, -0.3, 0.629)


def test_the_packaged_weights_weigh_every_feature_and_no_other() -> None:
    assert list(packaged_weights().rank) == list(FEATURES)


def test_the_packaged_weights_weigh_every_sign_and_no_other() -> None:
    assert list(packaged_weights().cover) == list(SIGNS)


@pytest.mark.parametrize("feature", FEATURES)
def test_evidence_never_speaks_against_the_concept_that_has_it(feature: str) -> None:
    assert packaged_weights().rank[feature] >= 0


def test_the_packaged_weights_are_numbers_and_the_bar_is_a_probability() -> None:
    weights = packaged_weights()
    numbers = [*weights.rank.values(), *weights.cover.values(), weights.offset]
    assert all(math.isfinite(number) for number in numbers)
    assert 0 < weights.bar < 1


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
        '  "bar": 0.629',
        "}",
    ]
    assert text.endswith("}\n")
    assert json.loads(text)["bar"] == 0.629
