"""Dense retrieval: cosine between the question's vector and the keys'."""

from __future__ import annotations

from collections.abc import Sequence
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

        A product with all rows: a search for all of them would sort them too. NumPy's would copy
        the rows first, since in a FAISS file they lie beside what it calls aligned.
        """
        import faiss
        import numpy as np

        rows = self._vectors
        query = np.ascontiguousarray(vector, dtype=np.float32)
        cosines: Vectors = np.empty(rows.ntotal, dtype=np.float32)
        faiss.fvec_inner_products_ny(  # type: ignore[attr-defined]
            faiss.swig_ptr(cosines), faiss.swig_ptr(query), rows.get_xb(), rows.d, rows.ntotal
        )
        return cosines

    def scores(self, query: str) -> Vectors:
        """Return the cosine of `query` with each row; see `cosines`."""
        return self.cosines(self.vector(query))

    def retrieve(self, query: str, k: int, keep: Rows | None = None) -> tuple[Hit, ...]:
        """Return the `k` nearest keys; see `Retriever`."""
        scores = self.scores(query)
        rows = range(len(self._ids)) if keep is None else keep.nonzero()[0]
        return ranked(((self._ids[row], float(scores[row])) for row in rows), k)
