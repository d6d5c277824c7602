"""The widget on a page of another site, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, SMALL, too_wide
from factories import explainer_text, fake_index, write_corpus
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Locator, Page, Route, expect
from serving import serving, take_port

from gecko_qa.edges.api.cors import CrossOrigin
from gecko_qa.edges.api.routes import add_api
from gecko_qa.library import Library
from gecko_qa.showing import explainer_json

DEMO = Path(__file__).resolve().parent.parent / "examples" / "widget.html"
HOSTILE = (
    "<script>document.title = 'owned'</script> <img src=x onerror=\"document.title = 'owned'\"> "
    "</style> ${document.title = 'owned'} {{ 7 * 7 }} [a](javascript:document.title='owned')"
)
PLAIN = '<gecko-qa placeholder="Ask away"></gecko-qa>'


class Hosts:
    """A server of the API, and another site whose pages carry the widget."""

    def __init__(self, api: str, site: str, pages: dict[str, str]) -> None:
        self.api = api
        self.site = site
        self._pages = pages

    def page(self, body: str = PLAIN, head: str = "") -> str:
        """Put a page on the site and return its address."""
        path = f"/{len(self._pages)}"
        self._pages[path] = (
            '<!doctype html><html lang="en"><head><title>A site</title>'
            '<meta name="viewport" content="width=device-width">'
            f'<script src="{self.api}/widget.js" defer></script>{head}</head>'
            f"<body><main><h1>A site</h1>{body}</main></body></html>"
        )
        return self.site + path

    def reply(self, value: object) -> Callable[[Route], None]:
        """Return what replies with `value` in place of the server."""
        headers = {"Access-Control-Allow-Origin": self.site}
        return lambda route: route.fulfill(json=value, headers=headers)

    def demo(self) -> str:
        """Put the demo page on the site and return its address."""
        text = DEMO.read_text(encoding="utf-8")
        assert "http://127.0.0.1:7860" in text
        self._pages["/demo"] = text.replace("http://127.0.0.1:7860", self.api)
        return f"{self.site}/demo"


@contextmanager
def hosts(library: Library, *, allowed: bool = True) -> Iterator[Hosts]:
    api_socket, api = take_port()
    site_socket, site = take_port()
    server = FastAPI()
    add_api(server, library)
    if allowed:
        server.add_middleware(CrossOrigin, origins=(site,))
    pages: dict[str, str] = {}
    # Nothing but what the widget needs, and no inline script or style.
    policy = f"default-src 'none'; script-src {api}; connect-src {api}; base-uri 'none'"
    other = FastAPI()

    @other.get("/{name}")
    def page(name: str) -> HTMLResponse:
        headers = {} if name == "demo" else {"Content-Security-Policy": policy}
        return HTMLResponse(pages.get(f"/{name}", ""), headers=headers)

    with serving(server, api_socket), serving(other, site_socket):
        yield Hosts(api, site, pages)


@pytest.fixture(scope="module")
def both(library: Library) -> Iterator[Hosts]:
    with hosts(library) as both:
        yield both


@contextmanager
def opened(
    browser: Browser, address: str, size: tuple[int, int] = DESKTOP, **options: Any
) -> Iterator[Page]:
    """Open `address`; a script that fails, or breaks the page's policy, fails the test."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(10_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security" in said.text else None,
    )
    page.goto(address)
    yield page
    context.close()
    assert errors == []


def widget(page: Page) -> Locator:
    return page.locator("gecko-qa").first


def ask(page: Page, question: str) -> Locator:
    """Ask the first widget of `page`, and return its answer once it is there."""
    field = widget(page).get_by_role("textbox")
    field.fill(question)
    field.press("Enter")
    return answer(page)


def answer(page: Page) -> Locator:
    found = widget(page).locator(".answer")
    expect(found).not_to_be_empty()
    expect(page.locator("gecko-qa[aria-busy]")).to_have_count(0)
    return found


def test_it_weighs_less_than_15_kilobytes() -> None:
    script = (files("gecko_qa.edges.api") / "widget.js").read_bytes()
    assert len(script) < 15_000
    for never in (b"innerHTML", b"eval(", b"insertAdjacentHTML", b"document.write", b".style."):
        assert never not in script


class TestAnswers:
    def test_a_definition_comes_first_and_links_to_its_page(
        self, browser: Browser, both: Hosts, library: Library
    ) -> None:
        with opened(browser, both.page()) as page:
            shown = ask(page, "What is RLHF?")
            cards = shown.locator("section")
            expect(cards.get_by_role("heading")).to_have_text(["RLHF › TL;DR", "RLHF › Level 1"])
            expect(cards.nth(1)).to_contain_text(library.passage("rlhf#level-1").text)
            link = shown.get_by_role("link", name="RLHF › Level 1")
            expect(link).to_have_attribute("href", f"{both.api}/explainers/rlhf#level-1")
            expect(shown).to_contain_text("Why this: matched the title RLHF.")
            expect(widget(page).get_by_role("status")).to_have_text("RLHF: matched the title RLHF.")
            shown.get_by_text("Sources of RLHF").click()
            source = shown.locator('details a[href="https://arxiv.org/abs/2203.02155"]')
            expect(source).to_be_visible()

    def test_what_stands_out_is_marked_and_lists_are_lists(
        self, browser: Browser, both: Hosts, library: Library
    ) -> None:
        question = "What is the difference between DPO and RLHF?"
        told = library.ask(question, "1", "builder")
        place = next(n for n, mark in enumerate(told.marks) if mark)
        start, end = told.marks[place] or (0, 0)
        with opened(browser, both.page('<gecko-qa audience="builder"></gecko-qa>')) as page:
            shown = ask(page, question)
            expect(shown.locator("mark").first).to_have_text(
                told.passages[place].text[start:end].replace("\n", " ")
            )
            bullets = told.passages[-1].text.removeprefix("- ").split("\n- ")
            items = shown.locator("section").last.get_by_role("listitem")
            expect(items).to_have_text([bullet.replace("\n", " ") for bullet in bullets])

    def test_marks_count_characters_and_not_their_halves(
        self, browser: Browser, both: Hosts, library: Library
    ) -> None:
        told = library.ask("RLHF").to_json()
        told["passages"] = [{**told["passages"][0], "mark": [3, 9]}]
        explainer = {
            "slug": "rlhf",
            "title": "RLHF",
            "sources": [],
            "passages": [
                {
                    "id": id_,
                    "section": "s",
                    "heading": "H",
                    "role": "level",
                    "text": "🦎\n🦎🦎 b🦎\nc d",
                }
                for id_ in ("rlhf#tldr", "rlhf#level-1")
            ],
        }

        with opened(browser, both.page()) as page:
            page.route("**/api/v1/ask*", both.reply(told))
            page.route("**/api/v1/explainers/*", both.reply(explainer))
            paragraph = ask(page, "RLHF").locator("section").last.locator("p")
            expect(paragraph).to_have_text("🦎 🦎🦎 b🦎 c d")
            assert paragraph.locator("mark").text_content() == "🦎 b🦎\nc"

    def test_an_opinion_is_labelled_as_one(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.page()) as page:
            shown = ask(page, "What is Gecko's take on RLHF?")
            take = shown.locator("section.take")
            expect(take.get_by_role("heading")).to_have_text("RLHF › Gecko's take Opinion")

    def test_what_is_not_covered_offers_what_is_near_and_that_can_be_asked(
        self, browser: Browser, both: Hosts, library: Library
    ) -> None:
        told = library.ask("How do I cook rice?")
        with opened(browser, both.page()) as page:
            shown = ask(page, "How do I cook rice?")
            expect(shown).to_contain_text("No explainer covers this.")
            titles = [library.explainer(slug).title for slug in told.nearest]
            chips = shown.get_by_role("button")
            expect(chips).to_have_text(titles)
            chips.first.click()
            expect(shown.locator("section").first).to_contain_text(titles[0])
            field = widget(page).get_by_role("textbox")
            expect(field).to_have_value(f"What is {titles[0]}?")
            expect(field).to_be_focused()

    def test_where_a_term_is_mentioned_is_linked(
        self, browser: Browser, both: Hosts, library: Library
    ) -> None:
        with opened(browser, both.page()) as page:
            shown = ask(page, "What is the chain rule?")
            (first, *_) = library.ask("What is the chain rule?").mentioned
            link = shown.get_by_role("link").first
            expect(link).to_have_attribute("href", f"{both.api}/explainers/{first.id}")

    def test_a_mended_question_says_so(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.page()) as page:
            expect(ask(page, "What is RLFH?").locator("p").first).to_have_text("Showing RLHF.")

    def test_attributes_set_the_dials(self, browser: Browser, both: Hosts) -> None:
        body = '<gecko-qa level="3" audience="investor" label="Frag"></gecko-qa>'
        with opened(browser, both.page(body)) as page:
            shown = ask(page, "What is LoRA?")
            expect(shown.get_by_role("heading")).to_have_text(
                ["LoRA › TL;DR", "LoRA › Level 3", "LoRA › Investor"]
            )
            expect(widget(page).get_by_label("Frag")).to_be_visible()

    def test_dials_change_the_answer_in_place(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.page('<gecko-qa dials level="2"></gecko-qa>')) as page:
            depth = widget(page).get_by_label("Depth")
            expect(depth).to_have_value("2")
            shown = ask(page, "What is LoRA?")
            expect(shown.get_by_role("heading").last).to_have_text("LoRA › Level 2")
            depth.select_option(label="Level 3")
            expect(shown.get_by_role("heading").last).to_have_text("LoRA › Level 3")
            widget(page).get_by_label("For").select_option(label="Curious")
            expect(shown.get_by_role("heading").last).to_have_text("LoRA › Curious")


class TestTrouble:
    def test_a_site_that_is_not_allowed_is_told_what_would_allow_it(
        self, browser: Browser, library: Library
    ) -> None:
        with hosts(library, allowed=False) as both, opened(browser, both.page()) as page:
            shown = ask(page, "What is RLHF?")
            expect(shown).to_have_text(
                f"{both.api[7:]} does not take questions from {both.site}. Whoever runs it can "
                f'allow that: cors_origins = ["{both.site}"].'
            )
            expect(widget(page).get_by_role("status")).to_contain_text("does not take questions")

    def test_a_server_that_is_gone_is_told(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.page()) as page:
            page.context.set_offline(True)
            expect(ask(page, "What is RLHF?")).to_have_text(
                f"{both.api[7:]} cannot be reached. Try again later."
            )
            page.context.set_offline(False)
            expect(ask(page, "What is RLHF?").locator("section")).to_have_count(2)

    def test_what_cannot_be_asked_says_why(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.page('<gecko-qa level="9"></gecko-qa>')) as page:
            expect(ask(page, "LoRA")).to_have_text(
                "There is no level “9”. Choose one of: tldr, 1, 2, 3."
            )
            expect(ask(page, "?!")).to_have_text("The question has no words. Ask about a concept.")

    @pytest.mark.parametrize("body", ["<html>Bad gateway</html>", "[]", "null", '{"detail": 7}'])
    def test_a_proxy_that_answers_otherwise_is_told(
        self, browser: Browser, both: Hosts, body: str
    ) -> None:
        with opened(browser, both.page()) as page:

            def fail(route: Route) -> None:
                headers = {"Access-Control-Allow-Origin": both.site}
                route.fulfill(status=502, body=body, headers=headers)

            page.route("**/api/v1/ask*", fail)
            expect(ask(page, "LoRA")).to_have_text(f"{both.api[7:]} answered 502. Try again later.")

    def test_a_question_that_is_overtaken_is_never_shown(
        self, browser: Browser, both: Hosts
    ) -> None:
        with opened(browser, both.page()) as page:
            held: list[Route] = []

            def hold(route: Route) -> None:
                held.append(route)

            page.route("**/api/v1/ask?q=What+is+LoRA*", hold)
            field = widget(page).get_by_role("textbox")
            with page.expect_event("requestfailed") as failed:
                with page.expect_request("**/api/v1/ask?q=What+is+LoRA*"):
                    field.fill("What is LoRA?")
                    field.press("Enter")
                shown = ask(page, "What is RLHF?")
            assert "LoRA" in failed.value.url
            expect(shown.get_by_role("heading").last).to_have_text("RLHF › Level 1")


class TestItsHost:
    def test_hostile_text_is_only_text(
        self, browser: Browser, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        folder = tmp_path_factory.mktemp("hostile")
        text = explainer_text(
            "Gecko feet",
            aliases=["<b onclick=alert(1)>setae</b>"],
            sections={
                section: ("- " if section == "Builder" else "") + f"Gecko feet. {HOSTILE}"
                for section in ("TL;DR", "Level 1", "Builder", "Gecko's take")
            },
        ).replace("title: A paper", f"title: {json.dumps(HOSTILE)}")
        corpus = write_corpus(folder / "corpus", {"gecko-feet": text})
        library = Library(fake_index(corpus, folder / "index"))
        body = '<gecko-qa dials audience="builder"></gecko-qa>'
        with hosts(library) as both, opened(browser, both.page(body)) as page:
            for question in ("What are gecko feet?", f"opinion on gecko feet {HOSTILE}"):
                shown = ask(page, question)
                expect(shown).to_contain_text("<script>document.title = 'owned'</script>")
                assert shown.locator("script, img, b, [onclick], [style]").count() == 0
                assert shown.locator('a[href^="javascript:" i]').count() == 0
                assert page.title() == "A site"

    def test_only_addresses_of_the_web_are_links(
        self, browser: Browser, both: Hosts, library: Library
    ) -> None:
        explainer = explainer_json(library.explainer("rlhf"))
        source = {"authors": "A", "year": 2020, "title": "Theirs"}
        urls = ["javascript:alert(1)", "data:text/html,x", "https://a.example/", "//b.example"]
        explainer["sources"] = [{**source, "url": url} for url in urls]
        with opened(browser, both.page()) as page:
            page.route("**/api/v1/explainers/*", both.reply(explainer))
            sources = ask(page, "RLHF").locator("details")
            expect(sources.locator("li")).to_have_text(["A (2020). Theirs."] * 4)
            links = sources.locator("a").evaluate_all("(all) => all.map((a) => a.href)")
            assert links == ["https://a.example/"]

    def test_styles_go_neither_in_nor_out(self, browser: Browser, both: Hosts) -> None:
        other = '<section class="probe"><h2>Ours</h2><input aria-label="ours"></section>'
        with opened(browser, both.page(PLAIN + other)) as page:
            read = """() => [".probe", ".probe h2", ".probe input"].map((name) => {
                const style = getComputedStyle(document.querySelector(name));
                return [style.padding, style.borderRadius, style.fontSize, style.color];
            })"""
            with opened(browser, both.page(other)) as without:
                bare = without.evaluate(read)
            ask(page, "LoRA")
            assert page.evaluate(read) == bare
            assert page.evaluate("document.adoptedStyleSheets.length") == 0
            assert page.evaluate("Object.keys(window).filter((n) => /gecko/i.test(n))") == []

    def test_a_site_sets_its_colors(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.demo()) as page:
            buttons = page.get_by_role("button", name="Ask")
            colors = [
                button.evaluate("(button) => getComputedStyle(button).backgroundColor")
                for button in buttons.all()
            ]
            assert colors == ["rgb(20, 108, 84)", "rgb(122, 46, 143)"]

    def test_two_lines_are_enough_wherever_they_stand(self, browser: Browser, both: Hosts) -> None:
        with opened(browser, both.page(body="")) as page:
            page.evaluate(
                "document.querySelector('main').append(document.createElement('gecko-qa'))"
            )
            expect(ask(page, "LoRA").locator("section")).to_have_count(2)
            page.evaluate(
                "const one = document.querySelector('gecko-qa'); one.remove();"
                "document.body.append(one)"
            )
            expect(widget(page).get_by_role("textbox")).to_have_count(1)


STATES = {
    "empty": "",
    "answered": "What is RLHF?",
    "compared": "What is the difference between DPO and RLHF?",
    "opinion": "What is Gecko's take on RLHF?",
    "mended": "What is RLFH?",
    "refused": "How do I cook rice?",
    "mentioned": "What is the chain rule?",
    "error": "?!",
}


def reach(page: Page, question: str) -> None:
    if question:
        ask(page, question)
        for summary in widget(page).locator("summary").all():
            summary.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(browser: Browser, both: Hosts, scheme: Any) -> None:
    found: dict[str, list[str]] = {}
    with opened(browser, both.demo(), color_scheme=scheme) as page:
        for name, question in STATES.items():
            reach(page, question)
            violations = Axe().run(page).response["violations"]
            told = [f"{v['id']}: {node['html'][:120]}" for v in violations for node in v["nodes"]]
            if told:
                found[name] = told
    assert not found, json.dumps(found, indent=1)


def test_nothing_is_wider_than_a_small_phone(browser: Browser, both: Hosts) -> None:
    with opened(browser, both.demo(), SMALL, has_touch=True) as page:
        for question in (*STATES.values(), "What is " + "supercalifragilistic" * 20 + "?"):
            reach(page, question)
            assert too_wide(page) <= 0, question
            small = (
                widget(page)
                .locator("button, input, select, summary")
                .evaluate_all(
                    "(all) => all.filter((one) => one.getBoundingClientRect().height < 24).length"
                )
            )
            assert small == 0, question


def test_the_keyboard_is_enough(browser: Browser, both: Hosts) -> None:
    with opened(browser, both.page()) as page:
        page.keyboard.press("Tab")
        page.keyboard.type("How do I cook rice?")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        shown = answer(page)
        page.keyboard.press("Tab")
        expect(shown.get_by_role("button").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(shown.locator("section").first).to_be_visible()
