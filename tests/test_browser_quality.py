"""The chat for every reader, in a real browser: axe, keyboard, small and zoomed windows, reduced
motion, touch, and text that tries to be more than text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import (
    DESKTOP,
    SMALL,
    answered,
    ask,
    newest,
    passages,
    question_box,
    too_wide,
    turns,
    visit,
)
from factories import explainer_text, fake_index, write_corpus
from playwright.sync_api import Browser, Locator, Page, expect
from serving import site

from gecko_qa.library import Library

MAX_TABS = 80
ZOOMED = (640, 400)  # 1280×800 at 200 %
LONG = "What is " + "supercalifragilisticexpialidocious" * 5 + "?"


def open_definition(page: Page) -> None:
    newest(page).locator(".gq-term").first.hover()
    expect(page.get_by_role("dialog")).to_be_visible()


def refuse_to_ask(page: Page) -> None:
    question_box(page).fill("?!")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()


# What each state of the page is called, and how it comes about after those before it.
STATES: dict[str, Callable[[Page], Any]] = {
    "empty": lambda page: expect(page.locator(".gq-intro")).to_be_visible(),
    "answered": lambda page: ask(page, "What is RLHF?"),
    "sources open": lambda page: newest(page).locator("summary", has_text="Sources").click(),
    "feedback open": lambda page: newest(page).locator("summary", has_text="Feedback").click(),
    "definition open": open_definition,
    "opinion": lambda page: ask(page, "What is Gecko's take on RLHF?"),
    "compared": lambda page: ask(page, "What is the difference between DPO and RLHF?"),
    "mended": lambda page: ask(page, "What is RLFH?"),
    "note": refuse_to_ask,
    "mentioned": lambda page: ask(page, "What is the chain rule?"),
    "refused": lambda page: ask(page, "How do I cook rice?"),
    "long": lambda page: ask(page, LONG),
}


# What axe finds


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(browser: Browser, address: str, scheme: Any) -> None:
    found: dict[str, list[str]] = {}
    with visit(browser, address, color_scheme=scheme) as page:
        for name, reach in STATES.items():
            reach(page)
            violations = Axe().run(page).response["violations"]
            told = [
                f"{violation['id']}: {node['html'][:120]}"
                for violation in violations
                for node in violation["nodes"]
            ]
            if told:
                found[name] = told
    assert not found, json.dumps(found, indent=1)


# The keyboard


def tab_to(page: Page, place: Locator, key: str = "Tab") -> None:
    """Press `key` until `place` has the focus, and see on the way that focus is always seen."""
    for _ in range(MAX_TABS):
        page.keyboard.press(key)
        assert page.evaluate(_UNSEEN) is None
        if place.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{MAX_TABS} times {key} do not lead to {place}.")


# Tells what has the focus where one cannot see that it has: without a mark, or behind the bar.
_UNSEEN = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const shown = element.matches("input[type=radio]") ? element.closest("label") : element;
    const bar = document.getElementById("gq-bar");
    const box = shown.getBoundingClientRect();
    const hidden =
        box.bottom <= 0 || box.top >= innerHeight ||
        (!bar.contains(shown) && box.top < bar.getBoundingClientRect().bottom
            && box.bottom > bar.getBoundingClientRect().top);
    const marked = getComputedStyle(shown).outlineStyle !== "none";
    return hidden || !marked ? `${hidden ? "hidden" : "unmarked"}: ${shown.outerHTML}` : null;
}"""


def test_a_reader_with_a_keyboard_alone_asks_follows_deepens_and_tells(
    browser: Browser, address: str
) -> None:
    with visit(browser, address) as page:
        page.keyboard.type("What is RLHF?")
        page.keyboard.press("Enter")
        answer = answered(page, 1)
        tab_to(page, page.get_by_role("radiogroup", name="Depth").get_by_label("Level 1"))
        page.keyboard.press("ArrowLeft")
        expect(answer.locator('.gq-passage[data-passage="rlhf#tldr"]')).to_be_visible()
        tab_to(page, answer.get_by_role("button", name="Deeper"))
        page.keyboard.press("Enter")
        expect(answer.locator('[data-passage="rlhf#level-1"]')).to_be_visible()
        expect(answer.get_by_role("button", name="Deeper")).to_be_focused()
        tab_to(page, answer.get_by_role("link", name="Gecko's take"))
        page.keyboard.press("Enter")
        take = answered(page, 2)
        tab_to(page, page.get_by_role("button", name="Ask", exact=True))
        tab_to(page, take.locator("summary", has_text="Feedback"))
        page.keyboard.press("Enter")
        line = take.get_by_label("A line for the authors, if you like")
        tab_to(page, line)
        page.keyboard.type("Thanks")
        with page.expect_request("**/feedback") as sent:
            tab_to(page, take.get_by_role("button", name="Useful"))
            page.keyboard.press("Enter")
        assert sent.value.post_data_json["line"] == "Thanks"
        # From the end of the page back to the question with one key.
        tab_to(page, page.get_by_role("button", name="Clear conversation"))
        page.keyboard.press("/")
        expect(question_box(page)).to_be_focused()
        tab_to(page, page.get_by_role("link", name="Map"), key="Shift+Tab")


def test_a_term_opens_its_definition_by_focus_and_escape_closes_it(
    browser: Browser, address: str
) -> None:
    with visit(browser, address) as page:
        term = ask(page, "What is RLHF?").locator(".gq-term").first
        tab_to(page, term)
        definition = page.get_by_role("dialog", name="Definition of chatbot")
        expect(definition).to_be_visible()
        page.keyboard.press("Tab")
        expect(definition.get_by_role("link").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(definition).to_have_count(0)
        expect(term).to_be_focused()


def test_a_term_opens_its_definition_by_tap(browser: Browser, address: str) -> None:
    with visit(browser, address, SMALL, has_touch=True) as page:
        ask(page, "What is RLHF?").locator(".gq-term").first.tap()
        definition = page.get_by_role("dialog", name="Definition of chatbot")
        expect(definition).to_be_in_viewport(ratio=1)
        page.locator(".gq-question").tap()
        expect(definition).to_have_count(0)


def test_a_definition_leaves_the_bar_free_and_its_term_in_sight(
    browser: Browser, address: str
) -> None:
    with visit(browser, address, SMALL) as page:
        answer = ask(page, "What is RLHF?")
        page.get_by_label("Level 3").check()
        expect(answer.locator('[data-passage="rlhf#level-3"]')).to_be_visible()
        terms = answer.locator(".gq-term").all()
        assert len(terms) > 3
        for n, term in enumerate(terms):
            # High, low and in the middle of what the bar leaves of the window
            term.evaluate(
                "(term, block) => term.scrollIntoView({ block })", ["start", "end", "center"][n % 3]
            )
            page.keyboard.press("Escape")
            term.focus()
            expect(answer.locator(".gq-term[aria-expanded] + .gq-popover")).to_be_visible()
            assert page.evaluate(_POPOVER_CLEAR), term.text_content()


# Tells whether the popover is whole within the window, below the bar, and not over its term.
_POPOVER_CLEAR = """() => {
    const popover = document.querySelector(".gq-popover");
    const box = popover.getBoundingClientRect();
    const bar = document.getElementById("gq-bar").getBoundingClientRect();
    const covers = [...popover.previousElementSibling.getClientRects()].some(
        (line) => line.top < box.bottom && line.bottom > box.top
            && line.left < box.right && line.right > box.left);
    return box.top >= bar.bottom && box.bottom <= innerHeight && box.left >= 0
        && box.right <= innerWidth && !covers;
}"""


# Windows


TABLET = (820, 1180)


@pytest.mark.parametrize("size", [DESKTOP, TABLET, SMALL])
def test_the_way_to_the_other_pages_looks_the_same_on_every_page(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    with visit(browser, address, size) as page:
        page.goto(f"{address}/explainers/rlhf")
        look = page.evaluate(_LOOK)
        for path in ("/", "/explainers", "/define", "/map", "/explainers/no-such"):
            page.goto(address + path)
            # Gradio's style sheets come one by one.
            page.wait_for_function(f"(look) => ({_LOOK})() === look", arg=look)


_LOOK = """() => JSON.stringify([...document.querySelectorAll(".gq-nav a")].map((link) => {
    const { x, y, width, height } = link.getBoundingClientRect();
    const { font, textDecorationLine } = getComputedStyle(link);
    return [x, y, width, height, font, textDecorationLine];
}))"""


def test_both_dials_stand_in_one_row_where_there_is_room(browser: Browser, address: str) -> None:
    for size in (DESKTOP, TABLET):
        with visit(browser, address, size) as page:
            # At one moment, and in the end: style sheets come one by one.
            page.wait_for_function(_DIALS_IN_ONE_ROW)


_DIALS_IN_ONE_ROW = """() => {
    const top = (dial) => document.querySelector(dial).getBoundingClientRect().top;
    return top("#gq-level") === top("#gq-audience");
}"""


# What stands out of the window, where nobody sees it without scrolling sideways.
_OUTSIDE = """() => [...document.querySelectorAll(".gradio-container *")]
    .filter((element) => element.checkVisibility() && !element.closest(".gq-hidden"))
    .filter((element) => {
        const { left, right, width, height } = element.getBoundingClientRect();
        return width > 1 && height > 1 && (right > innerWidth + 0.5 || left < -0.5);
    })
    .map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    ("size", "scale"), [(SMALL, 1), (ZOOMED, 2)], ids=["360 pixels", "200 percent"]
)
def test_nothing_is_wider_than_the_window_in_any_state(
    browser: Browser, address: str, size: tuple[int, int], scale: int
) -> None:
    found: dict[str, tuple[int, list[str]]] = {}
    with visit(browser, address, size, device_scale_factor=scale) as page:
        for name, reach in STATES.items():
            reach(page)
            outside = too_wide(page), page.evaluate(_OUTSIDE)
            if outside != (0, []):
                found[name] = outside
        bar = page.locator("#gq-bar").bounding_box()
        assert bar is not None
        # The answer keeps the greater part of the window.
        assert bar["height"] < size[1] / 2
    assert not found, json.dumps(found, indent=1)


# The links within a text are as high as its lines.
_SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, input, textarea")]
    .filter((element) => element.checkVisibility())
    .filter((element) => !element.closest(".gq-text, .gq-lead, .gq-sources, .gq-popover"))
    .map((element) => (element.matches("[type=radio]") ? element.closest("label") : element))
    .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width < 24 || height < 24;
    })
    .map((element) => element.outerHTML.slice(0, 120))"""


def test_what_one_taps_is_at_least_24_pixels_wide_and_high(browser: Browser, address: str) -> None:
    found: dict[str, list[str]] = {}
    with visit(browser, address, SMALL, has_touch=True) as page:
        for name, reach in STATES.items():
            if name != "definition open":
                reach(page)
            small = page.evaluate(_SMALL_TARGETS)
            if small:
                found[name] = small
    assert not found, json.dumps(found, indent=1)


# Motion

_MOVING = """() => [...document.querySelectorAll("html, body *")]
    .filter((element) => {
        const style = getComputedStyle(element);
        const times = `${style.transitionDuration}, ${style.animationDuration}`;
        const longest = Math.max(...times.split(", ").map(parseFloat));
        return longest > 0.01 || style.scrollBehavior === "smooth";
    })
    .map((element) => element.outerHTML.slice(0, 120))"""


def test_nothing_moves_for_who_asked_for_less_motion(browser: Browser, address: str) -> None:
    with visit(browser, address, reduced_motion="reduce") as page:
        assert page.evaluate(_MOVING) == []
        for question in ("What is RLHF?", "What is RLFH?", "How do I cook rice?"):
            ask(page, question)
        ask(page, "What is RLHF?")
        open_definition(page)
        assert page.evaluate(_MOVING) == []


# Text that tries to be more than text

HOSTILE = (
    "<script>document.title = 'owned'</script> "
    "<img src=x onerror=\"document.title = 'owned'\"> "
    '<div style="position:fixed;inset:0;z-index:99999">over</div> '
    "${document.title = 'owned'} {{ 7 * 7 }} [a](javascript:document.title='owned')"
)


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a corpus whose every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    sections = ("TL;DR", "Level 1", "Level 2", "Why this matters now", "Builder", "Gecko's take")
    text = explainer_text(
        "Gecko feet",
        aliases=["<b onclick=alert(1)>setae</b>"],
        asks=["Why do <i>geckos</i> stick to glass?"],
        sections={
            section: ("- " if section == "Builder" else "") + f"Gecko feet. {HOSTILE}"
            for section in sections
        },
    )
    corpus = write_corpus(folder / "corpus", {"gecko-feet": text})
    with site(Library(fake_index(corpus, folder / "index"))) as address:
        yield address


def assert_it_is_only_text(page: Page) -> None:
    assert page.title() != "owned"
    assert page.locator(".gq-turn :is(script, img, [style*=position], [onclick])").count() == 0
    assert page.locator('a[href^="javascript:" i]').count() == 0
    # What lies on top at the middle of the question box is the question box.
    assert question_box(page).evaluate(
        """(box) => {
            const { left, top, width, height } = box.getBoundingClientRect();
            return document.elementFromPoint(left + width / 2, top + height / 2) === box;
        }"""
    )


def test_script_in_a_question_never_runs_and_never_overlays(browser: Browser, address: str) -> None:
    question = f"What is RLHF? {HOSTILE}"
    with visit(browser, address) as page:
        ask(page, question)
        expect(page.locator(".gq-question")).to_have_text(question)
        assert_it_is_only_text(page)
        link = page.url.removeprefix(address)
        page.reload()
        expect(page.locator(".gq-question")).to_have_text(question)
        assert_it_is_only_text(page)
    with visit(browser, address, path=link) as page:
        expect(page.locator(".gq-question")).to_have_text(question)
        assert_it_is_only_text(page)


def test_script_in_an_explainer_never_runs_and_never_overlays(
    browser: Browser, hostile_address: str
) -> None:
    with visit(browser, hostile_address) as page:
        answer = ask(page, "What are gecko feet?")
        assert passages(answer) == ["gecko-feet#level-1"]
        expect(answer.locator(".gq-passage")).to_contain_text("<script>document.title = 'owned'")
        assert_it_is_only_text(page)
        answer.get_by_role("button", name="Deeper").click()
        expect(answer.locator('[data-passage="gecko-feet#level-2"]')).to_contain_text("<script>")
        assert_it_is_only_text(page)
        page.get_by_label("Builder").check()
        expect(answer.locator('[data-passage="gecko-feet#takeaways-builder"]')).to_be_visible()
        assert_it_is_only_text(page)
        ask(page, "What is Gecko's take on gecko feet?")
        assert_it_is_only_text(page)
        expect(turns(page)).to_have_count(2)
