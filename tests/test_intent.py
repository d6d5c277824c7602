"""What the plain words of a question tell of its intent."""

from __future__ import annotations

import pytest

from gecko_qa.answer.intent import (
    adds,
    compares,
    compares_back,
    intent_of,
    joins,
    small_talk_kind,
)
from gecko_qa.layout import DEFAULT_LAYOUT
from gecko_qa.words import folded_words


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hi!", "greeting"),
        ("GOOD MORNING", "greeting"),
        ("What’s up?", "greeting"),
        ("Thank you very much.", "thanks"),
        ("Okay, thanks", "thanks"),
        ("Great answer!", "thanks"),
        ("What can you do?", "help"),
        ("Help me", "help"),
        ("Are you ChatGPT?", "help"),
        ("good-bye", "goodbye"),
        ("Bye-bye", "goodbye"),
    ],
)
def test_small_talk_is_known_whatever_its_case_and_punctuation(text: str, kind: str) -> None:
    assert small_talk_kind(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "Hi, what is RLHF?",
        "help me align a model",
        "no",
        "Is ChatGPT safe?",
        "thanks RLHF",
    ],
)
def test_small_talk_is_the_whole_text_or_nothing(text: str) -> None:
    assert small_talk_kind(text) is None


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("What is the difference between RLHF and DPO?", True),
        ("RLHF vs DPO", True),
        ("How do RLHF and DPO compare?", True),
        ("Which labs distinguish RLHF from DPO?", True),
        ("Is RLHF better than DPO?", False),
        ("RLHF or DPO?", False),
        ("", False),
    ],
)
def test_a_plain_word_compares(text: str, compared: bool) -> None:
    assert compares(folded_words(text)) == compared


@pytest.mark.parametrize(
    ("text", "adding"),
    [("RLHF and DPO", True), ("RLHF or DPO?", True), ("RLHF vs DPO", False), ("", False)],
)
def test_an_and_or_an_or_adds(text: str, adding: bool) -> None:
    assert adds(folded_words(text)) == adding


@pytest.mark.parametrize(
    ("between", "joined"),
    [
        ("", False),
        ("and", True),
        ("or", True),
        ("related to", True),
        ("rather than", True),
        ("is used by", False),
        ("in", False),
    ],
)
def test_words_between_two_names_join_them_or_not(between: str, joined: bool) -> None:
    assert joins(folded_words(between)) == joined


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("Is DPO better?", True),
        ("How does it differ from DPO?", True),
        ("DPO is cheaper, no?", True),
        ("What about DPO?", False),
        ("and DPO", False),
    ],
)
def test_a_word_sets_a_name_beside_what_came_before(text: str, back: bool) -> None:
    assert compares_back(folded_words(text)) == back


@pytest.mark.parametrize(
    "text",
    [
        "What is Gecko's take on RLHF?",
        "gecko’s opinion of RLHF",
        "Why, in Gecko's view?",
        "What is your take on RLHF?",
        "What’s your honest opinion of RLHF?",
        "What do you think of RLHF?",
        "what would you really say about RLHF",
        "Do you recommend RLHF?",
        "RLHF, is it any good?",
        "What is the editors' verdict on RLHF?",
    ],
)
def test_asking_the_gecko_or_you_asks_for_an_opinion(text: str) -> None:
    assert intent_of(text, True, DEFAULT_LAYOUT) == "opinion"


def test_what_others_think_is_not_the_geckos_opinion() -> None:
    assert intent_of("What do labs think of RLHF?", False, DEFAULT_LAYOUT) == "explain"


@pytest.mark.parametrize(
    "text",
    [
        "Why does RLHF matter?",
        "why is RLHF important now",
        "What matters in RLHF now?",
        "Why should I care about RLHF?",
        "RLHF: why now?",
        "What’s new in RLHF?",
        "RLHF, so what?",
        "What's all the hype about RLHF?",
        "Why is everyone talking about RLHF?",
        "Why is RLHF suddenly everywhere?",
        "the importance of RLHF",
        "Why\n\tdoes RLHF   MATTER?",
    ],
)
def test_a_question_of_weight_asks_why_now(text: str) -> None:
    assert intent_of(text, True, DEFAULT_LAYOUT) == "why_now"


@pytest.mark.parametrize(
    "text",
    [
        "What are the limits of RLHF?",
        "RLHF drawbacks",
        "What is wrong with RLHF?",
        "What are the weaknesses of RLHF?",
        "open problems in RLHF",
        "Problems with RLHF?",
        "Where does RLHF break?",
        "When does RLHF fail?",
        "How can RLHF go wrong?",
        "failure modes of RLHF",
        "pros and cons of RLHF",
        "criticisms of RLHF",
        "What are the trade-offs of RLHF?",
    ],
)
def test_a_question_for_what_a_thing_cannot_do_asks_for_limits(text: str) -> None:
    assert intent_of(text, True, DEFAULT_LAYOUT) == "limits"


@pytest.mark.parametrize("text", ["What does RLHF consume?", "failing fast with RLHF", "unlimited"])
def test_a_part_of_a_word_asks_for_no_limits(text: str) -> None:
    assert intent_of(text, False, DEFAULT_LAYOUT) == "explain"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("What is your opinion: why does RLHF matter?", "opinion"),
        ("Why do the limits of RLHF matter?", "why_now"),
    ],
)
def test_an_opinion_goes_before_weight_and_weight_before_limits(text: str, intent: str) -> None:
    assert intent_of(text, False, DEFAULT_LAYOUT) == intent


@pytest.mark.parametrize(
    ("text", "by_name", "intent"),
    [
        ("What is RLHF?", True, "define"),
        ("RLHF", True, "define"),
        ("How does RLHF work?", True, "explain"),
        ("Why RLHF?", True, "explain"),
        ("What is learning from people?", False, "explain"),
        ("", False, "explain"),
    ],
)
def test_a_bare_name_is_defined_and_the_rest_explained(
    text: str, by_name: bool, intent: str
) -> None:
    assert intent_of(text, by_name, DEFAULT_LAYOUT) == intent
