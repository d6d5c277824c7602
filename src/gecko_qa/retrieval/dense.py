"""Dense retrieval: cosine between the question's vector and the keys'."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gecko_qa.encoder.base import Encoder
from gecko_qa.retrieval.hit import Hit, ranked

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors
    from gecko_qa.retrieval.hit import Rows


class DenseRetriever:
    """Exact search of a FAISS inner-product index whose row n is the key `ids[n]`."""

    def __init__(self, ids: Sequence[str], vectors: Any, encoder: Encoder) -> None:  # noqa: ANN401
        self._ids = tuple(ids)
        self._vectors = vectors
        self._encoder = encoder

    def vector(self, query: str) -> Vectors:
        """Return the vector of `query`, shape (dimensions,)."""
        vector: Vectors = self._encoder.encode_queries([query])[0]
        return vector

    def cosines(self, vector: Vectors) -> Vectors:
        """Return the cosine of a query's `vector` with each row, shape (n rows,), -1 to 1.

        A product with all rows: a search for all of them would sort them too.
        """
        cosines: Vectors = self._rows @ vector
        return cosines

    @cached_property
    def _rows(self) -> Vectors:
        """The rows where the FAISS index keeps them, not copied: shape (n rows, dimensions)."""
        import faiss

        rows, dimensions = self._vectors.ntotal, self._vectors.d
        flat: Vectors = faiss.rev_swig_ptr(self._vectors.get_xb(), rows * dimensions)
        return flat.reshape(rows, dimensions)

    def scores(self, query: str) -> Vectors:
        """Return the cosine of `query` with each row; see `cosines`."""
        return self.cosines(self.vector(query))

    def retrieve(self, query: str, k: int, keep: Rows | None = None) -> tuple[Hit, ...]:
        """Return the `k` nearest keys; see `Retriever`."""
        scores = self.scores(query)
        rows = range(len(self._ids)) if keep is None else keep.nonzero()[0]
        return ranked(((self._ids[row], float(scores[row])) for row in rows), k)
