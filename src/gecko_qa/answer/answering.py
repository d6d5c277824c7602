"""Answering: which concepts, which of their passages, or which honest refusal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gecko_qa.answer.answer import Answer, Status
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.intent import Intent, small_talk_kind
from gecko_qa.answer.lacking import lacking
from gecko_qa.answer.marking import Marker
from gecko_qa.answer.passing import PassingMentions
from gecko_qa.answer.question import Question
from gecko_qa.answer.reasons import reason
from gecko_qa.answer.resolving import Resolved, Resolver
from gecko_qa.answer.sentences import Span
from gecko_qa.answer.wording import Wording, level_of, read_wording
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.hashing import short_hash
from gecko_qa.layout import Layout, SectionKind
from gecko_qa.passages import Passage
from gecko_qa.spelling import Correction, Speller

N_NEAREST = 3

MESSAGES = {
    "greeting": "Hello. Ask about any concept in the corpus{dials}.",
    "thanks": "You are welcome.",
    "help": "I look up what people wrote: ask about a concept, compare two, or look up a "
    "definition. Answers are passages of the explainers, word for word, with their sources.",
    "goodbye": "Goodbye. The explainers will be here.",
    "needs_context": "This follows up on something, and there is nothing before it. "
    "Name the concept you mean.",
    "not_covered": "No explainer covers this.",
}
_SECTIONS: dict[Intent, str] = {"why_now": "why-now", "opinion": "take"}


@dataclass(frozen=True)
class Known:
    """What answering needs of one index."""

    explainers: Mapping[str, Explainer]
    passages: Mapping[str, Passage]
    layout: Layout
    hash: str


class Answerer:
    """Answers questions from one index. Safe to use from several threads."""

    def __init__(
        self,
        known: Known,
        resolver: Resolver,
        speller: Speller,
        passing: PassingMentions,
        marker: Marker,
    ) -> None:
        self._known = known
        self._resolver = resolver
        self._speller = speller
        self._passing = passing
        self._marker = marker

    def answer(self, question: Question, context: Context | None = None) -> Answer:
        """Answer `question`; the same question after the same gets the same, `seconds` apart.

        `context` is what the conversation carries; see `context_after`.
        """
        started = time.perf_counter()
        answer = self._answer(question, context)
        return answer.timed(time.perf_counter() - started)

    def _answer(self, question: Question, context: Context | None) -> Answer:
        talk = small_talk_kind(question.text)
        if talk is not None:
            message = MESSAGES[talk].format(dials=_dials(self._known.layout))
            answer = self._compose(question, "small_talk", "small_talk", message=message)
            return replace(answer, after=context)
        correction = None if question.as_typed else self._speller.correct(question.text)
        text = question.text if correction is None else correction.text
        wording = read_wording(text, self._known.layout).held(question.firm)
        text = wording.rest
        resolved = self._resolver.resolve(text, context)
        found = _Found(wording, correction, resolved, context)
        if resolved.leans:
            return self._refuse(question, found, "needs_context", MESSAGES["needs_context"])
        if not resolved.concepts:
            return self._not_covered(question, found, text)
        return self._found(question, found)

    def _found(self, question: Question, found: _Found) -> Answer:
        layout, resolved = self._known.layout, found.resolved
        standing = question.level if found.context is None else found.context.level
        told = {
            section.kind.level
            for concept in resolved.concepts
            for section in self._known.explainers[concept].sections
        }
        level = level_of(found.wording.depth, question.level, standing, layout, told)
        audience = found.wording.audience or question.audience
        intent = resolved.intent
        if intent in ("explain", "define") and found.wording.audience is not None:
            intent = "audience"
        sections = self._sections(intent, level, audience)
        passages = tuple(self._passages(resolved.concepts, sections, intent))
        compared = resolved.concepts if intent == "compare" else ()
        definition = None
        if intent == "define" and len(resolved.concepts) == 1:
            (concept,) = resolved.concepts
            section = self._known.explainers[concept].definition
            definition = self._known.passages[f"{concept}#{section.kind.id}"]
        missing = resolved.missing
        messages = [f"No explainer covers {_listed(missing)}."] if missing else []
        messages += self._lacking(resolved.concepts, sections)
        return self._compose(
            question,
            "answered",
            intent,
            found=found,
            level=level,
            audience=audience,
            passages=passages,
            marks=self._marker.marks(found.wording.rest, passages, compared),
            definition=definition,
            because=reason(resolved, self._known.explainers),
            message=" ".join(messages),
        )

    def _not_covered(self, question: Question, found: _Found, text: str) -> Answer:
        term, mentioned = self._passing.find(text)
        message = MESSAGES["not_covered"]
        if mentioned:
            message = f"No explainer covers “{term}”; it is mentioned in these."
        return self._refuse(question, found, "not_covered", message, mentioned)

    def _refuse(
        self,
        question: Question,
        found: _Found,
        status: Status,
        message: str,
        mentioned: tuple[Passage, ...] = (),
    ) -> Answer:
        intent: Intent = "follow_up" if status == "needs_context" else found.resolved.intent
        return self._compose(
            question, status, intent, found=found, message=message, mentioned=mentioned
        )

    def _sections(self, intent: Intent, level: str, audience: str | None) -> list[SectionKind]:
        """Return the level first, then what the intent and the audience add."""
        layout = self._known.layout
        sections = [layout.level_section(level)]
        if intent in _SECTIONS:
            sections.append(layout.section(_SECTIONS[intent]))
        if audience is not None:
            sections.append(layout.audience_section(audience))
        return sections

    def _passages(
        self, concepts: tuple[str, ...], sections: list[SectionKind], intent: Intent
    ) -> Iterator[Passage]:
        """Yield the passages section by section, of a level that a concept lacks the nearest."""
        if intent == "limits":
            # The deepest level is where explainers tell limits and open problems.
            deepest = self._known.layout.level_section(self._known.layout.levels[-1].id)
            sections = [sections[0], deepest, *sections[1:]]
        told = set()
        for section in sections:
            for concept in concepts:
                passage = self._nearest(concept, section)
                if passage is not None and passage.id not in told:
                    told.add(passage.id)
                    yield passage

    def _nearest(self, concept: str, section: SectionKind) -> Passage | None:
        layout = self._known.layout
        kinds = [section]
        if section.level is not None:
            kinds = [layout.level_section(level) for level in layout.nearest_levels(section.level)]
        ids = (f"{concept}#{kind.id}" for kind in kinds)
        return next((self._known.passages[id_] for id_ in ids if id_ in self._known.passages), None)

    def _lacking(self, concepts: tuple[str, ...], sections: list[SectionKind]) -> Iterator[str]:
        """Yield a sentence on what concepts lack of `sections`, one for all that lack the same."""
        alike: dict[tuple[tuple[SectionKind, ...], str], list[str]] = {}
        for concept in concepts:
            explainer = self._known.explainers[concept]
            there = {section.kind for section in explainer.sections}
            lacks = tuple(section for section in sections if section not in there)
            nearest = self._nearest(concept, sections[0])
            told = explainer.section(nearest.section).kind.heading if nearest else ""
            if lacks:
                alike.setdefault((lacks, told), []).append(explainer.title)
        for (lacks, told), titles in alike.items():
            yield lacking(titles, lacks, told)

    def _compose(
        self,
        question: Question,
        status: Status,
        intent: Intent,
        *,
        found: _Found | None = None,
        level: str | None = None,
        audience: str | None = None,
        passages: tuple[Passage, ...] = (),
        marks: tuple[Span | None, ...] = (),
        definition: Passage | None = None,
        because: str = "",
        message: str = "",
        mentioned: tuple[Passage, ...] = (),
    ) -> Answer:
        resolved = None if found is None else found.resolved
        answered = resolved is not None and status == "answered"
        concepts = resolved.concepts if resolved is not None and answered else ()
        hits = () if resolved is None else tuple(hit.id for hit in resolved.ranking.hits)
        # What the answer is about is the first candidate too, in the asked order.
        candidates = tuple(dict.fromkeys((*concepts, *hits)))
        return Answer(
            id=self._id_of(question, found),
            question=question.text,
            status=status,
            intent=intent,
            level=level or question.level,
            audience=audience if answered else question.audience,
            concepts=concepts,
            passages=passages,
            marks=marks,
            definition=definition,
            because=because,
            correction=None if found is None else found.correction,
            follows=resolved.follows if resolved is not None and answered else (),
            also=resolved.also if resolved is not None and answered else (),
            missing=resolved.missing if resolved is not None and answered else (),
            nearest=candidates[:N_NEAREST] if status == "not_covered" else (),
            mentioned=mentioned,
            candidates=candidates,
            message=message,
            index=self._known.hash,
            seconds=0.0,
            asked=question,
            after=None if found is None else found.context,
        )

    def _id_of(self, question: Question, found: _Found | None) -> str:
        """Return an identity of what was asked, of what and after what: equal asks, equal ids."""
        context = None if found is None or found.context is None else found.context.to_json()
        asked = [
            question.text,
            question.level,
            question.audience,
            question.as_typed,
            sorted(question.firm),
            context,
            self._known.hash,
        ]
        return short_hash(asked, 16)


@dataclass(frozen=True)
class _Found:
    """Everything that was made out of a question before its passages are chosen."""

    wording: Wording
    correction: Correction | None
    resolved: Resolved
    context: Context | None


def context_after(answer: Answer, before: Context | None) -> Context | None:
    """Return what the next question may build on: nothing after what is not covered."""
    if answer.status == "answered":
        return Context(answer.concepts, answer.intent, answer.level)
    return None if answer.status == "not_covered" else before


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(f"“{text}”" for text in texts)


def _dials(layout: Layout) -> str:
    """Return what a reader may choose beside the question."""
    dials = ["how deep the answer goes"] if len(layout.levels) > 1 else []
    dials += ["for whom"] if layout.audiences else []
    return f", and choose {' and '.join(dials)}" if dials else ""
