"""The question at the border: cleaned, or refused."""

from __future__ import annotations

import pytest

from gecko_qa.answer.question import Question, ask_question, clean_question
from gecko_qa.errors import QuestionRejected, UnknownChoice
from gecko_qa.layout import DEFAULT_LAYOUT


def test_dials_left_alone_mean_level_1_for_everyone() -> None:
    assert ask_question("What is RLHF?", DEFAULT_LAYOUT) == Question("What is RLHF?", "1", None)


def test_dials_are_kept() -> None:
    question = ask_question("RLHF", DEFAULT_LAYOUT, level="tldr", audience="investor")
    assert question == Question("RLHF", "tldr", "investor")


@pytest.mark.parametrize("as_typed", [True, False])
def test_whether_slips_are_mended_is_kept(as_typed: bool) -> None:
    question = ask_question("RLFH", DEFAULT_LAYOUT, as_typed=as_typed)
    assert question == Question("RLFH", "1", None, as_typed)


def test_slips_are_mended_unless_told_otherwise() -> None:
    assert not ask_question("RLFH", DEFAULT_LAYOUT).as_typed


def test_everyone_is_no_audience() -> None:
    assert ask_question("RLHF", DEFAULT_LAYOUT, audience="everyone").audience is None


@pytest.mark.parametrize("dials", [{"level": "4"}, {"level": ""}, {"audience": "dentist"}])
def test_unknown_dials_are_refused(dials: dict[str, str]) -> None:
    with pytest.raises(UnknownChoice):
        ask_question("RLHF", DEFAULT_LAYOUT, **dials)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  What\n\tis   RLHF? ", "What is RLHF?"),
        ("a\u00a0b\u2003c", "a b c"),
        ("cafe\u0301", "café"),
        ("<b>RLHF</b> & 'co'", "<b>RLHF</b> & 'co'"),
        ("Was ist 強化学習?", "Was ist 強化学習?"),
        ("🦎 7", "🦎 7"),
    ],
)
def test_white_space_and_accents_are_put_in_one_form(text: str, clean: str) -> None:
    assert clean_question(text) == clean


@pytest.mark.parametrize("text", ["", "   ", "\n", "?!…", "🦎", "_"])
def test_a_question_without_words_is_refused(text: str) -> None:
    with pytest.raises(QuestionRejected, match="has no words"):
        clean_question(text)


@pytest.mark.parametrize(
    ("char", "name"),
    [("\x00", "0000"), ("\x1b", "001B"), ("\x7f", "007F"), ("\x9f", "009F"), ("\ud800", "D800")],
)
def test_a_control_character_is_refused_by_its_number(char: str, name: str) -> None:
    with pytest.raises(QuestionRejected, match=rf"control character U\+{name}\."):
        clean_question(f"What is {char} RLHF?")


def test_the_longest_question_allowed_is_taken() -> None:
    assert clean_question("a" * 1000) == "a" * 1000


@pytest.mark.parametrize("text", ["a" * 1001, "a" + " " * 1000])
def test_one_character_more_is_refused_before_anything_is_cut(text: str) -> None:
    with pytest.raises(QuestionRejected, match="has 1001 characters; 1000 are allowed"):
        clean_question(text)
