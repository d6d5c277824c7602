"""The look-up of definitions and the concept map in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page of ours; a request to another host, or an error of a script, fails the test."""
    contexts = []
    troubles: list[str] = []

    def foreign(url: str) -> bool:
        return not url.startswith((address, "data:"))

    def visit(path: str, size: tuple[int, int] = (1280, 800), **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("request", lambda r: troubles.append(r.url) if foreign(r.url) else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(address + path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert troubles == []


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Look up a term")


def definition(page: Page) -> Locator:
    return page.get_by_role("region", name="Definition")


def node(page: Page, title: str) -> Locator:
    return page.locator(f'.gq-map-node[aria-label="{title}"]')


def view(page: Page) -> list[float]:
    """Return left, top, width and height of the part of the map in view."""
    part = page.locator(".gq-map-drawing").get_attribute("viewBox")
    return [float(number) for number in str(part).split()]


def in_view(page: Page, title: str) -> bool:
    left, top, width, height = view(page)
    x, y = page.evaluate(
        "e => { const b = e.querySelector('rect').getBBox();"
        " return [b.x + b.width / 2, b.y + b.height / 2]; }",
        node(page, title).element_handle(),
    )
    return bool(left < x < left + width and top < y < top + height)


def faults(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(fault["id"], [n["html"][:200] for n in fault["nodes"]]) for fault in found]


def too_wide(page: Page) -> int:
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return int(wide)


# --- Definitions


def test_one_keystroke_gives_a_definition(visit: Open) -> None:
    page = visit("/define")
    expect(definition(page)).to_be_hidden()
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.press("q")
    expect(definition(page).locator("[data-passage]")).to_be_in_viewport()
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"^\d+ concepts match, "))


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_definition_is_found_by_an_alias_and_stands_below_the_box(
    visit: Open, size: tuple[int, int]
) -> None:
    page = visit("/define", size)
    box(page).press_sequentially("low-rank adaptation")
    expect(page.locator('[data-passage="lora#tldr"]')).to_be_in_viewport()
    expect(page.get_by_role("option").first).to_have_text("low-rank adaptation LoRA")
    page.get_by_role("link", name="Read more about LoRA").click()
    expect(page).to_have_url(re.compile("/explainers/lora$"))


def test_names_that_begin_with_what_is_typed_come_before_those_that_hold_it(visit: Open) -> None:
    page = visit("/define")
    box(page).fill("rlh")
    expect(page.get_by_role("option").first).to_have_text("RLHF")
    box(page).fill("learning")
    texts = page.get_by_role("option").all_inner_texts()
    firsts = [text.split("\n")[0].lower() for text in texts]
    begins = [name.startswith("learning") for name in firsts]
    assert begins == [*[True] * sum(begins), *[False] * (8 - sum(begins))]
    assert any(begins)
    assert all(re.search(r"\blearning", name) for name in firsts)


def test_the_list_is_walked_by_keys(visit: Open) -> None:
    page = visit("/define")
    box(page).fill("reward")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    steps = [("ArrowDown", 1), ("End", -1), ("ArrowDown", 0), ("ArrowUp", -1), ("Home", 0)]
    for key, place in steps:
        page.keyboard.press(key)
        option = options.nth(place)
        expect(option).to_have_attribute("aria-selected", "true")
        expect(page.locator('[role="option"][aria-selected="true"]')).to_have_count(1)
        expect(box(page)).to_have_attribute(
            "aria-activedescendant", str(option.get_attribute("id"))
        )
    page.keyboard.press("ArrowDown")
    name = options.nth(1).inner_text().split("\n")[0]
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(name)
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(definition(page).locator("[data-passage]")).to_be_visible()


def test_escape_closes_the_list_and_then_clears_the_box(visit: Open) -> None:
    page = visit("/define")
    box(page).fill("rlhf")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("rlhf")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")
    expect(definition(page)).to_be_hidden()
    expect(page).to_have_url(re.compile("/define$"))


def test_a_click_takes_a_match(visit: Open) -> None:
    page = visit("/define")
    box(page).fill("dpo")
    page.get_by_role("option", name="DPO").first.click()
    expect(definition(page)).to_contain_text("Direct preference optimization")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_be_focused()


def test_a_late_reply_never_replaces_a_newer_one(visit: Open) -> None:
    page = visit("/define")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/gecko/definition/rlhf", hold)
    box(page).fill("rlhf")
    box(page).fill("lora")
    expect(page.locator('[data-passage="lora#tldr"]')).to_be_visible()
    assert len(held) == 1
    with page.expect_response("**/gecko/definition/rlhf") as reply:
        held[0].continue_()
    reply.value.finished()
    # What the page does with the reply is done before one that it asks for later.
    page.evaluate("fetch('/gecko/definition/dpo').then((reply) => reply.text())")
    expect(page.locator('[data-passage="lora#tldr"]')).to_be_visible()
    expect(page.locator('[data-passage="rlhf#tldr"]')).to_have_count(0)


def test_a_definition_is_fetched_once(visit: Open) -> None:
    page = visit("/define")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/rlhf") else None)
    for term in ("rlhf", "lora", "rlhf"):
        box(page).fill(term)
        expect(page.locator(f'[data-passage="{term}#tldr"]')).to_be_visible()
    assert len(asked) == 1


def test_a_definition_that_could_not_be_loaded_is_asked_for_again(visit: Open) -> None:
    page = visit("/define")
    page.route("**/gecko/definition/rlhf", lambda route: route.fulfill(status=503))
    box(page).fill("rlhf")
    expect(definition(page)).to_contain_text("The definition could not be loaded.")
    page.unroute("**/gecko/definition/rlhf")
    box(page).fill("lora")
    box(page).fill("rlhf")
    expect(page.locator('[data-passage="rlhf#tldr"]')).to_be_visible()


def test_the_address_keeps_the_term_and_opens_with_it(visit: Open) -> None:
    page = visit("/define")
    box(page).fill("what & ever")
    expect(page).to_have_url(re.compile(r"/define\?term=what\+%26\+ever$"))
    box(page).fill("low-rank adaptation")
    expect(page.locator('[data-passage="lora#tldr"]')).to_be_visible()
    page.reload()
    expect(box(page)).to_have_value("low-rank adaptation")
    expect(page.locator('[data-passage="lora#tldr"]')).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_term_that_nothing_is_called_can_be_asked(visit: Open) -> None:
    page = visit("/define")
    term = 'zzq <img src=x onerror="document.title=1">'
    box(page).fill(term)
    expect(definition(page)).to_contain_text(f"Nothing here is called “{term}”.")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("No concepts match.")
    assert definition(page).locator("img").count() == 0
    link = definition(page).get_by_role("link")
    asked = parse_qs(urlsplit(str(link.get_attribute("href"))).query)
    assert asked == {"q": [f"What is {term}?"]}


def test_definitions_read_well_without_script(visit: Open) -> None:
    page = visit("/define", java_script_enabled=False)
    page.get_by_role("navigation", name="Letters").get_by_role("link", name="R").click()
    expect(page.get_by_role("heading", name="R", exact=True)).to_be_in_viewport()
    page.get_by_role("link", name="RLHF", exact=True).click()
    expect(page).to_have_url(re.compile("/explainers/rlhf$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [*SIZES.values(), (360, 640)], ids=[*SIZES, "small"])
def test_definitions_are_accessible_and_fit(
    visit: Open, size: tuple[int, int], scheme: str
) -> None:
    page = visit("/define", size, color_scheme=scheme)
    # All letters are alike: a few are enough, and take a tenth of the time.
    page.locator(".gq-letter:nth-of-type(n + 4)").evaluate_all("all => all.map(e => e.remove())")
    for typed in ("", "rew", "zzqq"):
        box(page).fill(typed)
        if typed == "rew":
            expect(definition(page).locator("[data-passage]")).to_be_visible()
        assert faults(page) == []
        assert too_wide(page) <= 0


# --- Map


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_click_on_a_concept_reads_it(visit: Open, size: tuple[int, int]) -> None:
    page = visit("/map", size)
    node(page, "Pretraining").click()
    expect(page).to_have_url(re.compile("/explainers/pretraining$"))


def test_labels_hold_their_text(visit: Open) -> None:
    page = visit("/map")
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".gq-map-node")].filter((node) => {
          const box = node.querySelector("rect").getBBox();
          return [...node.querySelectorAll("text")].some((line) => {
            const text = line.getBBox();
            return text.x < box.x || text.x + text.width > box.x + box.width
              || text.y < box.y || text.y + text.height > box.y + box.height;
          });
        }).map((node) => node.getAttribute("aria-label"))"""
    )
    assert outside == []


def test_buttons_and_keys_zoom(visit: Open) -> None:
    page = visit("/map")
    start = view(page)[2]
    page.get_by_role("button", name="Zoom in").click()
    closer = view(page)[2]
    assert closer < start
    page.get_by_role("button", name="Zoom out").click()
    assert view(page)[2] == pytest.approx(start)
    page.get_by_role("button", name="All").click()
    whole = view(page)
    assert whole[0] <= 0
    assert whole[1] <= 0
    node(page, "Pretraining").focus()
    page.keyboard.press("+")
    assert view(page)[2] < whole[2]
    assert in_view(page, "Pretraining")
    page.keyboard.press("0")
    assert view(page) == pytest.approx(whole)


def test_the_wheel_scrolls_the_page_and_with_ctrl_zooms(visit: Open) -> None:
    page = visit("/map")
    start = view(page)
    page.locator(".gq-map-drawing").hover(position={"x": 300, "y": 200})
    page.mouse.wheel(0, 60)
    page.wait_for_function("window.scrollY > 0")
    assert view(page) == pytest.approx(start)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.wait_for_function(
        "before => Number(document.querySelector('.gq-map-drawing')"
        ".getAttribute('viewBox').split(' ')[2]) < before",
        arg=start[2] - 1,
    )


def test_a_drag_moves_the_map_and_opens_nothing(visit: Open) -> None:
    page = visit("/map")
    start = view(page)
    place = node(page, "Pretraining").bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 30, steps=4)
    page.mouse.up()
    moved = view(page)
    scale = page.locator(".gq-map-drawing").evaluate("e => e.clientWidth") / start[2]
    assert moved[0] - start[0] == pytest.approx(60 / scale, abs=0.5)
    assert moved[1] - start[1] == pytest.approx(30 / scale, abs=0.5)
    expect(page).to_have_url(re.compile("/map$"))


def test_arrow_keys_walk_and_the_view_follows(visit: Open) -> None:
    page = visit("/map")
    node(page, "Pretraining").focus()
    walked = []
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        title = str(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert in_view(page, title)
        walked.append(title)
    assert len(set(walked)) > 6
    places = [
        node(page, t).locator("rect").evaluate("e => e.getBBox().x + e.getBBox().width / 2")
        for t in dict.fromkeys(walked)
    ]
    assert places == sorted(places)
    expect(page.locator('.gq-map-node[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/explainers/"))


def test_focus_lights_a_concept_with_its_neighbours(visit: Open) -> None:
    page = visit("/map")
    node(page, "RLHF").focus()
    lit = page.locator(".gq-map-lit")
    data = node(page, "RLHF").evaluate("e => [e.dataset.related, e.dataset.confused].join(' ')")
    expect(lit).to_have_count(len(data.split()) + 1)
    expect(node(page, "RLHF")).to_have_class(re.compile("gq-map-lit"))
    page.get_by_role("button", name="Zoom in").focus()
    expect(lit).to_have_count(0)


def test_the_legend_lights_a_category_and_brings_it_into_view(visit: Open) -> None:
    page = visit("/map")
    button = page.get_by_role("button", name="Efficiency")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    members = page.locator('.gq-map-node[data-category="Efficiency"]')
    expect(page.locator(".gq-map-lit")).to_have_count(members.count())
    assert in_view(page, "Quantization")
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".gq-map-lit")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_search_goes_to_a_concept_by_an_alias(visit: Open, size: tuple[int, int]) -> None:
    page = visit("/map", size)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Find a concept")).to_be_focused()
    page.keyboard.type("low-rank adaptation")
    expect(page.get_by_role("option").first).to_have_text("low-rank adaptation LoRA")
    page.keyboard.press("Enter")
    expect(node(page, "LoRA")).to_be_focused()
    assert in_view(page, "LoRA")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/explainers/lora$"))


def test_a_phone_starts_where_labels_can_be_read(visit: Open) -> None:
    page = visit("/map", (390, 844))
    drawing = page.locator(".gq-map-drawing").bounding_box()
    assert drawing is not None
    assert drawing["width"] <= 390
    assert drawing["width"] / view(page)[2] >= 0.8


def test_the_map_is_whole_and_leads_on_without_script(visit: Open) -> None:
    page = visit("/map", java_script_enabled=False)
    left, top, width, height = view(page)
    assert (left, top) == (0, 0)
    assert min(width, height) > 1000
    expect(page.get_by_role("combobox")).to_have_count(0)
    page.get_by_text("The map as a list").click()
    page.locator(".gq-map-list").get_by_role("link", name="RLHF", exact=True).click()
    expect(page).to_have_url(re.compile("/explainers/rlhf$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [*SIZES.values(), (360, 640)], ids=[*SIZES, "small"])
def test_the_map_is_accessible_and_fits(visit: Open, size: tuple[int, int], scheme: str) -> None:
    page = visit("/map", size, color_scheme=scheme)
    assert faults(page) == []
    node(page, "Pretraining").focus()
    assert faults(page) == []
    assert too_wide(page) <= 0
