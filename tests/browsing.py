"""A reader's visit: a page of its own in a real browser, and what a reader does on the chat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

DESKTOP = (1280, 800)
PHONE = (390, 844)
SMALL = (360, 640)


@contextmanager
def visit(
    browser: Browser,
    address: str,
    size: tuple[int, int] = DESKTOP,
    path: str = "/",
    **options: Any,
) -> Iterator[Page]:
    """Open the chat as a reader who was never here, until its first answer could be asked for.

    A request to another host, and a script that fails, fail the test. `options` are Playwright's,
    for a new context.
    """
    width, height = size
    options.setdefault("permissions", ["clipboard-read", "clipboard-write"])
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(10_000)
    foreign: list[str] = []
    errors: list[str] = []

    def note(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            foreign.append(url)

    context.on("request", lambda request: note(request.url))
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.on("websocket", lambda socket: foreign.append(socket.url))
    page.goto(address + path)
    # What the browser keeps is first written when the page has opened.
    page.wait_for_function("localStorage.getItem('gecko-qa') !== null")
    yield page
    context.close()
    assert foreign == []
    assert errors == []


def question_box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def newest(page: Page) -> Locator:
    return page.locator("#gq-newest .gq-turn")


def earlier(page: Page) -> Locator:
    return page.locator("#gq-earlier .gq-turn")


def turns(page: Page) -> Locator:
    return page.locator(".gq-turn")


def ask(page: Page, question: str) -> Locator:
    """Type `question`, press Enter, and return the answer once it is there."""
    number = turns(page).count() + 1
    question_box(page).fill(question)
    page.keyboard.press("Enter")
    return answered(page, number)


def answered(page: Page, number: int) -> Locator:
    """Wait for the conversation's answer `number` and return it."""
    answer = page.locator(f'#gq-newest .gq-turn[data-turn="{number}"]')
    expect(answer).to_be_visible()
    expect(turns(page)).to_have_count(number)
    return answer


def passages(answer: Locator) -> list[str | None]:
    """Return the passages that `answer` shows, from top to bottom."""
    return [card.get_attribute("data-passage") for card in answer.locator(".gq-passage").all()]


def questions(page: Page) -> list[str]:
    """Return the questions of the page, newest first."""
    return page.locator(".gq-turn .gq-question").all_text_contents()


def expect_its_start_in_view(answer: Locator) -> None:
    """Its question is below the bar, and wholly in view, and so is the beginning of the text."""
    heading = answer.locator(".gq-question")
    expect(heading).to_be_in_viewport(ratio=1)
    heading.evaluate_handle(
        """async (heading) => {
            const bar = document.getElementById("gq-bar");
            const isBelow = () =>
                heading.getBoundingClientRect().top >= bar.getBoundingClientRect().bottom;
            for (let frame = 0; frame < 60 && !isBelow(); frame += 1)
                await new Promise(requestAnimationFrame);
        }"""
    )
    bar = answer.page.locator("#gq-bar").bounding_box()
    box = heading.bounding_box()
    assert bar is not None
    assert box is not None
    assert bar["y"] + bar["height"] <= box["y"]


def too_wide(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide
