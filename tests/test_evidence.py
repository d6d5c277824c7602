"""The evidence for each concept: every number worked out by hand from given scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest

from gecko_qa.index.keys import Key
from gecko_qa.names import NameIndex
from gecko_qa.retrieval.dense import DenseRetriever
from gecko_qa.retrieval.evidence import FEATURES, Witness
from gecko_qa.retrieval.frame import facet_words, frame_words
from gecko_qa.retrieval.lexical import LexicalRetriever

SLUGS = ("ants", "bees", "crabs")
NAMES = {"ants": ["Ants"], "bees": ["Bees", "honey bee"], "crabs": ["Crabs"]}

# A line a key: concept, kind, cosine, BM25. Crabs have no question; outside ones lead nowhere.
ROWS: Sequence[tuple[str, str, float, float]] = (
    ("ants", "name", 0.9, 3.0),
    ("ants", "ask", 0.2, 1.0),
    ("ants", "ask", 0.1, 0.0),
    ("ants", "phrasing", 0.6, 8.0),
    ("ants", "phrasing", 0.4, 0.0),
    ("ants", "passage", 0.7, 2.0),
    ("ants", "passage", -0.3, 6.0),
    ("bees", "name", 0.1, 5.0),
    ("bees", "ask", -0.5, 0.0),
    ("bees", "passage", 0.3, 0.0),
    ("crabs", "name", 0.5, 0.0),
    ("crabs", "passage", 0.5, 1.0),
)
OUTSIDE = (0.8, 0.1, 0.6, 0.4)
VECTOR = (1.0, 2.0)
# Weights of the vector's two numbers, and an offset: ants read 12, bees -5, crabs 0, all 2.
PROBES = ((4.0, 1.0, 6.0), (0.0, -3.0, 1.0), (0.0, 0.0, 0.0), (1.0, 1.0, -1.0))
# By stem, the concepts whose text has it.
KNOWING: Mapping[str, Sequence[int]] = {"ant": [0], "bee": [1], "honey": [1], "sticki": [0, 1]}
# What a word weighs that none, one or two of three concepts know; see `word_weight`.
NONE, ONE, TWO = math.log(8), math.log(8 / 3), math.log(1.6)


class Given:
    """Stands for every retriever: its scores, and the vector, whatever the question."""

    def __init__(self, scores: Sequence[float]) -> None:
        self._scores = np.array(scores, dtype=np.float32)
        self.asked: list[str] = []

    def vector(self, query: str) -> Any:
        self.asked.append(query)
        return np.array(VECTOR, dtype=np.float32)

    def cosines(self, vector: Any) -> Any:
        assert vector.tolist() == list(VECTOR)
        return self._scores

    def scores(self, query: str) -> Any:
        self.asked.append(query)
        return self._scores

    def rows_with(self, word: str) -> Any:
        return np.array(KNOWING.get(word, []), dtype=np.intp)


def witness_of(
    rows: Sequence[tuple[str, str, float, float]] = ROWS,
    outside: Sequence[float] = OUTSIDE,
    probes: Sequence[Sequence[float]] = PROBES,
    dense: Given | None = None,
) -> Witness:
    leading = [Key(f"{c}#{n}", cast(Any, kind), c, "") for n, (c, kind, _, _) in enumerate(rows)]
    nowhere = [Key(f"#{n}", "outside", "", "") for n in range(len(outside))]
    cosines = dense or Given([cosine for _, _, cosine, _ in rows] + list(outside))
    return Witness(
        SLUGS,
        [*leading, *nowhere],
        dense=cast(DenseRetriever, cosines),
        lexical=cast(LexicalRetriever, Given([bm25 for _, _, _, bm25 in rows])),
        concept_lexical=cast(LexicalRetriever, Given([12.0, 4.0, 0.0])),
        probes=np.array(probes, dtype=np.float32),
        names=NameIndex(NAMES.items(), frame_words() | facet_words()),
    )


@pytest.fixture
def witness() -> Witness:
    """A witness of ants, bees and crabs."""
    return witness_of()


def told(witness: Witness, question: str, feature: str) -> list[float]:
    column: list[float] = witness.testify(question).table[:, FEATURES.index(feature)].tolist()
    return column


@pytest.mark.parametrize(
    ("feature", "ants", "bees", "crabs"),
    [
        # Names and passages are no questions; what has none is as far as can be.
        ("closest_question", 0.6, -0.5, -1.0),
        ("close_questions", (0.6 + 0.4 + 0.2) / 3, -0.5, -1.0),
        ("close_keys", (0.9 + 0.7 + 0.6) / 3, (0.3 + 0.1 - 0.5) / 3, 0.5),
        ("topic", 12.0, -5.0, 0.0),
        ("question_words", 0.8, 0.5, 0.0),
        ("passage_words", 0.6, 0.0, 0.1),
        ("concept_words", 1.2, 0.4, 0.0),
        # "ant", "sticky" and "toe" say what about; the last is known to none and weighs most.
        ("known_words", (ONE + TWO) / (ONE + TWO + NONE), TWO / (ONE + TWO + NONE), 0.0),
        ("named_words", ONE / (ONE + TWO + NONE), 0.0, 0.0),
    ],
)
def test_a_feature_of_each_concept(
    witness: Witness, feature: str, ants: float, bees: float, crabs: float
) -> None:
    column = told(witness, "Why are ants sticky on toes?", feature)
    assert column == pytest.approx([ants, bees, crabs], abs=1e-6)


def test_the_table_has_a_row_a_concept_and_a_column_a_feature(witness: Witness) -> None:
    table = witness.testify("Why are ants sticky on toes?").table
    assert (table.shape, table.dtype) == ((3, len(FEATURES)), np.float32)
    assert len(set(FEATURES)) == 9


def test_the_closest_key_is_the_first_among_equals(witness: Witness) -> None:
    # Crabs' two keys are as near as each other.
    assert witness.testify("sticky toes").closest.tolist() == [0, 9, 10]


@pytest.mark.parametrize(
    ("outside", "mean"),
    [(OUTSIDE, 0.6), ((0.5, -0.1), 0.2), ((-0.4,), -0.4), ((), 0.0)],
)
def test_outside_is_the_mean_of_the_nearest_three_that_lead_nowhere(
    outside: Sequence[float], mean: float
) -> None:
    assert witness_of(outside=outside).testify("sticky toes").outside == pytest.approx(mean)


def test_inside_is_the_reading_of_the_last_probe(witness: Witness) -> None:
    assert witness.testify("sticky toes").inside == pytest.approx(2.0)


def test_inside_is_0_where_the_last_probe_reads_nothing() -> None:
    blind = witness_of(probes=(*PROBES[:-1], (0.0, 0.0, 0.0)), outside=())
    assert blind.testify("sticky toes").inside == 0.0


def test_a_corpus_without_any_question_is_told_by_its_names_and_passages() -> None:
    rows = [row for row in ROWS if row[1] not in ("ask", "phrasing")]
    mute = witness_of(rows)
    assert told(mute, "sticky toes", "closest_question") == [-1.0, -1.0, -1.0]
    assert told(mute, "sticky toes", "close_questions") == [-1.0, -1.0, -1.0]
    assert told(mute, "sticky toes", "question_words") == pytest.approx([0.3, 0.5, 0.0])
    # (0.9 + 0.7 - 0.3) / 3, (0.1 + 0.3) / 2, (0.5 + 0.5) / 2
    assert told(mute, "sticky toes", "close_keys") == pytest.approx([1.3 / 3, 0.2, 0.5])


def test_a_concept_without_passages_has_no_passage_with_the_words() -> None:
    rows = [row for row in ROWS if row[:2] != ("bees", "passage")]
    assert told(witness_of(rows), "sticky", "passage_words") == pytest.approx([0.6, 0.0, 0.1])


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("sticky", [1.0, 1.0, 0.0]),
        ("toes", [0.0, 0.0, 0.0]),
        ("sticky toes", [TWO / (TWO + NONE), TWO / (TWO + NONE), 0.0]),
        ("ants and bees", [0.5, 0.5, 0.0]),
        ("sticky, sticky ants", [1.0, TWO / (ONE + TWO), 0.0]),
        ("What is it?", [0.0, 0.0, 0.0]),
        ("", [0.0, 0.0, 0.0]),
    ],
)
def test_known_words_are_the_share_that_a_concepts_text_has(
    witness: Witness, question: str, known: list[float]
) -> None:
    assert told(witness, question, "known_words") == pytest.approx(known, abs=1e-6)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What are ants?", [1.0, 0.0, 0.0]),  # a word of the frame weighs nothing
        ("ants beside bees", [ONE / (2 * ONE + NONE), ONE / (2 * ONE + NONE), 0.0]),
        ("sticky ants", [ONE / (ONE + TWO), 0.0, 0.0]),
        ("sticky honey bees", [0.0, 2 * ONE / (2 * ONE + TWO), 0.0]),  # both words of the name
        ("bees, sticky bees", [0.0, 2 * ONE / (2 * ONE + TWO), 0.0]),  # both times
        ("ants of crabs", [ONE / (ONE + NONE), 0.0, NONE / (ONE + NONE)]),
        ("sticky toes", [0.0, 0.0, 0.0]),
        ("What is it?", [0.0, 0.0, 0.0]),
        ("", [0.0, 0.0, 0.0]),
    ],
)
def test_named_words_are_the_share_that_names_a_concept(
    witness: Witness, question: str, named: list[float]
) -> None:
    assert told(witness, question, "named_words") == pytest.approx(named, abs=1e-6)


ASKED_BY_NAME = [
    ("ants", ("ants",)),
    ("What are ants?", ("ants",)),
    ("Explain honey bees to me, please", ("bees",)),
    ("bees or ants", ("bees", "ants")),
    ("ants versus bees, and ants?", ("ants", "bees")),
    ("the limits of ants", ("ants",)),  # a facet of it
    ("Why do crabs matter today?", ("crabs",)),
]
NOT_ASKED_BY_NAME = ["Are ants sticky?", "sticky toes", "What is it?", "the limits", "", "☂"]


@pytest.mark.parametrize(("question", "slugs"), ASKED_BY_NAME)
def test_what_is_only_named_is_told_once_in_the_order_of_the_text(
    witness: Witness, question: str, slugs: tuple[str, ...]
) -> None:
    assert witness.names_only(question) == slugs


@pytest.mark.parametrize("question", NOT_ASKED_BY_NAME)
def test_a_text_that_does_more_than_name_names_nothing_only(
    witness: Witness, question: str
) -> None:
    assert witness.names_only(question) == ()


def test_names_are_found_without_encoding_the_text() -> None:
    dense = Given([0.0] * (len(ROWS) + len(OUTSIDE)))
    witness = witness_of(dense=dense)
    assert witness.names_only("What are ants?") == ("ants",)
    assert dense.asked == []
    witness.testify("What are ants?")
    assert dense.asked == ["What are ants?"]


@pytest.mark.parametrize(("question", "slugs"), ASKED_BY_NAME)
def test_each_concept_that_is_asked_for_by_name_is_marked(
    witness: Witness, question: str, slugs: tuple[str, ...]
) -> None:
    evidence = witness.testify(question)
    assert evidence.by_name
    assert evidence.named == slugs


@pytest.mark.parametrize("question", NOT_ASKED_BY_NAME)
def test_nothing_is_marked_where_more_is_asked_or_nothing_named(
    witness: Witness, question: str
) -> None:
    assert not witness.testify(question).by_name


def test_a_name_among_other_words_is_still_mentioned(witness: Witness) -> None:
    evidence = witness.testify("Are honey bees sticky?")
    (mention,) = evidence.mentions
    assert (mention.concept, mention.name) == ("bees", "honey bee")
    assert (mention.start, mention.end) == (1, 3)
    assert evidence.named == ("bees",)


@pytest.mark.parametrize(
    ("question", "n_words"),
    [("Why are ants sticky on toes?", 3), ("ants ants", 1), ("What is it?", 0), ("", 0)],
)
def test_words_that_say_what_about_are_counted_once_each(
    witness: Witness, question: str, n_words: int
) -> None:
    assert witness.testify(question).n_words == n_words


def test_testifying_again_tells_the_same(witness: Witness) -> None:
    first, again = (witness.testify("Why are ants sticky?") for _ in range(2))
    assert first.table.tolist() == again.table.tolist()
    assert (first.outside, first.inside) == (again.outside, again.inside)
