"""Names of explainers found in text."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import explainer_text, write_corpus

from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.names import Mention, NameIndex
from gecko_qa.words import folded_words

FILES = {
    "reward": explainer_text("Reward"),
    "reward-modeling": explainer_text("Reward modeling", aliases=["RM", "reward models"]),
    "models": explainer_text("Models"),
    "goodharts-law": explainer_text("Goodhart's law"),
    "self-attention": explainer_text("Self-attention"),
    "fine-tuning": explainer_text("Fine-tuning"),
    "chatbots": explainer_text("Chatbots"),
    "adam": explainer_text("Adam"),
    "quantization": explainer_text("Quantization"),
    "explainability": explainer_text("Explainability"),
    "text-generation": explainer_text("Generation"),
    "generative-models": explainer_text("Generative"),
    "outer-alignment": explainer_text("Outer alignment"),
    "inner-alignment": explainer_text("Inner alignment"),
}
COMMON = folded_words("explain to me")


@pytest.fixture
def names(tmp_path: Path) -> NameIndex:
    """The names of `FILES`."""
    explainers = valid_corpus(write_corpus(tmp_path / "corpus", FILES)).explainers
    return NameIndex(((e.slug, e.names) for e in explainers), COMMON)


def mentioned(names: NameIndex, question: str) -> list[str]:
    return [mention.concept for mention in names.mentions(folded_words(question))]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Reward modeling", "reward-modeling"),
        ("reward-model", "reward-modeling"),
        ("rm?", "reward-modeling"),
        ("Goodhart’s Law", "goodharts-law"),
        ("goodhart law", "goodharts-law"),
        ("SELF ATTENTION", "self-attention"),
        ("selfattention", "self-attention"),
        ("fine tuning", "fine-tuning"),
        ("Finetuning", "fine-tuning"),
        ("chat-bot", "chatbots"),
        ("quantisation", "quantization"),
        ("quantizing", "quantization"),
        ("the reward", None),
        ("rewarding", None),
        ("", None),
        ("?!", None),
    ],
)
def test_exact_takes_the_whole_text_in_any_spelling(
    names: NameIndex, text: str, concept: str | None
) -> None:
    assert names.exact(text) == concept


def test_a_mention_tells_its_name_and_its_place(names: NameIndex) -> None:
    words = folded_words("How do reward models meet Goodhart's law?")
    assert names.mentions(words) == (
        Mention("reward-modeling", "reward models", 2, 4),
        Mention("goodharts-law", "Goodhart's law", 5, 7),
    )


def test_the_longest_name_is_taken_and_none_within_it(names: NameIndex) -> None:
    assert mentioned(names, "reward models") == ["reward-modeling"]


def test_a_short_name_is_found_beside_a_longer_one(names: NameIndex) -> None:
    assert mentioned(names, "reward, then reward modeling") == ["reward", "reward-modeling"]


def test_each_mention_of_one_concept_counts(names: NameIndex) -> None:
    assert mentioned(names, "rm and reward model and rm") == ["reward-modeling"] * 3


@pytest.mark.parametrize("question", ["rewardingly", "the law", "alarms", "", "self", "outer and"])
def test_a_part_of_a_word_or_of_a_name_is_no_mention(names: NameIndex, question: str) -> None:
    assert mentioned(names, question) == []


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("Does finetuning help?", "fine-tuning"),
        ("Is a chat bot safe?", "chatbots"),
        ("Can I quantize it?", "quantization"),
        ("with quantized weights", "quantization"),
        ("rewarding modeling", "reward-modeling"),
    ],
)
def test_a_name_is_found_joined_split_and_in_another_form(
    names: NameIndex, question: str, concept: str
) -> None:
    assert mentioned(names, question) == [concept]


def test_a_name_split_in_two_takes_both_words(names: NameIndex) -> None:
    words = folded_words("Is a chat bot safe?")
    assert names.mentions(words) == (Mention("chatbots", "Chatbots", 2, 4),)


def test_short_words_join_into_no_name(names: NameIndex) -> None:
    assert mentioned(names, "the beaver built a dam") == []
    assert mentioned(names, "Adam") == ["adam"]


def test_a_short_name_is_found_in_its_own_form_alone(names: NameIndex) -> None:
    assert mentioned(names, "It rewarded me") == []
    assert mentioned(names, "Its rewards") == ["reward"]


def test_a_form_of_a_common_word_is_no_name(names: NameIndex) -> None:
    assert mentioned(names, "explain it, with explaining") == []
    assert mentioned(names, "explainability") == ["explainability"]


def test_without_common_words_every_form_is_a_name() -> None:
    assert NameIndex([("explainability", ["Explainability"])]).exact("explain") == "explainability"


def test_a_form_that_two_concepts_share_is_neither(names: NameIndex) -> None:
    assert mentioned(names, "generating") == []
    assert mentioned(names, "generation, generative") == ["text-generation", "generative-models"]


def test_two_names_of_one_concept_may_share_a_form() -> None:
    both = NameIndex([("quantization", ["Quantization", "Quantized"])])
    assert both.exact("quantizing") == "quantization"


@pytest.mark.parametrize("joint", ["and", "or", "vs", "from", "to"])
def test_a_name_before_a_joint_shares_the_last_words(names: NameIndex, joint: str) -> None:
    assert names.mentions(folded_words(f"Is outer {joint} inner alignment hard?")) == (
        Mention("outer-alignment", "Outer alignment", 1, 2),
        Mention("inner-alignment", "Inner alignment", 3, 5),
    )


@pytest.mark.parametrize(
    "question", ["sunny and inner alignment", "outer, inner alignment", "and inner alignment"]
)
def test_nothing_is_shared_with_a_word_that_makes_no_name(names: NameIndex, question: str) -> None:
    assert mentioned(names, question) == ["inner-alignment"]


def test_two_joined_names_are_two_mentions(names: NameIndex) -> None:
    assert names.mentions(folded_words("RM and Adam")) == (
        Mention("reward-modeling", "RM", 0, 1),
        Mention("adam", "Adam", 2, 3),
    )


def test_no_word_is_shared_out_of_the_name_before() -> None:
    index = NameIndex(
        [("deep-outer", ["Deep outer"]), ("outer", ["Outer model"]), ("inner", ["Inner model"])]
    )
    assert mentioned(index, "deep outer and inner model") == ["deep-outer", "inner"]
    assert mentioned(index, "outer and inner model") == ["outer", "inner"]


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("AI", ["ai"]),
        ("What is AI?", ["ai"]),
        ("What is AI to frogs?", []),
        ("Is Adam AI?", ["adam"]),
    ],
)
def test_a_name_of_common_words_counts_where_there_are_no_others(
    question: str, concepts: list[str]
) -> None:
    index = NameIndex([("ai", ["AI"]), ("adam", ["Adam"])], folded_words("what is AI to"))
    assert mentioned(index, question) == concepts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A reward model beats it.", [("reward model", "reward-modeling")]),
        (
            "“Goodhart’s law”, said an adam.",
            [("Goodhart’s law", "goodharts-law"), ("adam", "adam")],
        ),
        (
            "Outer and inner\nalignment.",
            [("Outer", "outer-alignment"), ("inner\nalignment", "inner-alignment")],
        ),
        ("Ünlike RM—which adam is.", [("RM", "reward-modeling"), ("adam", "adam")]),
        ("No name here.", []),
        ("", []),
    ],
)
def test_places_are_where_names_stand_in_the_text(
    names: NameIndex, text: str, found: list[tuple[str, str]]
) -> None:
    assert [(text[start:end], slug) for start, end, slug in names.places(text)] == found


def test_a_text_whose_words_cannot_be_counted_has_no_places(names: NameIndex) -> None:
    assert names.places("Half, ½, of adam.") == ()


@pytest.mark.parametrize("text", ["A reward. Modeling it.", "A reward: models.", "reward, model"])
def test_a_name_does_not_reach_over_a_stop(names: NameIndex, text: str) -> None:
    assert "reward-modeling" not in [slug for _, _, slug in names.places(text)]


def test_a_name_may_hold_a_comma_of_its_own() -> None:
    index = NameIndex([("attention", ["Query, key and value"])], forms=False)
    assert index.places("Its queries, keys and values.") == ((4, 28, "attention"),)


def test_without_forms_a_word_in_another_form_is_no_name(names: NameIndex) -> None:
    plain = NameIndex([("quantization", ["Quantization"])], forms=False)
    assert plain.places("It was quantized.") == ()
    assert plain.places("Its quantisations.") == ((4, 17, "quantization"),)
    assert names.exact("quantizing") == "quantization"


def test_a_corpus_without_explainers_has_no_names() -> None:
    empty = NameIndex(())
    assert empty.exact("reward") is None
    assert empty.mentions(("reward",)) == ()
