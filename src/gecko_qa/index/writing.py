"""The files of an index: what follows from a corpus and its vectors, and how it gets on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gecko_qa.corpus.folder import Corpus
from gecko_qa.encoder.base import EncoderCard
from gecko_qa.encoder.onnx import WEIGHTS
from gecko_qa.index import lexical
from gecko_qa.index.folder import commit, not_written, place
from gecko_qa.index.keys import Key, leading_keys, rows_by_concept
from gecko_qa.index.load import EXPLAINERS, PROBES, VECTORS, VOCABULARY, WORDINGS
from gecko_qa.index.manifest import FileEntry, Manifest
from gecko_qa.index.probes import build_probes
from gecko_qa.index.records import explainers_to_json, vocabulary_to_json, wordings_to_json
from gecko_qa.passages import corpus_passages
from gecko_qa.words import folded_words

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors


def index_files(corpus: Corpus, keys: Sequence[Key], vectors: Vectors) -> dict[str, bytes]:
    """Return the files that follow from the corpus and its vectors, by name."""
    import faiss

    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    slugs = [explainer.slug for explainer in corpus.explainers]
    leading = leading_keys(keys)
    words, stems = (
        zip(*(words_of(key.text) for key in leading), strict=True) if leading else ((), ())
    )
    rows = rows_by_concept(leading)
    whole = [list(chain.from_iterable(stems[row] for row in rows[slug])) for slug in slugs]
    return {
        EXPLAINERS: explainers_to_json(corpus.layout, corpus.explainers),
        WORDINGS: wordings_to_json(corpus.wordings),
        VECTORS: faiss.serialize_index(flat).tobytes(),
        PROBES: build_probes(keys, vectors, slugs),
        VOCABULARY: vocabulary_to_json(words),
        **lexical.build_lexical(lexical.KEYS, stems),
        **lexical.build_lexical(lexical.CONCEPTS, whole),
    }


@lru_cache(maxsize=100_000)
def words_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return folded words and their stems, which a watched corpus asks for again and again."""
    words = folded_words(text)
    return words, tuple(lexical.stems(words))


def write_index(
    folder: Path,
    corpus: Corpus,
    card: EncoderCard,
    keys: Sequence[Key],
    contents: Mapping[str, bytes],
    *,
    kept: Mapping[str, FileEntry] | None = None,
) -> Manifest:
    """Place `contents` in `folder`, commit them, and return the manifest that names them.

    `kept` are files that lie there already.
    """
    files = {**placed(folder, contents), **(kept or {})}
    manifest = manifest_of(corpus, card, keys, files)
    commit(folder, manifest)
    return manifest


def manifest_of(
    corpus: Corpus, card: EncoderCard, keys: Sequence[Key], files: Mapping[str, FileEntry]
) -> Manifest:
    """Return the manifest of an index of `corpus` with these `files`."""
    return Manifest(
        corpus_hash=corpus.hash,
        encoder=card,
        n_explainers=len(corpus.explainers),
        n_passages=len(corpus_passages(corpus)),
        n_keys=len(keys),
        files=files,
    )


def placed(folder: Path, contents: Mapping[str, bytes]) -> dict[str, FileEntry]:
    """Place `contents` in `folder` and return where each went."""
    return {
        name: place(folder, name, data, by_content=name == WEIGHTS)  # the graph tells their name
        for name, data in contents.items()
    }


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system refuses into a DataError about `folder`."""
    try:
        yield
    except OSError as error:
        raise not_written(folder, error) from error
