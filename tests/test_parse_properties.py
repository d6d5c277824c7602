"""The parser against any text: no exception, exact slices, and what was put in comes back."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gecko_qa.corpus.explainer import Explainer, Source
from gecko_qa.corpus.folder import read_corpus
from gecko_qa.corpus.front_matter import CHECKS, read_front_matter
from gecko_qa.corpus.layout_file import layout_from
from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.layout import DEFAULT_LAYOUT, Layout

OWN = layout_from(
    {
        "levels": ["Beginner", "Practitioner", "Expert"],
        "audiences": ["Skipper", "Children"],
        "take": "Editor’s view",
        "why_now": "In the harbour today",
    }
)
BARE = layout_from({"levels": ["C#"], "audiences": []})
LAYOUTS = st.sampled_from([DEFAULT_LAYOUT, OWN, BARE])
PATH = Path("corpus/feet.md")

MARKUP = st.sampled_from(
    [
        *("---\n", "---", "\n", "\n\n", "\t", " ", "#", "# ", "## ", "### ", "######", "- ", "* "),
        *("TL;DR\n", "Level 1\n", "Level 1 ##\n", "Takeaways\n", "Builder\n", "Gecko's take\n"),
        *("Gecko’s take\n", "Beginner\n", "C#\n", "Skipper\n", "title: x\n", "```\n", "<b>", "["),
        *("\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\u200b", "\ufeff"),
        *("\x00", "\ud800", "\U0010ffff", "é", "é", "١"),
    ]
)
NOISE = st.lists(MARKUP | st.text(max_size=6), max_size=40).map("".join)
FRAMES = st.sampled_from(
    [
        "@",
        "---\n@\n---\n",
        "---\ntitle: Feet\n---\n@",
        "---\ntitle: Feet\n---\n\n## TL;DR\n\nOne.\n@",
        "---\ntitle: Feet\n---\n\n## Beginner\n\nOne.\n\n## C#\n@",
        "---\ntitle: Feet\n---\n## Level 1\n@## Level 2\n@## Takeaways\n### Builder\n@",
    ]
)


@settings(deadline=None, max_examples=400)
@given(FRAMES, NOISE, LAYOUTS)
def test_any_text_gives_an_explainer_a_draft_or_errors_and_sections_are_its_slices(
    frame: str, noise: str, layout: Layout
) -> None:
    text = frame.replace("@", noise)
    parsed = parse_explainer(text, PATH, layout)
    errors = [problem for problem in parsed.problems if problem.severity == "error"]
    draft = any("There is no level" in problem.message for problem in parsed.problems)
    assert (parsed.explainer is None) == (bool(errors) or draft)
    n_lines = text.count("\n") + 1
    assert all(1 <= problem.line <= n_lines for problem in parsed.problems)
    for section in parsed.explainer.sections if parsed.explainer else ():
        assert section.text == text[section.start : section.start + len(section.text)]
        assert section.text == section.text.strip() != ""
        assert section.line == text.count("\n", 0, section.start) + 1


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=200) | NOISE.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_in_a_corpus_give_explainers_or_problems(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "bytes"
    folder.mkdir(exist_ok=True)
    (folder / "feet.md").write_bytes(data)
    corpus = read_corpus(folder)
    assert corpus.explainers or any(p.severity == "error" for p in corpus.problems)


# Valid files

_PLAIN = st.characters(categories=["L", "N", "P", "S", "Zs"])
LINE = (
    st.text(_PLAIN, min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda line: line != "" and line.isprintable())
)
# What a section may say: lines that are no headings.
BODY_LINE = LINE.filter(lambda line: not line.startswith("#"))
BODY = st.lists(BODY_LINE | st.just(""), min_size=1, max_size=5).map("\n".join).map(str.strip)
BODY = BODY.filter(bool)
SLUG = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
ADDRESS = st.from_regex(r"https?://[a-z]{1,8}\.org/[a-z0-9/?=&#-]{0,12}", fullmatch=True)
SOURCE = st.builds(Source, LINE, LINE, st.integers(1000, 2999), ADDRESS)


def lists_of(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3, unique=True).map(tuple)


FRONT = st.fixed_dictionaries(
    {"title": LINE},
    optional={
        "category": LINE,
        "tagline": LINE,
        "aliases": lists_of(LINE),
        "asks": lists_of(LINE),
        "related": lists_of(SLUG),
        "confused_with": lists_of(SLUG),
        "sources": lists_of(SOURCE),
        "updated": st.dates(min_value=datetime.date(1000, 1, 1)),
    },
)


def yaml_of(front: dict[str, Any]) -> str:
    def plain(value: Any) -> Any:
        if isinstance(value, Source):
            return {**vars(value), "year": str(value.year)}
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        return str(value)

    raw = {key: plain(value) for key, value in front.items()}
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)


@st.composite
def files(draw: st.DrawFn) -> tuple[Layout, dict[str, Any], dict[str, str], str]:
    """Return a layout, the values and the section texts that a file tells, and the file."""
    layout = draw(LAYOUTS)
    front = draw(FRONT)
    kinds = [kind for kind in layout.sections if draw(st.booleans())]
    if not any(kind.level for kind in kinds):
        kinds = [layout.sections[0], *kinds]
    texts = {kind.id: draw(BODY) for kind in kinds}
    text = f"---\n{yaml_of(front)}---\n"
    told = False
    for kind in kinds:
        if kind.audience and not told:
            text += "\n## Takeaways\n"
            told = True
        gap = "\n" * draw(st.integers(1, 3))
        text += f"\n{'###' if kind.audience else '##'} {kind.heading}{gap}{texts[kind.id]}\n"
    return layout, front, texts, text


@settings(deadline=None, max_examples=200)
@given(files())
def test_a_valid_file_gives_back_what_was_put_in(
    made: tuple[Layout, dict[str, Any], dict[str, str], str],
) -> None:
    layout, front, texts, text = made
    parsed = parse_explainer(text, PATH, layout)
    assert parsed.explainer is not None, parsed.problems
    assert {p.severity for p in parsed.problems} <= {"style"}
    assert {s.kind.id: s.text for s in parsed.explainer.sections} == texts
    for key, value in front.items():
        assert getattr(parsed.explainer, key) == value
    missing = Explainer("feet", "", ())
    for key in CHECKS.keys() - front.keys():
        assert getattr(parsed.explainer, key) == getattr(missing, key)


# Front matter

YAML = st.sampled_from(
    [
        *(
            "title: ",
            "title",
            "sources:\n",
            "  - ",
            "- ",
            ": ",
            "? ",
            "| \n",
            ">-\n",
            "{",
            "}",
            "[",
        ),
        *("]", ",", "&a ", "*a", "<<: ", "!!int ", "!!binary ", "!x ", "%YAML 1.1\n", "...\n", "'"),
        *('"', "\\x", "\\u", "#", "~", "null", "2026-02-30", "1e999", "0x", "\t", "\n", "\r", "  "),
        *("\x00", "\ufeff", "\u2028", "\x85", "\ud800", "@", "`", "=: "),
    ]
)


@settings(deadline=None, max_examples=400)
@given(st.lists(YAML | st.text(max_size=6), max_size=40).map("".join))
@example("title: \ud800")
@example("? [a]\n: b")
@example("title: !!binary x")
def test_any_front_matter_gives_checked_values_and_problems(block: str) -> None:
    told: list[tuple[object, ...]] = []
    front = read_front_matter(block, 2, lambda *fault: told.append(fault))
    assert front.values.keys() <= CHECKS.keys()
    assert "title" in front.values or told
    assert all(isinstance(line, int) and line >= 1 for line, *_ in told)


# Time


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Count the lines of our own code that run."""
    n_lines = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal n_lines
        n_lines += event == "line"
        return trace if "gecko_qa" in frame.f_code.co_filename else None

    sys.settrace(trace)
    try:
        yield lambda: n_lines
    finally:
        sys.settrace(None)


HOSTILE = {
    "headings": "# x\n",
    "known headings": "## Level 1\n",
    "marks": "#",
    "spaces": "## " + " " * 30,
    "closing marks": "## a" + "# " * 20,
    "rules": "---\n",
    "half rules": "--- ",
    "characters": "\x00",
    "blank lines": "\n",
}


class Measured(str):
    """A text that knows how many of its characters were looked through for line ends."""

    n_scanned = 0

    def count(self, *arguments: Any) -> int:
        start, end = (*arguments[1:], 0, len(self))[-2:] if len(arguments) < 3 else arguments[1:]
        self.n_scanned += end - start
        return super().count(*arguments)


def n_steps(text: str) -> int:
    """Return how many lines of ours run for `text`, and how often it is looked through."""
    measured = Measured(text)
    with counted() as steps:
        parse_explainer(measured, PATH, DEFAULT_LAYOUT)
    return steps() + measured.n_scanned // 100


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("frame", ["@", "---\n@", "---\ntitle: x\n---\n@", "---\n@---\n## TL;DR\n"])
def test_twice_the_text_is_about_twice_the_work(frame: str, piece: str) -> None:
    once, twice = (n_steps(frame.replace("@", piece * n)) for n in (1000, 2000))
    assert twice <= 2.2 * once + 500
