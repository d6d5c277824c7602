"""Terms that the corpus uses in passing: named, pointed to, and never passed off as an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import explainer_text, fake_index, write_corpus

from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.retrieval.weights import Weights
from gecko_qa.words import folded_words

# Nothing is answered but what does nothing but ask for a name.
NAMES_ONLY = Weights({}, {}, -5.0, 0.5)


@pytest.fixture
def strict_library(small_index: Index) -> Library:
    """The small library, answering names alone."""
    return Library(small_index, NAMES_ONLY)


def mentioned(library: Library, question: str) -> list[str]:
    return [passage.id for passage in library.ask(question).mentioned]


@pytest.mark.parametrize(
    ("question", "term", "passages"),
    [
        ("What is mucus?", "mucus", ["tree-frogs#level-2"]),
        ("what are wet leaves?", "wet leaves", ["tree-frogs#level-2"]),
        ("Air pressure", "Air pressure", ["suction-cups#level-2"]),
        ("What are Van der Waals forces?", "Van der Waals forces", ["gecko-feet#level-2"]),
        (
            "level three",
            "level three",
            ["gecko-feet#level-3", "suction-cups#level-3", "tree-frogs#level-3"],
        ),
    ],
)
def test_a_term_in_passing_is_named_with_the_passages_that_use_it(
    strict_library: Library, question: str, term: str, passages: list[str]
) -> None:
    answer = strict_library.ask(question)
    assert answer.status == "not_covered"
    assert [passage.id for passage in answer.mentioned] == passages
    assert answer.message == f"No explainer covers “{term}”; it is mentioned in these."
    assert answer.to_json()["mentioned"] == passages


def test_what_is_mentioned_is_no_answer(strict_library: Library) -> None:
    answer = strict_library.ask("What is mucus?")
    assert (answer.concepts, answer.passages, answer.definition) == ((), (), None)
    assert (answer.because, answer.also, answer.follows) == ("", (), ())
    assert len(answer.nearest) == 3


@pytest.mark.parametrize(
    "question",
    [
        "What is moon dust?",
        "What is a researcher?",  # the word stands in three passages, too many for a single one
        "How long does mucus take to dry on a hot summer day?",  # the term is a small part of it
        "lizards",  # an ask has it, and no passage
        "leaves soft wet",  # the words stand in another order, and one is a small part of it
    ],
)
def test_what_no_passage_uses_as_a_term_is_simply_not_covered(
    strict_library: Library, question: str
) -> None:
    answer = strict_library.ask(question)
    assert answer.status == "not_covered"
    assert answer.mentioned == ()
    assert answer.message == "No explainer covers this."


def test_a_part_of_a_word_is_no_mention(strict_library: Library) -> None:
    assert mentioned(strict_library, "What is a press?") == []
    assert mentioned(strict_library, "What is air pressure?") == ["suction-cups#level-2"]


def test_a_single_everyday_word_is_no_term(strict_library: Library) -> None:
    assert mentioned(strict_library, "What is pressure?") == []


def test_at_most_three_passages_are_told_in_the_corpus_s_order(tmp_path: Path) -> None:
    corpus = {slug: explainer_text(slug.title()) for slug in ("delta", "alpha", "gamma", "beta")}
    index = fake_index(write_corpus(tmp_path / "corpus", corpus), tmp_path / "index")
    assert mentioned(Library(index, NAMES_ONLY), "level three") == [
        "alpha#level-3",
        "beta#level-3",
        "delta#level-3",
    ]


def test_what_is_covered_mentions_nothing(strict_library: Library) -> None:
    for question in ("setae", "setae vs tree frogs", "hi", "why?"):
        assert strict_library.ask(question).mentioned == ()


@pytest.mark.parametrize(
    ("question", "term"),
    [("who is Hinton?", "Hinton"), ("who was Alan Turing?", "Alan Turing")],
)
def test_the_corpus_s_passing_terms_are_found(library: Library, question: str, term: str) -> None:
    answer = library.ask(question)
    assert (answer.status, answer.passages, answer.concepts) == ("not_covered", (), ())
    assert 1 <= len(answer.mentioned) <= 3
    assert answer.message == f"No explainer covers “{term}”; it is mentioned in these."
    for passage in answer.mentioned:
        assert set(folded_words(term)) <= set(folded_words(passage.text))


@pytest.mark.parametrize("question", ["What is Zorblax?", "Mozart"])
def test_what_the_corpus_never_says_is_not_mentioned(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert (answer.status, answer.mentioned) == ("not_covered", ())
