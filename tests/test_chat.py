"""The conversation: what the page shows after each turn, and what the browser keeps of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from factories import explainer_text, fake_index, three_explainers, write_corpus
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markup import Node, asked, parsed, passages, safe, turn, turns

from gecko_qa.edges.web.conversation import Conversation, Opened, Shown
from gecko_qa.edges.web.turns import MAX_TURNS
from gecko_qa.layout import EVERYONE
from gecko_qa.library import Library

NOT_COVERED = "How do I cook enough rice for a wedding with two hundred guests?"
CHANGED = "The text has changed since this was answered."
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"


@pytest.fixture(scope="module")
def chat(library: Library) -> Conversation:
    return Conversation(library)


@pytest.fixture(scope="module")
def lizards(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of three small explainers."""
    folder = tmp_path_factory.mktemp("lizards")
    corpus = write_corpus(folder / "corpus", three_explainers())
    return Library(fake_index(corpus, folder / "index"))


@pytest.fixture(scope="module")
def small(lizards: Library) -> Conversation:
    """A conversation over three small explainers."""
    return Conversation(lizards)


def kept(shown: Shown | None) -> Any:
    """Return what the browser keeps of what it was shown, as it sends it back."""
    return None if shown is None else json.loads(json.dumps(shown.memory.to_json()))


def ask(
    chat: Conversation,
    question: object,
    after: Shown | None = None,
    level: str = "1",
    audience: str = EVERYONE,
) -> Shown:
    """Ask as the page does: with what the browser kept of the turn before."""
    return chat.ask(question, level, audience, kept(after))


def turn_dial(chat: Conversation, after: Shown, level: str, audience: str = EVERYONE) -> Shown:
    return chat.turn_dial(level, audience, kept(after))


def ask_as_typed(chat: Conversation, after: Shown, level: str = "1") -> Shown:
    return chat.ask_as_typed(level, EVERYONE, kept(after))


def reload(chat: Conversation, after: Shown | None, search: str = "") -> Opened:
    return chat.open(search, kept(after))


def link(shown: Shown) -> str:
    """Return the query of the address that leads to what is shown."""
    return turn(shown.html).attributes["data-link"].removeprefix("/")


def status(shown: Shown) -> str:
    return turn(shown.html).attributes["data-status"]


def numbers(html: str) -> list[int]:
    return [int(article.attributes["data-turn"]) for article in turns(html)]


def questions(html: str) -> list[str]:
    return [asked(article)["question"] for article in turns(html)]


class TestAsking:
    def test_a_question_empties_the_box_and_says_what_the_next_follows_on_from(
        self, chat: Conversation
    ) -> None:
        shown = ask(chat, "What is RLHF?")
        assert (shown.box, shown.note) == ("", "")
        assert passages(shown.html) == ["rlhf#level-1"]
        assert shown.about == "About: RLHF ✕"
        assert questions(shown.html or "") == ["What is RLHF?"]

    def test_a_follow_up_is_about_what_came_before(self, chat: Conversation) -> None:
        shown = ask(chat, "and for investors?", ask(chat, "What is RLHF?"))
        assert questions(shown.html or "") == ["and for investors?"]
        assert passages(shown.html) == ["rlhf#level-1", "rlhf#takeaways-investor"]
        assert shown.about == "About: RLHF ✕"
        assert len(shown.memory.turns) == 2

    def test_a_comparing_follow_up_is_about_both(self, chat: Conversation) -> None:
        shown = ask(chat, "how is it different from DPO?", ask(chat, "What is RLHF?"))
        assert passages(shown.html) == ["rlhf#level-1", "direct-preference-optimization#level-1"]
        assert shown.about == "About: RLHF, Direct preference optimization ✕"

    def test_the_next_question_may_be_simpler_than_the_answer_before(
        self, chat: Conversation
    ) -> None:
        shown = ask(chat, "simpler", ask(chat, "What is RLHF?", level="3"), level="3")
        assert passages(shown.html) == ["rlhf#level-2"]

    def test_a_follow_up_to_nothing_is_asked_back(self, chat: Conversation) -> None:
        shown = ask(chat, "why?")
        assert status(shown) == "needs_context"
        assert (shown.about, shown.box) == ("", "")

    def test_small_talk_keeps_what_the_next_question_follows_on_from(
        self, chat: Conversation
    ) -> None:
        first = ask(chat, "What is RLHF?")
        shown = ask(chat, "thanks", first)
        assert status(shown) == "small_talk"
        assert shown.memory.carried == first.memory.carried
        assert shown.about == "About: RLHF ✕"

    def test_nothing_follows_on_from_what_is_not_covered(self, chat: Conversation) -> None:
        shown = ask(chat, NOT_COVERED, ask(chat, "What is RLHF?"))
        assert status(shown) == "not_covered"
        assert shown.about == ""
        assert status(ask(chat, "why?", shown)) == "needs_context"

    def test_two_readers_do_not_share_a_conversation(self, chat: Conversation) -> None:
        ask(chat, "What is RLHF?")
        other = ask(chat, "why?")
        assert status(other) == "needs_context"
        assert "RLHF" not in (other.html or "")
        assert other.memory.count == 1

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
        self, chat: Conversation, question: str, box: str, note: str
    ) -> None:
        first = ask(chat, "What is RLFH?")
        shown = ask(chat, question, first)
        assert shown.box == box
        assert note in shown.note
        assert (shown.memory, shown.about) == (first.memory, first.about)
        assert shown.html is None, "the page stays as it is"

    @pytest.mark.parametrize("question", [None, 7, ["RLHF"], {"path": "/etc/passwd"}])
    def test_what_is_no_text_is_not_asked(self, chat: Conversation, question: object) -> None:
        first = ask(chat, "What is RLHF?")
        shown = ask(chat, question, first)
        assert "A question is text." in shown.note
        assert (shown.box, shown.html, shown.memory) == ("", None, first.memory)

    def test_a_choice_that_is_none_keeps_the_question_in_the_box(self, chat: Conversation) -> None:
        shown = ask(chat, "What is RLHF?", level="9")
        assert shown.box == "What is RLHF?"
        assert "tldr, 1, 2, 3" in shown.note
        assert (shown.html, shown.memory.turns) == (None, ())

    def test_a_note_is_gone_with_the_next_answer(self, chat: Conversation) -> None:
        shown = ask(chat, "What is LoRA?", ask(chat, "", ask(chat, "What is RLHF?")))
        assert (shown.note, shown.box) == ("", "")
        assert len(shown.memory.turns) == 2

    def test_a_note_is_text(self, chat: Conversation) -> None:
        shown = ask(chat, "What is RLHF?", level=MARKUP)
        assert "script" in parsed(shown.note).plain
        assert safe(shown.note)


class TestLettingGo:
    def test_the_answers_stay_and_the_next_follows_on_from_nothing(
        self, chat: Conversation
    ) -> None:
        first = ask(chat, "What is RLHF?")
        forgotten = chat.forget(kept(first))
        assert (forgotten.about, forgotten.html) == ("", None)
        assert forgotten.memory.turns == first.memory.turns
        assert status(ask(chat, "why?", forgotten)) == "needs_context"

    def test_forgetting_nothing_shows_nothing(self, chat: Conversation) -> None:
        shown = chat.forget(None)
        assert (shown.memory.turns, shown.html, shown.about) == ((), None, "")

    def test_it_stays_let_go_over_a_dial_and_a_reload(self, chat: Conversation) -> None:
        forgotten = chat.forget(kept(ask(chat, "What is RLHF?")))
        turned = turn_dial(chat, forgotten, "3")
        assert passages(turned.html) == ["rlhf#level-3"]
        assert turned.about == ""
        opened = reload(chat, turned).newest
        assert passages(opened.html) == ["rlhf#level-3"]
        assert opened.about == ""
        same_page = reload(chat, turned, link(turned)).newest
        assert (same_page.about, same_page.memory.count) == ("", 1)
        assert status(ask(chat, "why?", opened)) == "needs_context"

    def test_the_next_answer_is_followed_up_again(self, chat: Conversation) -> None:
        forgotten = chat.forget(kept(ask(chat, "What is RLHF?")))
        shown = ask(chat, "What is LoRA?", forgotten)
        assert shown.about == "About: LoRA ✕"
        assert passages(ask(chat, "and for investors?", shown).html) == [
            "lora#level-1",
            "lora#takeaways-investor",
        ]

    def test_so_is_the_answer_that_an_address_asks_for(self, chat: Conversation) -> None:
        forgotten = chat.forget(kept(ask(chat, "What is RLHF?")))
        opened = reload(chat, forgotten, "?q=What+is+LoRA%3F")
        assert opened.newest.about == "About: LoRA ✕"


def as_typed_of(html: str | None) -> list[str]:
    """Return the links of an answer that ask again as typed."""
    links = parsed(html or "").having("data-do")
    return [link.plain for link in links if link.attributes["data-do"] == "as-typed"]


class TestMendedSlips:
    def test_a_mended_slip_can_be_searched_for_as_typed(self, chat: Conversation) -> None:
        mended = ask(chat, "What is RLFH?")
        assert passages(mended.html) == ["rlhf#level-1"]
        assert as_typed_of(mended.html) == ["Search for “RLFH” instead"]
        shown = ask_as_typed(chat, mended)
        assert questions(shown.html or "") == ["What is RLFH?"]
        assert as_typed_of(shown.html) == []
        assert shown.memory.count == 1

    def test_nothing_follows_on_from_a_word_as_typed_that_is_not_covered(
        self, chat: Conversation
    ) -> None:
        mended = ask(chat, "What is lorra?")
        assert mended.about == "About: LoRA ✕"
        shown = ask_as_typed(chat, mended)
        assert status(shown) == "not_covered"
        assert shown.about == ""

    def test_every_mended_word_can_be_searched_for(self, chat: Conversation) -> None:
        shown = ask(chat, "Explain transformres and atention")
        assert as_typed_of(shown.html) == ["Search for “transformres, atention” instead"]

    def test_an_earlier_answer_asks_as_typed_by_its_address(self, chat: Conversation) -> None:
        shown = ask(chat, "What is LoRA?", ask(chat, "What is lorra?"))
        assert as_typed_of(shown.html) == []
        opened = reload(chat, shown)
        assert as_typed_of(opened.earlier) == ["Search for “lorra” instead"]
        (href,) = [h for h in turn(opened.earlier).values("href") if "typed=1" in h]
        followed = chat.open(href.removeprefix("/"), opened.newest.memory.to_json())
        assert questions(followed.newest.html or "") == ["What is lorra?"]
        assert status(followed.newest) == "not_covered"
        assert "The text has changed" not in turn(followed.newest.html).plain
        assert followed.newest.memory.count == 3

    def test_asking_as_typed_leaves_the_answers_before_alone(self, chat: Conversation) -> None:
        first = ask(chat, "What is LoRA?")
        shown = ask_as_typed(chat, ask(chat, "What is RLFH?", first))
        assert len(shown.memory.turns) == 2
        assert shown.memory.turns[:1] == first.memory.turns

    def test_a_dial_and_a_reload_keep_a_question_as_typed(self, chat: Conversation) -> None:
        turned = turn_dial(chat, ask_as_typed(chat, ask(chat, "What is lorra?")), "3")
        for shown in (turned, reload(chat, turned).newest, chat.open(link(turned), None).newest):
            assert status(shown) == "not_covered"
            assert asked(turn(shown.html))["level"] == "3"
            assert as_typed_of(shown.html) == []

    def test_a_dial_and_a_reload_keep_a_mended_question_mended(self, chat: Conversation) -> None:
        turned = turn_dial(chat, ask(chat, "What is RLFH?"), "3")
        for shown in (turned, reload(chat, turned).newest, chat.open(link(turned), None).newest):
            assert passages(shown.html) == ["rlhf#level-3"]
            assert as_typed_of(shown.html) == ["Search for “RLFH” instead"]


class TestDials:
    def test_a_dial_answers_in_place_and_keeps_the_context_at_the_new_level(
        self, chat: Conversation
    ) -> None:
        shown = turn_dial(chat, ask(chat, "What is RLHF?"), "3", "builder")
        assert passages(shown.html) == ["rlhf#level-3", "rlhf#takeaways-builder"]
        assert (len(shown.memory.turns), numbers(shown.html or "")) == (1, [1])
        assert (shown.memory.level, shown.memory.audience) == ("3", "builder")
        assert shown.about == "About: RLHF ✕"
        assert passages(ask(chat, "simpler", shown, "3").html) == ["rlhf#level-2"]

    def test_a_dial_changes_the_newest_answer_alone(self, chat: Conversation) -> None:
        first = ask(chat, "What is RLHF?")
        shown = turn_dial(chat, ask(chat, "What is LoRA?", first), "tldr")
        assert passages(shown.html) == ["lora#tldr"]
        assert shown.memory.turns[:1] == first.memory.turns
        assert passages(reload(chat, shown).earlier) == ["rlhf#level-1"]

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
        self, chat: Conversation, question: str, expected: list[str]
    ) -> None:
        before = ask(chat, question, ask(chat, "What is RLHF?"))
        shown = turn_dial(chat, before, "2")
        assert passages(shown.html) == expected
        assert "follows from: RLHF" in turn(shown.html).plain
        assert shown.about == before.about

    def test_words_beat_a_dial_until_it_is_turned(self, chat: Conversation) -> None:
        asked_so = ask(chat, "Explain RLHF in one sentence for investors")
        assert passages(asked_so.html) == ["rlhf#tldr", "rlhf#takeaways-investor"]
        deeper = turn_dial(chat, asked_so, "3")
        assert passages(deeper.html) == ["rlhf#level-3", "rlhf#takeaways-investor"]
        other = turn_dial(chat, deeper, "3", "builder")
        assert passages(other.html) == ["rlhf#level-3", "rlhf#takeaways-builder"]
        back = turn_dial(chat, other, "1")
        for shown in (back, reload(chat, back).newest, chat.open(link(back), None).newest):
            assert passages(shown.html) == ["rlhf#level-1"]

    def test_dials_before_any_question_are_kept_and_show_nothing(self, chat: Conversation) -> None:
        for shown in (
            chat.turn_dial("3", "builder", None),
            chat.ask_as_typed("3", "builder", None),
        ):
            assert (shown.html, shown.note, shown.box) == (None, "", "")
            assert shown.memory.turns == ()
            opened = reload(chat, shown)
            assert (opened.level, opened.audience) == ("3", "builder")

    def test_a_dial_that_is_none_changes_nothing(self, chat: Conversation) -> None:
        first = ask(chat, "What is RLFH?")
        for shown in (turn_dial(chat, first, "9"), ask_as_typed(chat, first, "9")):
            assert "tldr, 1, 2, 3" in shown.note
            assert (shown.memory, shown.about) == (first.memory, first.about)
            assert shown.html is None
        assert "researcher" in turn_dial(chat, first, "1", "nobody").note


@pytest.fixture(scope="module")
def talk(chat: Conversation) -> list[Shown]:
    """A conversation of four answers, as each was shown."""
    shown = [ask(chat, "What is RLHF?", level="2", audience="builder")]
    for question in ("how is it different from DPO?", NOT_COVERED, "What is RLFH?"):
        shown.append(ask(chat, question, shown[-1], "2", "builder"))
    return shown


class TestReload:
    def test_a_reload_shows_the_same_answers_the_newest_first(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        opened = reload(chat, talk[-1])
        assert opened.newest.html == talk[-1].html
        assert opened.earlier == "".join(shown.html or "" for shown in reversed(talk[:-1]))
        assert numbers(opened.earlier) == [3, 2, 1]
        assert CHANGED not in opened.earlier

    def test_a_reload_keeps_the_dials_the_context_and_the_offer_to_undo(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        opened = reload(chat, talk[-1])
        assert (opened.level, opened.audience) == ("2", "builder")
        assert opened.newest.about == talk[-1].about
        assert opened.newest.note == ""
        assert opened.newest.memory == talk[-1].memory

    def test_numbers_run_on_after_a_reload(self, chat: Conversation, talk: list[Shown]) -> None:
        opened = reload(chat, talk[-1])
        assert numbers(ask(chat, "What is LoRA?", opened.newest).html or "") == [5]
        assert numbers(turn_dial(chat, opened.newest, "1").html or "") == [4]

    def test_a_page_loaded_again_with_its_own_address_asks_nothing_anew(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        for shown in talk:
            opened = reload(chat, shown, link(shown))
            assert opened.newest.html == shown.html
            assert opened.newest.memory == shown.memory

    def test_a_first_visit_shows_nothing(self, chat: Conversation) -> None:
        opened = chat.open("", None)
        assert (opened.newest.html, opened.newest.note, opened.earlier) == (None, "", "")
        assert (opened.newest.about, opened.level, opened.audience) == ("", "1", EVERYONE)

    def test_the_twenty_first_answer_drops_the_oldest_and_numbers_run_on(
        self, small: Conversation
    ) -> None:
        shown = ask(small, "Suction cups")
        for _ in range(MAX_TURNS):
            shown = ask(small, "tree frogs", shown)
        assert (len(shown.memory.turns), shown.memory.count) == (MAX_TURNS, MAX_TURNS + 1)
        assert numbers(shown.html or "") == [MAX_TURNS + 1]
        opened = reload(small, shown)
        assert numbers(opened.newest.html or "") == [MAX_TURNS + 1]
        assert numbers(opened.earlier) == list(range(MAX_TURNS, 1, -1))
        assert "Suction cups" not in questions(opened.earlier)
        ids = parsed(opened.earlier + (opened.newest.html or "")).values("id")
        assert len(set(ids)) == len(ids)

    def test_a_turn_that_cannot_be_asked_any_more_is_left_out(self, small: Conversation) -> None:
        memory = kept(ask(small, "tree frogs", ask(small, "setae")))
        memory["turns"].insert(1, "q=%3F%21&level=1")
        memory["turns"].insert(1, "q=setae&level=9")
        opened = small.open("", {**memory, "count": 4})
        assert questions(opened.earlier) == ["setae"]
        assert (numbers(opened.earlier), numbers(opened.newest.html or "")) == ([3], [4])
        assert len(opened.newest.memory.turns) == 2

    def test_clearing_leaves_nothing(self, chat: Conversation) -> None:
        opened = chat.clear()
        assert (opened.newest.html, opened.earlier) == ("", "")
        assert (opened.newest.about, opened.newest.note) == ("", "")
        assert (opened.level, opened.audience) == ("1", EVERYONE)
        assert opened.newest.memory == chat.open("", None).newest.memory


class TestPermalinks:
    def test_an_address_opens_the_answer_at_its_dials(self, chat: Conversation) -> None:
        opened = chat.open("?q=What+is+RLHF%3F&level=2&audience=builder", None)
        assert passages(opened.newest.html) == ["rlhf#level-2", "rlhf#takeaways-builder"]
        assert (opened.level, opened.audience) == ("2", "builder")
        assert opened.newest.about == "About: RLHF ✕"
        assert CHANGED not in (opened.newest.html or "")

    def test_a_question_alone_is_an_address(self, chat: Conversation) -> None:
        opened = chat.open("?q=What+is+RLHF%3F", None)
        assert passages(opened.newest.html) == ["rlhf#level-1"]
        assert (opened.level, opened.audience) == ("1", EVERYONE)

    def test_the_link_of_an_answer_gives_another_reader_the_same(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        for shown in talk:
            other = chat.open(link(shown), None)
            assert passages(other.newest.html) == passages(shown.html)
            assert turn(other.newest.html).plain == turn(shown.html).plain
            assert asked(turn(other.newest.html)) == asked(turn(shown.html))
            assert link(other.newest) == link(shown)

    def test_a_link_to_a_follow_up_can_be_followed_up(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        other = chat.open(link(talk[1]), None).newest
        assert passages(other.html) == [
            f"{concept}#{section}"
            for section in ("level-2", "takeaways-builder")
            for concept in ("rlhf", "direct-preference-optimization")
        ]
        assert passages(turn_dial(chat, other, "1").html) == [
            "rlhf#level-1",
            "direct-preference-optimization#level-1",
        ]

    def test_an_address_is_asked_after_what_was_kept(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        opened = reload(chat, talk[0], "?q=What+is+LoRA%3F&level=3")
        assert passages(opened.newest.html) == ["lora#level-3"]
        assert opened.earlier == talk[0].html
        assert numbers(opened.newest.html or "") == [2]
        assert (opened.level, opened.audience) == ("3", EVERYONE)

    def test_an_address_asks_after_nothing_that_it_does_not_tell(
        self, chat: Conversation, talk: list[Shown]
    ) -> None:
        opened = reload(chat, talk[0], "?q=and+for+investors%3F")
        assert status(opened.newest) == "needs_context"

    @pytest.mark.parametrize(
        ("search", "note"),
        [
            ("?q=RLHF&level=9", "tldr, 1, 2, 3"),
            ("?q=RLHF&audience=nobody", "researcher"),
            (f"?q=RLHF&level={MARKUP}", "There is no level"),
            ("?q=%00RLHF", "control character U+0000"),
            ("?q=%3F%21", "has no words"),
            ("?q=" + "x" * 1001, "1000 are allowed"),
            ("?q=\ud800", "control character U+D800"),
        ],
    )
    def test_a_bad_address_is_told_and_nothing_is_lost(
        self, chat: Conversation, talk: list[Shown], search: str, note: str
    ) -> None:
        opened = reload(chat, talk[1], search)
        assert note in parsed(opened.newest.note).plain
        assert safe(opened.newest.note)
        assert opened.newest.html == talk[1].html
        assert opened.earlier == talk[0].html
        assert opened.newest.memory == talk[1].memory
        first = chat.open(search, None)
        assert (first.newest.html, first.newest.note != "") == (None, True)

    @pytest.mark.parametrize(
        "search", ["", "?", "?x=1", "?q=", "?q=&level=2", "?" + "q=x&" * 9000, None, 7, ["?q=RLHF"]]
    )
    def test_an_address_that_asks_nothing_changes_nothing(
        self, chat: Conversation, talk: list[Shown], search: object
    ) -> None:
        opened = chat.open(search, kept(talk[1]))
        assert (opened.newest.html, opened.newest.note) == (talk[1].html, "")
        assert opened.newest.memory == talk[1].memory

    def test_fields_that_others_hang_on_an_address_do_no_harm(self, chat: Conversation) -> None:
        tracked = "&".join(f"utm_{n}=x" for n in range(12))
        opened = chat.open(f"?{tracked}&q=What+is+RLHF%3F", None)
        assert passages(opened.newest.html) == ["rlhf#level-1"]

    def test_an_address_cannot_carry_the_whole_corpus(
        self, chat: Conversation, library: Library
    ) -> None:
        slugs = ".".join(explainer.slug for explainer in library.explainers)
        opened = chat.open(f"?q=tell+me+more&about={slugs}&told=define&depth=1", None)
        assert 0 < len(passages(opened.newest.html)) < 10


class TestChangedText:
    @pytest.fixture
    def later(self, tmp_path: Path) -> Conversation:
        """The same explainers, one of them with another Level 1."""
        files = three_explainers()
        files["tree-frogs"] = files["tree-frogs"].replace("At level one", "At level 1")
        corpus = write_corpus(tmp_path / "corpus", files)
        return Conversation(Library(fake_index(corpus, tmp_path / "index")))

    def test_a_link_says_where_its_text_has_changed(
        self, small: Conversation, later: Conversation
    ) -> None:
        shown = ask(small, "tree frogs")
        for search in (link(shown), "?" + shown.memory.turns[-1]):
            opened = later.open(search, None).newest
            assert passages(opened.html) == passages(shown.html)
            assert CHANGED in turn(opened.html).plain
        assert CHANGED not in turn(small.open(link(shown), None).newest.html).plain

    @pytest.mark.parametrize("question", ["setae", "tree frogs at level 2", "hi", "Roman empire"])
    def test_it_says_nothing_where_the_shown_text_is_the_same(
        self, small: Conversation, later: Conversation, question: str
    ) -> None:
        opened = later.open(link(ask(small, question)), None)
        assert CHANGED not in (opened.newest.html or "")

    def test_a_reload_says_so_of_each_answer(
        self, small: Conversation, later: Conversation
    ) -> None:
        talk = ask(small, "tree frogs", ask(small, "setae", ask(small, "tree frogs")))
        opened = reload(later, talk)
        assert CHANGED in turn(opened.newest.html).plain
        assert [CHANGED in article.plain for article in turns(opened.earlier)] == [False, True]

    def test_an_answer_given_anew_is_the_text_of_now(
        self, small: Conversation, later: Conversation
    ) -> None:
        opened = later.open(link(ask(small, "tree frogs")), None).newest
        back = turn_dial(later, turn_dial(later, opened, "2"), "1")
        assert CHANGED not in turn(back.html).plain
        assert CHANGED not in (later.open(link(opened), None).newest.html or "")

    def test_a_concept_that_is_gone_is_carried_no_more(
        self, small: Conversation, tmp_path: Path
    ) -> None:
        shown = ask(small, "how is it different from gecko feet?", ask(small, "suction cups"))
        files = {"gecko-feet": explainer_text("Gecko feet", aliases=["setae"])}
        corpus = write_corpus(tmp_path / "corpus", files)
        later = Conversation(Library(fake_index(corpus, tmp_path / "index")))
        opened = reload(later, shown)
        assert "suction" not in opened.newest.memory.carried
        assert status(later.ask("why?", "1", EVERYONE, {"carried": "about=suction-cups"})) == (
            "needs_context"
        )


TEXTS = st.one_of(
    st.text(st.characters(), max_size=20),
    st.text(st.characters(categories=["Cs", "Cc", "Lu"]), max_size=5),
    st.sampled_from(["setae", "why?", MARKUP, "tldr", "3", "builder", "everyone", "\ud800", "9"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["q", "level", "audience", "typed", "firm", "about", "told", "depth", "text"]
)
VALUES = TEXTS | st.sampled_from(
    ["setae", f"setae {MARKUP}", "gecko-feet.tree-frogs", "define", "1", "compare", "a.b"]
)
QUERIES = st.lists(st.tuples(FIELDS, VALUES), max_size=9).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
KEPT = JSON | st.fixed_dictionaries(
    {},
    optional={
        "turns": st.lists(QUERIES.map("q=setae&".__add__) | QUERIES | JSON, max_size=5) | JSON,
        "count": st.integers() | JSON,
        "carried": QUERIES | JSON,
        "let_go": JSON,
        "level": TEXTS | JSON,
        "audience": TEXTS | JSON,
    },
)


class TestWhatABrowserClaims:
    @settings(max_examples=150, deadline=None)
    @example(None, {"turns": ["q=setae&text=\ud800"], "count": True, "carried": "\ud800"})
    @example("?q=setae&text=\ud800", {"turns": [f"q={MARKUP}"] * 99, "level": {"a": MARKUP}})
    @example("?q=setae&level=\ud800", {})
    @example("?q=more&about=gecko-feet&told=small_talk&depth=1", {"count": 10**30})
    @given(search=QUERIES | JSON, memory=KEPT)
    def test_whatever_comes_is_read_bounded_and_shown_as_text(
        self, small: Conversation, search: object, memory: object
    ) -> None:
        opened = small.open(search, memory)
        assert opened.level in ("tldr", "1", "2", "3")
        shown = [
            opened.newest,
            small.ask("setae", "1", EVERYONE, memory),
            small.ask("", "1", EVERYONE, memory),
            small.turn_dial("2", "builder", memory),
            small.turn_dial("9", "builder", memory),
            small.ask_as_typed("1", EVERYONE, memory),
            small.forget(memory),
        ]
        for now in shown:
            assert len(now.memory.turns) <= MAX_TURNS
            assert type(now.memory.count) is int
            json.dumps(now.memory.to_json(), ensure_ascii=False).encode()
            html = (now.html or "") + now.note + opened.earlier
            html.encode()
            now.about.encode()
            assert safe(html)

    def test_no_more_turns_are_asked_than_a_conversation_has(self, small: Conversation) -> None:
        opened = small.open("", {"turns": ["q=setae"] * 500, "count": 500})
        articles: list[Node] = turns((opened.newest.html or "") + opened.earlier)
        assert len(articles) == MAX_TURNS

    def test_dials_that_are_none_stand_as_at_first(self, small: Conversation) -> None:
        for claimed in ({"level": "9", "audience": "builder"}, {"level": 3}, {"audience": MARKUP}):
            opened = small.open("", claimed)
            assert (opened.level, opened.audience) == ("1", EVERYONE)
