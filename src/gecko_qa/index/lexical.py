"""Lexical indexes: BM25 over the words of the keys, or of whole concepts, kept as plain arrays."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
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

    Lucene's variant of BM25 with k1 1.5 and b 0.75. Source: Lù, BM25S, 2024 (arXiv:2407.03618).
    """
    import bm25s

    # Sorted, so that the same corpus gives the same bytes.
    vocabulary = {w: n for n, w in enumerate(sorted({w for d in documents for w in d}))}
    tokens = bm25s.tokenization.Tokenized(
        ids=[[vocabulary[word] for word in document] for document in documents], vocab=vocabulary
    )
    retriever = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    retriever.index(tokens, create_empty_token=False, show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        retriever.save(folder, show_progress=False, **_PARTS)
        files = {f"{index}-{part}": (Path(folder) / part).read_bytes() for part in _KEPT}
    return {
        name: canonical_json(json.loads(data)) if name.endswith(".json") else data
        for name, data in files.items()
    }


def read_lexical(index: str, read: Callable[[str], bytes]) -> Any:  # noqa: ANN401
    """Return the bm25s retriever of the index `index`; `read` gives a file; raises IndexDamaged."""
    return load_lexical({part: read(f"{index}-{part}") for part in _KEPT})


def load_lexical(files: Mapping[str, bytes]) -> Any:  # noqa: ANN401  (an untyped library's class)
    """Return the bm25s retriever that `files`, by part, hold; raises IndexDamaged."""
    import bm25s

    with tempfile.TemporaryDirectory() as folder:
        for part, data in files.items():
            (Path(folder) / part).write_bytes(data)
        try:
            return bm25s.BM25.load(folder, show_progress=False, **_PARTS)
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(
                "The lexical index cannot be read. Run “gecko-qa index build”."
            ) from error
