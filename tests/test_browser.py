"""The chat in a real browser: ask, turn the dials, follow up, keep, share and clear."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import (
    DESKTOP,
    PHONE,
    answered,
    ask,
    earlier,
    expect_its_start_in_view,
    newest,
    passages,
    question_box,
    questions,
    too_wide,
    turns,
    visit,
)
from playwright.sync_api import Browser, Page, Route, expect

from gecko_qa.library import Library

TYPED = re.compile("Search for “.*” instead")
ABOUT = re.compile("About: ")


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The chat, on a desktop and on a phone."""
    with visit(browser, address, request.param) as page:
        yield page


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Page]:
    """The chat on a desktop, for what is the same on a phone."""
    with visit(browser, address) as page:
        yield page


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


# Asking


def test_enter_and_the_button_ask_and_the_start_of_the_answer_is_in_view(page: Page) -> None:
    expect(question_box(page)).to_be_focused()
    first = ask(page, "What is RLHF?")
    expect_its_start_in_view(first)
    expect(first.locator(".gq-lead")).to_be_in_viewport()
    assert passages(first) == ["rlhf#level-1"]
    expect(question_box(page)).to_have_value("")
    page.mouse.wheel(0, 5000)
    question_box(page).fill("What is LoRA?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect_its_start_in_view(answered(page, 2))
    assert questions(page) == ["What is LoRA?", "What is RLHF?"]
    # Now far below the newest answer, among the earlier ones.
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    expect_its_start_in_view(ask(page, "What is the difference between DPO and RLHF?"))


def test_a_slash_goes_to_the_question_and_is_typed_there(desktop: Page) -> None:
    ask(desktop, "What is RLHF?")
    desktop.locator(".gq-question").click()
    expect(question_box(desktop)).not_to_be_focused()
    desktop.keyboard.press("/")
    expect(question_box(desktop)).to_be_focused()
    expect(question_box(desktop)).to_have_value("")
    desktop.keyboard.press("/")
    expect(question_box(desktop)).to_have_value("/")


def test_each_example_question_is_answered(desktop: Page) -> None:
    examples = desktop.locator(".gq-intro .gq-ask")
    asks = examples.all_text_contents()
    assert len(asks) == len(set(asks)) >= 3
    examples.first.click()
    expect(answered(desktop, 1)).to_have_attribute("data-status", "answered")
    expect(desktop.locator(".gq-intro")).not_to_be_visible()
    for question in asks[1:]:
        expect(ask(desktop, question)).to_have_attribute("data-status", "answered")


def test_a_question_that_cannot_be_asked_stays_in_the_box(desktop: Page) -> None:
    ask(desktop, "What is RLHF?")
    question_box(desktop).fill("?!")
    desktop.keyboard.press("Enter")
    message = "The question has no words. Ask about a concept."
    expect(desktop.get_by_role("alert")).to_have_text(message)
    expect(question_box(desktop)).to_have_value("?!")
    expect(turns(desktop)).to_have_count(1)
    expect(desktop.get_by_role("button", name="About: RLHF ✕")).to_be_visible()
    ask(desktop, "What is LoRA?")
    expect(desktop.get_by_text(message)).to_have_count(0)


def test_a_citation_leads_to_its_passage(desktop: Page) -> None:
    ask(desktop, "lora").get_by_role("link", name=re.compile(r"LoRA\s.*Level 1")).click()
    expect(desktop).to_have_url(re.compile("/explainers/lora#level-1$"))
    expect(desktop.locator("#level-1")).to_be_in_viewport()


# Depth and audience


def test_the_dials_change_the_answer_in_place_and_stay_in_view(page: Page) -> None:
    answer = ask(page, "What is RLHF?")
    page.get_by_label("Level 3").check()
    expect(answer.locator('[data-passage="rlhf#level-3"]')).to_be_visible()
    page.get_by_label("Builder").check()
    expect(answer.locator('[data-passage="rlhf#takeaways-builder"]')).to_be_visible()
    expect(turns(page)).to_have_count(1)
    assert "level=3" in page.url
    assert "audience=builder" in page.url
    page.mouse.wheel(0, 5000)
    expect(page.locator(".gq-question")).not_to_be_in_viewport()
    for choice in ("TL;DR", "Level 1", "Level 2", "Level 3", "Everyone", "Builder", "Curious"):
        expect(page.get_by_text(choice, exact=True)).to_be_in_viewport(ratio=1)


def test_the_arrow_keys_turn_a_dial_which_is_one_stop_of_the_tab_key(desktop: Page) -> None:
    answer = ask(desktop, "What is RLHF?")
    depth = desktop.get_by_role("radiogroup", name="Depth")
    depth.get_by_label("Level 1").focus()
    for level in ("2", "3"):
        desktop.keyboard.press("ArrowRight")
        expect(depth.get_by_label(f"Level {level}")).to_be_focused()
        expect(answer.locator(f'[data-passage="rlhf#level-{level}"]')).to_be_visible()
    desktop.keyboard.press("ArrowRight")
    expect(depth.get_by_label("TL;DR")).to_be_focused()
    expect(answer.locator('.gq-passage[data-passage="rlhf#tldr"]')).to_be_visible()
    desktop.keyboard.press("ArrowLeft")
    expect(depth.get_by_label("Level 3")).to_be_focused()
    expect(answer.locator('[data-passage="rlhf#level-3"]')).to_be_visible()
    desktop.keyboard.press("Tab")
    expect(desktop.get_by_role("radiogroup", name="For").get_by_label("Everyone")).to_be_focused()


def test_a_passage_turns_simpler_and_deeper_in_place_and_keeps_the_focus(desktop: Page) -> None:
    answer = ask(desktop, "What is RLHF?")
    asked = desktop.url
    # At the deepest level there is no deeper one, and the focus goes to what there is.
    for word, level, focused in (
        ("Deeper", "level-2", "Deeper"),
        ("Deeper", "level-3", "Simpler"),
        ("Simpler", "level-2", "Simpler"),
    ):
        answer.get_by_role("button", name=word).click()
        expect(answer.locator(f'[data-passage="rlhf#{level}"]')).to_be_visible()
        expect(answer.locator(".gq-passage")).to_have_count(1)
        expect(answer.get_by_role("button", name=focused)).to_be_focused()
    assert desktop.url == asked


# Following up


def test_a_chip_asks_the_next_question(desktop: Page) -> None:
    ask(desktop, "What is RLHF?").get_by_role("link", name="Gecko's take").click()
    take = answered(desktop, 2)
    card = take.locator('[data-passage="rlhf#take"]')
    expect(card).to_contain_text("Opinion")
    expect_its_start_in_view(take)
    take.get_by_role("link", name="Compare with Supervised fine-tuning").click()
    assert passages(answered(desktop, 3)) == ["rlhf#level-1", "supervised-fine-tuning#level-1"]


def test_a_follow_up_builds_on_the_answer_before_until_the_reader_lets_go(page: Page) -> None:
    ask(page, "What is RLHF?")
    expect(page.get_by_role("button", name="About: RLHF ✕")).to_be_in_viewport(ratio=1)
    answer = ask(page, "how is it different from DPO?")
    expect(answer).to_contain_text("follows from: RLHF")
    assert passages(answer) == ["rlhf#level-1", "direct-preference-optimization#level-1"]
    both = page.get_by_role("button", name="About: RLHF, Direct preference optimization ✕")
    expect(both).to_be_in_viewport(ratio=1)
    both.click()
    expect(page.get_by_role("button", name=ABOUT)).to_have_count(0)
    expect(turns(page)).to_have_count(2)
    without = ask(page, "why?")
    expect(without).to_have_attribute("data-status", "needs_context")
    expect(without).to_contain_text("Name the concept you mean.")


def test_a_dial_turns_a_follow_up_in_place_and_it_still_follows(desktop: Page) -> None:
    ask(desktop, "What is RLHF?")
    answer = ask(desktop, "and for investors?")
    assert "rlhf#takeaways-investor" in passages(answer)
    desktop.get_by_label("Level 3").check()
    expect(answer.locator('[data-passage="rlhf#level-3"]')).to_be_visible()
    assert passages(answer) == ["rlhf#level-3", "rlhf#takeaways-investor"]
    expect(turns(desktop)).to_have_count(2)
    assert passages(earlier(desktop)) == ["rlhf#level-1"]


def test_the_tab_of_the_browser_is_named_after_the_newest_question(desktop: Page) -> None:
    ask(desktop, "What is RLHF?")
    expect(desktop).to_have_title("What is RLHF? · gecko-qa")
    desktop.reload()
    expect(desktop).to_have_title("What is RLHF? · gecko-qa")
    desktop.get_by_role("button", name="Clear conversation").click()
    expect(desktop).to_have_title("gecko-qa")


def test_the_keyboard_of_a_phone_gives_way_to_the_answer(browser: Browser, address: str) -> None:
    with visit(browser, address, PHONE, has_touch=True, is_mobile=True) as phone:
        ask(phone, "What is RLHF?")
        expect(question_box(phone)).not_to_be_focused()
    with visit(browser, address) as desktop:
        ask(desktop, "What is RLHF?")
        expect(question_box(desktop)).to_be_focused()


# Corrections


def test_a_mended_slip_is_shown_and_asked_again_as_typed_in_place(page: Page) -> None:
    answer = ask(page, "What is RLFH?")
    expect(answer).to_contain_text("Showing “What is RLHF?”")
    assert passages(answer) == ["rlhf#level-1"]
    undo = answer.get_by_role("link", name="Search for “RLFH” instead")
    expect(undo).to_be_in_viewport(ratio=1)
    undo.click()
    expect(newest(page)).not_to_contain_text("Showing")
    expect(newest(page).get_by_role("heading", name="What is RLFH?")).to_be_visible()
    expect(turns(page)).to_have_count(1)
    expect(page.get_by_role("link", name=TYPED)).to_have_count(0)


def test_a_slip_that_is_no_concept_as_typed_is_not_covered(desktop: Page) -> None:
    assert passages(ask(desktop, "What is lorra?")) == ["lora#level-1"]
    desktop.get_by_role("link", name="Search for “lorra” instead").click()
    expect(newest(desktop)).to_have_attribute("data-status", "not_covered")
    assert passages(newest(desktop)) == []
    expect(desktop.get_by_role("button", name=ABOUT)).to_have_count(0)


def test_an_earlier_answer_is_asked_as_typed_in_a_turn_of_its_own(desktop: Page) -> None:
    ask(desktop, "What is RLFH?")
    ask(desktop, "What is LoRA?")
    earlier(desktop).get_by_role("link", name=TYPED).click()
    answered(desktop, 3)
    assert questions(desktop) == ["What is RLFH?", "What is LoRA?", "What is RLFH?"]
    expect(newest(desktop).get_by_role("link", name=TYPED)).to_have_count(0)


# Comparison and refusal


def test_a_comparison_stands_side_by_side_where_there_is_room(page: Page) -> None:
    answer = ask(page, "What is the difference between DPO and RLHF?")
    page.get_by_label("Builder").check()
    expect(answer.locator('[data-passage="rlhf#takeaways-builder"]')).to_be_visible()
    sections = ("level-1", "takeaways-builder")
    slugs = ("direct-preference-optimization", "rlhf")
    assert passages(answer) == [f"{slug}#{section}" for section in sections for slug in slugs]
    for section in sections:
        left, right = (
            answer.locator(f'[data-passage="{slug}#{section}"]').bounding_box() for slug in slugs
        )
        assert left is not None
        assert right is not None
        if page.viewport_size == {"width": DESKTOP[0], "height": DESKTOP[1]}:
            assert left["y"] == right["y"]
            assert left["x"] + left["width"] < right["x"]
        else:
            assert left["x"] == right["x"]
            assert left["y"] + left["height"] < right["y"]
    assert too_wide(page) <= 0


def test_side_by_side_the_texts_begin_on_one_line(desktop: Page) -> None:
    desktop.set_viewport_size({"width": 820, "height": 1180})
    answer = ask(desktop, "What is the difference between DPO and RLHF?")
    heads = [head.bounding_box() for head in answer.locator(".gq-passage h3").all()]
    texts = [text.bounding_box() for text in answer.locator(".gq-passage .gq-text").all()]
    assert [bool(box) for box in heads + texts] == [True] * 4
    assert heads[0]["height"] > heads[1]["height"]  # type: ignore[index]
    assert texts[0]["y"] == texts[1]["y"]  # type: ignore[index]


def test_a_refusal_says_what_it_looked_for_and_offers_the_nearest(page: Page) -> None:
    answer = ask(page, "How do I cook rice?")
    expect(answer.get_by_text("No explainer covers this.")).to_be_visible()
    expect(answer.get_by_text("Looked for: cook, rice")).to_be_visible()
    expect(answer.locator(".gq-ask")).to_have_count(3)
    assert passages(answer) == []
    expect(answer.get_by_role("button", name="Ask the authors for it")).to_be_in_viewport(ratio=1)
    nearest = answer.locator(".gq-ask").first
    name = nearest.inner_text()
    nearest.click()
    follow_up = answered(page, 2)
    expect(follow_up.locator(".gq-passage h3").first).to_contain_text(name)


def test_a_name_that_looks_like_one_we_know_is_offered(desktop: Page) -> None:
    answer = ask(desktop, "What is lorra?")
    desktop.get_by_role("link", name=TYPED).click()
    expect(answer.get_by_text("Did you mean")).to_be_visible()
    answer.get_by_role("link", name="LoRA", exact=True).first.click()
    assert passages(answered(desktop, 2)) == ["lora#level-1"]


def test_a_term_that_is_only_mentioned_leads_to_where_it_is(desktop: Page) -> None:
    answer = ask(desktop, "What is the chain rule?")
    expect(answer).to_contain_text("No explainer covers “chain rule”; it is mentioned in these.")
    assert passages(answer) == []
    answer.locator(".gq-chips a").first.click()
    expect(desktop).to_have_url(re.compile(r"/explainers/[a-z0-9-]+#[a-z0-9-]+$"))
    expect(desktop.locator(":target")).to_contain_text(re.compile("chain rule", re.IGNORECASE))


# Feedback


def test_a_question_that_is_not_covered_is_asked_of_the_authors(desktop: Page) -> None:
    answer = ask(desktop, "How do I cook rice?")
    with desktop.expect_response("**/feedback") as reply:
        answer.get_by_role("button", name="Ask the authors for it").click()
    assert reply.value.status == 201
    sent = reply.value.request.post_data_json
    assert sent["verdict"] == "wanted"
    assert sent["question"] == "How do I cook rice?"
    expect(answer).to_contain_text("Thank you. The authors will see this.")
    expect(answer.get_by_role("button", name="Ask the authors for it")).to_have_count(0)


def test_a_verdict_with_a_line_is_acknowledged(page: Page) -> None:
    answer = ask(page, "What is RLHF?")
    answer.locator("summary", has_text="Feedback").click()
    answer.get_by_label("A line for the authors, if you like").fill("What is a policy?")
    with page.expect_response("**/feedback") as reply:
        answer.get_by_role("button", name="Too technical").click()
    assert reply.value.status == 201
    sent = reply.value.request.post_data_json
    assert sent["verdict"] == "too-technical"
    assert sent["line"] == "What is a policy?"
    assert sent["concepts"] == ["rlhf"]
    expect(answer).to_contain_text("Thank you. The authors will see this.")


def test_what_cannot_be_taken_now_keeps_its_line_to_be_sent_again(page: Page) -> None:
    answer = ask(page, "What is RLHF?")
    answer.locator("summary", has_text="Feedback").click()
    line = answer.get_by_label("A line for the authors, if you like")
    line.fill("What is a policy?")
    told = json.dumps({"message": "Please try again in a moment."})
    page.route("**/feedback", lambda route: route.fulfill(status=429, body=told), times=1)
    answer.get_by_role("button", name="Useful").click()
    expect(answer).to_contain_text("Please try again in a moment.")
    expect(line).to_have_value("What is a policy?")
    answer.get_by_role("button", name="Useful").click()
    expect(answer).to_contain_text("Thank you. The authors will see this.")
    expect(answer).not_to_contain_text("Please try again")


# Copies and links


def test_a_take_says_that_it_is_an_opinion_wherever_it_is_copied_to(
    desktop: Page, tmp_path: Path
) -> None:
    answer = ask(desktop, "What is Gecko's take on RLHF?")
    take = answer.locator('[data-passage="rlhf#take"]')
    take.get_by_role("button", name="Copy", exact=True).click()
    expect(take.get_by_role("button", name="Copied")).to_be_visible()
    assert "— RLHF › Gecko's take (opinion), updated" in clipboard(desktop)
    take.get_by_role("button", name="Copy as Markdown").click()
    expect(take.get_by_role("button", name="Copied")).to_have_count(2)
    assert "— [RLHF › Gecko's take (opinion)](" in clipboard(desktop)
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="Save as Markdown").click()
    saved = tmp_path / "saved.md"
    download.value.save_as(saved)
    text = saved.read_text(encoding="utf-8")
    assert "[RLHF › Gecko's take (opinion)](" in text
    assert text.count("(opinion)") == 1


def test_a_passage_is_copied_with_its_citation(
    desktop: Page, library: Library, address: str
) -> None:
    answer = ask(desktop, "What is RLHF?")
    text = library.passage("rlhf#level-1").text
    updated = library.explainer("rlhf").updated
    href = f"{address}/explainers/rlhf#level-1"
    answer.get_by_role("button", name="Copy", exact=True).click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(desktop) == f"{text}\n\n— RLHF › Level 1, updated {updated}. {href}\n"
    answer.get_by_role("button", name="Copy as Markdown").click()
    expect(answer.get_by_role("button", name="Copied")).to_have_count(2)
    assert "\n\n" not in text
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    assert clipboard(desktop) == f"{quoted}\n>\n> — [RLHF › Level 1]({href}), updated {updated}\n"


def test_a_link_opens_the_same_answer_for_somebody_else(
    desktop: Page, browser: Browser, address: str
) -> None:
    ask(desktop, "What is RLHF?")
    desktop.get_by_label("Level 2").check()
    expect(newest(desktop).locator('[data-passage="rlhf#level-2"]')).to_be_visible()
    answer = ask(desktop, "and for investors?")
    answer.get_by_role("button", name="Copy link").click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    link = clipboard(desktop)
    assert link == desktop.url
    with visit(browser, address, path=link.removeprefix(address)) as other:
        expect(turns(other)).to_have_count(1)
        assert questions(other) == ["and for investors?"]
        assert passages(newest(other)) == passages(answer)
        expect(newest(other)).to_contain_text("follows from: RLHF")
        expect(other.get_by_label("Level 2")).to_be_checked()
        expect(other.get_by_role("button", name="About: RLHF ✕")).to_be_visible()
        expect(other.locator(".gq-note")).to_have_count(0)
        assert passages(ask(other, "why does it matter now?"))[-1] == "rlhf#why-now"


def test_a_link_says_where_the_text_has_changed_since(
    desktop: Page, browser: Browser, address: str
) -> None:
    ask(desktop, "What is RLHF?")
    seen = re.sub("text=[0-9a-f]+", "text=000000000000", desktop.url)
    assert seen != desktop.url
    with visit(browser, address, path=seen.removeprefix(address)) as other:
        expect(newest(other)).to_contain_text("The text has changed since this was answered.")
        assert passages(newest(other)) == ["rlhf#level-1"]


def test_a_link_that_cannot_be_asked_says_so(browser: Browser, address: str) -> None:
    with visit(browser, address, path="/?q=What+is+RLHF%3F&level=9") as page:
        expect(page.get_by_role("alert")).to_be_visible()
        expect(turns(page)).to_have_count(0)
        ask(page, "What is LoRA?")
        expect(page.get_by_role("alert")).to_have_count(0)


# Keeping


def test_a_reload_keeps_the_conversation_and_the_dials(page: Page) -> None:
    ask(page, "What is RLHF?")
    page.get_by_label("Level 2").check()
    expect(newest(page).locator('[data-passage="rlhf#level-2"]')).to_be_visible()
    ask(page, "What is LoRA?")
    asked = page.url
    page.reload()
    expect(turns(page)).to_have_count(2)
    assert questions(page) == ["What is LoRA?", "What is RLHF?"]
    assert passages(newest(page)) == ["lora#level-2"]
    assert passages(earlier(page)) == ["rlhf#level-2"]
    expect(page.get_by_label("Level 2")).to_be_checked()
    expect(page.get_by_role("button", name="About: LoRA ✕")).to_be_visible()
    expect(page.locator(".gq-note")).to_have_count(0)
    assert page.url == asked
    answer = ask(page, "how is it different from full fine-tuning?")
    expect(answer).to_contain_text("follows from: LoRA")


def test_two_readers_share_nothing(desktop: Page, browser: Browser, address: str) -> None:
    ask(desktop, "What is RLHF?")
    with visit(browser, address) as other:
        expect(turns(other)).to_have_count(0)
        expect(other.get_by_role("button", name=ABOUT)).to_have_count(0)
        expect(ask(other, "why?")).to_have_attribute("data-status", "needs_context")
        other.get_by_label("Level 3").check()
    assert passages(ask(desktop, "and for builders?"))[-1] == "rlhf#takeaways-builder"
    expect(desktop.get_by_label("Level 1")).to_be_checked()


def test_the_conversation_is_saved_as_markdown_with_its_sources(
    desktop: Page, library: Library, address: str, tmp_path: Path
) -> None:
    asked = ["What is RLHF?", "how is it different from DPO?", "How do I cook rice?"]
    shown = [passage for question in asked for passage in passages(ask(desktop, question))]
    assert len(shown) == 3
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="Save as Markdown").click()
    assert download.value.suggested_filename == "gecko-qa.md"
    saved = tmp_path / "saved.md"
    download.value.save_as(saved)
    text = saved.read_text(encoding="utf-8")
    assert re.findall("^## (.*)$", text, re.MULTILINE) == asked
    for passage_id in shown:
        passage = library.passage(str(passage_id))
        assert all(f"> {line}" in text for line in passage.text.split("\n") if line)
        assert f"({address}/explainers/{passage_id})" in text
    for slug in ("rlhf", "direct-preference-optimization"):
        for source in library.explainer(slug).sources:
            assert source.title in text
            assert f"<{source.url}>" in text
    assert "No explainer covers this." in text


def test_clearing_empties_all_for_good(desktop: Page, address: str) -> None:
    ask(desktop, "What is RLHF?")
    ask(desktop, "What is LoRA?")
    desktop.get_by_label("Level 3").check()
    expect(newest(desktop).locator('[data-passage="lora#level-3"]')).to_be_visible()
    desktop.get_by_role("button", name="Clear conversation").click()

    def expect_empty() -> None:
        expect(desktop.locator(".gq-intro")).to_be_visible()
        expect(turns(desktop)).to_have_count(0)
        expect(desktop.get_by_role("button", name=ABOUT)).to_have_count(0)
        expect(desktop.get_by_label("Level 1")).to_be_checked()
        assert desktop.url == f"{address}/"

    expect_empty()
    expect(question_box(desktop)).to_be_focused()
    with desktop.expect_response("**/predict"):
        desktop.reload()
    expect_empty()
    assert passages(ask(desktop, "What is DPO?")) == ["direct-preference-optimization#level-1"]
    expect(turns(desktop)).to_have_count(1)


def test_a_question_asked_while_the_page_opens_waits_and_is_kept(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    opening: list[Route] = []

    def hold_the_first(route: Route) -> None:
        opening.append(route)
        if len(opening) > 1:
            route.continue_()

    page.route("**/predict", hold_the_first)
    with page.expect_request("**/predict"):
        page.goto(address)
    question_box(page).fill("What is RLHF?")
    page.keyboard.press("Enter")
    for _ in range(10):
        page.evaluate("new Promise(requestAnimationFrame)")
    assert len(opening) == 1
    expect(question_box(page)).to_have_value("What is RLHF?")
    opening[0].continue_()
    assert passages(answered(page, 1)) == ["rlhf#level-1"]
    assert passages(ask(page, "and for builders?"))[-1] == "rlhf#takeaways-builder"
    context.close()


def test_each_file_that_the_page_names_is_loaded_once_and_no_other_is(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    loaded: list[str] = []
    context.on("request", lambda request: loaded.append(request.url))
    page = context.new_page()
    with page.expect_response("**/predict"):
        page.goto(address)
    head = context.request.get(address).text().partition("</head>")[0]
    named = [f"{address}/assets/{name}" for name in re.findall(r'"\./assets/([^"]+)"', head)]
    assert sorted(url for url in loaded if "/assets/" in url) == sorted(named)
    context.close()


@pytest.mark.parametrize("lost", [False, True])
def test_what_the_server_refuses_is_told_and_what_was_typed_stays(
    desktop: Page, browser: Browser, address: str, lost: bool
) -> None:
    ask(desktop, "What is RLHF?")

    def refuse(route: Route) -> None:
        if lost:
            route.abort()
        else:
            route.fulfill(status=429, json={"message": "Please try again in 3 seconds."})

    desktop.route("**/gradio_api/run/predict*", refuse)
    question_box(desktop).fill("What is LoRA?")
    desktop.keyboard.press("Enter")
    told = "cannot be reached" if lost else "Please try again in 3 seconds."
    expect(desktop.get_by_role("alert")).to_contain_text(told)
    expect(question_box(desktop)).to_have_value("What is LoRA?")
    expect(turns(desktop)).to_have_count(1)
    desktop.unroute("**/gradio_api/run/predict*")
    desktop.keyboard.press("Enter")
    expect(turns(desktop)).to_have_count(2)
    expect(desktop.get_by_role("alert")).to_have_count(0)
