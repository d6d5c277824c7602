"""What a question asks about beside its likeliest concept: "X or Y?", "why X where Y would do?".

A small logistic model weighs a few readable signs for each other candidate. Its weights are learned
as those of the ranking are, and lie with them in `weights.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from gecko_qa.answer.intent import adds, compares, joins
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.names import Mention
from gecko_qa.retrieval.concepts import Ranking
from gecko_qa.retrieval.weights import Weights, probability
from gecko_qa.words import folded_words, stem

SIGNS = (
    "gap",
    "compares",
    "and_or",
    "joined",
    "named_words",
    "first_named_words",
    "name_rest",
    "confused_name",
    "related",
    "by_name",
)
"""What tells whether the question asks about a candidate beside the first:

- gap: how far its score is below the first one's, over 10
- compares: 1 where a word of the question plainly compares
- and_or: 1 where it has an "and" or an "or"
- joined: 1 where it names the candidate beside another, a word between them joining or comparing
- named_words, first_named_words: as in the evidence, of the candidate and of the first
- name_rest: the largest part of one of its names, rare words weighing more, that the words which
  do not name the first give
- confused_name: the same where the one is confused with the other, by their explainers, else 0
- related: 1 where one explainer names the other as related
- by_name: 1 where the question does nothing but ask for concepts by their names
"""
_GAP_SCALE = 10.0


class Beside:
    """Tells what is asked about beside the first concept. Safe to use from several threads."""

    def __init__(
        self, explainers: Mapping[str, Explainer], weight: Callable[[str], float], weights: Weights
    ) -> None:
        """Take how telling a folded word is as `weight`."""
        self._explainers = explainers
        self._weight = weight
        self._weights = weights

    def concepts(self, words: Sequence[str], ranking: Ranking) -> tuple[str, ...]:
        """Return what the folded `words` ask about beside the first of `ranking`, likelier first.

        "X, Y or Z?" needs no weights. One that is not named comes first or not at all: mostly it
        is another, said broader.
        """
        signs = self.signs(words, ranking)
        chances = {slug: self._chance(told) for slug, told in signs.items()}
        listed = {slug for slug, told in signs.items() if told["by_name"] and told["joined"]}
        likely = {slug for slug in chances if chances[slug] >= self._weights.beside_bar}
        best = sorted(listed | likely, key=chances.__getitem__, reverse=True)
        return (*best[:1], *(slug for slug in best[1:] if slug in ranking.named))

    def signs(self, words: Sequence[str], ranking: Ranking) -> dict[str, dict[str, float]]:
        """Return the signs of each candidate of `ranking` but the first; see `SIGNS`."""
        if not ranking.hits:
            return {}
        first = ranking.hits[0].id
        among = ranking.named if ranking.by_name else ranking.evidence
        joined = _joined(words, ranking.mentions)
        named_words = {slug: told["named_words"] for slug, told in ranking.evidence.items()}
        naming = {n for m in ranking.mentions if m.concept == first for n in range(m.start, m.end)}
        rest = frozenset(stem(word) for n, word in enumerate(words) if n not in naming)
        comparing, joining = float(compares(words)), float(adds(words))
        signs = {}
        for slug in among:
            if slug == first:
                continue
            confused, related = self._linked(first, slug)
            name_rest = self._name_share(slug, rest)
            signs[slug] = {
                "gap": (ranking.scores[first] - ranking.scores[slug]) / _GAP_SCALE,
                "compares": comparing,
                "and_or": joining,
                "joined": float(slug in joined),
                "named_words": named_words[slug],
                "first_named_words": named_words[first],
                "name_rest": name_rest,
                "confused_name": name_rest if confused else 0.0,
                "related": float(related),
                "by_name": float(ranking.by_name),
            }
        return signs

    def _chance(self, signs: Mapping[str, float]) -> float:
        odds = sum(self._weights.beside.get(name, 0.0) * signs[name] for name in SIGNS)
        return probability(odds + self._weights.beside_offset)

    def _linked(self, one: str, other: str) -> tuple[bool, bool]:
        """Tell whether one is confused with the other, and whether it is related to it."""
        a, b = self._explainers[one], self._explainers[other]
        confused = other in a.confused_with or one in b.confused_with
        return confused, other in a.related or one in b.related

    def _name_share(self, slug: str, rest: frozenset[str]) -> float:
        """Return the largest share, by weight, of the stems of a name of `slug` that `rest` has."""
        shares = (
            sum(weights[word] for word in rest.intersection(weights)) / sum(weights.values())
            for weights in self._names[slug]
        )
        return max(shares, default=0.0)

    @cached_property
    def _names(self) -> dict[str, list[dict[str, float]]]:
        """Each concept's names that tell anything: the weight of each stem."""
        names = {
            slug: [{stem(w): self._weight(w) for w in folded_words(name)} for name in e.names]
            for slug, e in self._explainers.items()
        }
        return {slug: [name for name in of if any(name.values())] for slug, of in names.items()}


def _joined(words: Sequence[str], mentions: Sequence[Mention]) -> frozenset[str]:
    """Return the concepts of the names that a word joins with the name before or after them.

    In "A, B or C" nothing is between A and B.
    """
    return frozenset(
        mention.concept
        for one, other in pairwise(mentions)
        if one.concept != other.concept
        and joins(words[one.end : other.start] or words[other.end : other.end + 1])
        for mention in (one, other)
    )
