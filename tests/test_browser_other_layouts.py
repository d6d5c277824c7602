"""The chat over corpora with other levels and audiences, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import other_layouts
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import SMALL, answered, ask, newest, passages, too_wide, visit
from factories import fake_index
from playwright.sync_api import Browser, Page, expect
from serving import site

from gecko_qa.library import Library


def library_of(write: Callable[[Path], Path], folder: Path) -> Library:
    return Library(fake_index(write(folder / "corpus"), folder / "index"))


@pytest.fixture(scope="module")
def tides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with site(library_of(other_layouts.tides, tmp_path_factory.mktemp("tides"))) as address:
        yield address


@pytest.fixture(scope="module")
def depths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with site(library_of(other_layouts.depths, tmp_path_factory.mktemp("depths"))) as address:
        yield address


@pytest.fixture(scope="module")
def long_names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with site(library_of(other_layouts.long_names, tmp_path_factory.mktemp("long"))) as address:
        yield address


def assert_no_faults(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
    assert too_wide(page) <= 0


def test_a_dial_turned_to_what_is_lacking_stays_and_the_answer_says_so(
    browser: Browser, tides: str
) -> None:
    with visit(browser, tides) as page:
        answer = ask(page, "What are neap tides?")
        assert passages(answer) == ["neap-tides#practitioner"]
        page.get_by_label("Expert").check()
        expect(answer.locator(".gq-message")).to_have_text(
            "Neap tides has no “Expert”: this is its “Practitioner”."
        )
        expect(page.get_by_label("Expert")).to_be_checked()
        page.reload()
        expect(answered(page, 1).locator(".gq-message")).to_contain_text("has no “Expert”")
        expect(page.get_by_label("Expert")).to_be_checked()
        assert_no_faults(page)


def test_a_passage_goes_past_the_level_that_is_lacking(browser: Browser, tides: str) -> None:
    with visit(browser, tides) as page:
        answer = ask(page, "Tidal range for beginners")
        answer.get_by_role("button", name="Deeper").click()
        card = answer.locator('[data-passage="tidal-range#expert"]')
        expect(card).to_be_visible()
        # It names no date, and neither does its citation.
        card.get_by_role("button", name="Copy", exact=True).click()
        expect(card.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        cited = f"— Tidal range › Expert. {tides}/explainers/tidal-range#expert"
        assert copied.rstrip().endswith(cited)


def test_a_saved_conversation_is_called_by_the_corpuss_title(
    browser: Browser, tides: str, tmp_path: Path
) -> None:
    with visit(browser, tides) as page:
        expect(page).to_have_title("Tide school")
        ask(page, "spring tides vs neap tides")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as Markdown").click()
        assert download.value.suggested_filename == "tide-school.md"
        download.value.save_as(tmp_path / "saved.md")
    text = (tmp_path / "saved.md").read_text(encoding="utf-8")
    assert text.startswith("# A conversation with Tide school\n")
    assert "#practitioner), updated 2026-01-02\n" in text
    assert "neap-tides#practitioner)\n" in text


def test_without_audiences_there_is_one_dial(browser: Browser, depths: str) -> None:
    for size in ((1280, 800), SMALL):
        with visit(browser, depths, size=size) as page:
            expect(page.get_by_label("Abyss")).to_be_attached()
            expect(page.locator("#gq-level")).to_be_visible()
            expect(page.locator("#gq-audience")).to_be_hidden()
            answer = ask(page, "anchors vs cleats")
            page.get_by_label("Abyss").check()
            expect(answer.locator(".gq-message")).to_have_text(
                "Cleats has no “Abyss”: this is its “Middling”."
            )
            assert passages(newest(page)) == ["anchors#level-5", "cleats#middling"]
            assert_no_faults(page)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844), SMALL])
def test_dials_with_many_long_names_fit_any_window(
    browser: Browser, long_names: str, size: tuple[int, int]
) -> None:
    with visit(browser, long_names, size=size) as page:
        ask(page, "feet")
        page.get_by_label("3 Everything that is known about it").check()
        expect(newest(page).locator(".gq-message")).to_contain_text("Feet has no “3 Everything")
        assert_no_faults(page)
