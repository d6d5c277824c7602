"""What is asked about beside the likeliest concept: its signs, and what they lead to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gecko_qa.answer.beside import SIGNS
from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.retrieval.weights import Weights
from gecko_qa.words import folded_words

NAMES = Weights({"named_words": 9.0, "closest_question": 1.0}, {}, 5.0, 0.5)
JOINED = replace(NAMES, beside={"joined": 10.0}, beside_offset=-5.0, beside_bar=0.5)
"""By these, what is named and joined with another name is asked about beside the first."""


def signs(library: Library, question: str) -> dict[str, dict[str, float]]:
    return library.beside.signs(folded_words(question), library.ranker.rank(question, 3))


@pytest.fixture
def naming(small_index: Index) -> Library:
    """The small library, where names lead and nothing is beside another by its weights."""
    return Library(small_index, NAMES)


def test_each_candidate_but_the_first_has_every_sign(naming: Library) -> None:
    question = "why do setae hold on wet leaves better than suction cups do"
    told = signs(naming, question)
    assert set(told) == {hit.id for hit in naming.ranker.rank(question, 3).hits[1:]}
    assert all(tuple(of) == SIGNS for of in told.values())


def test_what_is_named_is_a_candidate_even_behind_the_hits(naming: Library) -> None:
    question = "why do setae hold on wet leaves better than suction cups do"
    ranking = naming.ranker.rank(question, 1)
    told = naming.beside.signs(folded_words(question), ranking)
    assert set(told) == set(ranking.named) - {ranking.hits[0].id}


@pytest.mark.parametrize(
    ("question", "sign", "value"),
    [
        ("do setae differ much from tree frogs on leaves", "compares", 1.0),
        ("do setae stick like tree frogs on leaves", "compares", 0.0),
        ("do setae or tree frogs stick on leaves", "and_or", 1.0),
        ("do setae stick like tree frogs on leaves", "and_or", 0.0),
        ("do setae or tree frogs stick on leaves", "joined", 1.0),
        ("setae, tree frogs or suction cups: what sticks on leaves", "joined", 1.0),
        ("do setae stick like tree frogs on leaves", "joined", 0.0),
        ("do setae or tree frogs stick on leaves", "name_rest", 1.0),
        ("do setae or tree frogs stick on leaves", "confused_name", 1.0),
        ("do setae or tree frogs stick on leaves", "by_name", 0.0),
        ("setae or tree frogs", "by_name", 1.0),
    ],
)
def test_a_sign_of_tree_frogs_beside_gecko_feet(
    small_index: Index, question: str, sign: str, value: float
) -> None:
    # Asked for by their setae, gecko feet stand first by their slug where nothing has a weight.
    library = Library(small_index, Weights({}, {}, 5.0, 0.5))
    told = signs(library, question)
    assert told["tree-frogs"][sign] == pytest.approx(value)


def test_a_part_of_a_name_is_a_sign_by_how_much_it_tells(small_index: Index) -> None:
    told = signs(Library(small_index, Weights({}, {}, 5.0, 0.5)), "do setae or frogs stick on it")
    assert 0.0 < told["tree-frogs"]["name_rest"] < 1.0
    assert told["suction-cups"]["name_rest"] == 0.0


def test_links_between_explainers_are_told_both_ways(small_index: Index) -> None:
    told = signs(Library(small_index, Weights({}, {}, 5.0, 0.5)), "rubber on wet glass")
    assert told["suction-cups"]["related"] == 1.0
    assert told["tree-frogs"]["related"] == 0.0


def test_without_weights_only_names_in_a_list_stand_beside_each_other(naming: Library) -> None:
    assert naming.ask("setae or tree frogs").concepts == ("gecko-feet", "tree-frogs")
    listed = naming.ask("setae, tree frogs or suction cups?").concepts
    assert listed == ("gecko-feet", "tree-frogs", "suction-cups")
    assert len(naming.ask("do setae or tree frogs stick on leaves").concepts) == 1


def test_by_its_weights_another_stands_beside_the_first(small_index: Index) -> None:
    library = Library(small_index, JOINED)
    answer = library.ask("do setae or tree frogs stick on leaves")
    assert (answer.intent, set(answer.concepts)) == ("compare", {"gecko-feet", "tree-frogs"})
    assert len(library.ask("do setae stick like tree frogs on leaves").concepts) == 1


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        (
            "why isn't a mixture of experts just an ensemble",
            {"mixture-of-experts", "ensemble-methods"},
        ),
        ("what does PagedAttention do that FlashAttention doesn't", {"paged-attention"}),
        ("plain RAG against GraphRAG, costs and benefits", {"retrieval-augmented-generation"}),
        ("agent or plain workflow? which does my case need", {"ai-agents", "workflow-automation"}),
        ("should we train with LoRA or go for QLoRA", {"lora", "qlora"}),
    ],
)
def test_both_of_two_things_are_found(library: Library, question: str, concepts: set[str]) -> None:
    answer = library.ask(question)
    assert answer.intent == "compare"
    assert concepts <= set(answer.concepts)
    assert len(answer.concepts) == 2


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("what is dropout in neural networks", "dropout"),
        ("query rewriting for RAG", "query-rewriting"),
        ("perplexity metric for language models", "perplexity"),
    ],
)
def test_what_a_thing_stands_in_is_not_asked_about(
    library: Library, question: str, concept: str
) -> None:
    assert library.ask(question).concepts == (concept,)


def test_what_mixes_two_named_ones_gives_way_to_them(library: Library) -> None:
    answer = library.ask("Do embeddings do the same job as RAG or is one part of the other?")
    assert set(answer.concepts) == {"embeddings", "retrieval-augmented-generation"}
