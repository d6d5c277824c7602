"""Next steps: questions that lead on from an answer, each sure to be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gecko_qa.answer.answer import Answer
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.layout import Layout

_MAX_OTHERS = 2


@dataclass(frozen=True)
class Step:
    """A question to ask next, and the few words it is offered with."""

    label: str
    question: str


def next_steps(
    answer: Answer, explainers: Mapping[str, Explainer], layout: Layout
) -> tuple[Step, ...]:
    """Return where a reader may go from `answer`, nothing where it has no passages."""
    if not answer.passages:
        return ()
    asked = answer.question.casefold()
    steps = _steps(answer, explainers, layout)
    return tuple(step for step in steps if step.question.casefold() != asked)


def _steps(answer: Answer, explainers: Mapping[str, Explainer], layout: Layout) -> Iterator[Step]:
    about = explainers[answer.concepts[0]]
    if len(answer.concepts) == 1:
        if answer.intent != "why_now":
            yield Step("Why it matters now", f"Why does {about.title} matter now?")
        audience = next((a for a in layout.audiences[1:] if a.id != answer.audience), None)
        if audience is not None:
            name = audience.name.casefold()
            who = f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
            yield Step(f"For the {audience.name}", f"What does {about.title} mean for {who}?")
        if answer.intent != "opinion":
            yield Step("Gecko's take", f"What is Gecko's take on {about.title}?")
        for slug in about.confused_with[:_MAX_OTHERS]:
            other = explainers[slug].title
            # Not "between X and Y": titles hold an "and" of their own.
            yield Step(f"Compare with {other}", f"{about.title} vs. {other}")
    seen = {*answer.concepts, *(about.confused_with[:_MAX_OTHERS])}
    related = dict.fromkeys(s for c in answer.concepts for s in explainers[c].related)
    for slug in [slug for slug in related if slug not in seen][:_MAX_OTHERS]:
        yield Step(explainers[slug].title, f"What is {explainers[slug].title}?")
