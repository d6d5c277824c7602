"""The reading pages as HTML: whole, word for word, linked, escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from factories import explainer_text, fake_index, write_corpus
from markup import Node, parsed

from gecko_qa.answer.steps import next_steps
from gecko_qa.html.reading import (
    render_explainer,
    render_explainers,
    render_missing,
    shelves_of,
)
from gecko_qa.layout import DEFAULT_LAYOUT
from gecko_qa.library import Library

SCRIPT = "<script>alert(1)</script>"


def library_of(folder: Path, files: Mapping[str, str]) -> Library:
    return Library(fake_index(write_corpus(folder / "corpus", files), folder / "index"))


def page_of(slug: str, library: Library) -> Node:
    return parsed(render_explainer(library.explainer(slug), library))


def one(nodes: list[Node]) -> Node:
    assert len(nodes) == 1
    return nodes[0]


def section(page: Node, section_id: str) -> Node:
    return one(page.having("id", section_id))


def body(part: Node) -> str:
    """The text of a section under its heading, its bullets as they are typed."""
    lines = [("- " if node.tag == "li" else "") + node.plain for node in part if node.tag in "pli"]
    return "\n".join(lines)


def links(node: Node) -> list[tuple[str, str]]:
    return [(a.attributes["href"], a.plain) for a in node if a.tag == "a"]


def asked(href: str) -> str:
    """The question that an address of the chat asks."""
    address = urlsplit(href)
    assert address.path == "/"
    return parse_qs(address.query, strict_parsing=True)["q"][0]


def meta(page: Node, name: str) -> str:
    nodes = page.having("name", name) + page.having("property", name)
    return one(nodes).attributes["content"]


@pytest.fixture
def hostile(tmp_path: Path) -> Library:
    """A corpus that holds markup wherever text can stand."""
    other = explainer_text("Toes", confused_with=["feet"])
    text = explainer_text(
        f"Feet {SCRIPT}",
        aliases=[f"hairs {SCRIPT}", "a&b|c"],
        asks=[f"What are hairs {SCRIPT}?"],
        related=["toes"],
        confused_with=["toes"],
        sections={"Level 1": f"Before {SCRIPT} {{{{ 7*7 }}}}", "Gecko's take": SCRIPT},
    ).replace("category: Testing", f'category: "{SCRIPT}"')
    return library_of(tmp_path, {"feet": text, "toes": other})


def test_every_section_stands_on_its_page_word_for_word(library: Library) -> None:
    for explainer in library.explainers:
        page = page_of(explainer.slug, library)
        for told in explainer.sections:
            shown = body(section(page, told.kind.id))
            assert shown.split() == told.text.split(), (explainer.slug, told.kind.id)


def test_a_page_has_title_description_and_canonical_address(small_library: Library) -> None:
    page = page_of("gecko-feet", small_library)
    assert one([n for n in page if n.tag == "title"]).plain == "Gecko feet · gecko-qa"
    assert meta(page, "description") == meta(page, "og:description") == "About Gecko feet."
    assert meta(page, "og:title") == "Gecko feet"
    assert one(page.having("rel", "canonical")).attributes["href"] == "/explainers/gecko-feet"


def test_a_page_says_where_it_stands_how_long_it_is_and_how_old(small_library: Library) -> None:
    page = page_of("gecko-feet", small_library)
    head = next(n for n in page if n.tag == "article").children
    text = next(n for n in head if isinstance(n, Node)).plain
    assert text == (
        "Testing Gecko feet About Gecko feet. ~1 min · 10 words deep · updated 2 January 2026"
    )
    assert ("/explainers#category-testing", "Testing") in links(page)


def test_the_ladder_leads_to_what_is_on_the_page(library: Library) -> None:
    page = page_of("rlhf", library)
    ladder = links(one(page.styled("gq-rail")))
    assert [name for _, name in ladder] == [
        "TL;DR",
        "Level 1",
        "Level 2",
        "Level 3",
        "Why this matters now",
        "Takeaways",
        "Gecko's take",
        "Sources",
        "Related",
    ]
    for href, _ in ladder:
        assert section(page, href.removeprefix("#"))
    ids = page.values("id")
    assert len(set(ids)) == len(ids)


def test_without_a_script_every_audience_is_told(small_library: Library) -> None:
    box = one(page_of("gecko-feet", small_library).having("data-tabs"))
    assert [n.plain for n in box if n.tag == "h3"] == [
        "Researcher",
        "Builder",
        "Investor",
        "Curious",
    ]
    assert not box.having("hidden")
    assert not box.having("role")


def test_the_take_alone_is_labelled_an_opinion(small_library: Library) -> None:
    page = page_of("gecko-feet", small_library)
    take = one(page.styled("gq-take"))
    assert take.attributes["id"] == "take"
    assert one(page.styled("gq-badge-take")) in take
    assert take.plain == "Gecko's take Opinion We like Gecko feet."


def test_sources_are_links(library: Library) -> None:
    explainer = library.explainer("rlhf")
    found = links(section(page_of("rlhf", library), "sources"))
    assert found == [(source.url, source.title) for source in explainer.sources]


def test_terms_lead_to_their_explainer_once_a_passage(library: Library) -> None:
    page = page_of("rlhf", library)
    for told in library.explainer("rlhf").sections:
        passage = library.passage(f"rlhf#{told.kind.id}")
        terms = section(page, told.kind.id).styled("gq-term")
        found = [(a.plain, a.attributes["data-define"]) for a in terms]
        assert found == [(passage.text[s:e], slug) for s, e, slug in library.terms(passage)]
        assert [a.attributes["href"] for a in terms] == [f"/explainers/{s}" for _, s in found]
    level = [a.attributes["data-define"] for a in section(page, "level-3").styled("gq-term")]
    assert "reward-modeling" in level
    assert "rlhf" not in level


def test_related_and_confused_stand_with_taglines(small_library: Library) -> None:
    page = page_of("suction-cups", small_library)
    assert section(page, "related").plain == "Related Gecko feet About Gecko feet."
    assert page.having("id", "confused-with") == []
    page = page_of("gecko-feet", small_library)
    assert section(page, "confused-with").plain == (
        "Often confused with Tree frogs About Tree frogs. Compare with Tree frogs"
    )
    assert page.having("id", "related") == []


def test_compare_asks_how_the_two_differ(library: Library) -> None:
    for explainer in library.explainers[::40]:
        page = page_of(explainer.slug, library)
        compared = [asked(a.attributes["href"]) for a in page.styled("gq-compare")]
        assert len(compared) == len(explainer.confused_with) > 0
        for question, other in zip(compared, explainer.confused_with, strict=True):
            found = {passage.concept for passage in library.ask(question).passages}
            assert found == {explainer.slug, other}, question


def test_what_is_no_longer_there_is_left_off(small_library: Library) -> None:
    gone = replace(small_library.explainer("gecko-feet"), related=("no-such", "tree-frogs"))
    page = parsed(render_explainer(gone, small_library))
    assert section(page, "related").plain == "Related Tree frogs About Tree frogs."


def test_neighbours_are_those_of_the_shelf_in_alphabetical_order(small_library: Library) -> None:
    def around(slug: str) -> dict[str, tuple[str, str]]:
        return {
            a.attributes["rel"]: (a.attributes["href"], a.plain)
            for a in page_of(slug, small_library)
            if a.attributes.get("rel") in ("prev", "next")
        }

    assert around("gecko-feet") == {"next": ("/explainers/suction-cups", "Next Suction cups")}
    assert around("suction-cups") == {
        "prev": ("/explainers/gecko-feet", "Previous Gecko feet"),
        "next": ("/explainers/tree-frogs", "Next Tree frogs"),
    }
    assert around("tree-frogs") == {"prev": ("/explainers/suction-cups", "Previous Suction cups")}


def test_neighbours_stay_within_the_category(tmp_path: Path) -> None:
    elsewhere = explainer_text("Bees").replace("category: Testing", "category: Animals")
    library = library_of(tmp_path, {"ants": explainer_text("Ants"), "bees": elsewhere})
    assert page_of("bees", library).styled("gq-around") == []


def test_ask_about_this_asks_the_explainers_own_questions(library: Library) -> None:
    explainer = library.explainer("rlhf")
    found = links(section(page_of("rlhf", library), "ask"))
    assert [name for _, name in found] == list(library.own_asks(explainer))
    assert [asked(href) for href, _ in found] == [name for _, name in found]
    assert len(found) == 3


def test_comparing_asks_what_the_chat_asks(library: Library) -> None:
    confused = section(page_of("lora", library), "confused-with")
    compared = [asked(a.attributes["href"]) for a in confused.styled("gq-compare")]
    steps = next_steps(library.ask("What is LoRA?"), library.index.by_slug, library.layout)
    offered = [step.question for step in steps if step.label.startswith("Compare")]
    assert offered
    assert compared[: len(offered)] == offered


def test_an_explainer_without_asks_offers_none(tmp_path: Path) -> None:
    library = library_of(tmp_path, {"ants": explainer_text("Ants")})
    assert page_of("ants", library).having("id", "ask") == []


def test_the_list_shelves_every_explainer_once_by_category(library: Library) -> None:
    page = parsed(render_explainers(library))
    rows = [n for n in page if n.tag == "li"]
    hrefs = sorted(links(row)[0][0] for row in rows)
    assert hrefs == sorted(f"/explainers/{e.slug}" for e in library.explainers)
    for shelf in shelves_of(library.explainers):
        told = section(page, shelf.id)
        titles = [links(n)[0][1] for n in told if n.tag == "li"]
        assert titles == sorted(
            (e.title for e in library.explainers if e.category == shelf.category),
            key=str.casefold,
        )
    chips = links(one(page.styled("gq-rail")))
    assert [name for _, name in chips] == sorted({e.category for e in library.explainers})


def test_a_row_holds_what_it_is_filtered_by(small_library: Library) -> None:
    page = parsed(render_explainers(small_library))
    row = next(n for n in page if n.tag == "li")
    assert row.plain == "Gecko feet About Gecko feet."
    assert row.attributes["data-also"] == "setae|GF"
    assert one(page.having("role", "status")).plain == "3 explainers"


def test_anchors_of_categories_are_words_and_never_the_same(small_library: Library) -> None:
    one_of = small_library.explainers[0]
    names = ("A, b & C", "a b c", "!", "?", "Été")
    shelves = shelves_of(
        replace(one_of, slug=f"s{n}", category=name) for n, name in enumerate(names)
    )
    assert [shelf.id for shelf in shelves] == [
        "category",
        "category-1",
        "category-a-b-c",
        "category-a-b-c-3",
        "category-été",
    ]


def test_the_current_page_is_marked_in_the_navigation(small_library: Library) -> None:
    def marked(html: str) -> list[tuple[str, str]]:
        nav = one(parsed(html).styled("gq-nav"))
        return [(a.plain, a.attributes["aria-current"]) for a in nav.having("aria-current")]

    explainer = small_library.explainer("gecko-feet")
    assert marked(render_explainers(small_library)) == [("Read", "page")]
    assert marked(render_explainer(explainer, small_library)) == [("Read", "true")]
    assert marked(render_missing("Nothing.", DEFAULT_LAYOUT)) == []


def test_every_page_can_be_skipped_into(small_library: Library) -> None:
    for html in (render_explainers(small_library), render_missing("Nothing.", DEFAULT_LAYOUT)):
        page = parsed(html)
        first = next(n for n in page if n.tag == "a")
        assert first.attributes["href"] == "#main"
        assert section(page, "main").tag == "main"
        # A corpus that names no license is given none.
        assert not [n for n in page if n.tag == "footer"]


@pytest.mark.parametrize("url", ["", "https://example.org/terms"])
def test_every_page_names_the_license_that_the_corpus_names(
    small_corpus: Path, tmp_path: Path, url: str
) -> None:
    told = 'license = "Our terms"\n' + (f'license_url = "{url}"\n' if url else "")
    (small_corpus / "corpus.toml").write_text(told, encoding="utf-8")
    library = Library(fake_index(small_corpus, tmp_path / "index"))
    for html in (render_explainers(library), render_missing("Nothing.", library.layout)):
        foot = next(n for n in parsed(html) if n.tag == "footer")
        assert foot.plain == "Explainers: Our terms"
        assert foot.values("href") == ([url] if url else [])


def test_the_explainers_that_come_with_it_are_under_their_license(library: Library) -> None:
    foot = next(n for n in parsed(render_explainers(library)) if n.tag == "footer")
    assert foot.plain == "Explainers: CC BY 4.0"
    assert foot.values("href") == ["https://creativecommons.org/licenses/by/4.0/"]


def test_what_is_missing_says_so_and_leads_on() -> None:
    page = parsed(render_missing(f"There is no “{SCRIPT}”.", DEFAULT_LAYOUT))
    assert f"There is no “{SCRIPT}”." in page.plain
    assert meta(page, "robots") == "noindex"
    assert {"/", "/explainers", "/define"} <= {href for href, _ in links(page)}


def test_markup_in_the_corpus_is_text_on_every_reading_page(hostile: Library) -> None:
    pages = [render_explainer(e, hostile) for e in hostile.explainers]
    for html in (*pages, render_explainers(hostile), render_missing(SCRIPT, DEFAULT_LAYOUT)):
        for script in (n for n in parsed(html) if n.tag == "script"):
            assert re.fullmatch(r"/gecko/[a-z]+\.js", script.attributes["src"])
            assert script.children == []
        assert "49" not in html
    assert SCRIPT in parsed(pages[0]).plain
    row = next(n for n in parsed(render_explainers(hostile)) if n.tag == "li")
    assert row.attributes["data-also"] == f"hairs {SCRIPT}|a&b|c"
