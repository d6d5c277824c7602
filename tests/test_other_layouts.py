"""Other levels and audiences, and explainers that lack sections, through every surface."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import other_layouts
import pytest
from builds import Bench
from commands import Cli
from factories import fake_index, write_corpus
from markup import parsed

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import context_after
from gecko_qa.answer.steps import in_a_sentence, next_steps
from gecko_qa.batch import answer_lines
from gecko_qa.corpus.folder import check_corpus
from gecko_qa.edges.web.chat import build_chat
from gecko_qa.edges.web.conversation import Conversation
from gecko_qa.errors import UnknownChoice, UsageError
from gecko_qa.feedback.taking import parse_feedback
from gecko_qa.html.answers import render_answer, render_passage
from gecko_qa.html.defining import render_definition, render_definitions
from gecko_qa.html.mapping import render_map
from gecko_qa.html.reading import render_explainer, render_explainers, render_missing
from gecko_qa.index.load import Index
from gecko_qa.library import Library


@pytest.fixture
def tides(tmp_path: Path) -> Library:
    """Three levels, two audiences, other names for the opinion and the present."""
    return Library(fake_index(other_layouts.tides(tmp_path / "tides"), tmp_path / "tides-index"))


@pytest.fixture
def depths(tmp_path: Path) -> Library:
    """Five levels, no audiences."""
    return Library(fake_index(other_layouts.depths(tmp_path / "depths"), tmp_path / "depths-index"))


def ids(answer: Answer) -> list[str]:
    assert answer.status == "answered", answer
    return [passage.id for passage in answer.passages]


def steps(answer: Answer, library: Library) -> dict[str, str]:
    told = next_steps(answer, library.index.by_slug, library.layout)
    return {step.label: step.question for step in told}


class TestIndex:
    def test_passages_are_the_corpuss_own_sections(self, tides: Library) -> None:
        assert list(tides.index.passages) == [
            "neap-tides#practitioner",
            *(f"spring-tides#{s}" for s in ("beginner", "practitioner", "expert", "why-now")),
            *("spring-tides#takeaways-skipper", "spring-tides#takeaways-kids", "spring-tides#take"),
            *("tidal-range#beginner", "tidal-range#expert", "tidal-range#takeaways-kids"),
        ]
        kids = tides.passage("tidal-range#takeaways-kids")
        assert (kids.level, kids.audience) == (None, "kids")
        assert tides.passage("tidal-range#expert").level == "expert"

    def test_a_reopened_index_has_the_same_layout(self, depths: Library) -> None:
        again = Index(depths.index.folder, depths.index.manifest, encoder=depths.index.encoder)
        assert again.layout == depths.layout
        assert again.explainers == depths.explainers
        ids = [level.id for level in again.layout.levels]
        assert ids == ["gist", "shallow", "middling", "deep-water", "5"]
        assert (again.layout.audiences, again.layout.default_level) == ((), "gist")

    def test_what_an_explainer_lacks_is_empty(self, tides: Library) -> None:
        neap = tides.explainer("neap-tides")
        assert (neap.updated, neap.sources, neap.asks, neap.aliases, neap.tagline) == (
            *(None, (), (), ()),
            "",
        )
        assert (neap.category, neap.words_deep) == ("Concepts", 14)


class TestAnswers:
    def test_level_and_audience_are_the_corpuss_ids(self, tides: Library) -> None:
        answer = tides.ask("spring tides", "expert", "kids").to_json()
        assert (answer["level"], answer["audience"]) == ("expert", "kids")
        told = [(p["id"], p["level"], p["audience"]) for p in answer["passages"]]
        assert told == [
            ("spring-tides#expert", "expert", None),
            ("spring-tides#takeaways-kids", None, "kids"),
        ]
        assert answer["definition"] == "spring-tides#beginner"
        assert (tides.ask("spring tides").level, tides.ask("spring tides").audience) == (
            "practitioner",
            None,
        )

    @pytest.mark.parametrize(
        ("level", "audience", "choices"),
        [
            ("1", None, "beginner, practitioner, expert"),
            (None, "investor", "skipper, kids, everyone"),
        ],
    )
    def test_choices_of_other_corpora_are_refused(
        self, tides: Library, level: str | None, audience: str | None, choices: str
    ) -> None:
        with pytest.raises(UnknownChoice, match=f"Choose one of: {choices}"):
            tides.ask("spring tides", level, audience)

    @pytest.mark.parametrize(
        ("question", "level"),
        [
            ("spring tides for beginners", "beginner"),
            ("Explain spring tides like I'm five", "beginner"),
            ("spring tides in one sentence", "beginner"),
            ("spring tides at expert level", "expert"),
            ("spring tides for an expert", "expert"),
            ("spring tides, expert version", "expert"),
            ("the expert version of spring tides", "expert"),
            ("spring tides in depth", "expert"),
            ("spring tides for practitioners", "practitioner"),
            ("spring tides at an intermediate level", "practitioner"),
            ("Spring tides? Beginner please", "beginner"),
        ],
    )
    def test_a_level_is_asked_for_by_its_name_or_by_what_it_is(
        self, tides: Library, question: str, level: str
    ) -> None:
        answer = tides.ask(question, "expert" if level == "beginner" else "beginner")
        assert (answer.level, answer.concepts) == (level, ("spring-tides",))

    @pytest.mark.parametrize("question", ["What does an expert of spring tides know?"])
    def test_a_name_of_a_level_within_a_question_is_its_topic(
        self, tides: Library, question: str
    ) -> None:
        assert tides.ask(question).level == "practitioner"

    @pytest.mark.parametrize(
        ("question", "level"),
        [
            ("anchors in a nutshell", "gist"),
            ("anchors in simple terms", "shallow"),
            ("anchors at an intermediate level", "deep-water"),
            ("explain anchors to an expert", "5"),
            ("anchors at deep water level", "deep-water"),
            ("anchors, abyss", "5"),
        ],
    )
    def test_five_levels_are_asked_for_in_plain_words(
        self, depths: Library, question: str, level: str
    ) -> None:
        assert depths.ask(question).level == level

    @pytest.mark.parametrize(
        ("question", "audience"),
        [
            ("What do spring tides mean for skippers?", "skipper"),
            ("spring tides for children", "kids"),
            ("As a skipper, what are spring tides?", "skipper"),
            ("spring tides for investors", None),
        ],
    )
    def test_an_audience_is_asked_for_by_its_name(
        self, tides: Library, question: str, audience: str | None
    ) -> None:
        answer = tides.ask(question)
        assert (answer.audience, answer.level) == (audience, "practitioner")

    @pytest.mark.parametrize(
        ("question", "intent", "section"),
        [
            ("What is the Editor's view on spring tides?", "opinion", "take"),
            ("What does the editor think of spring tides?", "opinion", "take"),
            ("What is your opinion on spring tides?", "opinion", "take"),
            ("Spring tides: in the harbour today?", "why_now", "why-now"),
            ("Why do spring tides matter now?", "why_now", "why-now"),
        ],
    )
    def test_the_corpuss_own_name_for_a_section_asks_for_it(
        self, tides: Library, question: str, intent: str, section: str
    ) -> None:
        answer = tides.ask(question)
        assert answer.intent == intent
        assert ids(answer) == ["spring-tides#practitioner", f"spring-tides#{section}"]

    def test_another_corpuss_name_for_the_opinion_asks_for_nothing(self, tides: Library) -> None:
        assert tides.ask("What do geckos feel at spring tides?").intent != "opinion"

    def test_a_bare_name_of_a_section_follows_up(self, tides: Library) -> None:
        context = context_after(tides.ask("spring tides"), None)
        answer = tides.ask("And the editor's view?", context=context)
        assert (answer.intent, answer.follows) == ("opinion", ("spring-tides",))


class TestLacking:
    @pytest.mark.parametrize(
        ("level", "shown", "message"),
        [
            ("practitioner", "practitioner", ""),
            (
                "beginner",
                "practitioner",
                "Neap tides has no “Beginner”: this is its “Practitioner”.",
            ),
            ("expert", "practitioner", "Neap tides has no “Expert”: this is its “Practitioner”."),
        ],
    )
    def test_the_nearest_level_is_shown_and_the_dial_stays(
        self, tides: Library, level: str, shown: str, message: str
    ) -> None:
        answer = tides.ask("neap tides", level)
        assert (answer.level, ids(answer), answer.message) == (
            level,
            [f"neap-tides#{shown}"],
            message,
        )
        assert answer.definition is not None
        assert answer.definition.id == "neap-tides#practitioner"

    def test_of_two_as_near_the_shallower_is_shown(self, tides: Library) -> None:
        answer = tides.ask("tidal range", "practitioner")
        assert ids(answer) == ["tidal-range#beginner"]

    def test_all_that_is_lacking_is_told_in_one_sentence(self, tides: Library) -> None:
        answer = tides.ask("Why do neap tides matter now?", "expert", "kids")
        assert ids(answer) == ["neap-tides#practitioner"]
        assert answer.message == (
            "Neap tides has no “Expert”, no “In the harbour today” and no takeaways under "
            "“Children”: this is its “Practitioner”."
        )
        opinion = tides.ask("What is the Editor's view on tidal range?", "beginner")
        assert opinion.message == "Tidal range has no “Editor's view”."

    def test_a_comparison_tells_it_once_for_all_that_lack_the_same(self, depths: Library) -> None:
        answer = depths.ask("anchors vs cleats", "gist")
        assert ids(answer) == ["anchors#gist", "cleats#middling"]
        assert answer.message == "Cleats has no “Gist”: this is its “Middling”."

    def test_limits_are_told_at_the_deepest_level_there_is(self, tides: Library) -> None:
        answer = tides.ask("What are the limits of neap tides?", "practitioner")
        assert (ids(answer), answer.message) == (["neap-tides#practitioner"], "")
        answer = tides.ask("What are the limits of spring tides?", "beginner")
        assert ids(answer) == ["spring-tides#beginner", "spring-tides#expert"]

    def test_deeper_goes_past_a_level_that_is_lacking(self, tides: Library) -> None:
        context = context_after(tides.ask("tidal range", "beginner"), None)
        answer = tides.ask("go deeper", "beginner", context=context)
        assert (answer.level, ids(answer), answer.message) == (
            "expert",
            ["tidal-range#expert"],
            "",
        )
        context = context_after(answer, context)
        assert tides.ask("simpler", "expert", context=context).level == "beginner"

    def test_deeper_than_there_is_says_so(self, tides: Library) -> None:
        context = context_after(tides.ask("neap tides"), None)
        answer = tides.ask("go deeper", context=context)
        assert answer.message == "Neap tides has no “Expert”: this is its “Practitioner”."


class TestSteps:
    def test_what_is_there_is_offered_by_its_own_name(self, tides: Library) -> None:
        assert steps(tides.ask("spring tides"), tides) == {
            "In the harbour today": "Why does Spring tides matter now?",
            "For the children": "What does Spring tides mean for the children?",
            "Editor's view": "Editor's view on Spring tides?",
            "Compare with Neap tides": "Spring tides vs. Neap tides",
            "Tidal range": "What is Tidal range?",
        }

    def test_what_is_lacking_is_not_offered(self, tides: Library) -> None:
        assert set(steps(tides.ask("neap tides"), tides)) == {"Compare with Spring tides"}
        labels = set(steps(tides.ask("tidal range"), tides))
        assert labels == {"For the children", "Spring tides"}

    @pytest.mark.parametrize(
        ("slug", "label", "shown"),
        [
            ("spring-tides", "In the harbour today", "spring-tides#why-now"),
            ("spring-tides", "For the children", "spring-tides#takeaways-kids"),
            ("spring-tides", "Editor's view", "spring-tides#take"),
            ("spring-tides", "Compare with Neap tides", "neap-tides#practitioner"),
            ("spring-tides", "Tidal range", "tidal-range#beginner"),
            ("neap-tides", "Compare with Spring tides", "spring-tides#practitioner"),
            ("tidal-range", "For the children", "tidal-range#takeaways-kids"),
            ("tidal-range", "Spring tides", "spring-tides#practitioner"),
        ],
    )
    def test_a_step_is_answered_with_what_it_offers(
        self, tides: Library, slug: str, label: str, shown: str
    ) -> None:
        first = tides.ask(tides.explainer(slug).title)
        question = steps(first, tides)[label]
        for context in (None, context_after(first, None)):
            assert shown in ids(tides.ask(question, context=context))

    @pytest.mark.parametrize(
        ("take", "question"),
        [
            ("The bottom line", "The bottom line on Feet?"),
            ("Our view", "Our view on Feet?"),
            ("The editors' view", "The editors' view on Feet?"),
            ("What we think", "What is your opinion on Feet?"),
            ("Verdict", "What is your opinion on Feet?"),
        ],
    )
    def test_an_opinion_under_any_heading_is_asked_for_and_told(
        self, tmp_path: Path, take: str, question: str
    ) -> None:
        text = f"---\ntitle: Feet\n---\n\n## Level 1\n\nThey stick.\n\n## {take}\n\nGood.\n"
        folder = write_corpus(tmp_path / "corpus", {"feet": text})
        (folder / "corpus.toml").write_text(f'take = "{take}"\n', encoding="utf-8")
        library = Library(fake_index(folder, tmp_path / "index"))
        assert steps(library.ask("feet"), library) == {take: question}
        assert ids(library.ask(question)) == ["feet#level-1", "feet#take"]

    @pytest.mark.parametrize(
        ("name", "within"),
        [
            ("Builder", "builder"),
            ("The curious", "curious"),
            ("HR lead", "HR lead"),
            ("Policy maker", "policy maker"),
            ("C", "c"),
        ],
    )
    def test_a_name_stands_within_a_sentence(self, name: str, within: str) -> None:
        assert in_a_sentence(name) == within

    def test_without_audiences_none_is_offered(self, depths: Library) -> None:
        assert set(steps(depths.ask("anchors"), depths)) == {
            "Why this matters now",
            "Gecko's take",
        }


def pages(library: Library) -> dict[str, str]:
    """Return every page and fragment of a library."""
    asked = ["What is {}?", "What are the limits of {}?", "What is your opinion on {}?"]
    levels = [level.id for level in library.layout.levels]
    audiences = [None, *(audience.id for audience in library.layout.audiences)]
    html = {
        "define": render_definitions(library),
        "list": render_explainers(library),
        "map": render_map(library),
        "missing": render_missing("Nothing.", library.layout),
        "refused": render_answer(library.ask("Who won the cup final?"), library),
    }
    for explainer in library.explainers:
        html[explainer.slug] = render_explainer(explainer, library)
        html[f"define {explainer.slug}"] = render_definition(explainer.slug, library)
        for form in asked:
            for level in levels:
                for audience in audiences:
                    answer = library.ask(form.format(explainer.title), level, audience)
                    html[f"{form} {explainer.slug} {level} {audience}"] = render_answer(
                        answer, library
                    )
    for passage in library.index.passages:
        html[passage] = render_passage(library, passage)
    first, second, *_ = library.explainers
    compared = library.ask(f"{first.title} vs {second.title}", levels[0], audiences[-1])
    html["compared"] = render_answer(compared, library)
    return html


class TestPages:
    @pytest.mark.parametrize("which", ["tides", "depths"])
    def test_nothing_empty_stands_anywhere(
        self, which: str, request: pytest.FixtureRequest
    ) -> None:
        for name, html in pages(request.getfixturevalue(which)).items():
            nodes = parsed(html)
            assert "None" not in html, name
            assert 'content=""' not in html, name
            for tag in ("h1", "h2", "h3", "a", "ul", "ol", "summary", "nav", "footer"):
                for node in nodes:
                    if node.tag == tag and "hidden" not in node.attributes:
                        # The list that a script fills is there and hidden.
                        assert node.plain.strip(), (name, tag)

    @pytest.mark.parametrize("which", ["tides", "depths"])
    def test_nothing_of_our_own_corpus_is_claimed(
        self, which: str, request: pytest.FixtureRequest
    ) -> None:
        library: Library = request.getfixturevalue(which)
        for name, html in pages(library).items():
            assert "gecko-qa" not in html, name
            assert "Creative" not in html and "CC BY" not in html, name
            assert "four depths" not in html, name
        assert f"· {library.layout.title}</title>" in render_explainers(library)

    def test_the_ladder_has_what_the_explainer_has(self, tides: Library) -> None:
        def headings(slug: str) -> list[str]:
            page = parsed(render_explainer(tides.explainer(slug), tides))
            return [n.plain for n in page if n.tag in ("h2", "h3")]

        assert headings("spring-tides") == [
            *("Beginner", "Practitioner", "Expert", "In the harbour today", "Takeaways"),
            *("Skipper", "Children", "Editor's view Opinion", "Ask about this", "Sources"),
            *("Related", "Often confused with"),
        ]
        assert headings("neap-tides") == ["Practitioner", "Often confused with"]
        assert headings("tidal-range") == [
            *("Beginner", "Expert", "Takeaways", "Children", "Related"),
        ]

    def test_without_audiences_there_are_no_tabs(self, depths: Library) -> None:
        for explainer in depths.explainers:
            html = render_explainer(explainer, depths)
            assert "data-tabs" not in html
            assert "Takeaways" not in html

    def test_one_audience_alone_is_no_tab(self, tides: Library) -> None:
        tabs = {e.slug: "data-tabs" in render_explainer(e, tides) for e in tides.explainers}
        assert tabs == {"neap-tides": False, "spring-tides": True, "tidal-range": False}

    def test_a_passage_leads_to_the_next_level_there_is(self, tides: Library) -> None:
        html = parsed(render_passage(tides, "tidal-range#beginner"))
        swaps = {n.plain: n.attributes["data-swap"] for n in html.having("data-swap")}
        assert swaps == {"Deeper": "tidal-range/expert"}
        assert "data-swap" not in render_passage(tides, "neap-tides#practitioner")

    def test_levels_of_a_comparison_stand_side_by_side_even_where_they_differ(
        self, depths: Library
    ) -> None:
        html = parsed(render_answer(depths.ask("anchors vs cleats", "shallow"), depths))
        columns = [n for n in html.styled("gq-columns") if n.having("data-text")]
        told = [
            [card.attributes["data-passage"] for card in c.having("data-text")] for c in columns
        ]
        assert told == [["anchors#shallow", "cleats#middling"]]
        assert html.plain.count("has no") == 1
        assert "not told here" not in html.plain

    def test_what_one_side_alone_tells_keeps_its_column(self, tides: Library) -> None:
        answer = tides.ask("spring tides vs neap tides", "practitioner", "kids")
        html = parsed(render_answer(answer, tides))
        columns = [n for n in html.styled("gq-columns") if n.having("data-text")]
        told = [
            [card.attributes["data-passage"] for card in c.having("data-text")] for c in columns
        ]
        assert told == [
            ["spring-tides#practitioner", "neap-tides#practitioner"],
            ["spring-tides#takeaways-kids"],
        ]
        assert html.plain.count("Neap tides: not told here.") == 1

    def test_for_whom_is_told_where_there_is_a_choice(
        self, tides: Library, depths: Library
    ) -> None:
        (why,) = parsed(render_answer(tides.ask("neap tides"), tides)).styled("gq-why")
        assert why.plain.startswith("Practitioner · for Everyone · ")
        (why,) = parsed(render_answer(depths.ask("anchors"), depths)).styled("gq-why")
        assert why.plain.startswith("Gist · matched")

    def test_a_definition_is_the_shallowest_level_there_is(
        self, tides: Library, depths: Library
    ) -> None:
        assert tides.definition("neap-tides").id == "neap-tides#practitioner"
        assert tides.definition("tidal-range").id == "tidal-range#beginner"
        assert depths.definition("cleats").id == "cleats#middling"
        assert "Cleats hold a rope" in render_definition("cleats", depths)


def dials(library: Library) -> dict[str, dict[str, Any]]:
    config = build_chat(lambda: library).get_config_file()
    parts = [part["props"] for part in config["components"] if part["type"] == "radio"]
    return {part["elem_id"]: part for part in parts}


def chat_html(library: Library) -> str:
    config = build_chat(lambda: library).get_config_file()
    return "".join(p["props"]["value"] for p in config["components"] if p["type"] == "html")


class TestChat:
    def test_the_dials_are_the_corpuss(self, tides: Library) -> None:
        parts = dials(tides)
        assert [list(c) for c in parts["gq-level"]["choices"]] == [
            ["Beginner", "beginner"],
            ["Practitioner", "practitioner"],
            ["Expert", "expert"],
        ]
        assert parts["gq-level"]["value"] == "practitioner"
        assert [name for name, _ in parts["gq-audience"]["choices"]] == [
            "Everyone",
            "Skipper",
            "Children",
        ]

    def test_a_dial_without_a_choice_is_out_of_sight_and_still_there(self, depths: Library) -> None:
        parts = dials(depths)
        assert parts["gq-audience"]["visible"] == "hidden"
        assert parts["gq-level"]["visible"] is True

    def test_the_page_tells_what_the_corpus_is(self, tides: Library, depths: Library) -> None:
        assert build_chat(lambda: tides).title == "Tide school"
        assert "3 concepts, each told at up to three depths." in chat_html(tides)
        assert "2 concepts, each told at up to five depths." in chat_html(depths)
        assert "with their sources" in chat_html(tides)
        assert "sources" not in chat_html(depths)
        assert "gecko-qa" not in chat_html(tides).replace("gq-", "")

    def test_a_greeting_names_the_dials_there_are(self, tides: Library, depths: Library) -> None:
        assert tides.ask("hello").message.endswith(
            ", and choose how deep the answer goes and for whom."
        )
        assert depths.ask("hello").message.endswith(", and choose how deep the answer goes.")

    def test_a_turn_is_opened_again_by_its_link(self, tides: Library) -> None:
        conversation = Conversation(tides)
        shown = conversation.ask("spring tides", "expert", "kids", None)
        (query,) = shown.memory.turns
        assert "level=expert&audience=kids" in query
        opened = Conversation(tides).open(f"?{query}", None)
        assert (opened.level, opened.audience) == ("expert", "kids")
        assert opened.newest.html == shown.html

    def test_turning_the_dial_to_what_is_lacking_keeps_it_there(self, tides: Library) -> None:
        conversation = Conversation(tides)
        memory = conversation.ask("neap tides", "practitioner", "everyone", None).memory
        shown = conversation.turn_dial("expert", "everyone", memory.to_json())
        assert shown.memory.level == "expert"
        assert "Neap tides has no “Expert”: this is its “Practitioner”." in (shown.html or "")

    @pytest.mark.parametrize("query", ["?q=neap+tides&level=2", "?q=neap+tides&audience=investor"])
    def test_a_link_from_another_corpus_is_told(self, tides: Library, query: str) -> None:
        opened = Conversation(tides).open(query, None)
        assert "Choose one of" in opened.newest.note

    def test_what_another_corpus_left_in_the_browser_is_nothing(
        self, tides: Library, depths: Library
    ) -> None:
        kept = Conversation(tides).ask("spring tides", "expert", "kids", None).memory.to_json()
        opened = Conversation(depths).open("", kept)
        assert (opened.level, opened.audience, opened.newest.html) == ("gist", "everyone", None)


def test_feedback_is_held_against_the_corpuss_choices(tides: Library) -> None:
    said = {
        "verdict": "useful",
        "question": "neap tides?",
        "status": "answered",
        "concepts": ["neap-tides"],
        "level": "expert",
        "audience": "kids",
    }
    kept = parse_feedback(json.dumps(said).encode(), tides, date(2026, 1, 2))
    assert (kept.level, kept.audience) == ("expert", "kids")
    with pytest.raises(UsageError, match="beginner, practitioner, expert"):
        parse_feedback(json.dumps(said | {"level": "2"}).encode(), tides, date(2026, 1, 2))


def test_a_batch_takes_and_gives_the_corpuss_ids(tides: Library) -> None:
    asked = [
        {"id": "a", "question": "spring tides", "level": "beginner", "audience": "skipper"},
        {"id": "b", "question": "spring tides", "level": "1"},
    ]
    good, bad = answer_lines(map(json.dumps, asked), tides)
    assert (good["level"], good["audience"]) == ("beginner", "skipper")
    assert bad["error"].endswith("Choose one of: beginner, practitioner, expert.")


class TestCommands:
    @pytest.fixture
    def here(self, tides: Library, tmp_path: Path) -> tuple[str, ...]:
        return ("--corpus", str(tmp_path / "tides"), "--index", str(tides.index.folder))

    @pytest.fixture
    def _opened(self, tides: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gecko_qa.library.open_index", lambda *_: tides.index)

    @pytest.mark.usefixtures("_opened")
    def test_ask_prints_what_there_is(self, cli: Cli, here: tuple[str, ...]) -> None:
        done = cli("ask", "neap tides", "--level", "expert", "--audience", "kids", *here)
        assert (done.code, done.err) == (0, "")
        assert [line.rstrip() for line in done.out.splitlines()] == [
            "Neap tides has no “Expert” and no takeaways under “Children”: this is its",
            "“Practitioner”.",
            "Neap tides › Practitioner",
            "  At neap tides sun and moon pull at right angles, and streams are weak.",
            "",
            "Why this: matched the title Neap tides.",
        ]

    @pytest.mark.usefixtures("_opened")
    def test_define_prints_the_shallowest_level(self, cli: Cli, here: tuple[str, ...]) -> None:
        done = cli("define", "neap tides", *here)
        assert done.out.startswith("Neap tides › Practitioner\n")
        assert "None" not in done.out
        told = json.loads(cli("define", "tidal range", "--json", *here).out)
        assert told["text"] == "Tidal range is how far the water rises and falls."

    @pytest.mark.usefixtures("_opened")
    def test_a_wrong_level_is_told_with_the_corpuss(self, cli: Cli, here: tuple[str, ...]) -> None:
        done = cli("ask", "neap tides", "--level", "2", *here)
        assert done.code == 2
        assert "Choose one of: beginner, practitioner, expert." in done.err

    def test_check_tells_what_is_missing_and_writes_its_report(
        self, cli: Cli, here: tuple[str, ...], tmp_path: Path
    ) -> None:
        report = tmp_path / "report.html"
        done = cli("check", *here, "--report", str(report))
        assert "neap-tides.md:9: The section “## Beginner” is missing." in done.out
        assert "neap-tides.md:9: The section “### Skipper” is missing." in done.out
        html = report.read_text(encoding="utf-8")
        assert "None" not in html.replace("<p>None.</p>", "")
        assert '<th class="n">Practitioner</th>' in html

    @pytest.mark.parametrize("option", ["--level", "--audience"])
    def test_help_says_that_the_corpus_names_them(self, cli: Cli, option: str) -> None:
        text = " ".join(cli("ask", "--help").out.replace("│", " ").split())
        assert option in text
        assert "by the id that the corpus gives" in text


def test_it_is_built_asked_and_batched_by_the_command_line(
    cli: Cli, bench: Bench, tmp_path: Path
) -> None:
    folder = other_layouts.tides(tmp_path / "own")
    here = ("--corpus", str(folder), "--index", str(tmp_path / "built"))
    built = cli("index", "build", *here, "--model", str(bench.model))
    assert (built.code, built.out.splitlines()[0].split(",")[:2]) == (
        0,
        ["3 explainers", " 11 passages"],
    )
    assert cli("index", "verify", *here).code == 0
    asked = {"id": "a", "question": "tidal range", "level": "expert", "audience": "kids"}
    questions, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions.write_text(json.dumps(asked) + "\n", encoding="utf-8")
    assert cli("batch", str(questions), "--out", str(out), *here).code == 0
    batched = json.loads(out.read_text(encoding="utf-8"))
    told = ["tidal-range#expert", "tidal-range#takeaways-kids"]
    assert [passage["id"] for passage in batched["passages"]] == told
    done = cli("ask", "tidal range", "--level", "expert", "--audience", "kids", "--json", *here)
    assert [passage["id"] for passage in json.loads(done.out)["passages"]] == told
    assert "None" not in cli("ask", "tidal range", *here).out
    assert cli("define", "Tidal range", *here).out.startswith("Tidal range › Beginner\n")


def test_a_term_is_looked_for_at_the_plainest_level(tmp_path: Path) -> None:
    folder = other_layouts.tides(tmp_path)
    path = folder / "tidal-range.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("rises and falls", "moves at neap tides"), encoding="utf-8")
    told = [p.message for p in check_corpus(folder).problems if p.severity == "warning"]
    assert "Beginner says “Neap tides” and does not link to neap-tides." in told
    assert not [what for what in told if what.startswith(("Practitioner says", "Expert says"))]


def test_a_short_first_level_is_a_summary(depths: Library) -> None:
    assert depths.layout.plainest == "shallow"
    anchors = depths.explainer("anchors")
    assert [section.kind.level for section in anchors.depths] == [
        "shallow",
        "middling",
        "deep-water",
        "5",
    ]
    # The only level there is counts as deep, summary or not.
    assert depths.explainer("cleats").words_deep == 6
