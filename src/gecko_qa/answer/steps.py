"""Next steps: questions that lead on from an answer, each sure to be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gecko_qa.answer.answer import Answer
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.layout import Layout
from gecko_qa.words import folded_words

_MAX_OTHERS = 2
# Words that may point to what was said before, folded.
_POINTING = frozenset(folded_words("it its this they them their one"))


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


def standing_asks(explainer: Explainer) -> tuple[str, ...]:
    """Return asks of `explainer` that stand on their own: those that name it, then those that
    point to nothing said before.
    """
    names = [folded_words(name) for name in explainer.names]
    words = {ask: folded_words(ask) for ask in explainer.asks}
    named = [ask for ask in words if any(_holds(words[ask], name) for name in names)]
    plain = [ask for ask in words if ask not in named and _POINTING.isdisjoint(words[ask])]
    return (*named, *plain)


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Tell whether `name` stands in `words`, in one piece."""
    return any(words[n : n + len(name)] == name for n in range(len(words)))


def comparison(first: Explainer, second: Explainer) -> str:
    """Return the question that compares two explainers."""
    # Not "between X and Y": titles hold an "and" of their own.
    return f"{first.title} vs. {second.title}"


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
            other = explainers[slug]
            yield Step(f"Compare with {other.title}", comparison(about, other))
    seen = {*answer.concepts, *(about.confused_with[:_MAX_OTHERS])}
    related = dict.fromkeys(s for c in answer.concepts for s in explainers[c].related)
    for slug in [slug for slug in related if slug not in seen][:_MAX_OTHERS]:
        yield Step(explainers[slug].title, f"What is {explainers[slug].title}?")
