"""Lexical retrieval: BM25 between the question's words and the keys'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gecko_qa.index.lexical import lexical_words
from gecko_qa.retrieval.hit import Hit, ranked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gecko_qa.encoder.base import Vectors
    from gecko_qa.retrieval.hit import Rows


class LexicalRetriever:
    """A bm25s index whose document n is `ids[n]`."""

    def __init__(self, ids: Sequence[str], bm25: Any) -> None:  # noqa: ANN401
        self._ids = tuple(ids)
        self._bm25 = bm25

    def scores(self, query: str) -> Vectors:
        """Return the BM25 score of each row for `query`, shape (n rows,), 0 and above."""
        import numpy as np

        vocabulary = self._bm25.vocab_dict
        known = [vocabulary[word] for word in lexical_words(query) if word in vocabulary]
        if not known:
            return np.zeros(len(self._ids), dtype=np.float32)
        scores: Vectors = self._bm25.get_scores(known)
        return scores

    def rows_with(self, word: str) -> NDArray[np.intp]:
        """Return the rows whose text holds the stem `word`; see `stems`."""
        import numpy as np

        column = self._bm25.vocab_dict.get(word)
        if column is None:
            return np.zeros(0, dtype=np.intp)
        start, end = self._bm25.scores["indptr"][column : column + 2]
        return np.asarray(self._bm25.scores["indices"][start:end], dtype=np.intp)

    def ids_with(self, word: str) -> tuple[str, ...]:
        """Return the ids of the rows whose text holds the stem `word`."""
        return tuple(self._ids[row] for row in self.rows_with(word))

    def retrieve(self, query: str, k: int, keep: Rows | None = None) -> tuple[Hit, ...]:
        """Return the `k` best keys that share a word with `query`; see `Retriever`."""
        scores = self.scores(query)
        rows = (scores > 0 if keep is None else (scores > 0) & keep).nonzero()[0]
        return ranked(((self._ids[row], float(scores[row])) for row in rows), k)
