"""The layout: sections in order, and the choices of level and audience."""

from __future__ import annotations

import pytest

from gecko_qa.errors import UnknownChoice
from gecko_qa.layout import DEFAULT_LAYOUT, Choice, Layout

SECTIONS = [
    ("tldr", "TL;DR", (1, 25)),
    ("level-1", "Level 1", (40, 70)),
    ("level-2", "Level 2", (70, 110)),
    ("level-3", "Level 3", (80, 150)),
    ("why-now", "Why this matters now", (20, 50)),
    ("takeaways-researcher", "Researcher", (8, 20)),
    ("takeaways-builder", "Builder", (8, 20)),
    ("takeaways-investor", "Investor", (8, 20)),
    ("takeaways-curious", "Curious", (8, 20)),
    ("take", "Gecko's take", (25, 60)),
]


def test_default_sections_are_those_of_the_format() -> None:
    kinds = DEFAULT_LAYOUT.sections
    assert [(kind.id, kind.heading, kind.words) for kind in kinds] == SECTIONS


@pytest.mark.parametrize(
    ("level", "section"),
    [("tldr", "tldr"), ("1", "level-1"), ("2", "level-2"), ("3", "level-3")],
)
def test_a_level_is_told_by_its_section(level: str, section: str) -> None:
    assert DEFAULT_LAYOUT.level_section(level).id == section


@pytest.mark.parametrize("audience", ["researcher", "builder", "investor", "curious"])
def test_an_audience_has_its_own_takeaways(audience: str) -> None:
    kind = DEFAULT_LAYOUT.audience_section(audience)
    assert (kind.id, kind.role, kind.level) == (f"takeaways-{audience}", "takeaways", None)


def test_a_section_is_found_by_its_id() -> None:
    assert DEFAULT_LAYOUT.section("why-now").heading == "Why this matters now"


def test_a_section_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        DEFAULT_LAYOUT.section("level-9")


@pytest.mark.parametrize("level", ["4", "", "TLDR", "level-1", " 1"])
def test_an_unknown_level_is_refused_with_the_choices(level: str) -> None:
    with pytest.raises(UnknownChoice) as refused:
        DEFAULT_LAYOUT.check_level(level)
    assert str(refused.value) == f"There is no level “{level}”. Choose one of: tldr, 1, 2, 3."


def test_a_long_unknown_choice_is_told_by_its_first_40_characters() -> None:
    with pytest.raises(UnknownChoice, match=f"“{'x' * 40}”"):
        DEFAULT_LAYOUT.check_level("x" * 41)


@pytest.mark.parametrize("everyone", [None, "everyone"])
def test_everyone_is_no_audience(everyone: str | None) -> None:
    assert DEFAULT_LAYOUT.check_audience(everyone) is None


def test_an_unknown_audience_is_refused_with_the_choices() -> None:
    with pytest.raises(UnknownChoice, match="one of: researcher, builder, investor, curious"):
        DEFAULT_LAYOUT.check_audience("Builder")


def test_another_layout_gives_other_sections() -> None:
    layout = Layout((Choice("brief", "In brief"), Choice("7", "Depth 7")), (), "brief")
    kinds = [(kind.id, kind.heading, kind.words) for kind in layout.sections]
    assert kinds == [
        ("brief", "In brief", None),
        ("level-7", "Depth 7", None),
        ("why-now", "Why this matters now", (20, 50)),
        ("take", "Gecko's take", (25, 60)),
    ]
