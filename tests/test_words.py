"""Words, folded and counted."""

from __future__ import annotations

import pytest

from gecko_qa.words import count_words, folded_words, stem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Reward Hacking", ("reward", "hacking")),
        ("Vector-Databases", ("vector", "databa")),
        ("top_k", ("top", "k")),
        ("GPT-4?!", ("gpt", "4")),
        ("ＲＬＨＦ", ("rlhf",)),
        ("Straße", ("strass",)),
        ("日本語", ("日本語",)),
        ("?! … _", ()),
        ("", ()),
    ],
)
def test_words_lose_case_width_and_punctuation(text: str, words: tuple[str, ...]) -> None:
    assert folded_words(text) == words


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("LLMs", "llm"),
        ("policies", "policy"),
        ("gates", "gate"),
        ("gate", "gate"),
        ("caches", "cach"),
        ("cache", "cach"),
        ("GPUs", "gpu"),
        ("AIs", "ai"),
        ("class", "class"),
        ("classes", "class"),
        ("bias", "bia"),
        ("biases", "bia"),
        ("boxes", "box"),
        ("approaches", "approach"),
        ("plane", "plane"),
    ],
)
def test_plurals_fold(word: str, folded: str) -> None:
    assert folded_words(word) == (folded,)


@pytest.mark.parametrize(
    ("one", "other"), [("plan", "plane"), ("rag", "rage"), ("stats", "statistic"), ("los", "loss")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert folded_words(one) != folded_words(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Gecko's", ("gecko",)),
        ("Gecko’s", ("gecko",)),
        ("corpus's", ("corpu",)),
        ("users' data", ("user", "data")),
        ("don’t", ("dont",)),
        ("'quoted'", ("quoted",)),
    ],
)
def test_apostrophes_of_either_shape_vanish(text: str, words: tuple[str, ...]) -> None:
    assert folded_words(text) == words


@pytest.mark.parametrize(("one", "many"), [("cookie", "cookies"), ("tie", "ties")])
def test_a_word_in_ie_folds_with_its_plural(one: str, many: str) -> None:
    assert folded_words(one) == folded_words(many)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("optimise", "optimize"),
        ("optimised", "optimized"),
        ("optimiser", "optimizer"),
        ("optimising", "optimizing"),
        ("Quantisation", "Quantization"),
        ("tokenisations", "tokenizations"),
        ("analyse", "analyze"),
        ("behaviour", "behavior"),
        ("behavioural", "behavioral"),
        ("neighbours", "neighbors"),
        ("favourite", "favorite"),
        ("modelling", "modeling"),
        ("labelled", "labeled"),
        ("modellers", "modelers"),
    ],
)
def test_british_spellings_fold_with_american_ones(british: str, american: str) -> None:
    assert folded_words(british) == folded_words(american)


@pytest.mark.parametrize("word", ["our", "four", "hour", "called", "filler", "calling", "pulled"])
def test_a_word_that_looks_british_and_is_not_stays_as_it_is(word: str) -> None:
    assert folded_words(word) == (word,)


@pytest.mark.parametrize(
    ("one", "other"),
    [("wise", "wide"), ("basis", "bases"), ("filing", "filling"), ("fore", "four")],
)
def test_words_that_no_spelling_joins_stay_apart(one: str, other: str) -> None:
    assert folded_words(one) != folded_words(other)


@pytest.mark.parametrize(
    "forms",
    [
        ("quantizing", "quantized", "quantization"),
        ("hallucinate", "hallucinating", "hallucination"),
        ("explain", "explained", "explainability"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("cat", "catalog"), ("inner", "outer"), ("", "a")])
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "n"),
    [("", 0), (" \n", 0), ("one", 1), ("- a  b\n\tc", 4), ("a\u00a0b", 2), ("well-known, too", 2)],
)
def test_words_are_counted_between_white_space(text: str, n: int) -> None:
    assert count_words(text) == n
