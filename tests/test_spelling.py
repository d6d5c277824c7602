"""Slips of the pen, mended towards the words of a corpus."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from gecko_qa.spelling import RARE, Correction, Speller, english_count
from gecko_qa.words import folded_words

NAMES = (
    "Reinforcement learning",
    "RLHF",
    "RAG",
    "Retrieval-augmented generation",
    "Hallucination",
    "Quantization",
    "Attention",
    "Bias",
    "Quality",
)
TEXTS = ("Perplexity is computed on GPUs by tokenizers.", "Setae touch glass, as behavior shows.")
KNOWN = frozenset(word for text in (*NAMES, *TEXTS) for word in folded_words(text))


@pytest.fixture
def speller() -> Speller:
    """A speller of `NAMES` and `TEXTS`."""
    return Speller(NAMES, lambda: TEXTS, KNOWN.__contains__)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("RLFH", "RLHF"),
        ("rlfh", "RLHF"),
        ("RHLF", "RLHF"),
        ("lrhf", "RLHF"),
        ("rlhff", "RLHF"),
        ("attenttion", "attention"),
        ("atention", "attention"),
        ("Attnetion", "attention"),
        ("ATTENTTION", "attention"),
        ("tatention", "attention"),
        ("halucination", "hallucination"),
        ("hallucnaton", "hallucination"),
        ("quantizaton", "quantization"),
        ("quantisaton", "quantization"),
        ("bais", "bias"),
        ("reinforcment", "reinforcement"),
        ("retreival-augmented", "retrieval-augmented"),
        ("perplexty", "perplexity"),
        ("tokenzers", "tokenizers"),
        ("computeed", "computed"),
    ],
)
def test_a_slip_is_read_as_the_word_of_the_corpus(speller: Speller, typed: str, read: str) -> None:
    assert speller.correct(typed) == Correction(read, ((typed, read),))


@pytest.mark.parametrize(
    "word",
    [
        "RLHF",
        "rlhf",
        "Attention",
        "hallucinations",
        "quantisation",
        "Quantisations",
        "reinforcement-learning",
        "setae",
        "tokenizers",
        "behaviour",
        "behaviours",
    ],
)
def test_a_word_of_the_corpus_is_left_alone_in_any_spelling(speller: Speller, word: str) -> None:
    assert speller.correct(word) is None


@pytest.mark.parametrize(
    "word", ["quantity", "biased", "attentive", "equality", "touch", "generations", "computer"]
)
def test_an_english_word_is_left_alone_however_near_a_name_is(speller: Speller, word: str) -> None:
    assert english_count(word) >= RARE
    assert speller.correct(word) is None


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("rga", "too short"),
        ("hte", "too short"),
        ("attnton", "two slips in seven letters"),
        ("hallcnaton", "three slips"),
        ("xttention", "another first letter"),
        ("glsas", "five letters, and of no name"),
        ("cmptued", "two slips towards a word of no name"),
        ("zyxwvut", "near to nothing"),
        ("attenttion's", "an apostrophe"),
        ("attenttion’s", "an apostrophe"),
        ("4ttention", "a digit"),
        ("日本語語語", "another script"),
        ("?!", "no word"),
        ("", "nothing"),
    ],
)
def test_what_may_mean_anything_is_left_as_it_is(speller: Speller, word: str, why: str) -> None:
    assert speller.correct(word) is None, why


def test_each_slip_is_mended_and_the_rest_kept(speller: Speller) -> None:
    text = "  What's “halucination”, (RLFH) & touch-like rlfh?! "
    assert speller.correct(text) == Correction(
        "  What's “hallucination”, (RLHF) & touch-like RLHF?! ",
        (("halucination", "hallucination"), ("RLFH", "RLHF"), ("rlfh", "RLHF")),
    )


def test_words_without_a_slip_give_no_correction(speller: Speller) -> None:
    assert speller.correct("What is the quality of a good sentence?") is None


def test_a_rare_english_word_is_a_slip_of_a_name_alone() -> None:
    assert 0 < english_count("chian") < RARE
    assert Speller(["Chain"], tuple, frozenset().__contains__).correct("chian") == Correction(
        "chain", (("chian", "chain"),)
    )
    assert 0 < english_count("attentional") < RARE
    texts = Speller([], lambda: ["attentionals"], frozenset().__contains__)
    assert texts.correct("attentional") is None


def test_a_rare_english_word_known_to_the_corpus_is_none() -> None:
    assert Speller(["Lora"], tuple, frozenset(("lorn",)).__contains__).correct("lorn") is None


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (["carts", "cards", "cards"], "cards"),
        (["carts", "carts", "cards"], "carts"),
        (["carts", "cards"], "cards"),
    ],
)
def test_among_words_as_near_the_more_frequent_is_meant(names: list[str], read: str) -> None:
    speller = Speller(names, tuple, frozenset().__contains__)
    assert speller.correct("carxs") == Correction(read, (("carxs", read),))


def test_the_nearest_word_goes_before_a_more_frequent_one() -> None:
    names = ["gradiently", "gradients", "gradients"]
    speller = Speller(names, tuple, frozenset().__contains__)
    assert speller.correct("gradientlyx") == Correction(
        "gradiently", (("gradientlyx", "gradiently"),)
    )


def test_a_word_of_a_name_goes_before_a_nearer_one_of_the_text() -> None:
    speller = Speller(["hallucination"], lambda: ["hallucinaton"], frozenset().__contains__)
    assert speller.correct("halucinaton") == Correction(
        "hallucination", (("halucinaton", "hallucination"),)
    )


def test_a_name_is_written_with_capitals_where_the_corpus_writes_it_so() -> None:
    speller = Speller(["rlhf", "RLHF", "Lora"], tuple, frozenset().__contains__)
    assert speller.correct("rlfh loora") == Correction(
        "RLHF lora", (("rlfh", "RLHF"), ("loora", "lora"))
    )


def test_a_short_word_of_the_corpus_is_never_meant() -> None:
    assert Speller(["ab", "Qx"], tuple, frozenset().__contains__).correct("qxab") is None
    speller = Speller(["RAG"], tuple, frozenset().__contains__)
    assert speller.correct("ragg") == Correction("RAG", (("ragg", "RAG"),))


def test_texts_are_read_only_where_no_name_is_meant() -> None:
    asked: list[int] = []

    def texts() -> Iterable[str]:
        asked.append(1)
        return TEXTS

    speller = Speller(NAMES, texts, KNOWN.__contains__)
    speller.correct("What is halucination, or RLFH, or quality?")
    assert asked == []
    speller.correct("perplexty, tokenzers, perplexty")
    assert asked == [1]


def test_a_corpus_without_words_mends_nothing() -> None:
    assert Speller([], tuple, frozenset().__contains__).correct("attenttion rlfh") is None


def test_a_correction_is_told_as_json(speller: Speller) -> None:
    correction = speller.correct("What is RLFH?")
    assert correction is not None
    assert correction.to_json() == {
        "question": "What is RLHF?",
        "words": [{"typed": "RLFH", "read": "RLHF"}],
    }


def test_english_counts_a_plural_as_its_singular_and_a_compound_as_its_rarest_part() -> None:
    assert english_count("cats") == english_count("cat") > english_count("robot") > RARE
    assert english_count("robot-cat") == english_count("robot")
    assert english_count("cat-xqzt") == english_count("xqzt") == 0


def test_what_is_prepared_mends_as_what_is_not() -> None:
    prepared = Speller(["RLHF"], lambda: ["some texts"], frozenset().__contains__)
    prepared.prepare()
    assert prepared.correct("RLFH") == Correction("RLHF", (("RLFH", "RLHF"),))
