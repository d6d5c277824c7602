"""The front matter: every key checked, every fault told with its line."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys

import pytest
from factories import explainer_text

from gecko_qa.corpus.explainer import Source
from gecko_qa.corpus.front_matter import CHECKS, read_front_matter

BLOCK = explainer_text("Gecko feet", aliases=["setae"], related=["tree-frogs"]).split("---\n")[1]


def faults(block: str) -> list[tuple[int, str]]:
    """Return the line and message of each fault in a block that begins on line 2."""
    told: list[tuple[int, str]] = []
    read_front_matter(block, 2, lambda line, message, *_: told.append((line, message)))
    return told


def with_key(key: str, value: str) -> str:
    """Return the valid block with another value for a key that stands on one line."""
    lines = BLOCK.splitlines()
    changed = (f"{key}: {value}" if ln.startswith(f"{key}:") else ln for ln in lines)
    return "\n".join(changed) + "\n"


def with_sources(old: str, new: str) -> str:
    assert old in BLOCK
    return BLOCK.replace(old, new)


def test_every_value_is_read() -> None:
    told: list[str] = []
    front = read_front_matter(BLOCK, 2, lambda *fault: told.append(str(fault)))
    assert told == []
    assert front.values == {
        "title": "Gecko feet",
        "category": "Testing",
        "tagline": "About Gecko feet.",
        "aliases": ("setae",),
        "asks": (),
        "related": ("tree-frogs",),
        "confused_with": (),
        "sources": (Source("A paper", "A. Author", 2020, "https://example.org/paper"),),
        "updated": datetime.date(2026, 1, 2),
    }


NOT_TEXT = "has to be a line of text."
NOT_SLUG = "has to be a slug such as “reward-hacking”."
NOT_SOURCE = "has to have title, authors, year and url, and nothing else."
NOT_DATE = "has to be a date such as 2026-11-23."


@pytest.mark.parametrize(
    ("key", "value", "line", "fault"),
    [
        ("title", "[no]", 2, NOT_TEXT),
        ("title", "''", 2, NOT_TEXT),
        ("title", r'"a\nb"', 2, "has to be one line without control characters."),
        ("title", r'"a\eb"', 2, "has to be one line without control characters."),
        ("title", "x" * 81, 2, "is 81 characters long; 80 are allowed."),
        ("category", "[Testing]", 3, NOT_TEXT),
        ("category", "", 3, NOT_TEXT),
        ("tagline", "x" * 121, 4, "is 121 characters long; 120 are allowed."),
        ("aliases", "setae", 5, "has to be a list."),
        ("aliases", "[setae, [7]]", 5, f"item 2 {NOT_TEXT}"),
        ("aliases", "[setae, ' setae ']", 5, "has the same item twice."),
        ("aliases", str(list(map(str, range(51)))), 5, "has 51 items; 50 are allowed."),
        ("asks", "", 6, "has to be a list."),
        ("asks", f"[{'x' * 301}]", 6, "item 1 is 301 characters long; 300 are allowed."),
        ("related", "[Tree frogs]", 7, f"item 1 {NOT_SLUG}"),
        ("related", "[../etc]", 7, f"item 1 {NOT_SLUG}"),
        ("related", f"[{'x' * 81}]", 7, f"item 1 {NOT_SLUG}"),
        ("confused_with", "[ok, tree_frogs]", 8, f"item 2 {NOT_SLUG}"),
        ("confused_with", "[Two]", 8, f"item 1 {NOT_SLUG}"),
        ("updated", "2026-02-30", 14, NOT_DATE),
        ("updated", "20260102", 14, NOT_DATE),
        ("updated", "2026-01-02 10:00:00", 14, NOT_DATE),
        ("updated", "2026", 14, NOT_DATE),
    ],
)
def test_a_wrong_value_is_told_with_its_line(key: str, value: str, line: int, fault: str) -> None:
    assert faults(with_key(key, value)) == [(line, f"“{key}” {fault}")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", "x" * 80),
        ("tagline", "x" * 120),
        ("aliases", str(list(map(str, range(50))))),
        ("related", f"[{'x' * 80}, a, a-1]"),
    ],
)
def test_a_value_at_its_limit_is_taken(key: str, value: str) -> None:
    assert faults(with_key(key, value)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("    year: 2020\n", "", NOT_SOURCE),
        ("year: 2020", "year: 2020\n    page: 3", NOT_SOURCE),
        ("year: 2020", "year: MMXX", "has a year that is not a number."),
        ("year: 2020", "year: true", "has a year that is not a number."),
        ("authors: A. Author", "authors: [A, B]", NOT_TEXT),
    ],
)
def test_a_wrong_source_is_told_on_the_line_of_the_sources(old: str, new: str, fault: str) -> None:
    assert faults(with_sources(old, new)) == [(9, f"“sources” item 1 {fault}")]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript://example.org/%0Aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "//example.org/a",
        "example.org/a",
        "https:///a",
        "https://example.org/a b",
        "https://example.org/\"onclick='x'",
        "https://example.org/<script>",
    ],
)
def test_a_url_that_is_no_plain_web_address_is_refused(url: str) -> None:
    block = with_sources("https://example.org/paper", "|-\n      " + url)
    fault = "“sources” item 1 has a url that is not a plain http or https address."
    assert faults(block) == [(9, fault)]


def test_a_plain_http_url_is_taken() -> None:
    assert faults(with_sources("https://example.org/paper", "http://a.org/?q=1&r=2#s")) == []


@pytest.mark.parametrize("key", list(CHECKS))
def test_each_key_is_asked_for_and_the_title_alone_is_needed(key: str) -> None:
    without = re.sub(rf"^{key}:.*\n(?: .*\n)*", "", BLOCK, flags=re.MULTILINE)
    told: list[tuple[object, ...]] = []
    front = read_front_matter(without, 2, lambda *fault: told.append(fault))
    mend = "Add it; docs/corpus-format.md tells how."
    severity = "error" if key == "title" else "style"
    assert told == [(1, f"The key “{key}” is missing.", mend, severity)]
    assert front.values.keys() == CHECKS.keys() - {key}


def test_an_unknown_key_is_told_with_its_line() -> None:
    assert faults(BLOCK + "author: me\n") == [(15, "Unknown key “author”.")]


def test_a_key_that_stands_twice_is_told_at_the_second() -> None:
    assert faults(BLOCK + "title: Other\n") == [(15, "The key “title” stands twice.")]


def test_a_line_is_right_after_a_value_of_many_lines() -> None:
    assert faults(with_key("aliases", "\n  - a\n  - b") + "x: 1\n") == [(17, "Unknown key “x”.")]


def test_all_faults_are_told_at_once() -> None:
    block = with_key("title", "[7]").replace("updated: 2026-01-02", "updated: soon")
    assert faults(block) == [(2, f"“title” {NOT_TEXT}"), (14, f"“updated” {NOT_DATE}")]


def test_an_alias_bomb_is_refused_unexpanded() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for last, name in zip("abcdefghijk", "bcdefghijkl", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]\n"
    assert faults(bomb)[0] == (2, "The front matter uses a YAML anchor or alias.")


@pytest.mark.parametrize("block", ["", "just text\n", "- a\n- b\n"])
def test_a_block_without_named_keys_is_told_at_its_first_line(block: str) -> None:
    assert faults(block)[0] == (2, "The front matter is not a list of keys.")


@pytest.mark.parametrize(
    ("block", "line"),
    [(with_key("tagline", "a: b"), 4), (with_key("aliases", "[a"), 6)],
)
def test_broken_yaml_is_told_with_its_line(block: str, line: int) -> None:
    told, message = faults(block)[0]
    assert (told, message.startswith("The front matter cannot be read: ")) == (line, True)


def test_a_day_that_no_calendar_has_is_told_with_its_line() -> None:
    assert 14 in [line for line, _ in faults(with_key("updated", "2026-02-30"))]


@pytest.mark.parametrize(
    "value", ["!!bool maybe", "!!int ''", "!!timestamp soon", "9" + ":20" * 300 + ".5"]
)
def test_a_tag_that_does_not_fit_its_value_is_a_fault(value: str) -> None:
    assert faults(with_key("category", value)) != []


@pytest.mark.parametrize("block", ["!!set {a, b}\n", "!!null {=: x}\n", "!!str {=: ab}\n"])
def test_a_block_tagged_as_something_else_is_a_fault(block: str) -> None:
    assert faults(block) != []


def test_a_key_that_stands_twice_in_a_source_is_a_fault() -> None:
    assert faults(with_sources("    year: 2020", "    year: 2020\n    year: 1999")) != []


def test_a_merge_key_is_a_fault() -> None:
    assert faults(BLOCK.replace("category: Testing", "<<: {category: Testing}")) != []


def test_deep_nesting_is_a_fault_and_not_a_crash() -> None:
    script = (
        "from gecko_qa.corpus.front_matter import read_front_matter\n"
        "read_front_matter('title: ' + '[' * 30000 + ']' * 30000, 2, lambda *fault: None)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("title", ["7", "no", "2026-01-02", "~", "1e3", "'2020'"])
def test_a_title_that_yaml_would_read_as_something_else_stays_text(title: str) -> None:
    told: list[object] = []
    block = BLOCK.replace(BLOCK.splitlines()[0], f"title: {title}")
    front = read_front_matter(block, 2, lambda *fault: told.append(fault))
    assert told == []
    assert front.values["title"] == title.strip("'")


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"])
def test_a_fault_stands_on_its_line_after_what_yaml_alone_takes_for_an_end(end: str) -> None:
    told = {fault: line for line, fault in faults(f'tagline: "a{end}{end}b"\nodd: 1\n')}
    assert told["Unknown key “odd”."] == 3
