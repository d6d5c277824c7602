"""Concepts for a question: order, names, and whether the corpus covers it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from gecko_qa.index.keys import Key
from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.names import Mention
from gecko_qa.retrieval.concepts import SIGNS, ConceptRanker
from gecko_qa.retrieval.evidence import FEATURES, Evidence, Witness
from gecko_qa.retrieval.weights import Weights

SLUGS = ("ants", "bees", "crabs")
KEYS = tuple(
    Key(f"{slug}#{n}", "passage" if n else "ask", slug, "") for slug in SLUGS for n in range(2)
)
TOLD: Mapping[str, Mapping[str, float]] = {
    "ants": {"closest_question": 0.3, "known_words": 0.1},
    "bees": {"closest_question": 0.6, "known_words": 0.5, "close_keys": 0.4, "concept_words": 1.2},
    "crabs": {"closest_question": -1.0},
}
WEIGHTS = Weights({"closest_question": 2.0, "known_words": 1.0}, {"score": 10.0}, -2.0, 0.4)
# By these: ants 0.7, bees 1.7, crabs -2.
SUM = math.exp(0.7) + math.exp(1.7) + math.exp(-2.0)


def table_of(told: Mapping[str, Mapping[str, float]]) -> Any:
    rows = [[told[slug].get(name, 0.0) for name in FEATURES] for slug in told]
    return np.array(rows, dtype=np.float32).reshape(len(told), len(FEATURES))


GIVEN = Evidence(
    table=table_of(TOLD),
    closest=np.array([1, 2, 5], dtype=np.intp),
    mentions=(),
    by_name=False,
    outside=0.25,
    inside=2.0,
    n_words=3,
)


class GivenEvidence:
    """A witness that testifies the same whatever the question."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def testify(self, question: str) -> Evidence:
        return self._evidence

    def names_only(self, text: str) -> tuple[str, ...]:
        return ("bees",) if text == "bees" else ()


def given(evidence: Evidence = GIVEN, weights: Weights = WEIGHTS) -> ConceptRanker:
    """Return a ranker of as many of `SLUGS` as `evidence` tells of."""
    slugs = SLUGS[: len(evidence.table)]
    return ConceptRanker(slugs, KEYS, cast(Witness, GivenEvidence(evidence)), weights)


@pytest.fixture
def ranker(small_library: Library) -> ConceptRanker:
    """The ranker of the small corpus."""
    return small_library.ranker


def test_a_score_is_the_evidence_weighed_and_what_has_no_weight_counts_for_nothing() -> None:
    hits = given().rank("?", 3).hits
    assert [(hit.id, hit.rank) for hit in hits] == [("bees", 1), ("ants", 2), ("crabs", 3)]
    assert [hit.score for hit in hits] == pytest.approx([1.7, 0.7, -2.0])


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_can_lift_a_concept(feature: str) -> None:
    evidence = replace(GIVEN, table=table_of({"ants": {}, "bees": {}, "crabs": {feature: 0.5}}))
    hits = given(evidence, replace(WEIGHTS, rank={feature: 3.0})).rank("?", 3).hits
    assert [(hit.id, hit.score) for hit in hits] == [("crabs", 1.5), ("ants", 0.0), ("bees", 0.0)]


def test_equal_scores_stand_in_the_order_of_their_slugs() -> None:
    ranking = given(weights=replace(WEIGHTS, rank={})).rank("?", 3)
    assert [hit.id for hit in ranking.hits] == ["ants", "bees", "crabs"]
    assert ranking.shares == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_shares_are_parts_of_the_sum_over_all_concepts() -> None:
    ranking = given().rank("?", 2)
    assert ranking.shares == pytest.approx([math.exp(1.7) / SUM, math.exp(0.7) / SUM])
    assert sum(given().rank("?", 3).shares) == pytest.approx(1.0)


def test_scores_far_apart_and_far_from_0_still_have_shares() -> None:
    ranking = given(weights=replace(WEIGHTS, rank={"closest_question": 10_000.0})).rank("?", 3)
    assert ranking.shares == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("sign", "value"),
    [
        ("score", 0.17),
        ("share", math.exp(1.7) / SUM),
        ("margin", 0.1),
        ("close_keys", 0.4),
        ("known_words", 0.5),
        ("concept_words", 1.2),
        ("outside", 0.25),
        ("nearer", 0.35),
        ("inside", 2.0),
        ("named", 0.0),
        ("n_words", 0.25),
    ],
)
def test_a_sign_of_the_first_concept(sign: str, value: float) -> None:
    assert given().rank("?", 1).signs[sign] == pytest.approx(value)


def test_each_sign_is_told_and_no_other() -> None:
    assert tuple(given().rank("?", 1).signs) == SIGNS


@pytest.mark.parametrize(("concept", "sign"), [("bees", 1.0), ("ants", 0.0)])
def test_a_name_of_the_first_concept_is_a_sign_and_another_name_is_not(
    concept: str, sign: float
) -> None:
    evidence = replace(GIVEN, mentions=(Mention(concept, concept, 1, 2),))
    assert given(evidence).rank("?", 1).signs["named"] == sign


@pytest.mark.parametrize(("n_words", "sign"), [(0, 0.0), (6, 0.5), (12, 1.0), (400, 1.0)])
def test_words_beyond_twelve_are_no_further_sign(n_words: int, sign: float) -> None:
    assert given(replace(GIVEN, n_words=n_words)).rank("?", 1).signs["n_words"] == sign


def test_a_concept_alone_is_ahead_of_0() -> None:
    alone = replace(GIVEN, table=table_of({"ants": TOLD["ants"]}), closest=GIVEN.closest[:1])
    ranking = given(alone).rank("?", 3)
    assert [hit.id for hit in ranking.hits] == ["ants"]
    assert (ranking.signs["margin"], ranking.signs["share"]) == pytest.approx((0.07, 1.0))


def test_a_chance_is_the_logistic_of_the_signs_weighed_and_the_offset() -> None:
    weights = replace(WEIGHTS, cover={"score": 10.0, "outside": -2.0, "n_words": 4.0}, offset=0.5)
    # 1.7 - 0.5 + 1 + 0.5
    assert given(weights=weights).rank("?", 1).chance == pytest.approx(1 / (1 + math.exp(-2.7)))


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_can_move_the_chance(sign: str) -> None:
    evidence = replace(GIVEN, mentions=(Mention("bees", "bees", 0, 1),))
    value = given(evidence).rank("?", 1).signs[sign]
    chance = given(evidence, replace(WEIGHTS, cover={sign: 1.0}, offset=0.0)).rank("?", 1).chance
    assert value > 0
    assert chance == pytest.approx(1 / (1 + math.exp(-value)))


@pytest.mark.parametrize(("offset", "chance"), [(1e9, 1.0), (-1e9, 0.0)])
def test_a_chance_stays_a_probability(offset: float, chance: float) -> None:
    ranking = given(weights=replace(WEIGHTS, offset=offset)).rank("?", 1)
    assert ranking.chance == pytest.approx(chance)
    assert ranking.covered is (chance == 1.0)


BEES_NAMED = (Mention("bees", "bees", 0, 1),)


@pytest.mark.parametrize(
    ("offset", "by_name", "covered"),
    [
        (0.0, False, True),  # a chance of 0.5: just the bar
        (-0.001, False, False),
        (-9.0, False, False),
        (-9.0, True, True),
        (9.0, True, True),
    ],
)
def test_a_question_is_covered_by_chance_or_by_name(
    offset: float, by_name: bool, covered: bool
) -> None:
    evidence = replace(GIVEN, mentions=BEES_NAMED, by_name=by_name)
    weights = Weights(WEIGHTS.rank, {}, offset, bar=0.5)
    ranking = given(evidence, weights).rank("?", 1)
    assert (ranking.covered, ranking.by_name) == (covered, by_name)


def test_a_corpus_without_concepts_covers_nothing() -> None:
    nothing = replace(GIVEN, table=table_of({}), closest=np.zeros(0, dtype=np.intp))
    ranking = given(nothing, replace(WEIGHTS, offset=99.0)).rank("?", 3)
    assert (ranking.hits, ranking.shares, ranking.closest) == ((), (), None)
    assert (ranking.covered, ranking.chance) == (False, 0.0)


@pytest.mark.parametrize(
    ("k", "ids"),
    [
        (-1, []),
        (0, []),
        (1, ["bees"]),
        (2, ["bees", "ants"]),
        (3, ["bees", "ants", "crabs"]),
        (99, ["bees", "ants", "crabs"]),
    ],
)
def test_k_bounds_the_concepts_and_what_is_told_of_them(k: int, ids: list[str]) -> None:
    ranking = given().rank("?", k)
    assert [hit.id for hit in ranking.hits] == ids
    assert list(ranking.evidence) == ids
    assert len(ranking.shares) == len(ids)


@pytest.mark.parametrize("k", [-1, 0, 1, 2, 99])
def test_k_changes_nothing_of_the_first_concept(k: int) -> None:
    ranking, whole = given().rank("?", k), given().rank("?", 3)
    assert ranking.signs == whole.signs
    assert (ranking.chance, ranking.covered) == (whole.chance, whole.covered)
    assert ranking.closest == whole.closest


def test_the_closest_key_is_that_of_the_first_concept() -> None:
    assert given().rank("?", 1).closest == KEYS[2]


def test_evidence_is_told_by_name_for_whoever_wants_to_see_why() -> None:
    evidence = given().rank("?", 2).evidence
    assert tuple(evidence["bees"]) == FEATURES
    for slug, told in evidence.items():
        assert told == pytest.approx(dict.fromkeys(FEATURES, 0.0) | dict(TOLD[slug]))


def test_what_is_named_twice_is_told_once_in_the_order_of_the_question() -> None:
    mentions = tuple(Mention(slug, slug, n, n + 1) for n, slug in enumerate(("crabs", "ants") * 2))
    ranking = given(replace(GIVEN, mentions=mentions)).rank("?", 1)
    assert ranking.named == ("crabs", "ants")
    assert ranking.mentions == mentions


def test_what_is_only_named_is_asked_of_the_witness() -> None:
    assert given().names_only("bees") == ("bees",)
    assert given().names_only("Are bees sticky?") == ()


@pytest.mark.parametrize(
    ("question", "named", "by_name"),
    [
        ("What are gecko feet?", ("gecko-feet",), True),
        ("GF", ("gecko-feet",), True),
        ("tree frogs versus gecko feet", ("tree-frogs", "gecko-feet"), True),
        ("gecko feet vs. tree-frogs, or setae?", ("gecko-feet", "tree-frogs"), True),
        ("Why do gecko feet stick to glass?", ("gecko-feet",), False),
        ("What holds rubber on tiles?", (), False),
        ("What is it?", (), False),
    ],
)
def test_names_are_told_once_in_the_order_of_the_question(
    ranker: ConceptRanker, question: str, named: tuple[str, ...], by_name: bool
) -> None:
    ranking = ranker.rank(question, 3)
    assert (ranking.named, ranking.by_name) == (named, by_name)
    assert ranker.names_only(question) == (named if by_name else ())


@pytest.mark.parametrize(
    "question", ["gecko feet or tree frogs", "Hylidae vs setae", "What is GF, and what Hylidae?"]
)
def test_what_is_asked_for_by_name_is_covered(ranker: ConceptRanker, question: str) -> None:
    ranking = ranker.rank(question, 3)
    assert set(ranking.named) == {"gecko-feet", "tree-frogs"}
    assert ranking.covered


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("how do lizards walk on ceilings", "gecko-feet"),
        ("Why do frogs climb wet leaves?", "tree-frogs"),
        ("What holds a rubber hook on tiles?", "suction-cups"),
    ],
)
def test_an_ask_leads_to_its_explainer(ranker: ConceptRanker, question: str, slug: str) -> None:
    ranking = ranker.rank(question, 3)
    assert ranking.hits[0].id == slug
    assert ranking.closest is not None
    assert (ranking.closest.kind, ranking.closest.text.casefold()) == ("ask", question.casefold())
    assert ranking.covered


@pytest.mark.parametrize("question", ["Best pizza near Berlin", "zzz qqq", "☂", "42 dollars"])
def test_what_the_corpus_does_not_know_is_not_covered(ranker: ConceptRanker, question: str) -> None:
    assert not ranker.rank(question, 3).covered


def test_a_library_ranks_by_the_weights_that_it_is_given(small_index: Index) -> None:
    sure = Library(small_index, Weights({}, {}, 9.0, 0.5)).ranker.rank("zzz qqq", 3)
    assert sure.covered
    assert [hit.id for hit in sure.hits] == ["gecko-feet", "suction-cups", "tree-frogs"]
    assert not Library(small_index, Weights({}, {}, -9.0, 0.5)).ranker.rank("zzz qqq", 3).covered
