"""The words that ask, told from the words that say what about."""

from __future__ import annotations

import pytest

from gecko_qa.retrieval.frame import content_words, facet_words, frame_words
from gecko_qa.words import folded_words


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("What is RLHF?", ("rlhf",)),
        ("What's the difference between RLHF and RLAIF?", ("rlhf", "rlaif")),
        ("Explain tree frogs to me, please", ("tree", "frog")),
        ("How does it work?", ()),
        ("How do AI agents use tools?", ("agent", "tool")),
        ("don't you think it’s called LoRA", ("lora",)),
        ("", ()),
    ],
)
def test_content_is_what_is_left_when_the_asking_is_taken_away(
    question: str, content: tuple[str, ...]
) -> None:
    assert content_words(folded_words(question)) == content


def test_content_words_come_once_each_in_the_order_of_the_question() -> None:
    assert content_words(("toe", "glass", "toe", "ant", "glass")) == ("toe", "glass", "ant")


@pytest.mark.parametrize("word", ["does", "uses", "explained", "Basics", "YOU", "isn’t"])
def test_a_frame_word_is_known_in_its_folded_form(word: str) -> None:
    (folded,) = folded_words(word)
    assert folded in frame_words()


@pytest.mark.parametrize("word", ["model", "memory", "safety", "data", "gecko"])
def test_a_word_of_the_subject_is_no_frame(word: str) -> None:
    assert not frame_words() & set(folded_words(word))


@pytest.mark.parametrize(
    "word", ["limits", "Drawbacks", "pros", "cons", "alternative", "matters", "history", "today"]
)
def test_a_facet_word_is_known_in_its_folded_form(word: str) -> None:
    (folded,) = folded_words(word)
    assert folded in facet_words()


@pytest.mark.parametrize("word", ["model", "memory", "safety", "data", "glass", "sticky"])
def test_a_word_of_the_subject_is_no_facet(word: str) -> None:
    assert not facet_words() & set(folded_words(word))


def test_a_facet_says_what_about() -> None:
    # The limits of a thing are more than the thing: only a few facets ask and no more.
    assert content_words(folded_words("What are the limits of tree frogs?")) == (
        "limit",
        "tree",
        "frog",
    )
