"""Turns as addresses, and what the browser keeps: what is written is read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.parse import parse_qs, urlencode

import pytest
from factories import fake_index, three_explainers, write_corpus
from hypothesis import example, given
from hypothesis import strategies as st

from gecko_qa.answer.answering import context_after
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.intent import Intent
from gecko_qa.answer.question import Question, ask_question
from gecko_qa.edges.web.turns import (
    MAX_CARRIED,
    MAX_COUNT,
    MAX_QUERY_CHARS,
    MAX_TURNS,
    Memory,
    Turn,
    read_turn,
    text_hash,
    turn_of,
)
from gecko_qa.errors import GeckoQAError, QuestionRejected, UnknownChoice
from gecko_qa.layout import DEFAULT_LAYOUT, EVERYONE
from gecko_qa.library import Library

SLUGS = ("gecko-feet", "suction-cups", "tree-frogs")
FROGS = Turn(Question("tree frogs", "1"))


@pytest.fixture(scope="module")
def lizards(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of three small explainers."""
    folder = tmp_path_factory.mktemp("lizards")
    corpus = write_corpus(folder / "corpus", three_explainers())
    return Library(fake_index(corpus, folder / "index"))


def can_be_asked(text: str) -> bool:
    try:
        ask_question(text, DEFAULT_LAYOUT)
    except QuestionRejected:
        return False
    return True


LEVELS = st.sampled_from([level.id for level in DEFAULT_LAYOUT.levels])
ASKED = st.builds(
    ask_question,
    st.text(min_size=1, max_size=300).filter(can_be_asked),
    st.just(DEFAULT_LAYOUT),
    LEVELS,
    st.sampled_from([None, *(audience.id for audience in DEFAULT_LAYOUT.audiences)]),
    as_typed=st.booleans(),
    firm=st.sets(st.sampled_from(["level", "audience"])),
)
TOLD = [intent for intent in get_args(Intent) if intent not in ("small_talk", "follow_up")]
CONTEXTS = st.builds(
    Context,
    st.lists(st.sampled_from(SLUGS), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(TOLD),
    LEVELS,
)
TURNS = st.builds(
    Turn,
    ASKED,
    st.none() | CONTEXTS,
    st.just("") | st.text("0123456789abcdef", min_size=12, max_size=12),
)


class TestTurn:
    @given(turn=TURNS)
    def test_every_turn_is_read_back_from_its_address(self, lizards: Library, turn: Turn) -> None:
        assert read_turn(turn.query(), lizards) == turn
        assert read_turn(f"?{turn.query()}", lizards) == turn

    @pytest.mark.parametrize("text", ["x" * 1000, "\U0001f98e a" * 300, "a&level=3#?=+%26 é 守宮"])
    def test_a_question_at_its_longest_and_oddest_fits(self, lizards: Library, text: str) -> None:
        turn = Turn(ask_question(text[:1000], DEFAULT_LAYOUT, "2"), Context(SLUGS, "explain", "3"))
        assert len(turn.query()) <= MAX_QUERY_CHARS
        assert read_turn(turn.query(), lizards) == turn

    def test_the_turn_of_every_answer_gives_that_answer_again(self, lizards: Library) -> None:
        context = None
        for question in ("setae", "why?", "thanks", "how is it different from tree frogs?", "rice"):
            answer = lizards.ask(question, "2", "investor", context=context)
            turn = read_turn(turn_of(answer).query(), lizards)
            assert turn == turn_of(answer)
            assert turn is not None
            again = lizards.ask(
                turn.asked.text, turn.asked.level, turn.asked.audience, context=turn.context
            )
            assert replace(again, seconds=0.0) == replace(answer, seconds=0.0)
            context = context_after(answer, context)

    def test_an_address_tells_what_people_can_read(self) -> None:
        asked = Question(
            "What are setae?", "2", "builder", as_typed=True, firm=frozenset(["level"])
        )
        turn = Turn(asked, Context(SLUGS[:2], "compare", "1"), "0123456789ab")
        assert parse_qs(turn.query()) == {
            "q": ["What are setae?"],
            "level": ["2"],
            "audience": ["builder"],
            "typed": ["1"],
            "firm": ["level"],
            "about": ["gecko-feet.suction-cups"],
            "told": ["compare"],
            "depth": ["1"],
            "text": ["0123456789ab"],
        }

    def test_a_question_alone_has_the_first_dials(self, lizards: Library) -> None:
        assert read_turn("q=tree+frogs", lizards) == FROGS

    @pytest.mark.parametrize("query", ["", "?", "level=2", "q=", "q=x&" * 8000, "a=1&" * 999])
    def test_an_address_that_asks_nothing_is_no_turn(self, lizards: Library, query: str) -> None:
        assert read_turn(query, lizards) is None

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            ("q=setae&level=9", UnknownChoice),
            ("q=setae&audience=me", UnknownChoice),
            ("q=%3F", QuestionRejected),
            ("q=%07bell", QuestionRejected),
            (f"q={'x' * 1001}", QuestionRejected),
        ],
    )
    def test_what_cannot_be_asked_is_told(
        self, lizards: Library, query: str, error: type[GeckoQAError]
    ) -> None:
        with pytest.raises(error):
            read_turn(query, lizards)

    @pytest.mark.parametrize(
        ("carried", "context"),
        [
            ("about=tree-frogs&told=define&depth=1", Context(("tree-frogs",), "define", "1")),
            (
                "about=newts.tree-frogs.&told=compare&depth=tldr",
                Context(("tree-frogs",), "compare", "tldr"),
            ),
            (
                "about=setae.tree-frogs.tree-frogs&told=opinion&depth=3",
                Context(("tree-frogs",), "opinion", "3"),
            ),
            ("about=newts&told=define&depth=1", None),
            ("about=&told=define&depth=1", None),
            ("about=tree-frogs&told=small_talk&depth=1", None),
            ("about=tree-frogs&told=nothing&depth=1", None),
            ("about=tree-frogs&told=define&depth=9", None),
            ("about=tree-frogs&told=define", None),
            ("about=tree-frogs", None),
        ],
    )
    def test_what_is_carried_and_not_there_is_left_off(
        self, lizards: Library, carried: str, context: Context | None
    ) -> None:
        turn = read_turn(f"q=tree+frogs&{carried}", lizards)
        assert turn == replace(FROGS, context=context)

    def test_no_more_is_carried_than_an_answer_shows(self, library: Library) -> None:
        slugs = [explainer.slug for explainer in library.explainers]
        turn = read_turn(f"q=why&about={'.'.join(slugs)}&told=define&depth=1", library)
        assert turn is not None
        assert turn.context == Context(tuple(slugs[:MAX_CARRIED]), "define", "1")

    @pytest.mark.parametrize("firm", ["level.level", "level.price", "level.__class__"])
    def test_only_dials_are_firm(self, lizards: Library, firm: str) -> None:
        turn = read_turn(f"q=setae&firm={firm}", lizards)
        assert turn is not None
        assert turn.asked.firm == {"level"}

    @pytest.mark.parametrize("text", ["\ud800", "<b>", "0123", "0123456789abc", "0123456789AB"])
    def test_what_is_no_hash_was_not_seen(self, lizards: Library, text: str) -> None:
        assert read_turn(f"q=tree+frogs&text={text}", lizards) == FROGS

    @example(query="q=setae&text=\ud800&about=\ud800")
    @given(query=st.text(st.characters()) | st.text("q=&%+.setaevl1"))
    def test_any_text_is_a_turn_or_none_or_refused(self, lizards: Library, query: str) -> None:
        try:
            turn = read_turn(query, lizards)
        except GeckoQAError:
            return
        assert turn is None or read_turn(turn.query(), lizards) == turn


class TestTextHash:
    def test_it_is_of_the_text_shown_alone(self, lizards: Library, tmp_path: Path) -> None:
        files = three_explainers()
        files["tree-frogs"] = files["tree-frogs"].replace("At level one", "At level 1")
        corpus = write_corpus(tmp_path / "corpus", files)
        later = Library(fake_index(corpus, tmp_path / "index"))
        for question, same in (("tree frogs", False), ("setae", True), ("Roman empire", True)):
            before, now = text_hash(lizards.ask(question)), text_hash(later.ask(question))
            assert (before == now) is same
            assert len(now) == 12

    def test_another_passage_is_another_hash(self, lizards: Library) -> None:
        asked = [lizards.ask("setae", level) for level in ("tldr", "1", "2", "3")]
        assert len(set(map(text_hash, asked))) == 4


WRITABLE = st.text(max_size=30)
MEMORIES = st.builds(
    Memory,
    st.lists(WRITABLE.filter(bool), max_size=MAX_TURNS).map(tuple),
    st.integers(MAX_TURNS, MAX_COUNT),
    WRITABLE,
    st.booleans(),
    WRITABLE,
    WRITABLE,
)


class TestMemory:
    @given(memory=MEMORIES)
    def test_what_is_written_is_read_back(self, memory: Memory) -> None:
        assert Memory.read(json.loads(json.dumps(memory.to_json()))) == memory

    @pytest.mark.parametrize("kept", [None, 1, "q=setae", [], [{"turns": ["q=setae"]}], {}])
    def test_what_makes_no_sense_is_nothing(self, kept: object) -> None:
        read = Memory.read(kept)
        assert (read.turns, read.count, read.carried, read.let_go) == ((), 0, "", False)

    @pytest.mark.parametrize(
        ("turns", "read"),
        [
            (["a", None, 1, ["b"], "c"], ("a", "c")),
            ("abc", ()),
            ({"a": "b"}, ()),
            (["a\ud800", "b"], ("b",)),
            (["x" * (MAX_QUERY_CHARS + 1), "b"], ("b",)),
            ([str(n) for n in range(50)], tuple(str(n) for n in range(30, 50))),
        ],
    )
    def test_turns_are_texts_and_only_so_many(self, turns: object, read: tuple[str, ...]) -> None:
        assert Memory.read({"turns": turns}).turns == read

    @pytest.mark.parametrize(
        ("count", "read"),
        [(7, 7), (0, 1), (-7, 1), (1.5, 1), ("7", 1), (None, 1), (MAX_COUNT + 1, 1), (True, 1)],
    )
    def test_no_fewer_were_asked_than_there_are(self, count: object, read: int) -> None:
        memory = Memory.read({"turns": ["a"], "count": count})
        assert memory.count == read
        assert type(memory.count) is int

    def test_a_turn_more_drops_the_oldest_and_one_in_place_drops_none(self) -> None:
        memory = Memory(tuple(map(str, range(MAX_TURNS))), 30)
        more = memory.with_turn(FROGS)
        assert more.turns == (*memory.turns[1:], FROGS.query())
        assert more.count == 31
        in_place = memory.with_turn(FROGS, in_place=True)
        assert in_place.turns == (*memory.turns[:-1], FROGS.query())
        assert in_place.count == 30

    @given(context=st.none() | CONTEXTS, let_go=st.booleans())
    def test_what_is_carried_is_read_back(
        self, lizards: Library, context: Context | None, let_go: bool
    ) -> None:
        memory = Memory(carried="about=tree-frogs&told=define&depth=1", audience=EVERYONE)
        now = Memory.read(memory.carrying(context, let_go=let_go).to_json())
        assert now.context(lizards) == context
        assert now.let_go is let_go

    def test_a_carried_concept_that_is_gone_is_carried_no_more(self, lizards: Library) -> None:
        carried = urlencode({"about": "newts.tree-frogs", "told": "define", "depth": "1"})
        assert Memory(carried=carried).context(lizards) == Context(("tree-frogs",), "define", "1")
