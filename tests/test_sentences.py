"""Sentences: where they start and end, over hard cases and over the whole corpus."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gecko_qa.answer.sentences import sentences_of
from gecko_qa.library import Library

BETWEEN = re.compile(r"(\s|- )*")


def cut(text: str) -> list[str]:
    """Return the sentences of `text`."""
    return [text[start:end] for start, end in sentences_of(text)]


def between(text: str) -> list[str]:
    """Return what lies before, between and after the sentences of `text`."""
    places = [0, *(place for span in sentences_of(text) for place in span), len(text)]
    return [text[start:end] for start, end in list(pairwise(places))[::2]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Some cities, e.g. The Hague, i.e. not all, took part.",
        "Smith et al. (2020) said so, and Jones et al. did too.",
        "Dr. GRPO drops both, as did Mrs. Lee and Prof. Kim.",
        "In Loomis v. Wisconsin it lost, precision vs. Recall aside.",
        "It costs 3.5 dollars at version 2.0 of llama.cpp.",
        "The U.S. Congress met the E.U. Commission.",
        "J. R. R. Tolkien and John D. Cook wrote.",
        "See Fig. 3, Eq. 2 and No. 7 on p. 5.",
        "It goes on... and on… without end.",
        'Readers ask "does it work abroad too?" with no context.',
        "Shout “stop!” and it stops.",
        "She said “no.” and left.",
        "One line\nand the next one belong together.",
        "Cats, dogs, etc. are animals, approx. four of them.",
        "1. First of all, count.",
        "(A remark in brackets.)",
        "No mark at the end",
    ],
)
def test_one_sentence_stays_whole(sentence: str) -> None:
    assert cut(sentence) == [sentence]
    assert cut(f"It came before. {sentence}") == ["It came before.", sentence]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We met in the U.S.", "The rest is known."],
        ["It holds across all M.", "FlashAttention is next."],
        ["Rates shrink as 1/B.", "Robbins proved it."],
        ["There are many n.", "t-SNE keeps them.", "τ-bench counts them."],
        ["It holds for Adam r.", "xLSTM needs less."],
        ["It took 5 ms.", "Then no more."],
        ["He said “Stop.”", "She ran.", "(It was late.)", "Nobody saw."],
        ['"Why?"', "Nobody knows."],
        ["Once upon a...", "You guess the rest.", "And then…", "Silence."],
        ["Is it so?", "Yes!", "Really?!", "“Quotes” begin it."],
        ["She met cats, dogs, etc.", "Nobody else came."],
        ["It scored 39.0.", "8-bit models scored less."],
    ],
)
def test_sentences_are_told_apart(sentences: list[str]) -> None:
    for space in (" ", "\n", "\n\n", " \n \n"):
        assert cut(space.join(sentences)) == sentences


def test_an_item_of_a_list_counts_as_one_without_its_bullet() -> None:
    text = "- One item. It has two.\n- Two\n  goes on.\n\nA paragraph. It ends.\n- Three"
    items = ["One item. It has two.", "Two\n  goes on.", "A paragraph.", "It ends.", "Three"]
    assert cut(text) == items


@pytest.mark.parametrize("text", ["", " \n", "- ", "\n\n- \n"])
def test_what_has_no_words_has_no_sentences(text: str) -> None:
    assert cut(text) == []


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="aB1.?!…\"”) \n-'é"))
def test_sentences_and_what_lies_between_give_any_text_back(text: str) -> None:
    assert all(
        start < end and text[start:end].strip() == text[start:end] != ""
        for start, end in sentences_of(text)
    )
    assert all(BETWEEN.fullmatch(gap) for gap in between(text))


def test_the_corpus_is_cut_into_whole_sentences(library: Library) -> None:
    short = set()
    for passage in library.index.passages.values():
        assert all(BETWEEN.fullmatch(gap) for gap in between(passage.text)), passage.id
        for sentence in cut(passage.text):
            assert re.search(r"[.?!…][\"”’)]*$", sentence), (passage.id, sentence)
            if len(sentence.split()) < 3:
                short.add(sentence)
    # Each of them is a sentence as its author meant it.
    assert {"Scale matters.", "She looks.", "Want ownership?"} <= short
    assert len(short) <= 20
    assert not [s for s in short if re.fullmatch(r"\W*(\w{1,3}\.)+\W*", s)]
