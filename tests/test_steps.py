"""Next steps: each is answered, with what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from factories import explainer_text, fake_index, write_corpus

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import context_after
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.steps import Step, next_steps, standing_asks
from gecko_qa.library import Library

N_SAMPLED = 40


@pytest.fixture
def loners(tmp_path: Path) -> Library:
    """Explainers that name no others as related or confused with them."""
    files = {
        "gecko-feet": explainer_text("Gecko feet", aliases=["setae"]),
        "tree-frogs": explainer_text("Tree frogs"),
    }
    return Library(fake_index(write_corpus(tmp_path / "lone", files), tmp_path / "lone-index"))


def steps_of(answer: Answer, library: Library) -> tuple[Step, ...]:
    return next_steps(answer, library.index.by_slug, library.layout)


def labels(answer: Answer, library: Library) -> list[str]:
    return [step.label for step in steps_of(answer, library)]


def promised(
    step: Step, about: str, slugs: Mapping[str, str], audience: str | None
) -> tuple[tuple[str, ...], str, str | None]:
    """Return the concepts, the intent and the audience that the few words of `step` promise."""
    if step.label.startswith("Compare with "):
        return (about, slugs[step.label.removeprefix("Compare with ")]), "compare", audience
    if step.label.startswith("For the "):
        return (about,), "audience", step.label.removeprefix("For the ").casefold()
    if step.label in slugs:
        return (slugs[step.label],), "define", audience
    return (
        (about,),
        {"Why this matters now": "why_now", "Gecko's take": "opinion"}[step.label],
        None,
    )


def keeps_its_promise(
    step: Step, answer: Answer, library: Library, context: Context | None
) -> bool:
    slugs = {explainer.title: explainer.slug for explainer in library.explainers}
    got = library.ask(step.question, answer.level, answer.audience, context=context)
    concepts, intent, audience = promised(step, answer.concepts[0], slugs, answer.audience)
    assert got.correction is None, step
    assert (got.status, got.concepts, got.intent) == ("answered", concepts, intent), step
    assert got.audience == (audience or answer.audience), step
    return True


def test_every_step_from_a_sample_of_explainers_is_what_it_offers(library: Library) -> None:
    sample = library.explainers[:: len(library.explainers) // N_SAMPLED][:N_SAMPLED]
    followed = 0
    for n, explainer in enumerate(sample):
        answer = library.ask(f"What is {explainer.title}?", audience="builder" if n % 2 else None)
        assert answer.concepts == (explainer.slug,)
        # As the page asks it, within the conversation; an address asks it alone.
        context = context_after(answer, None) if n % 4 else None
        steps = steps_of(answer, library)
        followed += sum(keeps_its_promise(step, answer, library, context) for step in steps)
        assert len({step.label for step in steps}) == len(steps)
        assert len({step.question for step in steps}) == len(steps)
    assert followed >= 5 * N_SAMPLED


def test_a_title_with_an_and_of_its_own_is_compared_whole(library: Library) -> None:
    titled = [e for e in library.explainers if " and " in e.title and e.confused_with]
    assert titled
    for explainer in titled:
        answer = library.ask(f"What is {explainer.title}?")
        steps = [s for s in steps_of(answer, library) if s.label.startswith("Compare")]
        assert steps
        for step in steps:
            assert keeps_its_promise(step, answer, library, context_after(answer, None))


@pytest.mark.parametrize(
    "question",
    [
        "Why does RLHF matter now?",
        "What does RLHF mean for a builder?",
        "What is Gecko's take on RLHF?",
        "RLHF vs. DPO",
        "What are the limits of LoRA?",
        "Tell me about RLHF, LoRA and DPO",
    ],
)
def test_steps_lead_on_from_answers_of_every_kind(library: Library, question: str) -> None:
    answer = library.ask(question)
    steps = steps_of(answer, library)
    assert steps
    for step in steps:
        assert keeps_its_promise(step, answer, library, context_after(answer, None))


def test_a_concept_offers_its_sides_then_what_it_is_confused_with_then_what_is_related(
    small_library: Library,
) -> None:
    assert labels(small_library.ask("setae"), small_library) == [
        "Why this matters now",
        "For the builder",
        "Gecko's take",
        "Compare with Tree frogs",
    ]
    assert labels(small_library.ask("suction cups"), small_library)[3:] == ["Gecko feet"]


def test_a_comparison_offers_what_is_related_and_none_of_its_own(small_library: Library) -> None:
    answer = small_library.ask("suction cups vs. tree frogs")
    assert answer.concepts == ("suction-cups", "tree-frogs")
    assert labels(answer, small_library) == ["Gecko feet"]
    assert labels(small_library.ask("suction cups vs. gecko feet"), small_library) == []


def test_a_concept_without_others_offers_its_sides(loners: Library) -> None:
    answer = loners.ask("setae")
    assert labels(answer, loners) == ["Why this matters now", "For the builder", "Gecko's take"]
    for step in steps_of(answer, loners):
        assert keeps_its_promise(step, answer, loners, context_after(answer, None))
    assert labels(loners.ask("gecko feet vs. tree frogs"), loners) == []


def test_no_step_repeats_what_was_asked(library: Library) -> None:
    for slug in ("rlhf", "lora", "ai-agents"):
        first = library.ask(f"What is {library.explainer(slug).title}?")
        for step in steps_of(first, library):
            for question in (step.question, step.question.upper()):
                answer = library.ask(question)
                offered = [s.question.casefold() for s in steps_of(answer, library)]
                assert question.casefold() not in offered


@pytest.mark.parametrize(
    ("question", "gone"),
    [
        ("Why do gecko feet matter now?", "Why this matters now"),
        ("What is Gecko's take on gecko feet?", "Gecko's take"),
        ("What do gecko feet mean for a builder?", "For the builder"),
    ],
)
def test_a_side_that_is_shown_is_not_offered(
    small_library: Library, question: str, gone: str
) -> None:
    answer = small_library.ask(question)
    assert answer.concepts == ("gecko-feet",)
    assert gone not in labels(answer, small_library)
    assert len(labels(answer, small_library)) >= 3


def test_an_audience_stands_within_a_sentence(small_library: Library) -> None:
    asked = {
        step.label: step.question
        for audience in (None, "builder")
        for step in steps_of(small_library.ask("setae", audience=audience), small_library)
    }
    assert asked["For the builder"] == "What does Gecko feet mean for the builder?"
    assert asked["For the investor"] == "What does Gecko feet mean for the investor?"


@pytest.mark.parametrize("question", ["hi", "why?", "Roman empire", "van der Waals"])
def test_nothing_leads_on_from_a_refusal(small_library: Library, question: str) -> None:
    answer = small_library.ask(question)
    assert answer.status != "answered"
    assert steps_of(answer, small_library) == ()


def test_asks_that_name_the_concept_come_first_and_those_that_point_back_never(
    small_library: Library,
) -> None:
    def standing(*asks: str) -> tuple[str, ...]:
        return standing_asks(replace(small_library.explainer("gecko-feet"), asks=asks))

    asks = ("Why is it dry?", "Who climbs glass?", "Are Gecko-Feet sticky?", "What of setae?")
    assert standing(*asks) == ("Are Gecko-Feet sticky?", "What of setae?", "Who climbs glass?")
    assert standing("How is this different?") == ()
    assert standing("Is it a foot of a gecko that counts as feet?") == ()
