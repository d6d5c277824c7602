"""Lexical indexes: BM25 over the words of the keys, or of whole concepts, kept as plain arrays."""

from __future__ import annotations

import functools
import io
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from gecko_qa.errors import IndexDamaged
from gecko_qa.hashing import canonical_json
from gecko_qa.words import folded_words, stem

_PARTS = {
    "data_name": "data.npy",
    "indices_name": "indices.npy",
    "indptr_name": "indptr.npy",
    "vocab_name": "vocabulary.json",
    "params_name": "parameters.json",
    "nnoc_name": "absent.npy",
}
_KEPT = tuple(part for name, part in _PARTS.items() if name != "nnoc_name")
_ARRAYS = ("data", "indices", "indptr")
K1, B = 1.5, 0.75
KEYS = "lexical"
CONCEPTS = "lexical-concepts"


def lexical_words(text: str) -> list[str]:
    """Return the words of `text` that a lexical index counts: stemmed, stop words left out."""
    return stems(folded_words(text))


def stems(words: Sequence[str]) -> list[str]:
    """Return the stems of folded `words`, stop words left out.

    The Snowball stemmer for English: "hallucinate" and "hallucination" have one stem.
    """
    stop = _stop_words()
    return [stem(word) for word in words if word not in stop]


@functools.cache
def _stop_words() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN

    return frozenset(word for stop in STOPWORDS_EN for word in folded_words(stop))


def build_lexical(index: str, documents: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """Index `documents`, each the stems of its words, and return the files of `index` by name.

    Lucene's variant of BM25 with `K1` and `B`. Source: Lù, BM25S, 2024 (arXiv:2407.03618).
    """
    import bm25s

    # Sorted, so that the same corpus gives the same bytes.
    vocabulary = {w: n for n, w in enumerate(sorted({w for d in documents for w in d}))}
    tokens = bm25s.tokenization.Tokenized(
        ids=[[vocabulary[word] for word in document] for document in documents], vocab=vocabulary
    )
    retriever = bm25s.BM25(k1=K1, b=B, method="lucene")
    # The library invites to replace this step; its own goes through the documents one by one.
    retriever.build_index_from_ids = _scores
    retriever.nonoccurrence_array = None
    retriever.index(tokens, create_empty_token=False, show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        retriever.save(folder, show_progress=False, **_PARTS)
        files = {f"{index}-{part}": (Path(folder) / part).read_bytes() for part in _KEPT}
    return {
        name: canonical_json(json.loads(data)) if name.endswith(".json") else data
        for name, data in files.items()
    }


def _scores(
    unique_token_ids: Sequence[int], corpus_token_ids: Sequence[Sequence[int]], **_: object
) -> dict[str, Any]:
    """Return the score of each word in each document that has it: the columns of a sparse matrix.

    idf · tf / (tf + k1 · (1 - b + b · length / mean length)), where idf is
    ln(1 + (N - df + ½) / (df + ½)).
    """
    import numpy as np

    n_documents, n_words = len(corpus_token_ids), len(unique_token_ids)
    lengths = np.array([len(ids) for ids in corpus_token_ids], dtype=np.int64)
    mean = lengths.sum() / max(n_documents, 1) or 1.0  # 0 where there is no word at all
    words = np.fromiter(chain.from_iterable(corpus_token_ids), np.int64, int(lengths.sum()))
    documents = np.repeat(np.arange(n_documents), lengths)
    cells, tf = np.unique(words * n_documents + documents, return_counts=True)
    word, document = np.divmod(cells, max(n_documents, 1))
    df = np.bincount(word, minlength=n_words)
    idf = np.log(1 + (n_documents - df + 0.5) / (df + 0.5)).astype(np.float32)
    saturation = K1 * ((1 - B) + B * lengths / mean)
    return {
        "data": (idf[word] * (tf / (saturation[document] + tf))).astype(np.float32),
        "indices": document.astype(np.int32),
        "indptr": np.concatenate([[0], np.cumsum(df)]),
        "num_docs": n_documents,
    }


def read_lexical(index: str, read: Callable[[str], bytes]) -> Any:  # noqa: ANN401
    """Return the bm25s retriever of the index `index`; `read` gives a file; raises IndexDamaged."""
    return load_lexical({part: read(f"{index}-{part}") for part in _KEPT})


def load_lexical(files: Mapping[str, bytes]) -> Any:  # noqa: ANN401  (an untyped library's class)
    """Return the bm25s retriever that `files`, by part, hold; raises IndexDamaged."""
    import bm25s
    import numpy as np

    try:
        arrays = {part: np.load(io.BytesIO(files[f"{part}.npy"])) for part in _ARRAYS}
        parameters = json.loads(files["parameters.json"])
        n_documents = parameters.pop("num_docs")
        del parameters["version"]
        retriever = bm25s.BM25(**parameters)
        retriever.vocab_dict = json.loads(files["vocabulary.json"])
        retriever.unique_token_ids_set = set(retriever.vocab_dict.values())
    except (ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise IndexDamaged(
            "The lexical index cannot be read. Run “gecko-qa index build”."
        ) from error
    retriever.scores = {**arrays, "num_docs": n_documents}
    retriever.nonoccurrence_array = None
    return retriever
