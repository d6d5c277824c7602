"""From answers to HTML: escaped, verbatim, labelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from factories import explainer_text, fake_index, three_explainers, write_corpus
from markup import Node, asked, parsed, passages, safe, turn

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.sentences import sentences_of
from gecko_qa.edges.web.turns import turn_of
from gecko_qa.errors import UnknownChoice
from gecko_qa.html.answers import render_answer, render_note, render_passage
from gecko_qa.html.cards import Piece, blocks, card_of
from gecko_qa.html.defining import render_definition, render_definitions
from gecko_qa.html.environment import render
from gecko_qa.html.mapping import render_map
from gecko_qa.html.reading import render_explainer, render_explainers, render_missing
from gecko_qa.layout import DEFAULT_LAYOUT
from gecko_qa.library import Library
from gecko_qa.settings import Settings
from gecko_qa.spelling import Correction

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><img src=x onerror=alert(2)>&amp;"


@pytest.fixture
def hostile(tmp_path: Path) -> Library:
    """A corpus that holds markup wherever text can stand."""
    told = f"Before {SCRIPT} after & {QUOTES} {{{{ 'z'*9 }}}}"
    text = explainer_text(
        f"Feet {SCRIPT}",
        aliases=[f"hairs {SCRIPT}"],
        related=["toes"],
        confused_with=["toes"],
        sections=dict.fromkeys(("TL;DR", "Level 1", "Level 2", "Gecko's take"), told),
    )
    text = text.replace("category: Testing", f'category: "{SCRIPT}"')
    text = text.replace("title: A paper", f"title: 'A {SCRIPT}'")
    text = text.replace("authors: A. Author", f"authors: 'A. {SCRIPT}'")
    toes = explainer_text(f"Toes {SCRIPT}", confused_with=["feet"])
    folder = write_corpus(tmp_path / "hostile", {"feet": text, "toes": toes})
    return Library(fake_index(folder, tmp_path / "hostile-index"))


def shown(
    answer: Answer, library: Library, number: int = 1, link: str = "", *, changed: bool = False
) -> Node:
    """Return an answer as the page shows it."""
    return turn(render_answer(answer, library, number, link, changed=changed))


def words(text: str) -> list[str]:
    """Return the words of a passage's text without the marks of its lists."""
    return text.replace("\n- ", "\n").removeprefix("- ").split()


def shown_words(html: Node) -> Iterator[tuple[str, list[str]]]:
    """Yield the id and the words of each passage in `html`, definitions above it included."""
    for node in html.having("data-passage"):
        (text,) = node.styled("gq-text")
        yield node.attributes["data-passage"], text.text.split()
    for node in html.having("data-lead"):
        (text,) = (child for child in node if child.tag == "span")
        yield node.attributes["data-lead"], text.text.split()


@pytest.fixture(scope="module")
def in_file(library: Library, settings: Settings) -> dict[str, str]:
    """The text of each passage as it stands in its file."""
    files = {
        explainer.slug: (settings.corpus / f"{explainer.slug}.md").read_bytes().decode("utf-8")
        for explainer in library.explainers
    }
    return {
        p.id: files[p.concept][p.start : p.start + len(p.text)]
        for p in library.index.passages.values()
    }


class TestVerbatim:
    def test_every_passage_is_shown_word_for_word_with_its_terms_and_any_sentence_marked(
        self, library: Library, in_file: dict[str, str]
    ) -> None:
        n_marked = n_terms = 0
        for n, passage in enumerate(library.index.passages.values()):
            spans = sentences_of(passage.text)
            mark = spans[n % len(spans)]
            card = card_of(library, passage, mark)
            html = parsed(render("passage.html", card=card, layout=library.layout, neighbours=pair))
            assert dict(shown_words(html)) == {passage.id: words(in_file[passage.id])}
            (section,) = html.having("data-passage")
            assert section.attributes["data-text"] == in_file[passage.id]
            marked = "".join(node.text for node in html if node.tag == "mark")
            assert words(marked) == words(passage.text[slice(*mark)])
            terms = html.having("data-define")
            assert [node.plain for node in terms] == [
                " ".join(passage.text[start:end].split())
                for start, end, _ in library.terms(passage)
            ]
            n_marked, n_terms = n_marked + bool(marked), n_terms + len(terms)
        assert n_marked == len(in_file)
        assert n_terms > len(in_file) / 4

    def test_every_answer_shows_its_passages_and_definitions_word_for_word(
        self, library: Library, in_file: dict[str, str], n_explainers: int
    ) -> None:
        audiences = ("researcher", "builder", "investor", "curious")
        n_shown = n_marks = 0
        for n, explainer in enumerate(library.explainers):
            ask = explainer.asks[n % len(explainer.asks)]
            answer = library.ask(ask, level="3", audience=audiences[n % 4])
            html = shown(answer, library)
            told = dict(shown_words(html))
            leads = [f"{slug}#tldr" for slug in answer.concepts]
            assert sorted(told) == sorted([*leads, *(p.id for p in answer.passages)])
            assert told == {passage_id: words(in_file[passage_id]) for passage_id in told}
            for node in html.having("data-text"):
                assert node.attributes["data-text"] == in_file[node.attributes["data-passage"]]
            n_marks += sum(node.tag == "mark" for node in html)
            n_shown += len(told)
        assert n_shown >= n_explainers * 2.8
        assert n_marks > 10

    def test_a_definition_is_the_passage_word_for_word(
        self, library: Library, in_file: dict[str, str]
    ) -> None:
        for explainer in library.explainers:
            html = parsed(render_definition(explainer.slug, library))
            told = in_file[f"{explainer.slug}#tldr"]
            assert dict(shown_words(html)) == {f"{explainer.slug}#tldr": words(told)}
            assert all(alias in html.plain for alias in explainer.aliases)

    def test_a_line_break_in_a_passage_is_copied_as_it_stands(self, tmp_path: Path) -> None:
        told = 'One "line"\nand its end.\n\n- a & b\n- c'
        corpus = {"feet": explainer_text("Feet", sections={"Level 1": told})}
        folder = write_corpus(tmp_path / "corpus", corpus)
        library = Library(fake_index(folder, tmp_path / "index"))
        (card,) = shown(library.ask("feet"), library).having("data-passage")
        assert card.attributes["data-text"] == told
        items = [node.plain for node in card if node.tag == "li"]
        assert items == ["a & b", "c"]


def pair(*_: object) -> tuple[None, None]:
    """No passage beside."""
    return None, None


class TestPassages:
    def test_a_card_names_concept_and_section_and_links_to_it(self, small_library: Library) -> None:
        html = shown(small_library.ask("setae", level="2"), small_library)
        (card,) = html.having("data-passage")
        assert card.plain.startswith("Gecko feet › Level 2")
        assert card.values("href")[0] == "/explainers/gecko-feet#level-2"
        assert card.values("datetime") == ["2026-01-02"]
        assert card.attributes["data-cite"] == "Gecko feet › Level 2"
        assert card.attributes["data-href"] == "/explainers/gecko-feet#level-2"
        assert card.attributes["data-updated"] == "2026-01-02"
        assert "https://example.org/paper" in html.values("href")

    def test_the_take_is_labelled_an_opinion_and_nothing_else_is(self, library: Library) -> None:
        html = shown(library.ask("What is Gecko's opinion on RLHF?"), library)
        cards = html.having("data-passage")
        assert passages(render_answer(library.ask("Gecko's take on RLHF?"), library)) == [
            card.attributes["data-passage"] for card in cards
        ]
        assert [card.attributes["data-passage"] for card in cards] == ["rlhf#level-1", "rlhf#take"]
        assert ["Opinion" in card.plain.split() for card in cards] == [False, True]
        assert html.styled("gq-take") == [cards[1]]

    def test_a_take_alone_is_labelled_too(self, small_library: Library) -> None:
        (take,) = parsed(render_passage(small_library, "gecko-feet#take")).having("data-passage")
        assert "Opinion" in take.plain.split()
        assert take.attributes["data-cite"] == "Gecko feet › Gecko's take (opinion)"
        (level,) = parsed(render_passage(small_library, "gecko-feet#level-1")).having("data-text")
        assert "Opinion" not in level.plain

    @pytest.mark.parametrize(
        ("section", "offered"),
        [
            ("tldr", {"Deeper": "level-1"}),
            ("level-1", {"Simpler": "tldr", "Deeper": "level-2"}),
            ("level-2", {"Simpler": "level-1", "Deeper": "level-3"}),
            ("level-3", {"Simpler": "level-2"}),
            ("why-now", {}),
            ("takeaways-builder", {}),
            ("take", {}),
        ],
    )
    def test_a_passage_leads_a_level_up_and_down(
        self, small_library: Library, section: str, offered: dict[str, str]
    ) -> None:
        html = parsed(render_passage(small_library, f"tree-frogs#{section}"))
        buttons = {node.plain: node.attributes["data-swap"] for node in html.having("data-swap")}
        assert buttons == {label: f"tree-frogs/{to}" for label, to in offered.items()}

    def test_a_passage_that_is_not_there_is_told(self, small_library: Library) -> None:
        with pytest.raises(UnknownChoice):
            render_passage(small_library, "tree-frogs#level-9")

    def test_a_term_leads_to_its_explainer_once_a_passage(self, tmp_path: Path) -> None:
        files = three_explainers()
        told = "Suction cups hold. A suction cup holds, as gecko feet do; so do tree frogs."
        files["tree-frogs"] = explainer_text("Tree frogs", sections={"Level 2": told})
        files["gecko-feet"] = explainer_text("Gecko feet")
        folder = write_corpus(tmp_path / "corpus", files)
        library = Library(fake_index(folder, tmp_path / "index"))
        (card,) = parsed(render_passage(library, "tree-frogs#level-2")).having("data-passage")
        terms = [(node.plain, node.attributes["href"]) for node in card.having("data-define")]
        assert terms == [
            ("Suction cups", "/explainers/suction-cups"),
            ("gecko feet", "/explainers/gecko-feet"),
        ]
        assert card.values("data-define") == ["suction-cups", "gecko-feet"]

    def test_the_sentence_that_answers_best_is_marked(self, small_library: Library) -> None:
        answer = small_library.ask("tree frogs")
        text = answer.passages[0].text
        marked = shown(replace(answer, marks=((0, 12),)), small_library)
        assert [node.text for node in marked if node.tag == "mark"] == [text[:12]]
        assert "mark" not in shown(replace(answer, marks=(None,)), small_library).tags


class TestDefinitionLine:
    def test_it_stands_above_the_passages(self, small_library: Library) -> None:
        answer = small_library.ask("What are setae?", level="2")
        html = shown(answer, small_library)
        assert [name for node in html for name in node.attributes if name in PLACES] == [
            "data-lead",
            "data-passage",
        ]
        (lead,) = html.having("data-lead")
        assert lead.plain == "Gecko feet is a thing that tests talk about."
        assert lead.values("href") == ["/explainers/gecko-feet"]

    @pytest.mark.parametrize(
        ("told", "shown_as", "name"),
        [
            ("Gecko feet stick.", "Gecko feet stick.", "Gecko feet"),
            ("The gecko feet stick.", "The gecko feet stick.", "gecko feet"),
            ("Gecko feets stick.", "Gecko feet — Gecko feets stick.", "Gecko feet"),
            ("All gecko feet stick.", "Gecko feet — All gecko feet stick.", "Gecko feet"),
        ],
    )
    def test_it_stands_after_its_title_unless_it_begins_with_it(
        self, tmp_path: Path, told: str, shown_as: str, name: str
    ) -> None:
        files = {"gecko-feet": explainer_text("Gecko feet", sections={"TL;DR": told})}
        corpus = write_corpus(tmp_path / "corpus", files)
        library = Library(fake_index(corpus, tmp_path / "index"))
        (lead,) = shown(library.ask("gecko feet", level="2"), library).having("data-lead")
        assert lead.plain == shown_as
        (link,) = (node for node in lead if node.tag == "a")
        assert link.plain == name
        definition = parsed(render_definition("gecko-feet", library))
        assert bool(definition.styled("gq-definition-named")) == (shown_as == told)

    def test_a_definition_that_is_the_answer_stands_once(self, small_library: Library) -> None:
        html = shown(small_library.ask("What are setae?", level="tldr"), small_library)
        assert html.values("data-passage") == ["gecko-feet#tldr"]
        assert html.having("data-lead") == []

    def test_a_comparison_has_one_of_each(self, small_library: Library) -> None:
        html = shown(small_library.ask("tree frogs vs. gecko feet", level="2"), small_library)
        assert html.values("data-lead") == ["tree-frogs#tldr", "gecko-feet#tldr"]


PLACES = ("data-lead", "data-passage")


class TestComparison:
    def rows(self, html: Node) -> list[list[str | None]]:
        """Return the passages of each row of columns, None for an empty place."""
        found = []
        for row in html.styled("gq-columns"):
            cells = [child for child in row.children if isinstance(child, Node)]
            if not row.having("data-lead"):
                found.append([cell.attributes.get("data-passage") for cell in cells])
        return found

    @pytest.mark.parametrize(
        ("question", "first", "second"),
        [
            ("tree frogs vs. gecko feet", "tree-frogs", "gecko-feet"),
            ("gecko feet vs. tree frogs", "gecko-feet", "tree-frogs"),
        ],
    )
    def test_the_same_sections_stand_side_by_side_in_the_asked_order(
        self, small_library: Library, question: str, first: str, second: str
    ) -> None:
        answer = small_library.ask(question, level="2", audience="builder")
        assert self.rows(shown(answer, small_library)) == [
            [f"{first}#level-2", f"{second}#level-2"],
            [f"{first}#takeaways-builder", f"{second}#takeaways-builder"],
        ]

    @pytest.mark.parametrize("gone", [0, 1])
    def test_where_one_lacks_a_section_its_place_is_empty(
        self, small_library: Library, gone: int
    ) -> None:
        answer = small_library.ask("tree frogs vs. gecko feet", level="2", audience="builder")
        left = [n for n in range(4) if n != 2 + gone]
        lacking = replace(
            answer,
            passages=tuple(answer.passages[n] for n in left),
            marks=tuple(answer.marks[n] for n in left),
        )
        html = shown(lacking, small_library)
        places: list[str | None] = ["tree-frogs#takeaways-builder", "gecko-feet#takeaways-builder"]
        places[gone] = None
        assert self.rows(html) == [["tree-frogs#level-2", "gecko-feet#level-2"], places]
        assert html.plain.count(": not told here.") == 1

    def test_every_concept_has_its_sources(self, small_library: Library) -> None:
        html = shown(small_library.ask("tree frogs vs. gecko feet"), small_library)
        summaries = [node.plain for node in html if node.tag == "summary"]
        assert summaries[:2] == ["Sources of Tree frogs", "Sources of Gecko feet"]

    def test_one_concept_has_no_columns(self, small_library: Library) -> None:
        answer = small_library.ask("tree frogs", audience="builder")
        assert self.rows(shown(answer, small_library)) == []
        assert len(shown(answer, small_library).having("data-passage")) == 2


class TestWhatIsSaid:
    def test_for_whom_how_deep_and_why(self, small_library: Library) -> None:
        answer = small_library.ask("What are setae?", level="2", audience="investor")
        text = shown(answer, small_library).plain
        assert "Level 2 · for Investor · matched the alias setae" in text

    def test_an_answer_without_passages_says_nothing_of_depth_or_why(
        self, small_library: Library
    ) -> None:
        for question in ("hi", "Roman empire", "why?"):
            assert "Level 1" not in shown(small_library.ask(question), small_library).plain

    @pytest.mark.parametrize(
        ("question", "said"),
        [
            ("What are setae?", "Gecko feet: matched the alias setae."),
            (
                "gecko feet vs. tree frogs",
                "Gecko feet, Tree frogs: matched the title Gecko feet and the title Tree frogs.",
            ),
            ("Roman empire", "No explainer covers this."),
            ("thanks", "You are welcome."),
        ],
    )
    def test_a_screen_reader_is_told_in_a_line(
        self, small_library: Library, question: str, said: str
    ) -> None:
        html = shown(small_library.ask(question), small_library)
        assert html.attributes["data-said"] == said

    def test_the_question_heads_the_answer_and_names_it(self, small_library: Library) -> None:
        html = shown(small_library.ask("setae"), small_library, number=7)
        (heading,) = (node for node in html if node.tag == "h2")
        assert heading.plain == "setae"
        assert heading.attributes["id"] == html.attributes["aria-labelledby"] == "gq-asked-7"
        assert html.attributes["data-turn"] == "7"

    def test_a_mended_question_stands_as_typed_above_how_it_was_read(
        self, small_library: Library
    ) -> None:
        html = shown(small_library.ask("tree froggs"), small_library)
        assert html.plain.startswith(
            "tree froggs Showing “tree frogs” Search for “froggs” instead Level 1"
        )
        assert "Showing" not in shown(small_library.ask("tree frogs"), small_library).plain
        as_typed = small_library.ask("tree froggs", as_typed=True)
        assert "Showing" not in shown(as_typed, small_library).plain

    def test_every_mended_word_is_shown(self, library: Library) -> None:
        html = shown(library.ask("Explain transformres and atention"), library)
        assert "Showing “Explain transformers and attention”" in html.plain

    def test_changed_text_is_told_only_where_it_changed(self, small_library: Library) -> None:
        answer = small_library.ask("setae")
        told = "The text has changed since this was answered."
        assert told in shown(answer, small_library, changed=True).plain
        assert told not in shown(answer, small_library).plain

    def test_another_concept_that_fits_as_well_is_offered_below_the_passages(
        self, small_library: Library
    ) -> None:
        answer = replace(small_library.ask("Why do geckos stick to glass?"), also=("tree-frogs",))
        html = shown(answer, small_library)
        assert "It may also be about Tree frogs" in html.plain
        assert html.plain.index("is told to anyone") < html.plain.index("It may also be about")
        assert "What is Tree frogs?" in html.values("data-ask")
        assert "may also" not in shown(small_library.ask("tree frogs"), small_library).plain

    def test_a_side_that_nothing_covers_is_named_above_the_passages(
        self, small_library: Library
    ) -> None:
        message = "No explainer covers “owls”."
        answer = replace(small_library.ask("tree frogs"), missing=("owls",), message=message)
        html = shown(answer, small_library).plain
        assert html.index(message) < html.index("is told to anyone")

    def test_next_steps_are_questions_to_ask(self, small_library: Library) -> None:
        html = shown(small_library.ask("setae"), small_library)
        asks = {node.plain: node.attributes["data-ask"] for node in html.having("data-ask")}
        assert asks["Compare with Tree frogs"] == "Gecko feet vs. Tree frogs"
        assert asks["Why this matters now"] == "Why does Gecko feet matter now?"

    def test_feedback_says_what_it_is_about(self, small_library: Library) -> None:
        answer = small_library.ask("tree frogs vs. gecko feet", level="2")
        assert asked(shown(answer, small_library)) == {
            "question": "tree frogs vs. gecko feet",
            "status": "answered",
            "concepts": ["tree-frogs", "gecko-feet"],
            "level": "2",
            "audience": "everyone",
            "index": small_library.hash,
        }


class TestNotCovered:
    def test_it_offers_the_nearest_and_to_ask_the_authors(self, small_library: Library) -> None:
        html = shown(small_library.ask("Roman empire"), small_library)
        assert "No explainer covers this." in html.plain
        assert "The nearest concepts" in html.plain
        assert len(html.having("data-ask")) == 3
        assert html.values("data-verdict") == ["wanted"]
        assert html.having("data-passage") == html.having("data-lead") == []

    @pytest.mark.parametrize(
        ("question", "looked_for"),
        [
            ("What is the Roman Empire?", "Looked for: Roman, Empire"),
            ("How do the Romans' roads, the Roman roads, work?", "Looked for: Romans, roads"),
            ("Who was C\u00e6sar Ⅳ?", "Looked for: C\u00e6sar, Ⅳ"),
        ],
    )
    def test_it_tells_the_words_it_looked_for_as_they_were_written(
        self, small_library: Library, question: str, looked_for: str
    ) -> None:
        answer = small_library.ask(question, as_typed=True)
        assert answer.status == "not_covered"
        html = shown(answer, small_library)
        assert looked_for in [node.plain for node in html.styled("gq-meta")]

    def test_names_that_look_alike_can_be_asked_for(self, small_library: Library) -> None:
        html = shown(small_library.ask("What is Hylidea?", as_typed=True), small_library)
        asks = {node.plain: node.attributes["data-ask"] for node in html.having("data-ask")}
        assert "Did you mean" in html.plain
        assert asks["Hylidae"] == "What is Hylidae?"
        far = shown(small_library.ask("Roman empire"), small_library)
        assert "Did you mean" not in far.plain

    def test_a_term_that_is_only_mentioned_leads_to_its_passages(
        self, small_library: Library
    ) -> None:
        html = shown(small_library.ask("van der Waals"), small_library)
        assert "No explainer covers “van der Waals”; it is mentioned in these." in html.plain
        assert html.plain.index("Gecko feet › Level 2") < html.plain.index("The nearest concepts")
        assert html.values("href")[0] == "/explainers/gecko-feet#level-2"
        assert html.having("data-passage") == []
        assert "Sources of" not in html.plain

    def test_what_asks_back_shows_its_message_alone(self, small_library: Library) -> None:
        html = shown(small_library.ask("why?"), small_library)
        assert html.attributes["data-status"] == "needs_context"
        assert html.plain.startswith("why? This follows up on something")
        assert html.values("href") == html.values("data-verdict") == []


class TestMarkup:
    @pytest.mark.parametrize(
        "text", [SCRIPT, QUOTES, "{{ 'z'*9 }}", "&quot;&lt;b&gt;", "a&level=3#x"]
    )
    def test_markup_in_a_question_is_text_everywhere(
        self, small_library: Library, text: str
    ) -> None:
        for question in (f"setae {text}", f"Roman {text} empire"):
            answer = small_library.ask(question, as_typed=True)
            html = render_answer(answer, small_library, 1, turn_of(answer).query())
            assert safe(html)
            article = turn(html)
            assert article.plain.startswith(question)
            assert asked(article)["question"] == question
            link = urlsplit(article.attributes["data-link"])
            assert (link.path, parse_qs(link.query)["q"]) == ("/", [question])
            assert link.fragment == ""
            assert "zzzzzzzzz" not in html

    def test_a_chip_asks_what_its_address_asks(self, hostile: Library) -> None:
        for html in (
            shown(hostile.ask("feet"), hostile),
            shown(hostile.ask("Roman empire", as_typed=True), hostile),
        ):
            chips = html.having("data-ask")
            assert chips
            for chip in chips:
                address = parse_qs(urlsplit(chip.attributes["href"]).query)
                assert address == {"q": [chip.attributes["data-ask"]]}

    def test_markup_in_the_corpus_is_text(self, hostile: Library) -> None:
        by_name = hostile.ask(f"hairs {SCRIPT}", level="1")
        opinion = hostile.ask(f"What is Gecko's take on Feet {SCRIPT}?", level="2")
        compared = hostile.ask(f"Feet {SCRIPT} vs. Toes {SCRIPT}")
        assert opinion.passages[-1].section == "take"
        assert len(compared.concepts) == 2
        everywhere = replace(
            by_name,
            because=f"matched the title Feet {SCRIPT}",
            correction=Correction(SCRIPT, ((SCRIPT, SCRIPT),)),
            message=f"No explainer covers “{SCRIPT}”.",
            definition=hostile.definition("feet"),
            mentioned=by_name.passages,
            marks=((3, 40),),
            nearest=("feet",),
            also=("feet",),
        )
        answers = [
            render_answer(answer, hostile) for answer in (by_name, opinion, compared, everywhere)
        ]
        notes = [
            render_note(SCRIPT),
            render_passage(hostile, "feet#take"),
            render_definition("feet", hostile),
            render(
                "intro.html",
                layout=hostile.layout,
                told="2 concepts.",
                sourced=True,
                asks=[f"What is {SCRIPT}?"],
            ),
        ]
        for html in (*answers, *notes):
            assert safe(html)
            assert "zzzzzzzzz" not in html
        for html in answers[:2]:
            for node in parsed(html).having("data-text"):
                passage = hostile.passage(node.attributes["data-passage"])
                assert node.attributes["data-text"] == passage.text
                assert node.attributes["data-cite"].startswith(f"Feet {SCRIPT} › ")

    def test_markup_in_the_corpus_is_text_on_pages(self, hostile: Library) -> None:
        for html in (
            render_explainer(hostile.explainer("feet"), hostile),
            render_explainers(hostile),
            render_definitions(hostile, f"Feet {SCRIPT}"),
            render_definitions(hostile, SCRIPT),
            render_map(hostile),
            render_missing(SCRIPT, DEFAULT_LAYOUT),
        ):
            assert "<script>alert" not in html
            assert "alert(2)>" not in html
            assert "onerror=alert" not in html or "&lt;img" in html
            assert "zzzzzzzzz" not in html

    def test_data_attributes_are_one_json_whatever_the_question(
        self, small_library: Library
    ) -> None:
        question = 'setae "}, "status": "hacked" \\'
        answer = small_library.ask(question, as_typed=True)
        said = json.loads(shown(answer, small_library).attributes["data-asked"])
        assert (said["question"], said["status"]) == (question, answer.status)


def test_an_explainer_page_has_an_anchor_for_every_section(library: Library) -> None:
    explainer = library.explainer("rlhf")
    html = parsed(render_explainer(explainer, library))
    ids = html.values("id")
    for section in explainer.sections:
        assert section.kind.id in ids
    assert len(set(ids)) == len(ids)
    assert str(explainer.words_deep) in html.plain
    assert html.tags.count("h1") == 1


def test_the_list_names_every_explainer(library: Library) -> None:
    links = parsed(render_explainers(library)).values("href")
    for explainer in library.explainers:
        assert f"/explainers/{explainer.slug}" in links


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


def test_a_mark_may_begin_and_end_within_a_term() -> None:
    text = "A reward model scores."
    (paragraph,) = blocks(text, ((2, 14, "reward-modeling"),), (9, 22))
    assert paragraph.lines == (
        (
            Piece("A "),
            Piece("reward ", "reward-modeling"),
            Piece("model", "reward-modeling", marked=True),
            Piece(" scores.", marked=True),
        ),
    )
