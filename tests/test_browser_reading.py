"""The reading pages in a real browser: ladder, tabs, terms, the filter, by keyboard and by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from gecko_qa.library import Library

DESKTOP, PHONE, SMALL, TINY = (1280, 800), (390, 844), (360, 640), (360, 200)
RLHF = "/explainers/rlhf"
PAGES = ("/explainers", "/explainers?filter=sft", "/explainers?filter=zzz", RLHF, "/explainers/no")


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A desktop browser; a request to another host or an error on a page fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
    yield from watched(context, address)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The same in the hand."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=address, has_touch=True, is_mobile=True
    )
    yield from watched(context, address)


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The same as the desktop without JavaScript."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, base_url=address, java_script_enabled=False
    )
    yield from watched(context, address)


def watched(context: BrowserContext, address: str) -> Iterator[BrowserContext]:
    context.set_default_timeout(8000)
    foreign: list[str] = []
    errors: list[str] = []
    context.on("request", lambda r: None if r.url.startswith(address) else foreign.append(r.url))
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    assert foreign == []
    assert errors == []
    context.close()


def at(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(path)
    return page


def path_of(page: Page) -> str:
    address = urlsplit(page.url)
    query = f"?{address.query}" if address.query else ""
    return f"{address.path}{query}{'#' if address.fragment else ''}{address.fragment}"


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[node['target'] for node in v['nodes']][:3]}" for v in found]


def term(page: Page, slug: str, section: str = "level-3") -> Locator:
    return page.locator(f'#{section} .gq-term[data-define="{slug}"]')


def popover(page: Page) -> Locator:
    return page.locator(".gq-popover:popover-open")


def current(page: Page) -> Locator:
    return page.locator(".gq-rail [aria-current]")


def wider_than_the_window(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


# Every page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_axe_finds_nothing_on_any_page(
    opened: BrowserContext, scheme: str, size: tuple[int, int]
) -> None:
    page = opened.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_a_definition_open(opened: BrowserContext, scheme: str) -> None:
    page = at(opened, RLHF)
    page.emulate_media(color_scheme=scheme)
    term(page, "kl-divergence").focus()
    expect(popover(page)).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 390, 640, 820, 832, 1280])
def test_nothing_is_wider_than_the_page(opened: BrowserContext, width: int) -> None:
    page = opened.new_page()
    page.set_viewport_size({"width": width, "height": 640})
    for path in PAGES:
        page.goto(path)
        assert wider_than_the_window(page) <= 0, path


def test_lines_are_at_most_seventy_characters_wide(opened: BrowserContext) -> None:
    for size in (DESKTOP, (820, 1180)):
        page = at(opened, RLHF)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        widest = page.evaluate(
            """() => Math.max(...[...document.querySelectorAll("#main p, #main li")].map((p) => {
                 const zero = document.createElement("span");
                 zero.textContent = "0".repeat(70);
                 zero.style.cssText = "position:absolute; white-space:nowrap";
                 p.append(zero);
                 const widest = p.clientWidth / zero.getBoundingClientRect().width;
                 zero.remove();
                 return p.closest(".gq-rows") ? 0 : widest;
               }))"""
        )
        assert 0.5 < widest <= 1


def test_the_first_stop_of_the_keyboard_skips_to_the_text(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Training", exact=True)).to_be_focused()


def test_whatever_has_the_focus_shows_it(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    for _ in range(40):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle: s, outlineWidth: w}) => [s, parseFloat(w)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style[0] != "none", page.evaluate("document.activeElement.outerHTML")
        assert style[1] >= 1


@pytest.mark.parametrize("path", ["/explainers", RLHF])
def test_what_is_touched_is_large_enough(phone: BrowserContext, path: str) -> None:
    page = at(phone, path)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".gq-nav a, .gq-rail a, .gq-tabs button, input")]
          .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44)
          .map((e) => e.textContent)"""
    )
    assert small == []
    small = page.evaluate(
        """() => [...document.querySelectorAll(".gq-rows li > a, .gq-asks a, .gq-around a")]
          .filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.textContent)"""
    )
    assert small == []


def test_motion_is_smooth_only_for_who_wants_it(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    behavior = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behavior) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(behavior) == "smooth"


# An explainer


@pytest.mark.parametrize("size", [DESKTOP, SMALL])
def test_the_ladder_stays_in_view_and_marks_what_is_read(
    opened: BrowserContext, size: tuple[int, int]
) -> None:
    page = at(opened, RLHF)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(current(page)).to_have_text("TL;DR")
    for name, section in (("Level 3", "level-3"), ("Gecko's take", "take"), ("Level 1", "level-1")):
        page.locator(".gq-rail").get_by_role("link", name=name).click()
        expect(page.locator(f"#{section} h2")).to_be_in_viewport(ratio=1)
        expect(current(page)).to_have_text(name)
        expect(current(page)).to_be_in_viewport(ratio=1)
        expect(current(page)).to_have_attribute("aria-current", "location")
    page.locator("#level-2 p").scroll_into_view_if_needed()
    page.mouse.move(size[0] / 2, size[1] / 2)
    page.mouse.wheel(0, 20_000)
    expect(current(page)).to_have_text("Related")
    expect(current(page)).to_be_in_viewport(ratio=1)


def test_an_anchor_is_not_covered_by_the_ladder(opened: BrowserContext) -> None:
    for size in (DESKTOP, SMALL):
        page = at(opened, RLHF)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for section in ("level-1", "level-3", "take", "sources"):
            page.goto(f"{RLHF}#{section}")
            heading = page.locator(f"#{section} h2")
            expect(heading).to_be_in_viewport(ratio=1)
            reached = heading.evaluate(
                "(h) => { const b = h.getBoundingClientRect();"
                " return h.contains(document.elementFromPoint(b.left + 4, b.top + b.height / 2)); }"
            )
            assert reached, (size, section)


def test_takeaways_are_tabs_that_arrow_keys_move_between(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    tabs = page.get_by_role("tablist", name="Takeaways").get_by_role("tab")
    expect(tabs).to_have_text(["Researcher", "Builder", "Investor", "Curious"])
    panel = page.get_by_role("tabpanel")
    expect(panel).to_have_count(1)
    expect(panel).to_have_attribute("id", "takeaways-researcher")
    tabs.first.focus()
    for key, name in (
        ("ArrowRight", "Builder"),
        ("End", "Curious"),
        ("ArrowRight", "Researcher"),
        ("ArrowLeft", "Curious"),
        ("Home", "Researcher"),
        ("ArrowRight", "Builder"),
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=name, selected=True)).to_be_focused()
        expect(page.get_by_role("tab", selected=True)).to_have_count(1)
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        expect(panel).to_have_count(1)
    assert path_of(page) == f"{RLHF}#takeaways-builder"


def test_one_tab_is_a_stop_of_the_keyboard_and_a_click_opens_another(
    opened: BrowserContext,
) -> None:
    page = at(opened, RLHF)
    page.get_by_role("tab", name="Investor").click()
    expect(page.get_by_role("tabpanel", name="Investor")).to_contain_text("Comparison data")
    assert page.locator(".gq-tabs [tabindex='0']").all_inner_texts() == ["Investor"]
    assert page.locator(".gq-tabs [tabindex='-1']").count() == 3


@pytest.mark.parametrize("size", [DESKTOP, SMALL])
def test_an_address_opens_its_tab(opened: BrowserContext, size: tuple[int, int]) -> None:
    page = opened.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{RLHF}#takeaways-builder")
    expect(page.get_by_role("tab", name="Builder", selected=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("tabpanel", name="Builder")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Takeaways")).to_be_in_viewport(ratio=1)
    page.evaluate("location.hash = '#takeaways-curious'")
    expect(page.get_by_role("tab", name="Curious", selected=True)).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Curious")).to_be_in_viewport()


def test_print_shows_every_audience_and_where_sources_are(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    page.emulate_media(media="print", color_scheme="dark")
    for audience in ("researcher", "builder", "investor", "curious"):
        panel = page.locator(f"#takeaways-{audience}")
        expect(panel.locator("h3")).to_be_visible()
        expect(panel.locator("li")).to_have_count(3)
        assert panel.locator("li").first.evaluate("(li) => li.checkVisibility()")
    for gone in (".gq-nav", ".gq-rail", ".gq-tabs", ".gq-around", "#ask", "footer", ".gq-compare"):
        expect(page.locator(gone).first).to_be_hidden()
    shown = page.locator("#sources a").first.evaluate(
        "(a) => [a.href, getComputedStyle(a, '::after').content]"
    )
    assert shown[0] in shown[1]
    paper = page.evaluate("getComputedStyle(document.querySelector('#level-1 p')).color")
    assert sum(map(int, re.findall(r"\d+", paper)[:3])) < 200, "dark ink, whatever the screen"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light only"


def test_next_and_previous_lead_there_and_back(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    page.locator('a[rel="next"]').click()
    expect(page).to_have_url(re.compile("/explainers/scaling-laws$"))
    page.locator('a[rel="prev"]').click()
    expect(page).to_have_url(re.compile("/explainers/rlhf$"))


# Without JavaScript


def test_without_javascript_an_explainer_is_all_there(plain: BrowserContext) -> None:
    page = at(plain, RLHF)
    for section in ("tldr", "level-3", "takeaways-researcher", "takeaways-curious", "take"):
        expect(page.locator(f"#{section}")).to_be_visible()
    expect(page.locator(".gq-tabs")).to_have_count(0)
    page.locator(".gq-rail").get_by_role("link", name="Level 3").click()
    expect(page.locator("#level-3 h2")).to_be_in_viewport()
    term(page, "kl-divergence").click()
    expect(page).to_have_url(re.compile("/explainers/kl-divergence$"))


def test_without_javascript_the_list_is_all_there_and_no_box_is_dead(
    plain: BrowserContext, n_explainers: int
) -> None:
    page = at(plain, "/explainers")
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator(".gq-rows li:visible")).to_have_count(n_explainers)
    page.locator(".gq-rail").get_by_role("link", name="Training").click()
    expect(page.get_by_role("heading", name="Training")).to_be_in_viewport()


# The list


def names(page: Page) -> list[str]:
    return page.locator(".gq-rows li:visible > a").all_inner_texts()


def test_the_list_is_filtered_as_one_types(opened: BrowserContext, n_explainers: int) -> None:
    page = at(opened, "/explainers")
    status = page.get_by_role("status")
    expect(status).to_have_text(f"{n_explainers} explainers")
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Filter by name or topic")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("rlhf")
    expect(status).to_have_text(re.compile(rf"^\d+ of {n_explainers} explainers$"))
    assert "RLHF" in names(page)
    assert len(names(page)) < 10
    assert path_of(page) == "/explainers?filter=rlhf"
    shelves = page.locator(".gq-column h2:visible").all_inner_texts()
    assert page.locator(".gq-rail a:visible").all_inner_texts() == shelves
    page.keyboard.press("Escape")
    expect(status).to_have_text(f"{n_explainers} explainers")
    expect(page.locator(".gq-rows li:visible")).to_have_count(n_explainers)
    assert path_of(page) == "/explainers"


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("SELFSUPERVISED learn", "Self-supervised learning"),
        ("fine tuning superv", "Supervised fine-tuning"),
        ("what people prefer", "RLHF"),
        ("low-rank adapter", "LoRA"),
        ("goodhart’s", "Goodhart's law"),
        ("Göodhart", "Goodhart's law"),
    ],
)
def test_titles_aliases_and_taglines_are_found_however_they_are_typed(
    opened: BrowserContext, typed: str, title: str
) -> None:
    page = at(opened, "/explainers")
    page.locator("#filter").fill(typed)
    assert title in names(page)
    assert len(names(page)) < 40


def test_what_was_found_by_another_name_says_so(opened: BrowserContext) -> None:
    page = at(opened, "/explainers?filter=SFT")
    row = page.locator(".gq-rows li:visible").filter(has_text="Supervised fine-tuning")
    expect(row.locator("small")).to_have_text("also called SFT")
    page.locator("#filter").fill("supervised fine")
    expect(row).to_be_visible()
    expect(row.locator("small")).to_have_count(0)


def test_the_address_opens_the_filtered_list_and_enter_its_first(opened: BrowserContext) -> None:
    page = at(opened, "/explainers?filter=low-rank")
    expect(page.locator("#filter")).to_have_value("low-rank")
    first = page.locator(".gq-rows li:visible > a").first
    href = first.get_attribute("href")
    page.locator("#filter").press("Enter")
    expect(page).to_have_url(re.compile(f"{href}$"))
    page.go_back()
    expect(page.locator("#filter")).to_have_value("low-rank")
    expect(page.locator(".gq-rows li:visible > a").first).to_have_attribute("href", str(href))


def test_nothing_found_is_said_and_can_be_asked(opened: BrowserContext, n_explainers: int) -> None:
    page = at(opened, "/explainers")
    nothing = page.locator(".gq-nothing")
    expect(nothing).to_be_hidden()
    page.locator("#filter").fill("<b>zzz</b>&x")
    expect(nothing).to_contain_text("No explainer has “<b>zzz</b>&x” in its name or topic.")
    expect(page.get_by_role("status")).to_have_text(f"0 of {n_explainers} explainers")
    expect(nothing.locator("b")).to_have_count(0)
    link = nothing.get_by_role("link", name="Ask about it")
    expect(link).to_have_attribute("href", "/?q=What+is+%3Cb%3Ezzz%3C%2Fb%3E%26x%3F")


def test_the_slash_is_a_letter_where_one_types(opened: BrowserContext) -> None:
    page = at(opened, "/explainers")
    page.locator("#filter").press_sequentially("a/b")
    expect(page.locator("#filter")).to_have_value("a/b")


# Terms


def definition(library: Library, slug: str) -> re.Pattern[str]:
    words = map(re.escape, library.definition(slug).text.split())
    return re.compile(r"\s+".join(words))


def test_a_mouse_opens_a_definition_and_may_move_into_it(
    opened: BrowserContext, library: Library
) -> None:
    page = opened.new_page()
    page.clock.install()
    page.goto(RLHF)
    link = term(page, "kl-divergence")
    link.hover()
    expect(popover(page)).to_have_text(definition(library, "kl-divergence"))
    expect(link).to_have_attribute("aria-expanded", "true")
    box, gap = popover(page).bounding_box(), link.bounding_box()
    assert box is not None
    assert gap is not None
    page.mouse.move(box["x"] + 20, (gap["y"] + gap["height"] + box["y"]) / 2)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.clock.fast_forward(1000)
    expect(popover(page)).to_be_visible()
    page.mouse.move(4, 4)
    expect(popover(page)).to_have_count(0)
    assert link.get_attribute("aria-expanded") is None
    assert link.get_attribute("aria-describedby") is None


def test_the_keyboard_opens_a_definition_reaches_into_it_and_escape_closes_it(
    opened: BrowserContext, library: Library
) -> None:
    page = at(opened, RLHF)
    link = term(page, "kl-divergence")
    term(page, "preference-learning").focus()
    expect(popover(page)).to_have_attribute("aria-label", "Definition of Bradley–Terry")
    page.keyboard.press("Escape")
    expect(popover(page)).to_have_count(0)
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(popover(page)).to_have_text(definition(library, "kl-divergence"))
    expect(link).to_have_accessible_description(definition(library, "kl-divergence"))
    expect(page.get_by_role("status")).to_have_text(definition(library, "kl-divergence"))
    expect(page.get_by_role("dialog", name="Definition of KL divergence")).to_be_visible()
    page.keyboard.press("Tab")
    expect(popover(page).locator("a:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(popover(page)).to_have_count(0)
    expect(link).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(popover(page)).to_have_count(1)
    expect(popover(page)).not_to_have_attribute("aria-label", "Definition of KL divergence")


def test_tab_goes_from_a_term_through_its_definition_to_the_next(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    term(page, "kl-divergence").focus()
    expect(popover(page)).to_be_visible()
    n = popover(page).locator("a").count()
    for _ in range(n):
        page.keyboard.press("Tab")
        expect(popover(page).locator("a:focus")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(term(page, "proximal-policy-optimization")).to_be_focused()
    expect(popover(page)).to_have_attribute("aria-label", "Definition of PPO")
    expect(page.locator(".gq-popover")).to_have_count(1)


def test_a_click_follows_the_term(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    term(page, "kl-divergence").click()
    expect(page).to_have_url(re.compile("/explainers/kl-divergence$"))


def test_enter_follows_the_term(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    term(page, "kl-divergence").press("Enter")
    expect(page).to_have_url(re.compile("/explainers/kl-divergence$"))


def test_a_tap_opens_a_definition_and_a_tap_elsewhere_closes_it(
    phone: BrowserContext, library: Library
) -> None:
    page = at(phone, RLHF)
    term(page, "kl-divergence").tap()
    expect(popover(page)).to_have_text(definition(library, "kl-divergence"))
    assert path_of(page) == RLHF
    term(page, "reward-modeling").tap()
    expect(popover(page)).to_have_text(definition(library, "reward-modeling"))
    expect(page.locator(".gq-popover")).to_have_count(1)
    page.locator("#level-3 h2").tap()
    expect(popover(page)).to_have_count(0)
    assert path_of(page) == RLHF


def test_a_second_tap_and_read_more_lead_to_the_explainer(phone: BrowserContext) -> None:
    page = at(phone, RLHF)
    term(page, "kl-divergence").tap()
    popover(page).get_by_role("link", name=re.compile("Read more")).tap()
    expect(page).to_have_url(re.compile("/explainers/kl-divergence$"))
    page.goto(RLHF)
    term(page, "kl-divergence").tap()
    expect(popover(page)).to_be_visible()
    term(page, "kl-divergence").tap()
    expect(page).to_have_url(re.compile("/explainers/kl-divergence$"))


def test_a_tap_follows_the_term_where_no_definition_is_to_be_had(phone: BrowserContext) -> None:
    page = at(phone, RLHF)
    page.route("**/gecko/definition/**", lambda route: route.abort())
    term(page, "kl-divergence").tap()
    expect(page).to_have_url(re.compile("/explainers/kl-divergence$"))


@pytest.mark.parametrize("size", [DESKTOP, SMALL, TINY])
def test_a_definition_never_leaves_the_window(
    opened: BrowserContext, size: tuple[int, int]
) -> None:
    page = at(opened, RLHF)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for link in page.locator(".gq-term:visible").all():
        link.focus()
        expect(page.locator(".gq-term[aria-expanded] + .gq-popover")).to_be_visible()
        expect(link).to_have_attribute("aria-expanded", "true")
        box = popover(page).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]
        covered = link.evaluate(
            """(term, b) => [...term.getClientRects()].some((r) => r.left < b.x + b.width
              && r.right > b.x && r.top < b.y + b.height && r.bottom > b.y)""",
            box,
        )
        assert not covered or size == TINY
    assert wider_than_the_window(page) <= 0


def test_a_definition_closes_when_its_term_scrolls_away(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    term(page, "kl-divergence").hover()
    expect(popover(page)).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(popover(page)).to_have_count(0)


def test_a_definition_has_no_terms_or_tools_of_its_own(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    term(page, "proximal-policy-optimization").focus()
    expect(popover(page)).to_be_visible()
    expect(popover(page).locator(".gq-term, button, [aria-live]")).to_have_count(0)


def test_a_definition_is_fetched_once(opened: BrowserContext) -> None:
    page = at(opened, RLHF)
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(urlsplit(r.url).path))
    for _ in range(3):
        term(page, "reward-modeling").focus()
        expect(popover(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(popover(page)).to_have_count(0)
        page.keyboard.press("Tab")
    assert fetched.count("/gecko/definition/reward-modeling") == 1


def test_the_terms_of_a_replaced_answer_open_too(opened: BrowserContext, library: Library) -> None:
    page = at(opened, RLHF)
    term(page, "kl-divergence").focus()
    expect(popover(page)).to_be_visible()
    page.locator("#level-3").evaluate("(s) => { s.innerHTML = s.innerHTML; }")
    page.locator("#level-3 .gq-popover").evaluate_all("(all) => all.forEach((p) => p.remove())")
    term(page, "reward-modeling").hover()
    expect(popover(page)).to_have_text(definition(library, "reward-modeling"))
    page.keyboard.press("Escape")
    expect(popover(page)).to_have_count(0)
