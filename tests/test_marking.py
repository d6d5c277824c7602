"""Marks: the sentence of a passage that answers a question best, where one stands out."""

from __future__ import annotations

import re
from itertools import cycle, product
from pathlib import Path

import pytest
from factories import explainer_text, fake_index, write_corpus

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.sentences import sentences_of
from gecko_qa.library import Library

FEET = (
    "Gecko feet are dry. Hairs called setae touch the glass. "
    "Millions of them branch into spatulae. Mucus plays no part, unlike in Tree frogs. "
    "Dust falls off while the animal walks."
)
FROGS = "Mucus holds them to wet leaves. Soft pads touch every leaf. Gecko feet stay dry."


@pytest.fixture
def marking(tmp_path: Path) -> Library:
    """A library whose passages at Level 2 have several sentences."""
    files = {
        "gecko-feet": explainer_text(
            "Gecko feet",
            asks=["how do lizards keep clean", "why does dust fall off lizards"],
            sections={"Level 2": FEET, "Builder": "- Copy setae first.\n- Keep dust away. Always."},
        ),
        "tree-frogs": explainer_text(
            "Tree frogs", asks=["Why do frogs climb wet leaves?"], sections={"Level 2": FROGS}
        ),
        "suction-cups": explainer_text("Suction cups", asks=["What holds a rubber hook?"]),
    }
    return Library(fake_index(write_corpus(tmp_path / "corpus", files), tmp_path / "index"))


def marked(answer: Answer) -> list[str | None]:
    """Return the marked text of each passage."""
    return [
        None if mark is None else passage.text[slice(*mark)]
        for passage, mark in zip(answer.passages, answer.marks, strict=True)
    ]


def test_the_sentence_that_shares_rare_words_is_marked(marking: Library) -> None:
    answer = marking.ask("why does dust fall off gecko feet", level="2")
    assert marked(answer) == ["Dust falls off while the animal walks."]
    answer = marking.ask("how many spatulae have gecko feet", level="2")
    assert marked(answer) == ["Millions of them branch into spatulae."]


def test_an_item_of_a_list_is_marked_without_its_bullet(marking: Library) -> None:
    answer = marking.ask("why does dust fall off gecko feet", level="2", audience="builder")
    assert marked(answer)[1] == "Keep dust away. Always."


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("What are gecko feet?", "2"),  # a bare name
        ("Gecko feet and glue?", "2"),  # nothing shared
        ("gecko feet: setae or dust?", "2"),  # two sentences share as much
        ("why do tests talk about gecko feet", "tldr"),  # a single sentence
    ],
)
def test_nothing_is_marked_where_no_sentence_stands_out(
    marking: Library, question: str, level: str
) -> None:
    answer = marking.ask(question, level=level)
    assert answer.concepts == ("gecko-feet",)
    assert marked(answer) == [None]


def test_a_comparison_marks_where_each_first_names_the_other(marking: Library) -> None:
    asked = "difference between gecko feet and tree frogs when dust falls"
    answer = marking.ask(asked, level="2")
    assert answer.intent == "compare"
    assert marked(answer) == ["Mucus plays no part, unlike in Tree frogs.", "Gecko feet stay dry."]


def test_what_is_not_answered_has_no_marks(marking: Library) -> None:
    assert marking.ask("When did the Roman empire fall?").marks == ()
    assert marking.ask("hi").marks == ()


def test_marks_stand_beside_their_text_in_json(marking: Library) -> None:
    question = "why does dust fall off gecko feet"
    first = marking.ask(question, level="2", audience="curious").to_json()["passages"]
    assert [passage["mark"] for passage in first] == [[138, 176], None]
    assert FEET[138:176] == "Dust falls off while the animal walks."


@pytest.mark.parametrize(
    ("question", "level", "passage", "beginning"),
    [
        ("why clip the ratio at 0.2", "3", "proximal-policy-optimization#level-3", "Taking the"),
        ("why store keys and values but not the queries", "3", "kv-cache#level-3", "Queries are"),
        ("how do BERT and GPT differ", "2", "bert#level-2", "GPT models write from left"),
        ("how do BERT and GPT differ", "2", "gpt-models#level-2", "BERT reads and labels"),
        ("open problems in scalable oversight", "3", "scalable-oversight#level-3", "Open problems"),
    ],
)
def test_golden_marks(
    library: Library, question: str, level: str, passage: str, beginning: str
) -> None:
    answer = library.ask(question, level=level)
    told = {p.id: text for p, text in zip(answer.passages, marked(answer), strict=True)}
    assert (told[passage] or "").startswith(beginning)


def test_every_mark_is_a_whole_sentence_of_its_passage(library: Library) -> None:
    dials = cycle(product(("2", "1", "3"), (None, "builder", "curious", "investor")))
    n_marks = 0
    for explainer in library.explainers:
        for ask, (level, audience) in zip(explainer.asks[:2], dials, strict=False):
            answer = library.ask(ask, level=level, audience=audience)
            for passage, mark in zip(answer.passages, answer.marks, strict=True):
                if mark is not None:
                    n_marks += 1
                    assert mark in sentences_of(passage.text)
                    start, end = mark
                    assert re.search(r"(^|[.?!…][\"”’)]*\s+|(^|\n)- )$", passage.text[:start])
                    assert re.search(r"[.?!…][\"”’)]*$", passage.text[start:end])
    assert n_marks > 40
