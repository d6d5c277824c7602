"""Next steps: questions that lead on from an answer, each sure to be answered."""

from __future__ import annotations

import re
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
        yield from _sides(answer, about, layout)
        for slug in about.confused_with[:_MAX_OTHERS]:
            other = explainers[slug]
            yield Step(f"Compare with {other.title}", comparison(about, other))
    seen = {*answer.concepts, *(about.confused_with[:_MAX_OTHERS])}
    related = dict.fromkeys(s for c in answer.concepts for s in explainers[c].related)
    for slug in [slug for slug in related if slug not in seen][:_MAX_OTHERS]:
        yield Step(explainers[slug].title, f"What is {explainers[slug].title}?")


def _sides(answer: Answer, about: Explainer, layout: Layout) -> Iterator[Step]:
    """Yield the sections that `about` has beside its levels, but for those that are shown."""
    shown = {passage.section for passage in answer.passages}
    there = {section.kind.id for section in about.sections} - shown
    if "why-now" in there:
        yield Step(layout.why_now, f"Why does {about.title} matter now?")
    # Who reads in the first audience's depth finds it; the others have more to gain.
    for audience in (*layout.audiences[1:], *layout.audiences[:1]):
        if layout.audience_section(audience.id).id in there:
            who = f"the {in_a_sentence(audience.name)}"
            yield Step(f"For {who}", f"What does {about.title} mean for {who}?")
            break
    if "take" in there:
        yield Step(layout.take, _asking_for(layout.take, about.title))


def in_a_sentence(name: str) -> str:
    """Return `name` as it stands within a sentence, without an article; acronyms stay."""
    bare = re.sub(r"^the\s+", "", name, flags=re.IGNORECASE)
    first = bare.split()[0]
    return bare if len(first) > 1 and first.isupper() else bare[:1].lower() + bare[1:]


def _asking_for(take: str, title: str) -> str:
    """Return a question for the opinion whose heading is `take`."""
    # "Gecko's take", "The bottom line"; "What we think" makes no such question.
    of_somebody = re.match(r"(?:the|an?|our|my)\s|.*(?:['’]s|s['’])\s", take, re.IGNORECASE)
    return f"{take} on {title}?" if of_somebody else f"What is your opinion on {title}?"
