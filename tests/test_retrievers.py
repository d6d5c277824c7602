"""The contract of every retriever, and what each adds to it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import bm25s
import numpy as np
import pytest

from gecko_qa.encoder.fake import HashEncoder
from gecko_qa.index.folder import read_manifest
from gecko_qa.index.keys import leading_keys
from gecko_qa.index.lexical import build_lexical, lexical_words, read_lexical
from gecko_qa.index.load import Index
from gecko_qa.retrieval.dense import DenseRetriever
from gecko_qa.retrieval.hit import Hit, Retriever
from gecko_qa.retrieval.lexical import LexicalRetriever

# Ids are out of order, and two rows hold the same text, so that ties are seen.
ROWS = {
    "frog-b": "green frog",
    "gecko": "sticky gecko feet",
    "frog-a": "green frog",
    "cup": "rubber cup on tiles",
    "toad": "green toad",
}
IDS = list(ROWS)
QUERIES = ["green frog", "sticky green rubber", "frog frog frog", "zebra", "of the"]


def dense(rows: Mapping[str, str]) -> DenseRetriever:
    import faiss

    encoder = HashEncoder(256)
    vectors = faiss.IndexFlatIP(256)
    vectors.add(encoder.encode_passages(list(rows.values())))
    return DenseRetriever(list(rows), vectors, encoder)


def lexical(rows: Mapping[str, str]) -> LexicalRetriever:
    files = build_lexical("rows", [lexical_words(text) for text in rows.values()])
    return LexicalRetriever(list(rows), read_lexical("rows", files.__getitem__))


@pytest.fixture(params=[dense, lexical])
def retriever(request: pytest.FixtureRequest) -> Retriever:
    """Each retriever over `ROWS`."""
    made: Retriever = request.param(ROWS)
    return made


def mask(*ids: str) -> Any:
    return np.array([id_ in ids for id_ in IDS])


def ids_of(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.id for hit in hits]


@pytest.mark.parametrize("query", QUERIES)
def test_scores_descend_and_ranks_run_from_one(retriever: Retriever, query: str) -> None:
    hits = retriever.retrieve(query, 5)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(type(score) is float and math.isfinite(score) for score in scores)


def test_equal_scores_stand_in_the_order_of_their_ids(retriever: Retriever) -> None:
    first, second, third = retriever.retrieve("green frog", 3)
    assert first.score == second.score > third.score
    assert [first.id, second.id, third.id] == ["frog-a", "frog-b", "toad"]


def test_the_cut_off_keeps_the_smaller_id_of_a_tie(retriever: Retriever) -> None:
    assert ids_of(retriever.retrieve("frog", 1)) == ["frog-a"]


@pytest.mark.parametrize("k", [5, 6, 1000])
def test_more_hits_than_rows_may_be_asked_for(retriever: Retriever, k: int) -> None:
    hits = retriever.retrieve("green frog sticky rubber", k)
    assert sorted(ids_of(hits)) == sorted(IDS)


@pytest.mark.parametrize("k", [0, -1])
def test_no_hits_are_given_where_none_are_asked_for(retriever: Retriever, k: int) -> None:
    assert retriever.retrieve("green frog", k) == ()


@pytest.mark.parametrize("query", QUERIES)
def test_a_filter_never_leaks(retriever: Retriever, query: str) -> None:
    hits = retriever.retrieve(query, 5, mask("toad", "cup"))
    assert set(ids_of(hits)) <= {"toad", "cup"}


def test_a_filter_is_applied_before_the_cut(retriever: Retriever) -> None:
    (hit,) = retriever.retrieve("green frog", 1, mask("toad"))
    assert (hit.id, hit.rank) == ("toad", 1)


def test_a_filter_changes_no_score(retriever: Retriever) -> None:
    everywhere = {hit.id: hit.score for hit in retriever.retrieve("green frog", 5)}
    (hit,) = retriever.retrieve("green frog", 5, mask("toad"))
    assert hit.score == everywhere["toad"]


def test_a_filter_that_keeps_nothing_gives_nothing(retriever: Retriever) -> None:
    assert retriever.retrieve("green frog", 5, mask()) == ()


@pytest.mark.parametrize("query", ["green frog", "zebra", "gecko toad"])
def test_asking_again_gives_the_same_hits(retriever: Retriever, query: str) -> None:
    assert retriever.retrieve(query, 5) == retriever.retrieve(query, 5)


@pytest.mark.parametrize(
    "open_retriever",
    [
        lambda index: DenseRetriever([k.id for k in index.keys], index.vectors, index.encoder),
        lambda index: LexicalRetriever([k.id for k in leading_keys(index.keys)], index.lexical),
    ],
    ids=["dense", "lexical"],
)
def test_a_reload_from_disk_gives_identical_hits(
    small_index: Index, open_retriever: Callable[[Index], Retriever]
) -> None:
    folder = small_index.folder
    again = Index(folder, read_manifest(folder), encoder=HashEncoder(256))
    before, after = open_retriever(small_index), open_retriever(again)
    for query in ("How do lizards walk on ceilings?", "wet leaves", "rubber", "zebra"):
        assert before.retrieve(query, 7) == after.retrieve(query, 7)
    hits = after.retrieve("how do lizards walk on ceilings", 1)
    assert ids_of(hits) == ["gecko-feet#ask-1"]


def test_a_reload_of_whole_concepts_gives_identical_hits(small_index: Index) -> None:
    folder = small_index.folder
    again = Index(folder, read_manifest(folder), encoder=HashEncoder(256))
    slugs = [explainer.slug for explainer in small_index.explainers]
    before = LexicalRetriever(slugs, small_index.concept_lexical)
    after = LexicalRetriever(slugs, again.concept_lexical)
    # Lizards stand in an ask, mucus in a passage, and frogs' name in one of the other's lists.
    for query in ("lizards on ceilings", "mucus", "Hylidae", "rubber tiles", "zebra"):
        assert before.retrieve(query, 3) == after.retrieve(query, 3)
    assert ids_of(after.retrieve("lizards on ceilings", 3)) == ["gecko-feet"]
    assert ids_of(after.retrieve("mucus", 3)) == ["tree-frogs"]


def test_a_dense_score_is_a_cosine() -> None:
    hits = dense(ROWS).retrieve("green", 5)
    assert ids_of(hits)[:3] == ["frog-a", "frog-b", "toad"]
    assert [hit.score for hit in hits] == pytest.approx([0.5**0.5] * 3 + [0.0, 0.0])


def test_dense_scores_stand_by_row() -> None:
    scores = dense(ROWS).scores("sticky gecko feet")
    assert scores.tolist() == pytest.approx([0.0, 1.0, 0.0, 0.0, 0.0], abs=1e-6)


def test_the_vector_of_a_question_is_the_encoders_and_has_one_axis() -> None:
    vector = dense(ROWS).vector("sticky gecko feet")
    assert vector.tolist() == HashEncoder(256).encode_queries(["sticky gecko feet"])[0].tolist()


@pytest.mark.parametrize("query", QUERIES)
def test_the_cosines_of_a_questions_vector_are_its_scores(query: str) -> None:
    retriever = dense(ROWS)
    cosines = retriever.cosines(retriever.vector(query))
    assert cosines.dtype == np.float32
    assert cosines.tolist() == retriever.scores(query).tolist()


def test_a_cosine_is_the_dot_product_with_each_row() -> None:
    rows = HashEncoder(256).encode_passages(list(ROWS.values()))
    # In double precision, and with every other number left out: neither changes what is meant.
    vector = np.zeros(512)
    vector[::2] = rows[1]
    cosines = dense(ROWS).cosines(vector[::2])
    assert cosines.tolist() == pytest.approx((rows @ rows[1]).tolist(), abs=1e-6)


def test_an_index_without_rows_has_no_cosines() -> None:
    import faiss

    empty = DenseRetriever([], faiss.IndexFlatIP(256), HashEncoder(256))
    assert empty.scores("green frog").tolist() == []
    assert empty.retrieve("green frog", 5) == ()


def test_a_lexical_score_is_bm25_as_lucene_has_it() -> None:
    rows = {id_: text for id_, text in ROWS.items() if id_ != "toad"}
    (hit,) = lexical(rows).retrieve("gecko", 5)
    # Four rows of 2, 3, 2 and 3 words, "on" left out; one row of 3 words holds the word once.
    idf = math.log(1 + 3.5 / 1.5)
    tf = 1 / (1 + 1.5 * (0.25 + 0.75 * 3 / 2.5))
    assert (hit.id, hit.score) == ("gecko", pytest.approx(idf * tf))


@pytest.mark.parametrize("query", ["zebra", "", "of the", "?!", "☂"])
def test_words_never_seen_give_no_lexical_hit(query: str) -> None:
    assert lexical(ROWS).retrieve(query, 5) == ()
    assert lexical(ROWS).scores(query).tolist() == [0.0] * 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("frog", ["frog-a", "frog-b"]),
        ("zebra gecko", ["gecko"]),
        ("tile", ["cup"]),
        ("tiling", ["cup"]),  # another form of "tiles"
    ],
)
def test_a_row_that_shares_no_word_is_no_lexical_hit(query: str, found: list[str]) -> None:
    hits = lexical(ROWS).retrieve(query, 5)
    assert ids_of(hits) == found
    assert all(hit.score > 0 for hit in hits)


def test_no_lexical_hit_stands_for_a_filtered_row_without_the_word() -> None:
    assert lexical(ROWS).retrieve("frog", 5, mask("gecko", "cup")) == ()


@pytest.mark.parametrize(
    ("stem", "rows"),
    [
        ("green", [0, 2, 4]),
        ("tile", [3]),
        ("sticki", [1]),
        ("sticky", []),  # no stem
        ("zebra", []),
        ("on", []),
        ("", []),
    ],
)
def test_rows_with_a_stem_are_those_whose_text_holds_it(stem: str, rows: list[int]) -> None:
    retriever = lexical(ROWS)
    assert sorted(retriever.rows_with(stem).tolist()) == rows
    assert sorted(retriever.ids_with(stem)) == sorted(IDS[row] for row in rows)


def test_forms_of_a_word_have_one_stem() -> None:
    retriever = lexical({"a": "Models hallucinate", "b": "a hallucination", "c": "hallucinogens"})
    assert ids_of(retriever.retrieve("hallucinating", 5)) == ["b", "a"]  # the shorter text first
    assert sorted(retriever.ids_with("hallucin")) == ["a", "b"]


@pytest.mark.parametrize(
    "documents",
    [[["a"]], [["a", "a"], [], ["b", "a"]], [["b", "a", "b"], ["c"], ["a", "c", "c", "c"]]],
)
def test_scores_are_those_of_the_library_itself(
    documents: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = build_lexical("rows", documents)
    theirs = bm25s.BM25(method="lucene").build_index_from_ids
    quiet = functools.partial(theirs, show_progress=False)
    monkeypatch.setattr("gecko_qa.index.lexical._scores", quiet)
    assert build_lexical("rows", documents) == ours
