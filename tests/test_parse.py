"""From a file's text to an explainer, or to its faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import explainer_text
from hypothesis import given, settings
from hypothesis import strategies as st

from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.parse import Parsed, parse_explainer
from gecko_qa.layout import DEFAULT_LAYOUT

TEXT = explainer_text("Gecko feet")


def parse(text: str, name: str = "gecko-feet.md") -> Parsed:
    return parse_explainer(text, Path("corpus") / name, DEFAULT_LAYOUT)


def faults(text: str, name: str = "gecko-feet.md") -> list[tuple[int, str]]:
    """Return the line and message of each fault of a text that gives no explainer."""
    parsed = parse(text, name)
    assert parsed.explainer is None
    return [(problem.line, problem.message) for problem in parsed.problems]


def told(parsed: Parsed) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.message, problem.severity) for problem in parsed.problems]


def explainer(text: str) -> Explainer:
    parsed = parse(text)
    assert parsed.explainer is not None, parsed.problems
    return parsed.explainer


def test_a_good_text_gives_every_section_with_its_line() -> None:
    found = explainer(TEXT)
    assert found.slug == "gecko-feet"
    assert [(section.kind.id, section.line) for section in found.sections] == [
        ("tldr", 19),
        ("level-1", 23),
        ("level-2", 27),
        ("level-3", 31),
        ("why-now", 35),
        ("takeaways-researcher", 41),
        ("takeaways-builder", 46),
        ("takeaways-investor", 50),
        ("takeaways-curious", 54),
        ("take", 58),
    ]


def test_a_section_keeps_its_inner_white_space_and_loses_the_outer() -> None:
    found = explainer(explainer_text(sections={"Level 1": "\n  One  two.\n\n\tThree. \n"}))
    section = found.section("level-1")
    assert (section.text, section.line) == ("One  two.\n\n\tThree.", 24)


def test_a_section_that_the_explainer_lacks_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        explainer(TEXT).section("level-9")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Gecko's take", "## Gecko’s take"),
        ("## Level 1", "## \tLevel 1 ##"),
        ("---\ntitle", "--- \ntitle"),
        ("We like Gecko feet.\n", "We like Gecko feet."),
        ("At level one", "#hash, ---, 2 # 3 and\n---\nat level one"),
    ],
)
def test_small_freedoms_of_writing_are_taken(old: str, new: str) -> None:
    assert old in TEXT
    assert parse(TEXT.replace(old, new)).problems == ()


HEADINGS = {
    "## TL;DR": "tldr",
    "## Level 1": "level-1",
    "## Level 2": "level-2",
    "## Level 3": "level-3",
    "## Why this matters now": "why-now",
    "### Researcher": "takeaways-researcher",
    "### Builder": "takeaways-builder",
    "### Investor": "takeaways-investor",
    "### Curious": "takeaways-curious",
    "## Gecko's take": "take",
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_section_may_be_missing_which_is_told_and_breaks_the_house_rules_alone(
    heading: str,
) -> None:
    name = heading.lstrip("# ")
    parsed = parse(explainer_text("Gecko feet", leave_out=[name]))
    # What is missing is told at the end of the file.
    text = explainer_text("Gecko feet", leave_out=[name])
    assert told(parsed) == [(text.count("\n") + 1, f"The section “{heading}” is missing.", "style")]
    assert parsed.explainer is not None
    there = [section.kind.id for section in parsed.explainer.sections]
    assert there == [kind for kind in HEADINGS.values() if kind != HEADINGS[heading]]


def test_takeaways_without_their_heading_are_read_and_the_heading_is_asked_for() -> None:
    parsed = parse(TEXT.replace("## Takeaways\n", ""))
    assert [what for _, what, _ in told(parsed)] == ["The section “## Takeaways” is missing."]
    assert parsed.explainer is not None
    assert len(parsed.explainer.sections) == 10


@pytest.mark.parametrize("name", ["TL;DR", "Level 1", "Level 2", "Level 3"])
def test_one_level_alone_is_an_explainer(name: str) -> None:
    text = TEXT[: TEXT.index("## TL;DR")] + f"## {name}\n\nOne.\n"
    found = explainer(text)
    assert [(section.kind.heading, section.text) for section in found.sections] == [(name, "One.")]
    assert found.definition is found.sections[0]
    assert {problem.severity for problem in parse(text).problems} == {"style"}


def test_without_any_level_there_is_no_explainer() -> None:
    text = explainer_text(leave_out=["TL;DR", "Level 1", "Level 2", "Level 3"])
    parsed = parse(text)
    assert parsed.explainer is None
    # It is a draft: told and left out, and no hindrance to the rest of the corpus.
    assert {problem.severity for problem in parsed.problems} == {"style"}
    (draft,) = [problem for problem in parsed.problems if "no level" in problem.message]
    assert (draft.line, draft.message) == (1, "There is no level, so it is left out.")
    levels = "“## TL;DR”, “## Level 1”, “## Level 2”, “## Level 3”"
    assert draft.mend == f"Write one of them at least: {levels}."


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        ("# Level 1", "# Level 1"),
        ("### Level 1", "### Level 1"),
        ("## level 1", "## level 1"),
        ("## Level 4", "## Level 4"),
        ("## ", "## "),
        ("## " + "x" * 61, "## " + "x" * 60),
    ],
)
def test_what_stands_under_an_unknown_heading_is_left_out_and_told(
    heading: str, shown: str
) -> None:
    parsed = parse(TEXT.replace("## Level 1\n", f"{heading}\n"))
    assert told(parsed)[0] == (21, f"Unknown heading “{shown}”.", "style")
    assert parsed.problems[0].mend.startswith("Readers do not see what stands under it.")
    assert parsed.explainer is not None
    texts = {section.kind.id: section.text for section in parsed.explainer.sections}
    assert "level-1" not in texts
    assert "At level one" not in "".join(texts.values())
    assert texts["tldr"] == "Gecko feet is a thing that tests talk about."


def test_a_heading_that_stands_twice_is_told_at_the_second() -> None:
    assert faults(TEXT + "## Level 1\n\nAgain.\n") == [(59, "“Level 1” stands twice.")]


def test_sections_out_of_order_are_told_once_and_put_in_order() -> None:
    text = TEXT.replace("## Level 1\n", "## X\n").replace("## Level 2\n", "## Level 1\n")
    text = text.replace("## X\n", "## Level 2\n")
    assert told(parse(text)) == [(1, "“Level 2” stands where “Level 1” belongs.", "style")]
    assert [section.kind.id for section in explainer(text).sections] == list(HEADINGS.values())
    assert explainer(text).section("level-2").text == "At level one, Gecko feet is told to anyone."


@pytest.mark.parametrize("body", ["", "  \n\t\n", "\u00a0"])
def test_an_empty_section_is_told_at_its_heading(body: str) -> None:
    parsed = parse(explainer_text(sections={"Level 1": body}))
    assert told(parsed) == [(21, "“Level 1” has no text.", "style")]
    assert parsed.explainer is not None
    assert "level-1" not in [section.kind.id for section in parsed.explainer.sections]


def test_text_before_the_first_heading_is_told() -> None:
    text = TEXT.replace("## TL;DR", "Lost.\n\n## TL;DR")
    assert faults(text) == [(16, "There is text before the first heading.")]


def test_text_between_takeaways_and_the_first_audience_is_a_fault() -> None:
    assert faults(TEXT.replace("## Takeaways\n", "## Takeaways\n\nLost.\n")) != []


def test_front_matter_alone_lacks_every_section() -> None:
    text = TEXT[: TEXT.index("## TL;DR")]
    assert len(faults(text)) == 12
    assert (17, "The section “## TL;DR” is missing.") in faults(text)
    assert (1, "There is no level, so it is left out.") in faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("---\n", "", 1),
        "\n" + TEXT,
        TEXT.replace("---\n\n## TL;DR", "\n## TL;DR"),
        TEXT.replace("---\n", "----\n", 1),
    ],
)
def test_missing_front_matter_is_told(text: str) -> None:
    assert faults(text) == [(1, "There is no front matter.")]


@pytest.mark.parametrize(
    "name", ["Gecko.md", "gecko feet.md", "gecko_feet.md", "-a.md", "a-.md", "é.md", "a" * 81]
)
def test_a_file_name_that_is_no_slug_is_told(name: str) -> None:
    assert faults(TEXT, name) == [(1, f"“{name[:60]}” is not a slug.")]


@pytest.mark.parametrize(
    ("char", "name"),
    [("\x00", "0000"), ("\x1b", "001B"), ("\r", "000D"), ("\x85", "0085"), ("\uffff", "FFFF")],
)
def test_a_control_character_is_told_with_its_line(char: str, name: str) -> None:
    text = explainer_text(sections={"Level 2": f"One\ntwo{char} three"})
    assert faults(text) == [(28, f"The character U+{name} is not text.")]


def test_faults_of_every_part_are_told_at_once() -> None:
    text = TEXT.replace("category: Testing", "category: [7]").replace("Level 3", "Level 9")
    lines = [line for line, _ in faults(text.replace("dine", "d\x00ne"), "No Slug.md")]
    assert lines == [1, 54, 3, 29, 59]


@pytest.mark.parametrize(("level_2_words", "minutes"), [(1, 1), (129, 1), (130, 2), (330, 3)])
def test_reading_minutes_are_all_words_over_200_rounded_up(
    level_2_words: int, minutes: int
) -> None:
    # Without Level 2, by hand: 9 + 9 + 10 + 8 + (7 + 5) + 6 + 6 + 7 + 4 = 71, each "-" a word.
    text = explainer_text("Gecko feet", sections={"Level 2": "word " * level_2_words})
    assert explainer(text).reading_minutes == minutes


def test_words_deep_are_those_of_the_longest_level_and_not_of_the_summary() -> None:
    text = explainer_text("Gecko feet", sections={"TL;DR": "word " * 50, "Level 1": "one " * 12})
    assert explainer(text).words_deep == 12


TEXT_WITH_GAP = TEXT.replace("category: Testing\n", "@")
PIECES = st.sampled_from(
    [
        *("---\n", "--- ", "\n", "\r\n", "## Level 1\n", "## ", "### Builder\n", "# #", "\x00"),
        *("title: x\n", "title: ", "sources:\n  - ", "updated: 2026-13-01\n", "<<: ", "\ufeff"),
        *("!!bool ", "!!int ", "!!set ", "{", "}", "[", "]", "&a ", "*a", "? ", ": ", "- ", "|\n"),
        *("'", '"', "\t"),
    ]
)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["@", "---\n@\n---\n", "---\n@\n---\n## Level 1\n\nOne.\n", TEXT_WITH_GAP]),
    st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join),
)
def test_any_text_gives_an_explainer_or_faults_and_never_an_exception(
    frame: str, noise: str
) -> None:
    parsed = parse(frame.replace("@", noise))
    errors = [problem for problem in parsed.problems if problem.severity == "error"]
    draft = any("There is no level" in problem.message for problem in parsed.problems)
    assert (parsed.explainer is None) == (bool(errors) or draft)
