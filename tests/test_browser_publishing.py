"""The exported site in a real browser: from a disk, and from a host that knows nothing of it."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, SMALL, too_wide
from playwright.sync_api import Browser, Page, expect

from gecko_qa.book import book_of
from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.publishing.folder import write_files
from gecko_qa.publishing.site import publish
from gecko_qa.settings import Settings

Open = Callable[..., Page]
PAGES = ("index", "explainers", "explainers/rlhf", "define", "map", "404")
BELOW = "some/where"


@pytest.fixture(scope="module")
def folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a host, with the exported site some way below its top."""
    top = tmp_path_factory.mktemp("host")
    write_files(top / BELOW, publish(book_of(valid_corpus(settings.corpus))).files)
    return top


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    """The address of the site on a host that serves files and nothing else."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{BELOW}/"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["host", "disk"])
def top(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of the site's top, on a host and on a disk."""
    if request.param == "host":
        return str(request.getfixturevalue("host"))
    return f"{(folder / BELOW).as_uri()}/"


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a page of a site; what leads out of the site, or fails, fails the test."""
    contexts = []
    troubles: list[str] = []

    def visit(top: str, path: str, size: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("request", lambda r: None if r.url.startswith(top) else troubles.append(r.url))
        page.on(
            "response",
            lambda r: None if r.status < 400 else troubles.append(f"{r.status}: {r.url}"),
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        page.goto(top + path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert troubles == []


def search(page: Page, query: str) -> Page:
    page.get_by_label("Search the explainers").fill(query)
    return page


def faults(page: Page) -> tuple[list[str], int]:
    """Return what axe finds, and by how many pixels the page is too wide."""
    return [v["id"] for v in Axe().run(page).response["violations"]], too_wide(page)


def titles(page: Page) -> list[str]:
    return [text.split(" › ")[0] for text in page.locator("#gq-hits a").all_text_contents()]


# --- The search


def test_a_question_finds_its_explainer_and_quotes_it(visit: Open, top: str) -> None:
    page = search(visit(top, "index.html"), "how do human ratings turn into a better chatbot")
    first = page.locator("#gq-hits li").first
    expect(first).to_contain_text("RLHF › ")
    expect(page.get_by_role("status")).to_have_text("The best 20 found, RLHF first.")
    assert page.url.endswith("?q=how+do+human+ratings+turn+into+a+better+chatbot")
    again = visit(top, page.url.removeprefix(top))
    expect(again.locator("#gq-hits li").first).to_have_text(str(first.text_content()))
    assert titles(again) == titles(page)
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("RLHF")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        *(("rlhf", "RLHF"), ("RLH", "RLHF"), ("What is LoRA?", "LoRA")),
        *(("low-rank adaptation", "LoRA"), ("chatbot", "Chatbots")),
    ],
)
def test_names_come_first_with_their_definition(
    visit: Open, host: str, query: str, title: str
) -> None:
    page = search(visit(host, "index.html"), query)
    expect(page.locator("#gq-hits a").first).to_have_text(f"{title} › TL;DR")


def test_every_snippet_is_a_piece_of_its_section(
    visit: Open, host: str, settings: Settings
) -> None:
    texts = {
        f"explainers/{e.slug}.html#{section.kind.id}": section.text
        for e in valid_corpus(settings.corpus).explainers
        for section in e.sections
    }
    page = visit(host, "index.html")
    n_cut = 0
    for query in ("temperature", "what goes wrong with rewards?", "GPU memory", "a-b, C!", "ai"):
        search(page, query)
        expect(page.locator("#gq-hits li").first).to_be_visible()
        for item in page.locator("#gq-hits li").all():
            text = texts[str(item.get_by_role("link").get_attribute("href"))]
            shown = str(item.locator("p").text_content())
            quoted = shown.removeprefix("… ").removesuffix(" …")
            assert quoted in text
            assert shown.startswith("… ") == (not text.startswith(quoted))
            n_cut += quoted != text
            marked = item.locator("mark").all_text_contents()
            assert all(mark in quoted for mark in marked)
    assert n_cut > 10


def test_nothing_is_found_where_nothing_is_and_markup_is_text(visit: Open, host: str) -> None:
    page = search(visit(host, "index.html"), "<img src=zzq onerrorq=alertq(7q)>")
    expect(page.get_by_role("status")).to_have_text(
        "Nothing here holds “<img src=zzq onerrorq=alertq(7q)>”."
    )
    expect(page.locator("#gq-hits")).to_be_hidden()
    expect(page.locator("#gq-shelves")).to_be_visible()
    assert page.locator("main img").count() == 0
    for empty in ("?!", "   "):
        search(page, empty)
        expect(page.locator("#gq-hits")).to_be_hidden()


def test_the_search_goes_by_keyboard_alone(visit: Open, host: str) -> None:
    page = visit(host, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("quantization")
    expect(page.locator("#gq-hits a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#gq-hits a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Search the explainers")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quantization")


def test_the_texts_come_only_when_they_are_searched(visit: Open, host: str) -> None:
    asked: list[str] = []
    page = visit(host, "index.html")
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("window.geckoSearchIndex") is None
    search(page, "lora")
    expect(page.locator("#gq-hits li").first).to_be_visible()
    names = {url.rsplit("/", 1)[-1] for url in asked}
    assert names - {"icon.svg"} == {"search-index.js"}


# --- The other pages


def test_terms_and_the_look_up_have_their_definitions(visit: Open, top: str) -> None:
    page = visit(top, "explainers/rlhf.html")
    page.locator(".gq-term").first.hover()
    popover = page.get_by_role("dialog", name="Definition of chatbot")
    popover.get_by_role("link", name="Read more about Chatbots").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chatbots")
    page.get_by_role("link", name="Define").click()
    page.get_by_role("combobox").fill("lora")
    page.get_by_role("link", name="Read more about LoRA").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("LoRA")


def test_what_has_no_definition_can_be_searched_for(visit: Open, top: str) -> None:
    page = visit(top, "define.html")
    page.get_by_role("combobox").fill("human ratings")
    page.get_by_role("link", name="Search for “What is human ratings?”").click()
    expect(page.locator("#gq-hits li").first).to_be_visible()
    page.get_by_role("link", name="Read", exact=True).click()
    page.get_by_role("searchbox").fill("human ratings")
    page.get_by_role("link", name="Search for it").click()
    expect(page.locator("#gq-hits li").first).to_be_visible()


def test_the_map_leads_to_explainers(visit: Open, host: str) -> None:
    page = visit(host, "map.html")
    page.get_by_role("combobox").fill("low-rank adaptation")
    expect(page.get_by_role("option").first).to_contain_text("LoRA")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("LoRA")


def test_everything_can_be_read_without_script(visit: Open, top: str) -> None:
    page = visit(top, "index.html", java_script_enabled=False)
    expect(page.get_by_text("Searching needs JavaScript.")).to_be_visible()
    expect(page.locator("form")).to_be_hidden()
    page.get_by_role("link", name="Training").click()
    page.get_by_role("link", name="RLHF", exact=True).click()
    expect(page.locator("#takeaways-investor")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(visit: Open, host: str, scheme: Any) -> None:
    found = {}
    for size in (DESKTOP, SMALL):
        page = visit(host, "index.html", size, color_scheme=scheme)
        for name in reversed(PAGES):
            page.goto(f"{host}{name}.html")
            found[f"{name} {size}"] = faults(page)
        search(page, "how do models learn")
        expect(page.locator("#gq-hits li").first).to_be_visible()
        found[f"hits {size}"] = faults(page)
    assert {name: bad for name, bad in found.items() if bad != ([], 0)} == {}
