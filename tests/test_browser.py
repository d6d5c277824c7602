"""The chat in a real browser: ask, read, turn the dials, look up, follow a citation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from gecko_qa.settings import Settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    """A server of its own, started as a reader starts it, on a free port."""
    command = [sys.executable, "-m", "gecko_qa", "serve", "--port", "0"]
    command += ["--corpus", str(settings.corpus)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = ""
        for line in server.stderr:
            said += line
            found = re.search(r"http://\S+", line)
            if found:
                yield found.group()
                break
        else:
            pytest.fail(f"The server did not start: {said}")
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "There is no Chromium. Run “make test”, which installs one."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The chat, on a desktop and on a phone; a request to another host fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(8000)
    foreign: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: foreign.append(r.url) if not _ours(r.url, address) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    yield page
    assert foreign == []
    assert errors == []
    context.close()


def _ours(url: str, address: str) -> bool:
    return url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def newest(page: Page) -> Locator:
    return page.locator("article.gq-newest")


def shown(page: Page) -> list[str | None]:
    """Return the passages of the newest answer, from top to bottom."""
    cards = newest(page).locator("[data-passage]").all()
    return [card.get_attribute("data-passage") for card in cards]


def test_a_reader_asks_and_reads_the_answer(page: Page) -> None:
    ask(page, "What is RLHF?")
    card = page.locator('[data-passage="rlhf#level-1"]')
    expect(card).to_contain_text("Nobody can write down exactly what makes an answer good")
    expect(page.get_by_role("heading", name="What is RLHF?")).to_be_in_viewport()
    expect(page.get_by_label("Your question")).to_have_value("")


def test_the_dials_change_the_answer_in_place_and_stay_in_view(page: Page) -> None:
    ask(page, "What is RLHF?")
    expect(page.locator('[data-passage="rlhf#level-1"]')).to_be_visible()
    page.get_by_label("Level 3").check()
    expect(page.locator('[data-passage="rlhf#level-3"]')).to_be_visible()
    page.get_by_label("Builder").check()
    expect(page.locator('[data-passage="rlhf#takeaways-builder"]')).to_be_visible()
    expect(page.locator("article")).to_have_count(1)
    page.mouse.wheel(0, 5000)
    expect(page.locator(".gq-question")).not_to_be_in_viewport()
    expect(page.get_by_text("Level 2", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("Investor", exact=True)).to_be_in_viewport()


def test_a_citation_leads_to_its_passage(page: Page) -> None:
    ask(page, "lora")
    page.get_by_role("link", name=re.compile(r"LoRA\s.*Level 1")).click()
    expect(page).to_have_url(re.compile("/explainers/lora#level-1$"))
    expect(page.locator("#level-1")).to_be_in_viewport()


def test_an_honest_refusal_offers_the_nearest(page: Page) -> None:
    ask(page, "How do I cook rice?")
    expect(page.get_by_text("No explainer covers this.")).to_be_visible()
    expect(page.locator(".gq-chips a")).to_have_count(3)
    expect(page.locator("[data-passage]")).to_have_count(0)


def test_a_definition_is_found_as_one_types(page: Page) -> None:
    box = page.get_by_role("combobox", name="Look up a definition")
    box.click()
    box.press_sequentially("low-rank adapt")
    page.get_by_role("option", name="low-rank adaptation").first.click()
    expect(page.locator('[data-passage="lora#tldr"]')).to_be_visible()


def test_an_example_question_is_answered(page: Page) -> None:
    page.locator(".gq-examples button").first.click()
    expect(page.locator('article[data-status="answered"]')).to_have_count(1)


def test_script_in_a_question_is_shown_and_never_runs(page: Page) -> None:
    question = "RLHF <img src=x onerror=\"document.title='owned'\"> ${document.title='owned'}"
    ask(page, question)
    expect(page.locator(".gq-question")).to_have_text(question)
    expect(page.locator(".gq-question img")).to_have_count(0)
    assert page.title() != "owned"


def test_an_answer_says_why_and_begins_with_the_definition(page: Page) -> None:
    ask(page, "What is RLHF?")
    expect(newest(page)).to_contain_text("Level 1 · for Everyone · matched the title RLHF")
    assert shown(page) == ["rlhf#tldr", "rlhf#level-1"]
    expect(page.locator('[data-passage="rlhf#tldr"]')).to_be_in_viewport()


def test_before_any_question_there_is_nothing_to_undo(page: Page) -> None:
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("About:|instead"))).to_have_count(0)


def test_a_mended_slip_is_asked_again_as_typed_in_place(page: Page) -> None:
    ask(page, "What is RLFH?")
    expect(newest(page)).to_contain_text("Showing RLHF.")
    expect(newest(page).locator('[data-passage="rlhf#level-1"]')).to_be_visible()
    button = page.get_by_role("button", name="Search for “RLFH” instead")
    expect(button).to_be_in_viewport()
    button.click()
    expect(newest(page)).not_to_contain_text("Showing RLHF.")
    expect(page.locator("article")).to_have_count(1)
    expect(newest(page).get_by_role("heading", name="What is RLFH?")).to_be_visible()
    expect(page.get_by_role("button", name="Search for “RLFH” instead")).to_have_count(0)


def test_a_slip_that_is_no_concept_as_typed_is_not_covered(page: Page) -> None:
    ask(page, "What is lorra?")
    expect(newest(page).locator('[data-passage="lora#level-1"]')).to_be_visible()
    page.get_by_role("button", name="Search for “lorra” instead").click()
    expect(newest(page)).to_have_attribute("data-status", "not_covered")
    assert shown(page) == []
    expect(page.get_by_role("button", name=re.compile("About:"))).to_have_count(0)


def test_the_button_for_the_typed_word_is_gone_with_the_next_question(page: Page) -> None:
    ask(page, "What is RLFH?")
    expect(page.get_by_role("button", name="Search for “RLFH” instead")).to_be_visible()
    ask(page, "What is LoRA?")
    expect(page.locator("article")).to_have_count(2)
    expect(page.get_by_role("button", name="Search for “RLFH” instead")).to_have_count(0)


def test_a_reader_sees_and_clears_what_the_next_question_follows_on_from(page: Page) -> None:
    ask(page, "What is RLHF?")
    about = page.get_by_role("button", name="About: RLHF ✕")
    expect(about).to_be_in_viewport()
    about.click()
    expect(about).to_have_count(0)
    expect(page.locator('[data-passage="rlhf#level-1"]')).to_be_visible()
    ask(page, "why?")
    expect(newest(page)).to_have_attribute("data-status", "needs_context")
    expect(newest(page)).to_contain_text("Name the concept you mean.")
    expect(page.locator("article")).to_have_count(2)
    expect(about).to_have_count(0)


def test_a_follow_up_builds_on_the_answer_before(page: Page) -> None:
    ask(page, "What is RLHF?")
    expect(page.get_by_role("button", name="About: RLHF ✕")).to_be_visible()
    ask(page, "how is it different from DPO?")
    both = "About: RLHF, Direct preference optimization ✕"
    expect(page.get_by_role("button", name=both)).to_be_visible()
    expect(newest(page)).to_contain_text("follows from: RLHF")
    assert shown(page) == ["rlhf#level-1", "direct-preference-optimization#level-1"]


def test_a_dial_turns_a_follow_up_in_place_and_it_still_follows(page: Page) -> None:
    ask(page, "What is RLHF?")
    expect(page.get_by_role("button", name="About: RLHF ✕")).to_be_visible()
    ask(page, "and for investors?")
    expect(newest(page).locator('[data-passage="rlhf#takeaways-investor"]')).to_be_visible()
    page.get_by_label("Level 3").check()
    expect(newest(page).locator('[data-passage="rlhf#level-3"]')).to_be_visible()
    assert shown(page) == ["rlhf#level-3", "rlhf#takeaways-investor"]
    expect(page.locator("article")).to_have_count(2)
    expect(page.get_by_role("button", name="About: RLHF ✕")).to_be_visible()


def test_a_term_that_is_only_mentioned_leads_to_where_it_is(page: Page) -> None:
    ask(page, "What is the chain rule?")
    message = "No explainer covers “chain rule”; it is mentioned in these."
    expect(newest(page)).to_contain_text(message)
    assert shown(page) == []
    newest(page).locator(".gq-chips a").first.click()
    expect(page).to_have_url(re.compile(r"/explainers/[a-z0-9-]+#[a-z0-9-]+$"))
    expect(page.locator(":target")).to_contain_text(re.compile("chain rule", re.IGNORECASE))


def test_a_question_that_cannot_be_asked_stays_in_the_box(page: Page) -> None:
    ask(page, "What is RLHF?")
    expect(page.locator("article")).to_have_count(1)
    ask(page, "?!")
    expect(page.get_by_role("alert")).to_have_text(
        "The question has no words. Ask about a concept."
    )
    expect(page.get_by_label("Your question")).to_have_value("?!")
    expect(page.locator("article")).to_have_count(1)
    expect(page.get_by_role("button", name="About: RLHF ✕")).to_be_visible()


@pytest.mark.parametrize(
    "questions",
    [
        ("What is RLHF?", "how is it different from DPO?"),
        ("Explain transformres and atention",),
        ("What is the chain rule?",),
    ],
    ids=["follow-up", "mended", "mentioned"],
)
def test_nothing_is_wider_than_the_page(page: Page, questions: tuple[str, ...]) -> None:
    for n, question in enumerate(questions, start=1):
        ask(page, question)
        expect(page.locator("article")).to_have_count(n)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    for button in page.locator("#gq-about:visible, #gq-typed:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.evaluate("window.innerWidth")
