"""Explainer pages copied as text: taken whole, in every variation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from importing_samples import PAGE, read_one, said, sections_of

from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.errors import DataError
from gecko_qa.importing.detection import importer_for
from gecko_qa.importing.page import read_page
from gecko_qa.importing.writing import file_text
from gecko_qa.layout import DEFAULT_LAYOUT, Choice, Layout

HEADINGS = [
    "TL;DR",
    "Level 1",
    "Level 2",
    "Level 3",
    "Why this matters now",
    "Researcher",
    "Builder",
    "Investor",
    "Curious",
    "Gecko's take",
]


def test_the_page_is_taken_whole() -> None:
    draft = read_one(PAGE)
    sections = sections_of(draft)
    assert list(sections) == HEADINGS
    assert draft.title == "Tide Tables"
    assert draft.front.category == "Science"
    tldr = "Lists that say when the sea will be high – and how high."
    assert draft.front.tagline == sections["TL;DR"] == tldr
    assert sections["Builder"].split("\n") == [
        "- Take heights from the chart's own zero",
        "- Leave room for weather above the table",
        "- Check the time zone twice",
    ]
    assert sections["Gecko's take"] == (
        "A table of tides is the oldest forecast that works.\n\n"
        "Trust it, and look at the sky as well."
    )
    assert said(draft, "guessed") == ("“Curious · Normie” is Curious",)
    assert said(draft, "converted") == ("pauses “ · ” to “ – ” (3)",)
    assert said(draft, "left out") == ("the badge “Beta”",)
    assert said(draft, "warning") == ()
    missing = ("aliases", "asks", "related", "confused_with", "sources", "updated")
    assert said(draft, "missing") == missing


def test_lengths_come_out_as_printed() -> None:
    # Level 2 has 54 words, its pause among them.
    draft = read_one(PAGE)
    assert (draft.reading_minutes(), draft.words_deep()) == (2, 54)
    wrong = PAGE.replace("~2 min · 54 words", "~3 min · 50 words")
    assert said(read_one(wrong), "warning") == (
        "the page prints ~3 min of reading, its sections give 2",
        "the page prints 50 words deep, its levels give 54",
    )


def test_what_is_written_parses_to_the_same_text() -> None:
    """With the keys that a page lacks, the file is a whole explainer in the strictest reading."""
    draft = read_one(PAGE)
    rest = (
        "aliases: []\nasks: []\nrelated: []\nconfused_with: []\nsources: []\nupdated: 2026-01-02\n"
    )
    text = file_text(draft).replace("\n---\n", f"\n{rest}---\n", 1)
    parsed = parse_explainer(text, Path("tide-tables.md"), DEFAULT_LAYOUT)
    assert parsed.problems == ()
    explainer = parsed.explainer
    assert explainer is not None
    assert [(s.kind, s.text) for s in explainer.sections] == [
        (s.kind, s.text) for s in draft.sections
    ]
    assert (explainer.title, explainer.tagline) == (draft.title, draft.front.tagline)
    assert explainer.reading_minutes == draft.reading_minutes()
    assert explainer.words_deep == draft.words_deep()


def same(text: str) -> bool:
    return file_text(read_one(text)) == file_text(read_one(PAGE))


@pytest.mark.parametrize(
    "changed",
    [
        PAGE.replace("\n", "\r\n"),
        PAGE.replace("\n", "\r"),
        PAGE.rstrip("\n"),
        PAGE.replace(" ", "\u00a0"),
        PAGE.replace("Beta\n", "", 1),
        PAGE.replace("Beta\n", "Beta\n\n", 1),
        PAGE.replace("\n", "\n\n"),
        PAGE.replace("Level 1\n", "LEVEL 1:  \n").replace("TL;DR\n", "tl;dr \n"),
        PAGE.replace("Gecko's take", "Gecko’s take"),
        PAGE.replace("  • ·", "• "),
        PAGE.replace("  • ·", "- "),
        PAGE.replace("  • ·", "* "),
        PAGE.replace("  • ·", "· "),
        PAGE.replace("  • ·", "  •\u00a0·\u00a0"),
        PAGE.replace("If you are a\n", "If you are a "),
        PAGE.replace("If you are a\nI", "If you are an\nI"),
        PAGE.replace("If you are a\n", "If you’re a:\n"),
        PAGE.replace("Curious · Normie", "Curious"),
        PAGE.replace("Curious · Normie", "Normie / Curious"),
        PAGE.replace("\nThe takeaway for you\n", "\n"),
        "\ufeff" + PAGE,
        PAGE.replace("moon pulls", "mo\u200bon pulls"),
        PAGE.replace("ScienceReading", "Science Reading"),
        PAGE.replace("ScienceReading", "Science\nReading"),
    ],
)
def test_variations_give_the_same_explainer(changed: str) -> None:
    assert same(changed)


@pytest.mark.parametrize("heading", ["TL;DR", "Level 1", "Level 3", "Why this matters now"])
def test_a_missing_section_is_told_and_the_others_stand(heading: str) -> None:
    following = HEADINGS[HEADINGS.index(heading) + 1].replace("Researcher", "The takeaway for you")
    start, end = PAGE.index(f"\n{heading}\n"), PAGE.index(f"\n{following}\n")
    draft = read_one(PAGE[:start] + PAGE[end:])
    whole = sections_of(read_one(PAGE))
    assert sections_of(draft) == {h: text for h, text in whole.items() if h != heading}
    assert heading in said(draft, "missing")


def test_a_page_without_takeaways_or_take() -> None:
    draft = read_one(PAGE[: PAGE.index("The takeaway for you")])
    assert list(sections_of(draft)) == HEADINGS[:5]


def test_without_its_first_lines_the_title_comes_first() -> None:
    draft = read_one(PAGE[PAGE.index("Tide Tables") :])
    assert (draft.title, draft.front.category) == ("Tide Tables", "")
    assert "category" in said(draft, "missing")


def test_a_level_may_have_a_title_of_its_own() -> None:
    draft = read_one(PAGE.replace("Level 1\n", "Level 1 · The idea\n"))
    assert sections_of(draft) == sections_of(read_one(PAGE))
    assert "“Level 1 · The idea” is Level 1" in said(draft, "guessed")


def test_curly_quotes_stay_in_the_text() -> None:
    draft = read_one(PAGE.replace("A harbor's tide", "A harbor’s “tide”"))
    assert sections_of(draft)["Level 2"].startswith("A harbor’s “tide” is")


def test_a_middle_dot_within_a_word_stays() -> None:
    draft = read_one(PAGE.replace("the largest follows", "the largest, k·x, follows"))
    assert "k·x" in sections_of(draft)["Level 2"]


def test_an_audience_nobody_knows_is_kept_and_named() -> None:
    draft = read_one(PAGE.replace("Investor\n", "Sailor\n"))
    assert sections_of(draft)["Sailor"] == "- Ports with deep water sell certainty"
    assert "\n### Sailor\n" in file_text(draft)
    assert said(draft, "kept") == ("the section “Sailor”, unknown",)
    assert "Investor" in said(draft, "missing")


def test_sections_nobody_knows_are_kept_and_named() -> None:
    page = PAGE.replace(
        "\nLevel 2\n",
        "\nLevel 9\n\nNine.\n\nA word on storms\n\nStorms push water up the shore, "
        "and no table knows of them.\n\nLevel 2\n",
    )
    draft = read_one(page)
    sections = sections_of(draft)
    assert sections["Level 9"] == "Nine."
    assert sections["A word on storms"].startswith("Storms push water")
    assert list(sections)[-2:] == ["Level 9", "A word on storms"]
    assert said(draft, "kept") == (
        "the section “Level 9”, unknown",
        "the section “A word on storms”, unknown",
    )


def test_takeaways_for_nobody_in_particular_are_kept() -> None:
    page = PAGE.replace("The takeaway for you\n", "The takeaway for you\nLook at the sea.\n")
    assert sections_of(read_one(page))["The takeaway for you"] == "Look at the sea."


def test_takeaways_without_marks_are_bullets() -> None:
    draft = read_one(PAGE.replace("  • ·", ""))
    assert sections_of(draft) == sections_of(read_one(PAGE))
    assert "a line among the takeaways is one of them" in said(draft, "guessed")


def test_a_long_tagline_and_a_long_title_are_kept_whole() -> None:
    tagline, title = "word " * 40, "Tide " * 30
    page = PAGE.replace("Tide Tables", title).replace(
        "Lists that say", tagline + "Lists that say", 1
    )
    draft = read_one(page)
    sections = sections_of(draft)
    assert sections["Tagline"].startswith(tagline)
    assert sections["Full title"] == title.strip()
    assert (draft.front.tagline, draft.title) == ("", ("Tide " * 15 + "Tide").strip())


def test_a_line_that_looks_like_a_heading_ends_no_section() -> None:
    draft = read_one(PAGE.replace("Trust it,", "# Trust it,"))
    assert "\n    # Trust it," in file_text(draft)
    assert list(sections_of(draft)) == HEADINGS


def test_html_in_a_page_does_not_survive() -> None:
    page = PAGE.replace("The moon pulls", "The <b>moon</b> <script>alert(1)</script>pulls").replace(
        "Trust it", "<img src=x onerror=y>Trust <<b>b>it</b> if a < b, <think>"
    )
    text = file_text(read_one(page))
    for mark in ("<b>", "</b>", "<script", "alert", "<img", "onerror"):
        assert mark not in text
    assert "The moon" in text
    assert "if a < b, <think>" in text
    assert any("HTML tags" in item for item in said(read_one(page), "converted"))


def test_names_of_levels_and_audiences_are_the_layouts() -> None:
    layout = Layout(
        (Choice("beginner", "Beginner"), Choice("pro", "Practitioner"), Choice("expert", "Expert")),
        (Choice("sailor", "Sailor"), Choice("builder", "Builder")),
        "pro",
    )
    page = PAGE.replace("Level 1\n", "Beginner\n").replace("Level 2\n", "Practitioner\n")
    draft = read_one(page.replace("Investor\n", "Sailor\n"), layout=layout)
    sections = sections_of(draft)
    assert list(sections)[:6] == [
        "Beginner",
        "Practitioner",
        "Expert",
        "Why this matters now",
        "Sailor",
        "Builder",
    ]
    # “Level 3” is the third of the levels; what the layout has no place for is kept.
    assert "“Level 3” is Expert" in said(draft, "guessed")
    assert set(list(sections)[6:]) == {"Researcher", "Curious · Normie", "Gecko's take", "TL;DR"}


@pytest.mark.parametrize(
    "page", ["", "Beta\n", "TL;DR\n\n", "Level 1\n", "\n\nGecko's take\n\nGood."]
)
def test_a_page_without_title_or_text_is_refused(page: str) -> None:
    with pytest.raises(DataError):
        read_page(page, "page", DEFAULT_LAYOUT)


def test_a_page_is_known_by_its_lines() -> None:
    assert importer_for(PAGE, ".txt", DEFAULT_LAYOUT) is read_page
    assert importer_for(PAGE, ".md", DEFAULT_LAYOUT) is read_page
    assert importer_for("Some text.\n", ".txt", DEFAULT_LAYOUT) is not read_page


WORDS = st.lists(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).map(lambda w: w + "x"),
    min_size=1,
    max_size=12,
).map(" ".join)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(
    title=WORDS,
    levels=st.fixed_dictionaries(
        {"Level 1": PARAGRAPHS},
        optional={"TL;DR": PARAGRAPHS, "Level 2": PARAGRAPHS, "Level 3": PARAGRAPHS},
    ),
    takeaways=st.dictionaries(st.sampled_from(HEADINGS[5:9]), PARAGRAPHS),
    take=st.none() | PARAGRAPHS,
)
def test_a_page_of_any_words_keeps_every_word(
    title: str,
    levels: dict[str, list[str]],
    takeaways: dict[str, list[str]],
    take: list[str] | None,
) -> None:
    lines = ["Beta", "WordsReading · ~1 min · 9 words deep", title, "A tagline"]
    for heading, paragraphs in levels.items():
        lines += [heading, *paragraphs]
    lines += ["The takeaway for you"] if takeaways else []
    for audience, bullets in takeaways.items():
        lines += ["If you are a\n" + audience + "".join(f"\n  • ·{b}" for b in bullets)]
    lines += ["Gecko's take", *take] if take else []
    sections = sections_of(read_one("\n\n".join(lines)))
    for heading, paragraphs in levels.items():
        assert sections[heading] == "\n\n".join(paragraphs)
    for audience, bullets in takeaways.items():
        assert sections[audience] == "\n".join(f"- {b}" for b in bullets)
    if take:
        assert sections["Gecko's take"] == "\n\n".join(take)
