"""Resolving: which concepts a question is about, alone or after what came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gecko_qa.answer.beside import Beside
from gecko_qa.answer.conversation import (
    Context,
    Leaning,
    is_pronoun,
    leaning_of,
    without_turning,
)
from gecko_qa.answer.intent import (
    Intent,
    compares_back,
    intent_of,
    joins,
    without_heading,
)
from gecko_qa.answer.sides import parts_of, sides_of, with_shared_noun
from gecko_qa.layout import Layout
from gecko_qa.retrieval.concepts import ConceptRanker, Ranking
from gecko_qa.retrieval.frame import content_words
from gecko_qa.words import folded_words, word_spans

N_CANDIDATES = 5
MAX_CONCEPTS = 4
PAIR = 2
FOREIGN = 0.5
"""A part of a question, of which the likeliest concept of all knows less than this, may ask about
another,"""
CLEAR = 0.7
"""and does so from this share on;"""
SURE = 0.95
"""beside a part that asks for its concept by name, any does from this probability on."""
N_LIKELY = 3
HALF_SURE = 0.2
"""From this probability on a comparison with a side that nothing covers is answered, and a short
question taken as a follow-up."""
ALONE = 0.85
"""A question that points back stands alone all the same where an ask comes this near to it."""
EQUAL = 0.6
"""A second concept is offered where its share is at least this part of the first one's."""
_FEW_WORDS = 6


@dataclass(frozen=True)
class Resolved:
    """What a question is about.

    `concepts` is empty where nothing covers it, or where it leans on nothing: `leans` tells which.
    `follows` are the concepts carried over, `missing` the sides that nothing covers.
    """

    ranking: Ranking
    concepts: tuple[str, ...]
    intent: Intent
    follows: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    leans: bool = False


class Resolver:
    """Finds the concepts. Safe to use from several threads."""

    def __init__(self, ranker: ConceptRanker, beside: Beside, layout: Layout) -> None:
        self._ranker = ranker
        self._beside = beside
        self._layout = layout

    def resolve(self, text: str, context: Context | None) -> Resolved:
        """Return what `text` is about; `context` is what the conversation carries, if anything."""
        text, turned = without_turning(text)
        context = None if turned else context
        text, wanted = without_heading(text, self._layout)
        ranking = self._ranker.rank(text, N_CANDIDATES)
        words = folded_words(text)
        places = frozenset(n for m in ranking.mentions for n in range(m.start, m.end))
        leaning = leaning_of(words, places)
        plain = _without_names(text, words, places)
        intent = wanted or intent_of(plain, ranking.by_name, self._layout)
        if context is not None:
            followed = self._follow(words, leaning, ranking, intent, context)
            if followed is not None:
                return followed
        elif leaning.bare and (leaning.pointing or not ranking.covered or len(words) < _FEW_WORDS):
            return Resolved(ranking, (), intent, leans=True)
        elif leaning.pointing and not ranking.covered and not ranking.named:
            return Resolved(ranking, (), intent, leans=len(words) <= _FEW_WORDS)
        return self._alone(text, words, ranking, intent)

    def _follow(
        self,
        words: tuple[str, ...],
        leaning: Leaning,
        ranking: Ranking,
        intent: Intent,
        context: Context,
    ) -> Resolved | None:
        """Return what a question that leans on `context` is about, None for one that does not."""
        carried = context.concepts
        if leaning.bare:
            keeps = intent == "explain" and context.intent not in ("define", "audience")
            kept = context.intent if keeps else intent
            return Resolved(ranking, carried, kept, follows=carried)
        if ranking.named:
            return _named_after(words, leaning, ranking, intent, context)
        points = leaning.pointing and not _stands_alone(ranking)
        short = len(words) <= _FEW_WORDS and not ranking.covered and _may_lean(ranking)
        return Resolved(ranking, carried, intent, follows=carried) if points or short else None

    def _alone(
        self, text: str, words: tuple[str, ...], ranking: Ranking, intent: Intent
    ) -> Resolved:
        alone = ranking.by_name and len(ranking.named) == 1
        sides = () if alone else sides_of(text)
        beside = self._beside.concepts(words, ranking) if ranking.covered else ()
        first = tuple(hit.id for hit in ranking.hits[:1] if ranking.covered)
        together = _unmixed((*first, *beside), ranking)
        compared = self._compare(sides, ranking, together) if sides else None
        if compared is not None:
            return compared
        parts = tuple(dict.fromkeys(self._parts(text, ranking)))
        if len(parts) < PAIR <= len(together):
            return Resolved(ranking, _in_order(together, words, ranking)[:MAX_CONCEPTS], "compare")
        in_parts = len(parts) >= PAIR and set(first) <= set(parts)
        concepts = tuple(dict.fromkeys((*parts, *together) if in_parts else (*together, *parts)))
        also = _equals(ranking) if first and not ranking.by_name and len(concepts) == 1 else ()
        return Resolved(ranking, concepts[:MAX_CONCEPTS], intent, also=also)

    def _compare(
        self, sides: tuple[str, ...], ranking: Ranking, together: tuple[str, ...]
    ) -> Resolved | None:
        """Return the comparison of `sides`, None where it is not one.

        `together` is what all of the question asks about: it tells of a side that, for itself,
        nothing covers.
        """
        slugs: list[str | None] = []
        for side, whole in zip(sides, with_shared_noun(sides), strict=True):
            slug = self._side(side, whole)
            if slug is None and is_pronoun(side):
                # "What is X, and how does it differ from Y?"
                slug = next((s for s in ranking.named if s not in slugs), None)
            slugs.append(slug)
        rest = (slug for slug in together if slug not in slugs)
        slugs = [next(rest, None) if slug is None else slug for slug in slugs]
        found = tuple(dict.fromkeys(slug for slug in slugs if slug is not None))
        missing = tuple(t for t, slug in zip(sides, slugs, strict=True) if slug is None)
        if not found or len(found) + len(missing) < PAIR:
            return None
        likely = {hit.id for hit in ranking.hits[:N_LIKELY]}.union(ranking.named)
        if not likely.intersection(found) or (missing and ranking.chance < HALF_SURE):
            return None
        return Resolved(ranking, found, "compare", missing=missing)

    def _side(self, side: str, whole: str) -> str | None:
        """Return the concept of one side: what it names, or else, if need be, what it is about."""
        if is_pronoun(side):
            return None
        for text in dict.fromkeys((side, whole)):
            named = self._ranker.names_only(text)
            if named:
                return named[0]
        ranking = self._ranker.rank(whole, 1)
        if ranking.covered:
            return ranking.hits[0].id
        # The noun that a name is in stands last: "today's AI".
        return ranking.named[-1] if ranking.named else None

    def _parts(self, text: str, ranking: Ranking) -> Iterator[str]:
        """Yield the concepts of the questions that `text`, as `ranking` tells, asks in turn.

        Of the parts that only describe their concept, the one that the likeliest of all knows
        least of is ranked for itself, at the price of a question.
        """
        parts = parts_of(text)[:MAX_CONCEPTS]
        if len(parts) < PAIR:
            return
        likeliest = ranking.hits[0].id if ranking.hits else None
        named = {part: self._ranker.names_only(part) for part in parts}
        known = {
            part: self._ranker.known(part, likeliest)
            for part in parts
            if not named[part] and content_words(folded_words(part))
        }
        foreign = min(known, key=known.__getitem__, default=None)
        for part in parts:
            yield from named[part]
            if part == foreign:
                yield from self._own(part, known[part], any(named.values()))

    def _own(self, part: str, known: float, beside_named: bool) -> tuple[str, ...]:
        """Return what a part of a question is about, if that is another than the rest."""
        if known >= FOREIGN and not beside_named:
            return ()
        ranking = self._ranker.rank(part, 1)
        clear = known < FOREIGN and ranking.covered and ranking.shares[0] >= CLEAR
        sure = beside_named and ranking.chance >= SURE
        return (ranking.hits[0].id,) if clear or sure else ()


def _without_names(text: str, words: tuple[str, ...], places: frozenset[int]) -> str:
    """Return `text` without the names in it: "rate limits" asks for no limits."""
    spans = word_spans(text)
    if len(spans) != len(words):
        return text
    for n in sorted(places, reverse=True):
        start, end = spans[n]
        text = text[:start] + text[end:]
    return text


def _named_after(
    words: tuple[str, ...],
    leaning: Leaning,
    ranking: Ranking,
    intent: Intent,
    context: Context,
) -> Resolved | None:
    """Return what a question that names a concept of its own takes from `context`, if anything.

    What it names comes first; what was carried stands beside it where the question points back.
    """
    carried = context.concepts
    others = tuple(slug for slug in ranking.named if slug not in carried)
    alone = ranking.by_name and len(ranking.named) == 1
    if alone and words[:1] in (("and",), ("or",)) and intent == "define":
        kept = intent if context.intent in ("compare", "audience") else context.intent
        return Resolved(ranking, ranking.named, kept)
    leans = leaning.pointing or alone or (ranking.by_name and words[:1] == ("compare",))
    if others and others == ranking.named and leans and compares_back(words):
        return Resolved(ranking, (carried[0], *others), "compare", follows=carried[:1])
    if others and leaning.pointing:
        return Resolved(ranking, (*others, carried[0]), intent, follows=carried[:1])
    return None


def _unmixed(concepts: tuple[str, ...], ranking: Ranking) -> tuple[str, ...]:
    """Return `concepts` without the first where it is not named and two others are.

    Such a one is likely for what it shares with both: "RAG or embeddings?" and RAG evaluation.
    """
    others = concepts[1:]
    mixed = concepts[:1] and concepts[0] not in ranking.named
    return others if mixed and len(set(others) & set(ranking.named)) >= PAIR else concepts


def _in_order(
    concepts: tuple[str, ...], words: tuple[str, ...], ranking: Ranking
) -> tuple[str, ...]:
    """Return `concepts` in the asked order where all are named and joined, else as they are."""
    places = ranking.first_mentions
    if not places.keys() >= set(concepts):
        return concepts
    asked = sorted(concepts, key=lambda slug: places[slug].start)
    joined = joins(words[places[asked[0]].end : places[asked[-1]].start])
    return tuple(asked) if joined else concepts


def _stands_alone(ranking: Ranking) -> bool:
    told = ranking.evidence[ranking.hits[0].id] if ranking.hits else {}
    return ranking.covered and told.get("closest_question", 0.0) >= ALONE


def _may_lean(ranking: Ranking) -> bool:
    """Tell whether a question that nothing covers may be about what came before."""
    return ranking.chance >= HALF_SURE


def _equals(ranking: Ranking) -> tuple[str, ...]:
    close = zip(ranking.hits[1:2], ranking.shares[1:2], strict=True)
    return tuple(hit.id for hit, share in close if share >= EQUAL * ranking.shares[0])
