"""What speaks for each concept: a few readable numbers, before anything weighs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gecko_qa.index.keys import Key
from gecko_qa.index.lexical import stems
from gecko_qa.names import Mention, NameIndex, concepts_of
from gecko_qa.retrieval.coverage import coverage, word_weight
from gecko_qa.retrieval.dense import DenseRetriever
from gecko_qa.retrieval.frame import content_words, facet_words
from gecko_qa.retrieval.lexical import LexicalRetriever
from gecko_qa.words import folded_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gecko_qa.encoder.base import Vectors
    from gecko_qa.retrieval.fusion import GroupedRows

FEATURES = (
    "closest_question",
    "close_questions",
    "close_keys",
    "topic",
    "question_words",
    "passage_words",
    "concept_words",
    "known_words",
    "named_words",
)
"""What is told of each concept:

- closest_question: the highest cosine with an ask or a phrasing of it
- close_questions, close_keys: the mean of the three highest, of those and of all its keys
- topic: its probe's reading
- question_words, passage_words: the best BM25 score of a name, ask or phrasing, and of a passage,
  over 10; concept_words: that of all its text
- known_words: the share of the question's words, rare ones weighing more, that its text has
- named_words: the share of them, rare ones weighing more, that are a name of it
"""
N_CLOSE = 3
_BM25_SCALE = 10.0


@dataclass(frozen=True)
class Evidence:
    """A question held against every concept.

    `table` has a row for each concept and a column for each of `FEATURES`. `closest` gives, for
    each concept, the row of the key that is nearest to the question. `outside` is the mean cosine
    of the nearest three questions that the corpus does not answer, `inside` the reading of the
    probe that tells those from the corpus's own; both 0 where it has none. `n_words` counts the
    words that say what the question is about. `by_name` tells that the question does nothing but
    ask for concepts, or a facet of them, by their names.
    """

    table: Vectors
    closest: NDArray[np.intp]
    mentions: tuple[Mention, ...]
    by_name: bool
    outside: float
    inside: float
    n_words: int

    @property
    def named(self) -> tuple[str, ...]:
        """The concepts that the question names, each once, in its order."""
        return concepts_of(self.mentions)


class Witness:
    """Gathers the evidence from one index. Safe to use from several threads."""

    def __init__(
        self,
        slugs: Sequence[str],
        keys: Sequence[Key],
        *,
        dense: DenseRetriever,
        lexical: LexicalRetriever,
        concept_lexical: LexicalRetriever,
        probes: Vectors,
        names: NameIndex,
    ) -> None:
        """Take the retrievers of all `keys`, of those that lead to a concept, and of concepts.

        `probes` are as `build_probes` makes them.
        """
        self._slugs = tuple(slugs)
        self._keys = tuple(keys)
        self._dense = dense
        self._lexical = lexical
        self._concept_lexical = concept_lexical
        self._probes = probes
        self._names = names
        self._numbers = {slug: n for n, slug in enumerate(self._slugs)}

    @cached_property
    def _rows(self) -> dict[str, tuple[NDArray[np.intp], GroupedRows]]:
        """The leading keys of some kinds: their rows, and these grouped by concept."""
        import numpy as np

        from gecko_qa.retrieval.fusion import GroupedRows

        groups = np.array(
            [self._numbers[key.concept] for key in self._keys if key.concept], dtype=np.intp
        )
        kinds = np.array([key.kind for key in self._keys if key.concept])
        asking = (kinds == "ask") | (kinds == "phrasing")
        of = {
            "any": np.ones(len(kinds), dtype=np.bool_),
            "question": asking,
            "naming": asking | (kinds == "name"),
            "passage": kinds == "passage",
        }
        return {
            name: (mask.nonzero()[0], GroupedRows(groups[mask], len(self._slugs)))
            for name, mask in of.items()
        }

    def _knowing(self, stem: str) -> set[int]:
        """Return the numbers of the concepts whose text has the `stem`."""
        return set(self._concept_lexical.rows_with(stem).tolist())

    def names_only(self, text: str) -> tuple[str, ...]:
        """Return the concepts that `text` names, where it does nothing but ask for them."""
        words = folded_words(text)
        mentions = self._names.mentions(words)
        asks = _asks_by_name(words, mentions)
        return concepts_of(mentions) if asks else ()

    def known(self, text: str, slug: str) -> float:
        """Return the share of the words of `text`, rare ones weighing more, that `slug` has."""
        return float(self._coverage(_told(folded_words(text)))[self._numbers[slug]])

    def testify(self, question: str) -> Evidence:
        """Return what speaks for each concept; see `FEATURES`."""
        import numpy as np

        words = folded_words(question)
        mentions = self._names.mentions(words)
        by_name = _asks_by_name(words, mentions)
        told = _told(words)

        vector = self._dense.vector(question)
        cosines = self._dense.cosines(vector)
        rows, grouped = self._rows["any"]
        leading, outside = cosines[: len(rows)], cosines[len(rows) :]
        readings = self._probes[:, :-1] @ vector + self._probes[:, -1]
        bm25 = self._lexical.scores(question)
        asking, by_concept = self._rows["question"]
        columns = (
            by_concept.best(leading[asking]).clip(min=-1.0),
            by_concept.mean_of_best(leading[asking], N_CLOSE).clip(min=-1.0),
            grouped.mean_of_best(leading, N_CLOSE),
            readings[:-1],
            self._best("naming", bm25) / _BM25_SCALE,
            self._best("passage", bm25) / _BM25_SCALE,
            self._concept_lexical.scores(question) / _BM25_SCALE,
            self._coverage(told),
            self._named_words(words, mentions),
        )
        return Evidence(
            table=np.stack(columns, axis=1).astype(np.float32),
            closest=grouped.row_of_best(leading),
            mentions=mentions,
            by_name=by_name,
            outside=float(np.sort(outside)[-N_CLOSE:].mean()) if len(outside) else 0.0,
            inside=float(readings[-1]),
            n_words=len(told),
        )

    def _coverage(self, told: Sequence[str]) -> Vectors:
        return coverage([self._knowing(stem) for stem in told], len(self._slugs))

    def _named_words(self, words: tuple[str, ...], mentions: Sequence[Mention]) -> Vectors:
        """Return the share, by weight, of the telling words that are a name of each concept."""
        import numpy as np

        n = len(self._slugs)
        weights = [self.weight(word) for word in words]
        total = sum(weights)
        named = np.zeros(n, dtype=np.float32)
        for mention in mentions:
            share = sum(weights[mention.start : mention.end]) / total if total else 0.0
            named[self._numbers[mention.concept]] += share
        return named

    def weight(self, word: str) -> float:
        """Return how telling the folded `word` is, 0 for one that every question may have."""
        if not content_words((word,)):
            return 0.0
        n = len(self._slugs)
        return max((word_weight(len(self._knowing(stem)), n) for stem in stems((word,))), default=0)

    def _best(self, kind: str, scores: Vectors) -> Vectors:
        rows, grouped = self._rows[kind]
        best: Vectors = grouped.best(scores[rows]).clip(min=0.0)
        return best


def _told(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stems of the words that say what a question is about, each once."""
    return tuple(dict.fromkeys(stems(content_words(words))))


def _asks_by_name(words: tuple[str, ...], mentions: Sequence[Mention]) -> bool:
    inside = {n for mention in mentions for n in range(mention.start, mention.end)}
    rest = tuple(word for n, word in enumerate(words) if n not in inside)
    return bool(mentions) and facet_words().issuperset(content_words(rest))
