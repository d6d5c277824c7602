"""The way from question to answer against any text: refused in words, or the same answer each time,
of passages that stand in the corpus character for character.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from factories import fake_index, three_explainers, write_corpus
from hypothesis import example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from gecko_qa.answer.answer import Answer, answer_json
from gecko_qa.answer.answering import context_after
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.question import MAX_QUESTION_CHARS
from gecko_qa.errors import UsageError
from gecko_qa.layout import DEFAULT_LAYOUT
from gecko_qa.library import Library
from gecko_qa.settings import Settings

FOLDED = "ﷺ"
"""One character that stands for eighteen once it is folded."""
SPOKEN = (
    *("gecko feet", "tree frogs", "Hylidae", "GF", "suction cups", "setae", "leaves", "rubber"),
    *("geko fete", "sucttion", "treefrogs", "frog’s", "FROGS", "a", "the", "AI", "it", "they"),
    *("what is", "why do", "how does it differ from", "difference between", "compare", "vs", "or"),
    *("and", "also", "to", "for a builder", "in one sentence", "like I'm five", "hello", "?", ","),
    *("limits of", "your opinion on", "why now", "by the way,", "never mind,", "the latter", "."),
)
UNITS = (
    *SPOKEN,
    *("!", ";", ":", " ", "-", "—", "'", "’", "/", "(", ")", "“", "*", "`", "<b>", "&", "\n", "\t"),
    *("\u2028", "\xa0", "\uffff", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\ufe0f"),
    *("a\u0301\u0323\u0300", "\u0301", "ß", "ẞ", "İ", "ı", "ſ", "ﬁ", "ǆ", "Å", "Ω", "½", "²", "Ⅷ"),
    *("１", "٣", "ক", "한", FOLDED, "什么是强化学习", "ما هو التعلم", "מה זה", "ทำไม", "🦎", "🇩🇪"),
    *("👩\u200d👧", "\U0010ffff", "𝕒𝕓"),
)
ANY = st.text(st.characters(exclude_categories=()), max_size=60)
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
PIECES = st.lists(st.sampled_from(UNITS) | TEXT, min_size=1, max_size=30)
FLOOD = st.builds(
    lambda unit, n, end: (unit * n)[:n] + end,
    st.sampled_from(UNITS),
    st.integers(1, MAX_QUESTION_CHARS + 1),
    st.sampled_from(UNITS),
)
SAID = st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=6).map(" ".join)
QUESTIONS = SAID | PIECES.map(" ".join) | PIECES.map("".join) | FLOOD | ANY
LEVELS = st.sampled_from([None, *(level.id for level in DEFAULT_LAYOUT.levels)])
AUDIENCES = st.sampled_from([None, *(a.id for a in DEFAULT_LAYOUT.audiences)])
SLUGS = tuple(three_explainers())
CONTEXTS = st.none() | st.builds(
    Context,
    st.lists(st.sampled_from(SLUGS), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(["define", "explain", "compare", "why_now", "limits", "opinion", "audience"]),
    LEVELS.filter(bool),
)
DIALS = st.sets(st.sampled_from(["level", "audience"]))

LONG = (
    "rlhf vs " * 125,
    "why does it hallucinate? " * 40,
    "reinforcment lerning humn fedback " * 29,
    "强化学习" * 250,
    FOLDED * 1000,
    "a-" * 500,
    "🦎" * 999 + "a",
    "never mind, " * 83,
)
SHORT = (
    "What is RLHF?",
    "LoRA vs QLoRA",
    "why does the model make up sources and how do I stop it?",
    "explain RLFH like I'm five",
    "how do I cook rice?",
    "hello",
    "What’s Gecko’s opinion on scaling laws, in depth, for investors?",
    "what makes it different from fine-tuning?",
)


@pytest.fixture(scope="module")
def lizards(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of three small explainers."""
    folder = tmp_path_factory.mktemp("lizards")
    corpus = write_corpus(folder / "corpus", three_explainers())
    return Library(fake_index(corpus, folder / "index"))


def line(answer: Answer) -> bytes:
    """Return what every surface gives of `answer`; what is no Unicode raises."""
    return answer_json(answer, timed=False).encode("utf-8")


def check_answer(library: Library, answer: Answer, texts: dict[str, str]) -> None:
    """Everything that `answer` shows is of the corpus, and where it says that it is."""
    shown = (*answer.passages, *answer.mentioned, *filter(None, [answer.definition]))
    for passage in shown:
        end = passage.start + len(passage.text)
        assert texts[passage.concept][passage.start : end] == passage.text
        assert library.index.passages[passage.id] == passage
    for passage, mark in zip(answer.passages, answer.marks, strict=True):
        assert mark is None or 0 <= mark[0] < mark[1] <= len(passage.text)
    assert {passage.concept for passage in answer.passages} <= set(answer.concepts)
    assert bool(answer.passages) == bool(answer.concepts) == (answer.status == "answered")
    known = library.index.by_slug.keys()
    told = (*answer.concepts, *answer.follows, *answer.also, *answer.nearest, *answer.candidates)
    assert known >= set(told)


def texts_of(corpus: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in corpus.glob("*.md")}


class TestAnyQuestion:
    @how(max_examples=300, deadline=None)
    @example(f"what is {FOLDED} and gecko feet vs {FOLDED}", None, None, None, False, frozenset())
    @example("frogs \ud800", None, None, None, False, frozenset())
    @example("\u0958" * 1000 + "a", None, None, None, False, frozenset())
    @example(FOLDED * 1000, "1", None, None, False, frozenset())
    @given(QUESTIONS, LEVELS, AUDIENCES, CONTEXTS, st.booleans(), DIALS)
    def test_is_refused_in_words_or_answered_the_same_each_time(
        self,
        lizards: Library,
        question: str,
        level: str | None,
        audience: str | None,
        context: Context | None,
        as_typed: bool,
        firm: frozenset[str],
    ) -> None:
        def ask() -> Answer:
            return lizards.ask(
                question, level, audience, context=context, as_typed=as_typed, firm=firm
            )

        try:
            answer = ask()
        except UsageError as error:
            assert str(error).encode("utf-8")
            with pytest.raises(type(error)) as again:
                ask()
            assert str(again.value) == str(error)
            return
        assert line(ask()) == line(answer)
        check_answer(lizards, answer, three_explainers())
        # What was read, and what it led to, can be asked and carried again.
        assert line(
            lizards.ask(
                answer.question, level, audience, context=context, as_typed=as_typed, firm=firm
            )
        ) == line(answer)
        after = context_after(answer, context)
        check_answer(lizards, lizards.ask("and why?", context=after), three_explainers())

    @how(max_examples=100, deadline=None)
    @given(QUESTIONS, ANY, ANY)
    def test_with_any_dials_is_refused_or_answered(
        self, lizards: Library, question: str, level: str, audience: str
    ) -> None:
        try:
            answer = lizards.ask(question, level, audience)
        except UsageError:
            return
        check_answer(lizards, answer, three_explainers())

    @how(max_examples=100, deadline=None)
    @given(st.lists(SAID, max_size=3))
    def test_after_any_others_is_refused_or_answered(
        self, lizards: Library, questions: list[str]
    ) -> None:
        try:
            context = lizards.converse([(question, None, None) for question in questions])
        except UsageError:
            return
        check_answer(lizards, lizards.ask("what about frogs?", context=context), three_explainers())

    @how(max_examples=100, deadline=None)
    @given(QUESTIONS, st.lists(QUESTIONS, max_size=5))
    def test_is_no_trouble_where_a_name_is_wanted(
        self, lizards: Library, term: str, terms: list[str]
    ) -> None:
        assert len(lizards.suggest(term, 3)) <= 3
        for call in (lambda: lizards.define(term), lambda: lizards.compare(terms)):
            try:
                call()
            except UsageError as error:
                assert str(error).encode("utf-8")


class TestTheWholeCorpus:
    def test_answers_long_and_odd_questions_out_of_itself(
        self, library: Library, settings: Settings
    ) -> None:
        texts = texts_of(settings.corpus)
        for question in LONG:
            check_answer(library, library.ask(question), texts)

    @pytest.mark.parametrize("seed", ["1", "4242"])
    def test_gives_the_same_bytes_in_another_process(
        self, library: Library, settings: Settings, tmp_path: Path, seed: str
    ) -> None:
        asked = (*SHORT, *LONG[:4])
        file = tmp_path / "questions.jsonl"
        file.write_text("".join(json.dumps({"question": q}) + "\n" for q in asked))
        answers = tmp_path / "answers.jsonl"
        command = [sys.executable, "-m", "gecko_qa", "batch", str(file), "--out", str(answers)]
        command += ["--corpus", str(settings.corpus)]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
        there = [json.loads(answer) for answer in answers.read_text("utf-8").splitlines()]
        for answer in there:
            del answer["seconds"]
        here = [json.loads(answer_json(library.ask(q), timed=False)) for q in asked]
        assert [json.dumps(answer) for answer in there] == [json.dumps(answer) for answer in here]
