"""How a question leans on what came before it, and how it turns away."""

from __future__ import annotations

import pytest

from gecko_qa.answer.conversation import (
    Context,
    Leaning,
    is_pronoun,
    leaning_of,
    without_turning,
)
from gecko_qa.words import folded_words

NAMES = frozenset(("rlhf", "dpo"))
BARE_WORDS = 12


def leaning(text: str) -> Leaning:
    """Tell how `text` leans where RLHF and DPO are the names."""
    words = folded_words(text)
    return leaning_of(words, frozenset(n for n, word in enumerate(words) if word in NAMES))


ALONE = Leaning(bare=False, pointing=False)
BARE = Leaning(bare=True, pointing=False)
POINTING = Leaning(bare=False, pointing=True)
BOTH = Leaning(bare=True, pointing=True)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Why?", BARE),
        ("how", BARE),
        ("Tell me MORE!", BARE),
        ("More, please", BARE),
        ("Can you give an example?", BARE),
        ("What are the main drawbacks?", BARE),
        ("", BARE),
        ("What is it?", BOTH),
        ("What are its limits?", BOTH),
        ("Why is that?", BOTH),
        ("how do they work", BOTH),
        ("And what does the latter mean?", BOTH),
        ("So, how does this work?", BOTH),
        ("How does it differ from DPO?", POINTING),
        ("Can it write poems?", POINTING),
        ("Is that method older than DPO?", POINTING),
        ("What is RLHF?", ALONE),
        ("RLHF", ALONE),
        ("And RLHF?", ALONE),
        ("Why do frogs climb?", ALONE),
        ("What is AI?", ALONE),
    ],
)
def test_a_question_leans_as_its_words_tell(text: str, how: Leaning) -> None:
    assert leaning(text) == how


@pytest.mark.parametrize(
    "text",
    [
        "What is RLHF and how does it work?",
        "Why do frogs climb when they sleep?",
        "Why does a chatbot hallucinate poems when it knows none?",
    ],
)
def test_a_pronoun_after_its_own_topic_does_not_point_back(text: str) -> None:
    assert not leaning(text).pointing


@pytest.mark.parametrize(
    "text",
    [
        "Is it possible to fly?",
        "Does it matter how frogs climb?",
        "Is there a frog?",
        "frogs that climb",
    ],
)
def test_a_pronoun_that_stands_for_nothing_does_not_point_back(text: str) -> None:
    assert leaning(text) == ALONE


def test_a_pronoun_behind_one_that_stands_for_nothing_points_back() -> None:
    assert leaning("Is it possible to stop it?") == BOTH


def test_a_word_that_refers_points_back_after_the_alone() -> None:
    assert leaning("Is the former safe?").pointing
    assert not leaning("Is a former safe?").pointing


def test_these_is_not_told_from_the() -> None:
    assert not leaning("Are these safe?").pointing
    assert leaning("Are those safe?").pointing


def test_the_place_of_a_name_is_no_pronoun_and_no_bare_word() -> None:
    words = folded_words("What is that thing?")
    assert leaning_of(words, frozenset()) == BOTH
    assert leaning_of(words, frozenset((2, 3))) == ALONE


def test_a_leading_word_that_is_a_name_is_a_topic() -> None:
    assert leaning_of(("and",), frozenset()) == BARE
    assert leaning_of(("and",), frozenset((0,))) == ALONE


def test_a_question_with_many_words_is_not_bare() -> None:
    assert leaning_of(("why",) * BARE_WORDS, frozenset()).bare
    assert not leaning_of(("why",) * (BARE_WORDS + 1), frozenset()).bare


def test_a_very_long_question_does_not_point_back() -> None:
    rest = ("frog",) * (2 * BARE_WORDS - 1)
    assert leaning_of(("it", *rest), frozenset()).pointing
    assert leaning_of(("and", "so", "it", *rest), frozenset()).pointing
    assert not leaning_of(("it", *rest, "frog"), frozenset()).pointing


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Different topic: what is RLHF?", "what is RLHF?"),
        ("By the way, what is RLHF?", "what is RLHF?"),
        ("btw RLHF?", "RLHF?"),
        ("OK, new question: RLHF", "RLHF"),
        ("So, now a different subject - RLHF", "RLHF"),
        ("never mind, what is RLHF?", "what is RLHF?"),
        ("Nevermind. What is RLHF?", "What is RLHF?"),
        ("Forget it. What is RLHF?", "What is RLHF?"),
        ("changing the subject: RLHF", "RLHF"),
        ("Something else: RLHF", "RLHF"),
    ],
)
def test_words_that_turn_to_a_new_subject_are_left_out(text: str, rest: str) -> None:
    assert without_turning(text) == (rest, True)


@pytest.mark.parametrize(
    "text",
    [
        "What is RLHF?",
        "What is a different topic?",
        "Never mind",
        "Another question",
        "Other things RLHF does",
        "new questions in alignment",
        "Is there something else?",
        "So what is RLHF?",
        "",
    ],
)
def test_a_question_that_turns_nowhere_stays_whole(text: str) -> None:
    assert without_turning(text) == (text, False)


@pytest.mark.parametrize("text", ["it", "It's", "ITS", "that", "those", "they’re", "them?", "one"])
def test_a_pronoun_stands_for_another_word(text: str) -> None:
    assert is_pronoun(text)


@pytest.mark.parametrize("text", ["", "?", "RLHF", "item", "these", "it is", "that method", "both"])
def test_other_words_and_more_words_are_no_pronoun(text: str) -> None:
    assert not is_pronoun(text)


def test_a_context_is_told_as_json() -> None:
    assert Context(("rlhf", "dpo"), "compare", "2").to_json() == [["rlhf", "dpo"], "compare", "2"]
