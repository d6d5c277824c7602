"""The sides of a comparison, as a question words them, and the parts of one that asks much."""

from __future__ import annotations

import pytest

from gecko_qa.answer.question import MAX_QUESTION_CHARS
from gecko_qa.answer.sides import parts_of, sides_of, with_shared_noun

BOTH = ("RLHF", "DPO")


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between RLHF and DPO?",
        "what are the differences between RLHF and DPO",
        "The DIFFERENCE\tbetween RLHF   and DPO!",
        "the distinction between RLHF versus DPO",
        "How do I choose between RLHF or DPO?",
        "the relationship between RLHF and DPO",
        "trade-offs between RLHF and DPO",
        "RLHF vs. DPO",
        "RLHF versus DPO?",
        "RLHF compared to DPO",
        "compare RLHF with DPO",
        "Compare and contrast RLHF and DPO",
        "a comparison of RLHF and DPO",
        "How does RLHF differ from DPO?",
        "How is RLHF different from DPO?",
        "How are RLHF and DPO related?",
        "How do RLHF and DPO differ?",
        "How do RLHF and DPO fit together?",
        "What makes RLHF so different from DPO?",
    ],
)
def test_a_plain_comparison_gives_its_sides_in_order(text: str) -> None:
    assert sides_of(text) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "RLHF or DPO?",
        "Is RLHF just DPO?",
        "Is RLHF the same thing as DPO?",
        "the benefits of RLHF over DPO",
        "What is the point of RLHF instead of DPO?",
        "When should I use RLHF instead of DPO?",
        "Why use RLHF rather than DPO?",
        "Should we use RLHF or DPO for chat?",
    ],
)
def test_other_forms_need_not_compare_and_give_no_sides(text: str) -> None:
    assert sides_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is RLHF?",
        "How does RLHF work?",
        "RLHF and DPO",
        "compare RLHF",
        "RLHF or",
        "What is the difference between them?",
        "How do frogs climb?",
    ],
)
def test_a_question_without_two_sides_compares_nothing(text: str) -> None:
    assert sides_of(text) == ()


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("RLHF vs DPO vs PPO", ("RLHF", "DPO", "PPO")),
        ("the difference between RLHF, DPO and PPO", ("RLHF", "DPO", "PPO")),
        ("compare RLHF, DPO, and PPO", ("RLHF", "DPO", "PPO")),
        ("difference between A, B, C, D, E and F", ("A", "B", "C", "D", "E")),
    ],
)
def test_more_sides_than_two_are_told_up_to_five(text: str, sides: tuple[str, ...]) -> None:
    assert sides_of(text) == sides


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("difference between an encoder and a decoder", ("encoder", "decoder")),
        ("Difference between “RLHF” and 'DPO'?", BOTH),
        ("difference between the model’s weights and biases", ("model's weights", "biases")),
        ("Please explain RLHF vs DPO", BOTH),
        ("difference between narrow and general AI", ("narrow", "general AI")),
    ],
)
def test_a_side_is_without_articles_quotes_and_lead(text: str, sides: tuple[str, ...]) -> None:
    assert sides_of(text) == sides


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between RLHF and DPO, and when should I use which?",
        "difference between RLHF and DPO in terms of cost",
        "difference between RLHF and DPO for small models",
        "difference between RLHF and DPO; I forgot",
        "difference between RLHF and DPO. I forgot.",
        "difference between RLHF and DPO but why should I care",
    ],
)
def test_a_side_ends_where_something_else_is_asked(text: str) -> None:
    assert sides_of(text) == BOTH


def test_a_side_of_many_words_is_no_side() -> None:
    eight = "one two three four five six seven eight"
    words = eight.removeprefix("one ")  # "one" leads and is left out
    assert sides_of(f"difference between {words} nine and b") == (f"{words} nine", "b")
    assert sides_of(f"difference between {words} nine ten and b") == ()


def test_a_pronoun_is_a_side_like_any_other() -> None:
    assert sides_of("What is RLHF, and how does it differ from DPO?") == ("it", "DPO")


@pytest.mark.parametrize(
    ("sides", "whole"),
    [
        (("narrow", "general AI"), ("narrow AI", "general AI")),
        (
            ("supervised", "unsupervised learning models"),
            ("supervised learning models", "unsupervised learning models"),
        ),
        (
            ("inner", "outer", "mesa alignment"),
            ("inner alignment", "outer alignment", "mesa alignment"),
        ),
        (("RLHF", "DPO"), BOTH),
        (("narrow AI", "general AI"), ("narrow AI", "general AI")),
        (("big model", "small"), ("big model", "small")),
        (("one side",), ("one side",)),
    ],
)
def test_a_short_side_shares_the_noun_of_the_last(
    sides: tuple[str, ...], whole: tuple[str, ...]
) -> None:
    assert with_shared_noun(sides) == whole


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What is RLHF?", ("What is RLHF?",)),
        (
            "What is RLHF? How does it differ from DPO?",
            ("What is RLHF?", "How does it differ from DPO?"),
        ),
        ("What is RLHF and how does it work?", ("What is RLHF", "how does it work?")),
        ("What is RLHF, but why now?", ("What is RLHF", "why now?")),
        ("What is RLHF, then explain DPO", ("What is RLHF", "explain DPO")),
        ("Explain RLHF. Then compare it.", ("Explain RLHF.", "Then compare it.")),
        ("I read about RLHF. What is it? Thanks!", ("What is it?",)),
        ("Really? RLHF?", ("Really?", "RLHF?")),
        ("What is RLHF and DPO?", ("What is RLHF and DPO?",)),
        ("version 2.5 is out. And who made it?", ("And who made it?",)),
        ("RLHF. DPO.", ()),
        ("", ()),
    ],
)
def test_a_text_has_the_questions_it_asks_as_parts(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


HOSTILE = (
    "difference between a and ",
    "compare and contrast a and ",
    "how is a different ",
    "how are a and ",
    "what makes a different from ",
    "is a just ",
    "pros and cons of a over ",
    "when should i use a instead of ",
    "a or ",
    "a vs ",
    "a, ",
    "should ",
    "so the ",
    "a",
    "? and what ",
    "and ",
    ", and but ",
    "' ",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_hostile_question_is_searched_to_its_end(piece: str) -> None:
    text = (piece * MAX_QUESTION_CHARS)[:MAX_QUESTION_CHARS]
    sides = sides_of(text)
    assert not sides or 2 <= len(sides) <= 5
    assert all(len(side.split()) <= 8 for side in sides)


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_hostile_question_is_parted_to_its_end(piece: str) -> None:
    text = (piece * MAX_QUESTION_CHARS)[:MAX_QUESTION_CHARS]
    assert all(part in text for part in parts_of(text))
