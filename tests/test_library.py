"""The library over a small corpus: definitions, passages, explainers."""

from __future__ import annotations

import functools
import gc
from pathlib import Path

import pytest
from factories import explainer_text, fake_index, write_corpus

from gecko_qa.errors import QuestionRejected, UnknownChoice
from gecko_qa.library import Library


@pytest.mark.parametrize("term", ["Gecko feet", "gecko-feet", "GECKO FEET", "setae", "gf", " GF? "])
def test_define_takes_any_spelling_of_a_name(small_library: Library, term: str) -> None:
    assert small_library.define(term).slug == "gecko-feet"


def test_define_offers_names_that_look_alike(small_library: Library) -> None:
    with pytest.raises(UnknownChoice, match="no definition of “Hylid”. Did you mean Hylidae"):
        small_library.define("Hylid")


def test_define_of_nothing_is_refused(small_library: Library) -> None:
    with pytest.raises(QuestionRejected):
        small_library.define("  ")


def test_definition_is_the_shallowest_passage(small_library: Library) -> None:
    passage = small_library.definition("tree-frogs")
    assert passage.id == "tree-frogs#tldr"
    assert passage.text == "Tree frogs is a thing that tests talk about."


def test_unknown_slugs_and_passages_are_told(small_library: Library) -> None:
    with pytest.raises(UnknownChoice, match="no explainer “newts”"):
        small_library.explainer("newts")
    with pytest.raises(UnknownChoice, match="no passage “gecko-feet#level-9”"):
        small_library.passage("gecko-feet#level-9")


@pytest.mark.parametrize(
    ("term", "alike"),
    [
        ("hylida", ("Hylidae",)),
        ("TREE FROG", ("Tree frogs",)),
        ("gecko feets", ("Gecko feet",)),
        ("Roman empire", ()),
        ("", ()),
    ],
)
def test_names_that_look_alike(small_library: Library, term: str, alike: tuple[str, ...]) -> None:
    assert small_library.names_like(term) == alike


def test_no_more_names_than_three_look_alike_the_likest_first(small_library: Library) -> None:
    every = small_library.names_like("tree frog", least=0.0)
    assert len(every) == 3
    assert every[0] == "Tree frogs"


@pytest.fixture
def told(tmp_path: Path) -> Library:
    """A corpus whose passages name its other explainers."""
    files = {
        "agents": explainer_text(
            "AI agents",
            aliases=["agent"],
            sections={
                "Level 1": "An agent plans; agents use tools. Training a model is not planning.",
                "Level 2": "It calls a tool.\n\n- Tools cost.\n- It was trained.",
                "Level 3": "It makes a model. Training comes first: tool use, then more tool use.",
            },
        ),
        "tool-use": explainer_text("Tool use", aliases=["tools"]),
        "model-training": explainer_text("Model training", aliases=["training"]),
    }
    return Library(fake_index(write_corpus(tmp_path / "corpus", files), tmp_path / "index"))


def terms(library: Library, passage_id: str) -> list[tuple[str, str]]:
    passage = library.passage(passage_id)
    return [(passage.text[start:end], slug) for start, end, slug in library.terms(passage)]


def test_terms_are_names_of_other_explainers_each_at_its_first_mention(told: Library) -> None:
    assert terms(told, "agents#level-1") == [("tools", "tool-use"), ("Training", "model-training")]
    assert terms(told, "tool-use#level-1") == []


def test_a_word_in_another_form_is_no_term(told: Library) -> None:
    assert terms(told, "agents#level-2") == [("tool", "tool-use")]


def test_no_term_reaches_over_the_end_of_a_sentence(told: Library) -> None:
    assert ("tool use", "tool-use") in terms(told, "agents#level-3")
    assert "model. Training" not in [text for text, _ in terms(told, "agents#level-3")]


def test_terms_are_the_same_when_asked_again(told: Library) -> None:
    passage = told.passage("agents#level-1")
    assert told.terms(passage) == told.terms(passage) != ()


def test_no_term_of_the_corpus_reaches_from_one_line_to_another(library: Library) -> None:
    for passage in library.index.passages.values():
        places = library.terms(passage)
        assert list(places) == sorted(places)
        assert len({slug for _, _, slug in places}) == len(places)
        for start, end, slug in places:
            assert slug != passage.concept
            assert "\n\n" not in passage.text[start:end]
            assert "\n- " not in passage.text[start:end], passage.id


def test_own_asks_are_answered_by_their_own_explainer(library: Library) -> None:
    # Some of the first asks of these three lead to others.
    slugs = ("foundation-models", "language-modeling", "layer-normalization")
    for explainer in (*map(library.explainer, slugs), *library.explainers[::20]):
        asks = library.own_asks(explainer)
        assert len(asks) == 3
        assert set(asks) <= set(explainer.asks)
        for ask in asks:
            assert explainer.slug in library.ask(ask).concepts, ask


def test_an_ask_that_leads_elsewhere_is_not_its_own(tmp_path: Path) -> None:
    asks = ["What are tree frogs?", "What are setae made of?"]
    files = {
        "gecko-feet": explainer_text("Gecko feet", aliases=["setae"], asks=asks),
        "tree-frogs": explainer_text("Tree frogs"),
    }
    library = Library(fake_index(write_corpus(tmp_path / "corpus", files), tmp_path / "index"))
    assert library.ask(asks[0]).concepts == ("tree-frogs",)
    assert library.own_asks(library.explainer("gecko-feet")) == (asks[1],)


def test_nothing_that_is_kept_for_good_grows_with_what_readers_ask(small_library: Library) -> None:
    def kept() -> dict[str, int]:
        caches = (one for one in gc.get_objects() if type(one) is functools._lru_cache_wrapper)
        ours = [one for one in caches if one.__module__.startswith("gecko_qa.")]
        sizes = {f"{one.__module__}.{one.__qualname__}": one.cache_info() for one in ours}
        return {name: info.currsize for name, info in sizes.items() if info.maxsize is None}

    small_library.ask("Why do quelks florp a gnarth, and how?")
    before = kept()
    assert before, "some are kept for good"
    for n in range(20):
        small_library.ask(f"Why do quelk{n} florp{n} a gnarth{n}, and how?")
    assert kept() == before
