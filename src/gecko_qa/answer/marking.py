"""Marking: the sentence of a passage that answers a question best, where one stands out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from gecko_qa.answer.sentences import Span, sentences_of
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.index.lexical import stems
from gecko_qa.passages import Passage
from gecko_qa.retrieval.coverage import word_weight
from gecko_qa.retrieval.frame import content_words
from gecko_qa.retrieval.lexical import LexicalRetriever
from gecko_qa.words import folded_words

Terms = Callable[[Passage], Iterable[tuple[int, int, str]]]
"""Gives where a passage names other explainers: start, end and slug."""

LEAD = 0.2
"""A sentence that shares several telling words stands out by this much above the second; a word
that one concept alone knows weighs 1."""
LEAD_OF_ONE = 0.38
"""As `LEAD`, for a sentence that shares a single telling word."""
TELLING = 0.1
"""Words of less weight than this do not count as telling."""


class Marker:
    """Finds the sentence to mark in each passage of an answer. Safe to use from several threads."""

    def __init__(
        self,
        explainers: Mapping[str, Explainer],
        concept_lexical: LexicalRetriever,
        terms: Terms,
    ) -> None:
        """Take the explainers by slug, and the retriever whose rows are whole concepts."""
        self._explainers = explainers
        self._lexical = concept_lexical
        self._terms = terms
        self._names = lru_cache(maxsize=None)(self._names_of)

    def marks(
        self, text: str, passages: Sequence[Passage], compared: Sequence[str] = ()
    ) -> tuple[Span | None, ...]:
        """Return for each of `passages` the sentence that answers the question `text`, or None.

        It is the one that shares most with the question, rare words weighing more, and by a clear
        lead. Of the concepts `compared`, a passage's sentence that first names another goes before.
        """
        weights = {stem: self._weight(stem) for stem in stems(content_words(folded_words(text)))}
        return tuple(self._mark(weights, passage, compared) for passage in passages)

    def _mark(
        self, weights: Mapping[str, float], passage: Passage, compared: Sequence[str]
    ) -> Span | None:
        sentences = _stemmed_sentences(passage.text)
        if len(sentences) <= 1:
            return None
        for start, _, slug in self._terms(passage) if len(compared) > 1 else ():
            if slug in compared and slug != passage.concept:
                return next((span for span, _ in sentences if span[0] <= start < span[1]), None)
        # The concept's own names stand everywhere in its passages and tell nothing.
        own = self._names(passage.concept)
        told = {stem: weight for stem, weight in weights.items() if stem not in own}
        return _standing_out(told, sentences)

    def _weight(self, stem: str) -> float:
        """Return how telling a word is: 1 where one concept alone knows it, less for more."""
        n = len(self._explainers)
        return word_weight(len(self._lexical.rows_with(stem)), n) / word_weight(1, n)

    def _names_of(self, slug: str) -> frozenset[str]:
        names = self._explainers[slug].names
        return frozenset(stem for name in names for stem in stems(folded_words(name)))


def _standing_out(
    told: Mapping[str, float], sentences: Sequence[tuple[Span, frozenset[str]]]
) -> Span | None:
    shared = [[told[stem] for stem in told if stem in words] for _, words in sentences]
    scores = list(map(sum, shared))
    best = max(range(len(scores)), key=scores.__getitem__)
    second = max(scores[:best] + scores[best + 1 :])
    n_telling = sum(weight >= TELLING for weight in shared[best])
    lead = LEAD if n_telling > 1 else LEAD_OF_ONE
    return sentences[best][0] if scores[best] - second >= lead else None


@lru_cache(maxsize=4096)
def _stemmed_sentences(text: str) -> tuple[tuple[Span, frozenset[str]], ...]:
    return tuple(
        (span, frozenset(stems(folded_words(text[slice(*span)])))) for span in sentences_of(text)
    )
