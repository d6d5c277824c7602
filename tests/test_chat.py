"""The conversation: what the page shows after each turn, and what it keeps for the next."""

from __future__ import annotations

import pytest

from gecko_qa.answer.conversation import Context
from gecko_qa.edges.web.chat import MAX_TURNS, Conversation, Shown
from gecko_qa.layout import EVERYONE
from gecko_qa.library import Library

NOT_COVERED = "How do I cook enough rice for a wedding with two hundred guests?"


@pytest.fixture(scope="module")
def chat(library: Library) -> Conversation:
    return Conversation(library)


def ask(
    chat: Conversation,
    question: object,
    after: Shown | None = None,
    level: str = "1",
    audience: str = EVERYONE,
) -> Shown:
    """Ask as the page does: with what it kept of the turn before."""
    if after is None:
        return chat.ask(question, level, audience, (), None)
    return chat.ask(question, level, audience, after.answers, after.context)


def turn_dial(chat: Conversation, after: Shown, level: str, audience: str = EVERYONE) -> Shown:
    return chat.turn_dial(level, audience, after.answers, after.context)


def ask_as_typed(chat: Conversation, after: Shown, level: str = "1") -> Shown:
    return chat.ask_as_typed(level, EVERYONE, after.answers, after.context)


def passages(shown: Shown) -> list[str]:
    return [passage.id for passage in shown.answers[-1].passages]


def test_a_question_empties_the_box_and_says_what_the_next_follows_on_from(
    chat: Conversation,
) -> None:
    shown = ask(chat, "What is RLHF?")
    assert (shown.box, shown.note, shown.typed) == ("", "", "")
    assert passages(shown) == ["rlhf#level-1"]
    assert shown.context == Context(("rlhf",), "define", "1")
    assert shown.about == "About: RLHF ✕"
    assert shown.html.count("<article") == 1


def test_a_follow_up_is_about_what_came_before(chat: Conversation) -> None:
    shown = ask(chat, "and for investors?", ask(chat, "What is RLHF?"))
    assert [answer.question for answer in shown.answers] == ["What is RLHF?", "and for investors?"]
    assert passages(shown) == ["rlhf#level-1", "rlhf#takeaways-investor"]
    assert shown.about == "About: RLHF ✕"
    assert shown.html.count("<article") == 2


def test_a_comparing_follow_up_is_about_both(chat: Conversation) -> None:
    shown = ask(chat, "how is it different from DPO?", ask(chat, "What is RLHF?"))
    assert passages(shown) == ["rlhf#level-1", "direct-preference-optimization#level-1"]
    assert shown.about == "About: RLHF, Direct preference optimization ✕"


def test_a_follow_up_to_nothing_is_asked_back(chat: Conversation) -> None:
    shown = ask(chat, "why?")
    assert shown.answers[-1].status == "needs_context"
    assert (shown.context, shown.about, shown.box) == (None, "", "")


def test_small_talk_keeps_what_the_next_question_follows_on_from(chat: Conversation) -> None:
    first = ask(chat, "What is RLHF?")
    shown = ask(chat, "thanks", first)
    assert shown.answers[-1].status == "small_talk"
    assert (shown.context, shown.about) == (first.context, "About: RLHF ✕")


def test_nothing_follows_on_from_what_is_not_covered(chat: Conversation) -> None:
    shown = ask(chat, NOT_COVERED, ask(chat, "What is RLHF?"))
    assert shown.answers[-1].status == "not_covered"
    assert (shown.context, shown.about) == (None, "")
    assert ask(chat, "why?", shown).answers[-1].status == "needs_context"


def test_two_readers_do_not_share_a_conversation(chat: Conversation) -> None:
    ask(chat, "What is RLHF?")
    other = ask(chat, "why?")
    assert [answer.status for answer in other.answers] == ["needs_context"]
    assert "RLHF" not in other.html


def test_forgetting_keeps_the_answers_and_lets_the_next_follow_on_from_nothing(
    chat: Conversation,
) -> None:
    first = ask(chat, "What is RLHF?")
    forgotten = chat.forget(first.answers)
    assert (forgotten.context, forgotten.about) == (None, "")
    assert forgotten.answers == first.answers
    assert forgotten.html == first.html
    assert ask(chat, "why?", forgotten).answers[-1].status == "needs_context"


def test_forgetting_nothing_shows_nothing(chat: Conversation) -> None:
    shown = chat.forget(())
    assert (shown.answers, shown.context, shown.about, shown.typed) == ((), None, "", "")


def test_a_mended_slip_can_be_searched_for_as_typed(chat: Conversation) -> None:
    mended = ask(chat, "What is RLFH?")
    assert passages(mended) == ["rlhf#level-1"]
    assert mended.typed == "Search for “RLFH” instead"
    shown = ask_as_typed(chat, mended)
    assert [answer.question for answer in shown.answers] == ["What is RLFH?"]
    assert shown.answers[-1].asked.as_typed
    assert shown.answers[-1].correction is None
    assert shown.typed == ""


def test_nothing_follows_on_from_a_word_as_typed_that_is_not_covered(chat: Conversation) -> None:
    mended = ask(chat, "What is lorra?")
    assert mended.about == "About: LoRA ✕"
    shown = ask_as_typed(chat, mended)
    assert shown.answers[-1].status == "not_covered"
    assert (shown.about, shown.context) == ("", None)


def test_every_mended_word_is_on_the_button(chat: Conversation) -> None:
    shown = ask(chat, "Explain transformres and atention")
    assert shown.typed == "Search for “transformres, atention” instead"


def test_only_the_newest_answer_can_be_asked_as_typed(chat: Conversation) -> None:
    shown = ask(chat, "What is LoRA?", ask(chat, "What is RLFH?"))
    assert shown.typed == ""
    assert "Showing RLHF." in shown.html


def test_asking_as_typed_leaves_the_answers_before_alone(chat: Conversation) -> None:
    first = ask(chat, "What is LoRA?")
    shown = ask_as_typed(chat, ask(chat, "What is RLFH?", first))
    assert len(shown.answers) == 2
    assert shown.answers[0] is first.answers[0]


def test_a_dial_answers_in_place_and_keeps_the_context_at_the_new_level(
    chat: Conversation,
) -> None:
    shown = turn_dial(chat, ask(chat, "What is RLHF?"), "3", "builder")
    assert len(shown.answers) == 1
    assert passages(shown) == ["rlhf#level-3", "rlhf#takeaways-builder"]
    assert shown.context == Context(("rlhf",), "define", "3")
    assert shown.about == "About: RLHF ✕"


def test_a_dial_changes_the_newest_answer_alone(chat: Conversation) -> None:
    first = ask(chat, "What is RLHF?")
    shown = turn_dial(chat, ask(chat, "What is LoRA?", first), "tldr")
    assert shown.answers[0] is first.answers[0]
    assert passages(shown) == ["lora#tldr"]


def test_a_dial_keeps_a_question_as_typed(chat: Conversation) -> None:
    shown = turn_dial(chat, ask_as_typed(chat, ask(chat, "What is lorra?")), "3")
    assert shown.answers[-1].asked.as_typed
    assert shown.answers[-1].level == "3"
    assert shown.answers[-1].concepts == ()
    assert shown.typed == ""


def test_a_dial_keeps_a_mended_question_mended(chat: Conversation) -> None:
    shown = turn_dial(chat, ask(chat, "What is RLFH?"), "3")
    assert passages(shown) == ["rlhf#level-3"]
    assert shown.typed == "Search for “RLFH” instead"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and for investors?", ["rlhf#level-2", "rlhf#takeaways-investor"]),
        (
            "how is it different from DPO?",
            ["rlhf#level-2", "direct-preference-optimization#level-2"],
        ),
    ],
)
def test_a_dial_keeps_what_a_question_follows_on_from(
    chat: Conversation, question: str, expected: list[str]
) -> None:
    before = ask(chat, question, ask(chat, "What is RLHF?"))
    shown = turn_dial(chat, before, "2")
    assert passages(shown) == expected
    assert shown.answers[-1].follows == ("rlhf",)
    assert shown.about == before.about


def test_a_dial_brings_nothing_back_that_was_forgotten(chat: Conversation) -> None:
    first = ask(chat, "What is RLHF?")
    shown = turn_dial(chat, chat.forget(first.answers), "3")
    assert passages(shown) == ["rlhf#level-3"]
    assert (shown.context, shown.about) == (None, "")


def test_dials_before_any_question_do_nothing(chat: Conversation) -> None:
    for shown in (
        chat.turn_dial("3", "builder", (), None),
        chat.ask_as_typed("3", "builder", (), None),
    ):
        assert (shown.answers, shown.note, shown.box, shown.context) == ((), "", "", None)
        assert "<article" not in shown.html


@pytest.mark.parametrize(
    ("question", "box", "note"),
    [
        ("", "", "has no words"),
        (" ?! ", " ?! ", "has no words"),
        ("x" * 1001, "x" * 1001, "1000 are allowed"),
        ("RLHF\x00", "RLHF\x00", "control character U+0000"),
        ("\ud800 RLHF", "? RLHF", "control character U+D800"),
    ],
)
def test_what_cannot_be_asked_stays_in_the_box_and_changes_nothing(
    chat: Conversation, question: str, box: str, note: str
) -> None:
    first = ask(chat, "What is RLFH?")
    shown = ask(chat, question, first)
    assert shown.box == box
    assert note in shown.note
    kept = (shown.answers, shown.html, shown.context, shown.about, shown.typed)
    assert kept == (first.answers, first.html, first.context, first.about, first.typed)


@pytest.mark.parametrize("question", [None, 7, ["RLHF"], {"path": "/etc/passwd"}])
def test_what_is_no_text_is_not_asked(chat: Conversation, question: object) -> None:
    first = ask(chat, "What is RLHF?")
    shown = ask(chat, question, first)
    assert "A question is text." in shown.note
    assert (shown.box, shown.answers, shown.context) == ("", first.answers, first.context)


def test_a_choice_that_is_none_keeps_the_question_in_the_box(chat: Conversation) -> None:
    shown = ask(chat, "What is RLHF?", level="9")
    assert shown.box == "What is RLHF?"
    assert "tldr, 1, 2, 3" in shown.note
    assert shown.answers == ()


def test_a_dial_that_is_none_changes_nothing(chat: Conversation) -> None:
    first = ask(chat, "What is RLFH?")
    for shown in (turn_dial(chat, first, "9"), ask_as_typed(chat, first, "9")):
        assert "tldr, 1, 2, 3" in shown.note
        assert (shown.answers, shown.context) == (first.answers, first.context)
        assert (shown.about, shown.typed) == (first.about, first.typed)


def test_a_note_is_gone_with_the_next_answer(chat: Conversation) -> None:
    shown = ask(chat, "What is LoRA?", ask(chat, "", ask(chat, "What is RLHF?")))
    assert (shown.note, shown.box) == ("", "")
    assert len(shown.answers) == 2


def test_a_long_conversation_loses_its_oldest_answers(chat: Conversation) -> None:
    first = ask(chat, "What is RLHF?").answers[0]
    full = (first, *ask(chat, "What is DPO?").answers * (MAX_TURNS - 1))
    shown = chat.ask("What is LoRA?", "1", EVERYONE, full, None)
    assert len(shown.answers) == MAX_TURNS
    assert first not in shown.answers
    assert shown.answers[-1].concepts == ("lora",)


@pytest.mark.parametrize("slug", [None, "", [], 7, {"path": "/etc/passwd"}])
def test_nothing_has_no_definition(chat: Conversation, slug: object) -> None:
    assert chat.define(slug) == ""


def test_a_definition_is_a_card(chat: Conversation) -> None:
    assert 'data-passage="rlhf#tldr"' in chat.define("rlhf")


def test_a_definition_that_is_not_there_is_a_note(chat: Conversation) -> None:
    html = chat.define("<script>")
    assert "There is no explainer" in html
    assert "<script>" not in html
