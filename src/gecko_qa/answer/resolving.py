"""Resolving: which concepts a question is about, alone or after what came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gecko_qa.answer.conversation import (
    Context,
    Leaning,
    is_pronoun,
    leaning_of,
    without_turning,
)
from gecko_qa.answer.intent import (
    PAIR,
    Intent,
    compares,
    compares_back,
    intent_of,
    joins,
    may_compare,
)
from gecko_qa.answer.sides import Sides, parts_of, sides_of, with_shared_noun
from gecko_qa.retrieval.concepts import ConceptRanker, Ranking
from gecko_qa.retrieval.frame import content_words
from gecko_qa.words import folded_words, word_spans

N_CANDIDATES = 5
MAX_CONCEPTS = 4
SURE = 0.8
"""A part of a question is answered beside the rest from this probability on."""
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

    def __init__(self, ranker: ConceptRanker) -> None:
        self._ranker = ranker

    def resolve(self, text: str, context: Context | None) -> Resolved:
        """Return what `text` is about; `context` is what the conversation carries, if anything."""
        text, turned = without_turning(text)
        context = None if turned else context
        ranking = self._ranker.rank(text, N_CANDIDATES)
        words = folded_words(text)
        places = frozenset(n for m in ranking.mentions for n in range(m.start, m.end))
        leaning = leaning_of(words, places)
        intent = intent_of(_without_names(text, words, places), ranking.by_name)
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
        sides = None if alone else sides_of(text)
        compared = None if sides is None else self._compare(sides, ranking)
        if compared is not None:
            return compared
        likeliest = ranking.hits[0].id if ranking.hits else None
        parts = tuple(dict.fromkeys(self._parts(text, likeliest)))
        single = len(parts) < PAIR
        if single and compares(words, len(ranking.named), ranking.by_name) and ranking.covered:
            return Resolved(ranking, ranking.named, "compare")
        pair = _pair(words, ranking) if single else ()
        if pair:
            return Resolved(ranking, pair, "compare")
        first = (ranking.hits[0].id,) if ranking.covered else ()
        in_parts = not single and set(first) <= set(parts)
        ordered = parts if in_parts else (*first, *parts)
        concepts = tuple(dict.fromkeys(ordered))[:MAX_CONCEPTS]
        also = _equals(ranking) if first and not ranking.by_name and len(concepts) == 1 else ()
        return Resolved(ranking, concepts, intent, also=also)

    def _compare(self, sides: Sides, ranking: Ranking) -> Resolved | None:
        """Return the comparison of `sides`, None where it is not one."""
        found: list[str] = []
        missing = []
        for side, whole in zip(sides.texts, with_shared_noun(sides.texts), strict=True):
            slug = self._side(side, whole, sides.plain)
            if slug is None and is_pronoun(side):
                # "What is X, and how does it differ from Y?"
                slug = next((s for s in ranking.named if s not in found), None)
            if slug is None:
                missing.append(side)
            elif slug not in found:
                found.append(slug)
        if not found or len(found) + len(missing) < PAIR:
            return None
        likely = {hit.id for hit in ranking.hits[:N_LIKELY]}.union(ranking.named)
        if not likely.intersection(found):
            return None
        if missing and not (sides.plain and ranking.chance >= HALF_SURE):
            return None
        return Resolved(ranking, tuple(found), "compare", missing=tuple(missing))

    def _side(self, side: str, whole: str, plain: bool) -> str | None:
        """Return the concept of one side: what it names, or else, if need be, what it is about."""
        if is_pronoun(side):
            return None
        for text in dict.fromkeys((side, whole)):
            named = self._ranker.names_only(text)
            if named:
                return named[0]
        if not plain:
            return None
        ranking = self._ranker.rank(whole, 1)
        if ranking.covered:
            return ranking.hits[0].id
        # The noun that a name is in stands last: "today's AI".
        return ranking.named[-1] if ranking.named else None

    def _parts(self, text: str, first: str | None) -> Iterator[str]:
        """Yield the concepts of the questions that `text` asks one after the other.

        `first` is the likeliest for all of `text`. Of the parts that only describe their concept,
        the one that `first` knows least of is ranked for itself, at the price of a question.
        """
        parts = parts_of(text)[:MAX_CONCEPTS]
        if len(parts) < PAIR:
            return
        named = {part: self._ranker.names_only(part) for part in parts}
        unnamed = [p for p in parts if not named[p] and content_words(folded_words(p))]
        foreign = min(unnamed, key=lambda p: self._ranker.known(p, first), default=None)
        for part in parts:
            yield from named[part]
            if part == foreign:
                ranking = self._ranker.rank(part, 1)
                if ranking.chance >= SURE:
                    yield ranking.hits[0].id


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


def _pair(words: tuple[str, ...], ranking: Ranking) -> tuple[str, ...]:
    """Return the two named concepts that are also likely, where the question sets them together.

    In the asked order where a word between them compares or joins them, else the likelier first.
    """
    likely = [hit.id for hit in ranking.hits[:N_LIKELY]]
    both = tuple(slug for slug in ranking.named if slug in likely)
    together = may_compare(words) or len(words) <= _FEW_WORDS
    if len(both) != PAIR or not together or not ranking.covered:
        return ()
    first, second = (ranking.first_mentions[slug] for slug in both)
    asked = joins(words[first.end : second.start])
    return both if asked else tuple(sorted(both, key=likely.index))


def _stands_alone(ranking: Ranking) -> bool:
    told = ranking.evidence[ranking.hits[0].id] if ranking.hits else {}
    return ranking.covered and told.get("closest_question", 0.0) >= ALONE


def _may_lean(ranking: Ranking) -> bool:
    """Tell whether a question that nothing covers may be about what came before."""
    return ranking.chance >= HALF_SURE


def _equals(ranking: Ranking) -> tuple[str, ...]:
    close = zip(ranking.hits[1:2], ranking.shares[1:2], strict=True)
    return tuple(hit.id for hit, share in close if share >= EQUAL * ranking.shares[0])
