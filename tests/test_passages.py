"""Passages: their identity, their dials, and their being exact slices of the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from factories import explainer_text
from hypothesis import given, settings
from hypothesis import strategies as st

from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.corpus.problem import Problem
from gecko_qa.errors import CorpusInvalid
from gecko_qa.layout import DEFAULT_LAYOUT
from gecko_qa.passages import Passage, corpus_passages, passages_of


def test_each_section_is_a_passage_with_its_level_or_audience(small_corpus: Path) -> None:
    passages = passages_of(valid_corpus(small_corpus).by_slug["tree-frogs"])
    assert [(p.id, p.section, p.level, p.audience) for p in passages] == [
        ("tree-frogs#tldr", "tldr", "tldr", None),
        ("tree-frogs#level-1", "level-1", "1", None),
        ("tree-frogs#level-2", "level-2", "2", None),
        ("tree-frogs#level-3", "level-3", "3", None),
        ("tree-frogs#why-now", "why-now", None, None),
        ("tree-frogs#takeaways-researcher", "takeaways-researcher", None, "researcher"),
        ("tree-frogs#takeaways-builder", "takeaways-builder", None, "builder"),
        ("tree-frogs#takeaways-investor", "takeaways-investor", None, "investor"),
        ("tree-frogs#takeaways-curious", "takeaways-curious", None, "curious"),
        ("tree-frogs#take", "take", None, None),
    ]


def test_a_passage_is_the_text_of_the_file_and_nothing_more(small_corpus: Path) -> None:
    passages = {p.id: p for p in corpus_passages(valid_corpus(small_corpus))}
    researcher = passages["suction-cups#takeaways-researcher"]
    assert researcher.text == "- Researchers read about Suction cups first.\n- Then they doubt it."
    text = (small_corpus / "suction-cups.md").read_text("utf-8")
    assert researcher.start == text.index("- Researchers")


def test_the_hash_of_a_passage_is_that_of_its_text() -> None:
    passage = Passage("a#take", "a", "take", None, None, "abc", 0)
    # FIPS 180-2, appendix B.1.
    tagged = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert passage.hash == tagged


def test_a_corpus_gives_the_passages_of_every_file_in_order(small_corpus: Path) -> None:
    passages = corpus_passages(valid_corpus(small_corpus))
    concepts = [passage.concept for passage in passages]
    assert concepts == ["gecko-feet"] * 10 + ["suction-cups"] * 10 + ["tree-frogs"] * 10


def test_a_passage_that_is_not_in_its_file_is_never_given_out(small_corpus: Path) -> None:
    corpus = valid_corpus(small_corpus)
    moved = corpus.texts | {"tree-frogs": " " + corpus.texts["tree-frogs"]}
    with pytest.raises(CorpusInvalid, match="tree-frogs#tldr is not the text of its file"):
        corpus_passages(replace(corpus, texts=moved))


def problems_of(text: str) -> tuple[Problem, ...]:
    return parse_explainer(text, Path("corpus/a.md"), DEFAULT_LAYOUT).problems


def sliced_bodies(text: str) -> list[str] | None:
    """Return each passage's slice of `text`, or None where the text was refused with a problem."""
    parsed = parse_explainer(text, Path("corpus/a.md"), DEFAULT_LAYOUT)
    if parsed.explainer is None:
        assert parsed.problems != ()
        return None
    passages = list(passages_of(parsed.explainer))
    slices = [text[p.start : p.start + len(p.text)] for p in passages]
    assert slices == [p.text for p in passages]
    return slices


HEADINGS = ("TL;DR", "Level 1", "Level 2", "Level 3", "Why this matters now", "Researcher")
BODY = st.text(max_size=30) | st.lists(
    st.sampled_from(
        ["## Level 1", "#", "### ", "---", "- ", "\n", "\r\n", " ", "\u2028", "é", "🦎"]
    )
).map("".join)


@settings(deadline=None, max_examples=300)
@given(st.lists(BODY, min_size=6, max_size=6))
def test_any_bodies_come_back_as_exact_slices_or_are_refused(bodies: list[str]) -> None:
    text = explainer_text(sections=dict(zip(HEADINGS, bodies, strict=True)))
    slices = sliced_bodies(text)
    told = [body.strip() for body in bodies if body.strip()]
    # A body that holds a heading of its own is cut there, and the heading is told.
    cut = any("heading" in problem.message for problem in problems_of(text))
    assert slices is None or cut or slices[: len(told)] == told


LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"), exclude_characters="#")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(LETTERS | st.just("\n"), min_size=1), min_size=6, max_size=6))
def test_plain_text_of_any_script_is_never_refused(bodies: list[str]) -> None:
    marked = [f"x{body}" for body in bodies]
    slices = sliced_bodies(explainer_text(sections=dict(zip(HEADINGS, marked, strict=True))))
    assert slices is not None
    assert slices[:6] == [body.strip() for body in marked]


@pytest.mark.parametrize("text", ["é", "e\u0301", "👩🏽‍🚀", "שלום", "\U0001f98e" * 3])
def test_characters_are_neither_composed_nor_split(text: str) -> None:
    slices = sliced_bodies(explainer_text(sections={"Level 3": f"a {text} b"}))
    assert slices is not None
    assert slices[3] == f"a {text} b"
