"""From answers to HTML: escaped, verbatim, labelled."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from factories import explainer_text, fake_index, write_corpus

from gecko_qa.edges.web.html.answers import render_answers, render_note
from gecko_qa.edges.web.html.cards import Piece, blocks
from gecko_qa.edges.web.html.defining import render_definition
from gecko_qa.edges.web.html.reading import render_explainer, render_explainers
from gecko_qa.library import Library
from gecko_qa.spelling import Correction

SCRIPT = "<script>alert(1)</script>"


class Reader(HTMLParser):
    """Collects tags, and the text inside each element that carries `data-passage`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.passages: dict[str, list[str]] = {}
        self._passage: str | None = None
        self._in_text = 0
        self._fresh = True
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a":
            self.links.append(str(values["href"]))
        if values.get("data-passage"):
            self._passage = str(values["data-passage"])
        if tag in ("p", "li"):
            self._fresh = True
        if tag == "div":
            self._in_text += values.get("class") == "gq-text" or self._in_text > 0

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "li"):
            self._fresh = True
        if tag == "div" and self._in_text:
            self._in_text -= 1

    def handle_data(self, data: str) -> None:
        if self._in_text and self._passage and (data.strip() or not self._fresh):
            lines = self.passages.setdefault(self._passage, [])
            if self._fresh or not lines:
                lines.append("")
            lines[-1] += data
            self._fresh = False


def plain(html: str) -> str:
    """Return the text of `html` without tags, runs of white space as one space."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def words(text: str) -> list[str]:
    return text.replace("\n- ", "\n").removeprefix("- ").split()


@pytest.fixture
def hostile(tmp_path: Path) -> Library:
    """A corpus that holds markup wherever text can stand."""
    text = explainer_text(
        f"Feet {SCRIPT}",
        aliases=[f"hairs {SCRIPT}"],
        sections={"Level 1": f"Before {SCRIPT} after & <img src=x onerror=alert(2)> {{{{ 7*7 }}}}"},
    ).replace("category: Testing", f'category: "{SCRIPT}"')
    folder = write_corpus(tmp_path / "corpus", {"feet": text})
    return Library(fake_index(folder, tmp_path / "index"))


def test_a_card_names_concept_and_section_and_links_to_it(small_library: Library) -> None:
    html = render_answers([small_library.ask("setae", level="2")], small_library)
    assert 'href="/explainers/gecko-feet#level-2"' in html
    assert "Gecko feet" in html
    assert 'datetime="2026-01-02"' in html
    assert 'href="https://example.org/paper"' in html


def test_the_newest_answer_comes_first(small_library: Library) -> None:
    answers = [small_library.ask("setae"), small_library.ask("tree frogs")]
    html = render_answers(answers, small_library)
    assert html.index("tree frogs</h2>") < html.index("setae</h2>")


def test_a_shown_passage_is_the_passage_word_for_word(library: Library, n_explainers: int) -> None:
    shown = 0
    for explainer in library.explainers:
        for audience in ("researcher", "builder", "investor", "curious"):
            answer = library.ask(explainer.title, level="3", audience=audience)
            passages = Reader(render_answers([answer], library)).passages
            for passage in answer.passages:
                assert " ".join(passages[passage.id]).split() == words(passage.text)
                shown += 1
    assert shown == n_explainers * 4 * 2


def test_a_definition_is_the_passage_word_for_word(library: Library) -> None:
    for explainer in library.explainers:
        passage = library.definition(explainer.slug)
        html = render_definition(explainer.slug, library)
        assert " ".join(Reader(html).passages[passage.id]).split() == words(passage.text)
        assert all(alias in unescape(html) for alias in explainer.aliases)


def test_the_take_is_labelled_an_opinion(library: Library) -> None:
    answer = library.ask("What is Gecko's opinion on RLHF?")
    html = render_answers([answer], library)
    assert [passage.section for passage in answer.passages] == ["level-1", "take"]
    assert html.count("Opinion") == 1
    assert html.index('data-passage="rlhf#level-1"') < html.index("gq-take")
    assert html.index("gq-take") < html.index("Opinion") < html.rindex('class="gq-text"')


def test_not_covered_offers_the_nearest_as_links(small_library: Library) -> None:
    html = render_answers([small_library.ask("Roman empire")], small_library)
    assert "No explainer covers this." in html
    assert html.count('<a href="/explainers/') == 3
    assert "data-passage" not in html


def test_an_answer_says_for_whom_how_deep_and_why(small_library: Library) -> None:
    answer = small_library.ask("What are setae?", level="2", audience="investor")
    text = plain(render_answers([answer], small_library))
    assert "Level 2 · for Investor · matched the alias setae Gecko feet › TL;DR" in text


def test_an_answer_without_passages_says_nothing_of_depth_or_why(small_library: Library) -> None:
    answers = [small_library.ask("hi"), small_library.ask("Roman empire")]
    assert "Level 1" not in render_answers(answers, small_library)


def test_a_definition_comes_before_the_passages(small_library: Library) -> None:
    html = render_answers([small_library.ask("What are setae?", level="2")], small_library)
    assert re.findall('data-passage="(.*?)"', html) == ["gecko-feet#tldr", "gecko-feet#level-2"]
    assert html.count("Sources of") == 1
    assert Reader(html).passages["gecko-feet#tldr"] == [
        "Gecko feet is a thing that tests talk about."
    ]


def test_a_definition_that_is_the_answer_stands_once(small_library: Library) -> None:
    answer = small_library.ask("What are setae?", level="tldr")
    assert answer.definition in answer.passages
    html = render_answers([answer], small_library)
    assert re.findall('data-passage="(.*?)"', html) == ["gecko-feet#tldr"]


def test_a_question_that_is_not_by_name_gets_no_definition(small_library: Library) -> None:
    html = render_answers([small_library.ask("Why do geckos stick to glass?")], small_library)
    assert re.findall('data-passage="(.*?)"', html) == ["gecko-feet#level-1"]


def test_a_mended_question_stands_as_typed_above_how_it_was_read(small_library: Library) -> None:
    html = render_answers([small_library.ask("tree froggs")], small_library)
    assert "tree froggs Showing frogs. Level 1" in plain(html)
    assert "Showing" not in render_answers([small_library.ask("tree frogs")], small_library)
    as_typed = small_library.ask("tree froggs", as_typed=True)
    assert "Showing" not in render_answers([as_typed], small_library)


def test_every_mended_word_is_shown(library: Library) -> None:
    html = render_answers([library.ask("Explain transformres and atention")], library)
    assert "Showing transformers, attention." in html


def test_a_term_that_is_only_mentioned_leads_to_its_passages(small_library: Library) -> None:
    html = render_answers([small_library.ask("van der Waals")], small_library)
    text = plain(html)
    assert "No explainer covers “van der Waals”; it is mentioned in these." in text
    assert text.index("Gecko feet › Level 2") < text.index("The nearest concepts are:")
    assert Reader(html).links[0] == "/explainers/gecko-feet#level-2"
    assert "data-passage" not in html
    assert "Sources of" not in html


def test_another_concept_that_fits_as_well_is_a_link_below_the_passages(
    small_library: Library,
) -> None:
    answer = replace(small_library.ask("Why do geckos stick to glass?"), also=("tree-frogs",))
    html = render_answers([answer], small_library)
    assert "It may also be about: Tree frogs" in plain(html)
    assert html.index("data-passage") < html.index('<a href="/explainers/tree-frogs">')
    assert "It may also be about" not in render_answers(
        [small_library.ask("tree frogs")], small_library
    )


def test_a_side_that_nothing_covers_is_named_above_the_passages(small_library: Library) -> None:
    message = "No explainer covers “owls”."
    answer = replace(small_library.ask("tree frogs"), missing=("owls",), message=message)
    html = render_answers([answer], small_library)
    assert html.index(message) < html.index("data-passage")


def test_what_asks_back_shows_its_message_alone(small_library: Library) -> None:
    html = render_answers([small_library.ask("why?")], small_library)
    assert 'data-status="needs_context"' in html
    assert plain(html).startswith("why? This follows up on something")
    assert Reader(html).links == []


def test_markup_in_a_question_is_text(small_library: Library) -> None:
    html = render_answers([small_library.ask(f"setae {SCRIPT}")], small_library)
    assert "script" not in Reader(html).tags
    assert "setae &lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_markup_in_the_corpus_is_text(hostile: Library) -> None:
    explainer = hostile.explainer("feet")
    by_name = hostile.ask(f"hairs {SCRIPT}", level="1")
    everywhere = replace(
        by_name,
        because=f"matched the title Feet {SCRIPT}",
        correction=Correction(SCRIPT, ((SCRIPT, SCRIPT),)),
        message=f"No explainer covers “{SCRIPT}”.",
        definition=hostile.definition("feet"),
        mentioned=by_name.passages,
        nearest=("feet",),
        also=("feet",),
    )
    for html in (
        render_answers([hostile.ask("feet", level="1")], hostile),
        render_answers([by_name], hostile),
        render_answers([everywhere], hostile),
        render_definition("feet", hostile),
        render_explainer(explainer, hostile),
        render_explainers(hostile),
        render_note(SCRIPT),
    ):
        tags = Reader(html).tags
        assert "<script>alert" not in html
        assert "img" not in tags
        assert "49" not in html


def test_an_explainer_page_has_an_anchor_for_every_section(library: Library) -> None:
    explainer = library.explainer("rlhf")
    html = render_explainer(explainer, library)
    reader = Reader(html)
    for section in explainer.sections:
        assert section.kind.id in reader.ids
    assert len(set(reader.ids)) == len(reader.ids)
    assert f"~{explainer.reading_minutes} min" in html
    assert f"{explainer.words_deep} words deep" in html
    assert reader.tags.count("h1") == 1


def test_the_list_names_every_explainer(library: Library) -> None:
    html = render_explainers(library)
    for explainer in library.explainers:
        assert f'href="/explainers/{explainer.slug}"' in html


def test_blocks_cut_text_without_changing_a_word() -> None:
    found = blocks("One line\nand its end.\n\n- a\n- b\n\nLast.")
    lines = [tuple("".join(p.text for p in line) for line in block.lines) for block in found]
    assert [(block.kind, text) for block, text in zip(found, lines, strict=True)] == [
        ("paragraph", ("One line and its end.",)),
        ("list", ("a", "b")),
        ("paragraph", ("Last.",)),
    ]


def test_a_block_is_cut_at_terms_and_at_the_marked_sentence() -> None:
    text = "A reward model.\nIt scores.\n\n- one reward\n- two"
    paragraph, items = blocks(text, ((2, 14, "reward-modeling"), (34, 40, "rewards")), (16, 26))
    assert paragraph.lines == (
        (
            Piece("A "),
            Piece("reward model", "reward-modeling"),
            Piece(". "),
            Piece("It scores.", marked=True),
        ),
    )
    assert items.lines == ((Piece("one "), Piece("reward", "rewards")), (Piece("two"),))
