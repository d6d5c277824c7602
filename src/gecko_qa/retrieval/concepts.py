"""From a question to concepts: which explainer it is about, and whether any is.

A question that does nothing but ask for concepts by their names is about these. For any other, two
small linear models weigh the evidence. A concept's score is a weighted sum of what speaks for it; a
logistic model of a few signs tells whether the first concept answers at all. Their weights
are learned on the training part of `evaluation/` alone and lie in `weights.json`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gecko_qa.index.keys import Key
from gecko_qa.names import Mention, concepts_of
from gecko_qa.retrieval.evidence import FEATURES, Evidence, Witness
from gecko_qa.retrieval.hit import Hit, ranked
from gecko_qa.retrieval.weights import Weights, probability

SIGNS = (
    "score",
    "share",
    "margin",
    "close_keys",
    "known_words",
    "concept_words",
    "outside",
    "nearer",
    "inside",
    "named",
    "n_words",
)
"""What tells whether the first concept answers:

- score, and margin: how far it is above the second; both over 10
- share: its part in the sum of exp(score) of all concepts
- close_keys, known_words, concept_words: as in the evidence
- outside, inside: as in `Evidence`; nearer: the closest question of its own less `outside`
- named: 1 where the question names it
- n_words: words that say what the question is about, at most 12, over 12
"""
NAME_BONUS = 100.0
"""What is asked for by its name alone comes first, whatever else speaks for another."""
_SCORE_SCALE = 10.0
_MAX_WORDS = 12


@dataclass(frozen=True)
class Ranking:
    """Concepts for a question, best first, and what speaks for the first of them.

    `mentions` are the names in the question, `by_name` tells that it does nothing but ask for
    them. `chance` is the probability, by the weights, that the first concept answers, and
    `covered` whether that is enough. `shares` gives each hit's part in the sum of exp(score).
    `closest` is the first concept's key that is nearest in meaning. `signs`, `evidence` and
    `scores` hold the numbers behind all this, the last two for the hits and for what is named.
    """

    hits: tuple[Hit, ...]
    mentions: tuple[Mention, ...]
    by_name: bool
    chance: float
    covered: bool
    shares: tuple[float, ...]
    closest: Key | None
    signs: Mapping[str, float]
    evidence: Mapping[str, Mapping[str, float]]
    scores: Mapping[str, float]

    @property
    def named(self) -> tuple[str, ...]:
        """The concepts that the question names, each once, in its order."""
        return concepts_of(self.mentions)

    @property
    def first_mentions(self) -> dict[str, Mention]:
        """Where the question first names each of `named`."""
        return {mention.concept: mention for mention in reversed(self.mentions)}


class ConceptRanker:
    """Ranks the explainers of one index. Safe to use from several threads."""

    def __init__(
        self, slugs: Sequence[str], keys: Sequence[Key], witness: Witness, weights: Weights
    ) -> None:
        self._slugs = tuple(slugs)
        self._keys = tuple(keys)
        self._witness = witness
        self._weights = weights

    def rank(self, question: str, k: int) -> Ranking:
        """Return the `k` best concepts for `question` and what speaks for the first."""
        import numpy as np

        evidence = self._witness.testify(question)
        weights = np.array([self._weights.rank.get(name, 0.0) for name in FEATURES])
        scores = evidence.table.astype(np.float64) @ weights
        if evidence.by_name:
            scores += NAME_BONUS * np.isin(self._slugs, evidence.named)
        hits = ranked(zip(self._slugs, map(float, scores), strict=True), max(k, 2))
        if not hits:
            return Ranking((), evidence.mentions, False, 0.0, False, (), None, {}, {}, {})
        exps = np.exp(scores - hits[0].score)
        shares = tuple(math.exp(hit.score - hits[0].score) / float(exps.sum()) for hit in hits)
        first = self._slugs.index(hits[0].id)
        signs = _signs(hits, shares[0], evidence, first)
        chance = self._chance(signs)
        told = dict.fromkeys((*(hit.id for hit in hits[: max(k, 0)]), *evidence.named))
        return Ranking(
            hits=hits[: max(k, 0)],
            mentions=evidence.mentions,
            by_name=evidence.by_name,
            chance=chance,
            covered=evidence.by_name or chance >= self._weights.bar,
            shares=shares[: max(k, 0)],
            closest=self._keys[evidence.closest[first]],
            signs=signs,
            evidence={slug: self._told(evidence, slug) for slug in told},
            scores={slug: float(scores[self._slugs.index(slug)]) for slug in told},
        )

    def names_only(self, text: str) -> tuple[str, ...]:
        """Return the concepts that `text` names where it does nothing else, without encoding it."""
        return self._witness.names_only(text)

    def known(self, text: str, slug: str | None) -> float:
        """Return the share of the words of `text`, rare ones weighing more, that `slug` has."""
        return self._witness.known(text, slug) if slug is not None else 0.0

    def _chance(self, signs: Mapping[str, float]) -> float:
        odds = sum(self._weights.cover.get(name, 0.0) * signs[name] for name in SIGNS)
        return probability(odds + self._weights.offset)

    def _told(self, evidence: Evidence, slug: str) -> dict[str, float]:
        row = evidence.table[self._slugs.index(slug)]
        return {name: float(value) for name, value in zip(FEATURES, row, strict=True)}


def _signs(hits: Sequence[Hit], share: float, evidence: Evidence, first: int) -> dict[str, float]:
    told = dict(zip(FEATURES, map(float, evidence.table[first]), strict=True))
    second = hits[1].score if len(hits) > 1 else 0.0
    return {
        "score": hits[0].score / _SCORE_SCALE,
        "share": share,
        "margin": (hits[0].score - second) / _SCORE_SCALE,
        "close_keys": told["close_keys"],
        "known_words": told["known_words"],
        "concept_words": told["concept_words"],
        "outside": evidence.outside,
        "nearer": told["closest_question"] - evidence.outside,
        "inside": evidence.inside,
        "named": float(hits[0].id in evidence.named),
        "n_words": min(evidence.n_words, _MAX_WORDS) / _MAX_WORDS,
    }
