"""Why an answer is what it is, in plain words and without a number."""

from __future__ import annotations

import re

import pytest
from factories import context_of

from gecko_qa.answer.reasons import reason
from gecko_qa.answer.resolving import Resolved
from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.retrieval.weights import Weights

# Everything is answered, by the explainer whose keys are nearest.
NEAREST = Weights({"close_keys": 50.0, "closest_question": 50.0}, {}, 5.0, 0.5)


@pytest.fixture
def near_library(small_index: Index) -> Library:
    """The small library, answering everything from what is nearest."""
    return Library(small_index, NEAREST)


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ("What is RLHF?", "matched the title RLHF"),
        ("what is rlhf", "matched the title RLHF"),
        ("What is DPO?", "matched the alias DPO"),
        (
            "What is direct preference optimization?",
            "matched the title Direct preference optimization",
        ),
        ("RLHF vs DPO", "matched the title RLHF and the alias DPO"),
        ("DPO vs RLHF", "matched the alias DPO and the title RLHF"),
        ("halucination", "matched the title Hallucination"),
    ],
)
def test_a_name_is_told_as_the_corpus_writes_it(
    library: Library, question: str, because: str
) -> None:
    assert library.ask(question).because == because


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ("how do lizards walk on ceilings", "closest phrasing: “how do lizards walk on ceilings”"),
        ("why do frogs climb wet leaves", "closest phrasing: “Why do frogs climb wet leaves?”"),
        ("suction devices", "close to the name “Suction cups”"),
        (
            "Mucus and soft toe pads hold frogs to wet leaves",
            "closest passage: Tree frogs › Level 2",
        ),
        ("gecko feet", "matched the title Gecko feet"),
        ("setae", "matched the alias setae"),
    ],
)
def test_each_kind_of_key_has_its_words(near_library: Library, question: str, because: str) -> None:
    assert near_library.ask(question).because == because


def test_a_key_of_another_explainer_is_never_the_reason(small_index: Index) -> None:
    # The weights put the least near first, so its own nearest key has to be told.
    backwards = Library(small_index, Weights({"closest_question": -50.0}, {}, 5.0, 0.5))
    answer = backwards.ask("how do lizards walk on ceilings")
    assert answer.concepts != ("gecko-feet",)
    assert "lizards" not in answer.because
    assert answer.because != ""


def test_what_another_explainer_s_key_led_to_is_told_by_its_title(near_library: Library) -> None:
    ranking = near_library.ranker.rank("how do lizards walk on ceilings", 3)
    assert ranking.closest is not None
    assert ranking.closest.concept == "gecko-feet"
    resolved = Resolved(ranking, ("suction-cups",), "explain")
    explainers = near_library.index.by_slug
    assert reason(resolved, explainers) == "closest in meaning: Suction cups"


def test_a_follow_up_tells_the_title_of_what_it_follows(library: Library) -> None:
    before = context_of([library.ask("What is DPO?")])
    assert library.ask("why?", context=before).because == (
        "follows from: Direct preference optimization"
    )
    both = context_of([library.ask("RLHF vs DPO")])
    assert library.ask("simpler", context=both).because == (
        "follows from: RLHF, Direct preference optimization"
    )


def test_what_follows_is_told_before_what_is_named(library: Library) -> None:
    before = context_of([library.ask("What is RLHF?")])
    answer = library.ask("how is it different from DPO?", context=before)
    assert answer.because == "follows from: RLHF"


@pytest.mark.parametrize("question", ["How do I cook rice?", "why?", "hi"])
def test_no_answer_has_no_reason(library: Library, question: str) -> None:
    assert library.ask(question).because == ""


QUESTIONS = [
    "What is RLHF?",
    "LoRA vs QLoRA",
    "Why do models make things up?",
    "how do I search by meaning",
    "why do models get worse over time",
    "Why does a neural network forget old tasks?",
    "training large models across machines",
    "What is your take on dropout?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_score_is_told(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert answer.status == "answered"
    assert re.match(r"(matched the|closest \w+:|close to the name) ", answer.because)
    assert not re.search(r"\d|%|percent|score|chance|probab", answer.because)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_json_has_no_number_but_rank_and_seconds(library: Library, question: str) -> None:
    answer = library.ask(question).to_json()
    numbers = {key for key, value in answer.items() if isinstance(value, int | float)}
    assert numbers == {"seconds"}
    for rank, passage in enumerate(answer["passages"], start=1):
        assert {key: v for key, v in passage.items() if isinstance(v, int | float)} == {
            "rank": rank
        }
