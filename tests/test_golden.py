"""Golden passages: each concept of the repository's corpus, asked by name, at each level."""

from __future__ import annotations

import json

import pytest

from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.settings import Settings

LEVELS = {"tldr": "tldr", "1": "level-1", "2": "level-2", "3": "level-3"}

# Question, what it is about, and the beginning of the passage that answers it at Level 1.
GOLDEN = [
    ("What is RLHF?", "rlhf", "Nobody can write down exactly what makes an answer good"),
    ("explain self attention", "self-attention", "The trophy did not fit in the suitcase"),
    ("reward hacking", "reward-hacking", "A boy is paid for every dish he washes"),
    ("What is an agent?", "ai-agents", "A chatbot tells you how to book a trip"),
]


@pytest.mark.parametrize(("question", "concept", "beginning"), GOLDEN)
def test_golden_passages(library: Library, question: str, concept: str, beginning: str) -> None:
    answer = library.ask(question)
    assert answer.concepts == (concept,)
    assert answer.passages[0].text.startswith(beginning)
    assert (answer.intent, answer.definition) == ("define", library.passage(f"{concept}#tldr"))


def test_every_concept_is_found_by_its_title_at_every_level(
    library: Library, n_explainers: int
) -> None:
    assert len(library.explainers) == n_explainers >= 36
    for explainer in library.explainers:
        for level, section in LEVELS.items():
            answer = library.ask(f"What is {explainer.title}?", level=level)
            assert answer.passages[0].id == f"{explainer.slug}#{section}"


def test_every_concept_is_found_by_each_of_its_aliases(library: Library) -> None:
    asked = {
        alias: explainer.slug for explainer in library.explainers for alias in explainer.aliases
    }
    found = {alias: library.ask(alias).concepts for alias in asked}
    assert found == {alias: (slug,) for alias, slug in asked.items()}


def test_every_passage_is_an_exact_slice_of_its_file(library: Library, settings: Settings) -> None:
    for explainer in library.explainers:
        text = (settings.corpus / f"{explainer.slug}.md").read_bytes().decode("utf-8")
        for section in explainer.sections:
            passage = library.passage(f"{explainer.slug}#{section.kind.id}")
            end = passage.start + len(passage.text)
            assert text[passage.start : end] == passage.text


def test_every_explainer_tells_all_ten_sections(library: Library) -> None:
    for explainer in library.explainers:
        assert [section.kind.id for section in explainer.sections] == [
            "tldr",
            "level-1",
            "level-2",
            "level-3",
            "why-now",
            "takeaways-researcher",
            "takeaways-builder",
            "takeaways-investor",
            "takeaways-curious",
            "take",
        ]


@pytest.mark.parametrize(
    "question", ["How do I cook rice?", "Who won the football match?", "symptoms of flu"]
)
def test_what_no_explainer_covers_is_refused(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert answer.status == "not_covered"
    assert (answer.concepts, answer.passages, answer.because) == ((), (), "")
    assert len(answer.nearest) == 3


@pytest.mark.parametrize(
    "question",
    ["What is RLHF?", "LoRA vs QLoRA", "How do I cook rice?", "halucination", "Minecraft"],
)
def test_the_same_question_to_the_same_index_gets_the_same_bytes(
    library: Library, settings: Settings, question: str
) -> None:
    again = Library(Index(settings.index_folder, library.index.manifest))
    answers = [lib.ask(question).to_json() for lib in (library, library, again)]
    for answer in answers:
        assert answer.pop("seconds") > 0
    assert len({json.dumps(answer) for answer in answers}) == 1
