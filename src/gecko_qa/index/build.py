"""Building an index from a corpus: atomically, and only what has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gecko_qa.corpus.folder import Corpus, valid_corpus
from gecko_qa.encoder.base import Encoder, EncoderCard
from gecko_qa.encoder.model import model_source
from gecko_qa.errors import DataError, EncoderFailed, IndexUnusable
from gecko_qa.hashing import canonical_json, digest
from gecko_qa.index import lexical
from gecko_qa.index.folder import clear, commit, locked, place, read_manifest
from gecko_qa.index.keys import QUESTION_KINDS, Key, keys_of, leading_keys, rows_by_concept
from gecko_qa.index.load import (
    ENCODER,
    EXPLAINERS,
    PROBES,
    TOKENIZER,
    VECTORS,
    VOCABULARY,
    WORDINGS,
    Index,
    is_current,
)
from gecko_qa.index.manifest import FileEntry, Manifest
from gecko_qa.index.probes import build_probes
from gecko_qa.index.records import explainers_to_json, vocabulary_to_json, wordings_to_json
from gecko_qa.passages import corpus_passages
from gecko_qa.settings import PACKAGED_MODEL, Settings

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors

PROGRESS_KEYS = 32
MAX_WORKERS = 4

Progress = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and how much there is."""


def silent(what: str, done: int, total: int) -> None:
    """A `Progress` that tells nobody."""


@dataclass(frozen=True)
class Built:
    """What a build did."""

    manifest: Manifest
    n_encoded: int
    n_reused: int
    exported: bool


@dataclass(frozen=True)
class _EncoderFiles:
    graph: bytes
    tokenizer_json: bytes
    card: EncoderCard


def build_index(
    corpus: Corpus,
    folder: Path,
    model: str,
    *,
    full: bool = False,
    threads: int = 1,
    progress: Progress = silent,
) -> Built:
    """Build the index of `corpus` into `folder` and return what was done.

    The encoder of the index that stands there is kept where it came from the same model, and so
    is the vector of every text that it holds already; `full` keeps nothing. The old index serves
    until the new one is complete. Raises EncoderFailed, and DataError where the folder cannot be
    written.
    """
    from gecko_qa.encoder.onnx import OnnxEncoder

    with locked(folder):
        clear(folder)
        old = None if full else _standing(folder, model, threads)
        progress("Preparing the encoder", 0, 1)
        files = _encoder_of(old) if old is not None else _export(model)
        progress("Preparing the encoder", 1, 1)
        encoder: Encoder = (
            OnnxEncoder(files.graph, files.tokenizer_json, files.card, threads)
            if old is None
            else old.encoder
        )
        keys = keys_of(corpus.explainers, corpus.wordings)
        known = {} if old is None else _vectors_by_text(old)
        n_encoded = sum(_text_id(key) not in known for key in keys)
        vectors = encode_keys(keys, encoder, known, progress)
        contents = index_files(corpus, keys, vectors)
        contents |= {ENCODER: files.graph, TOKENIZER: files.tokenizer_json}
        progress("Writing the index", 0, 1)
        manifest = write_index(folder, corpus, files.card, keys, contents)
        progress("Writing the index", 1, 1)
    return Built(manifest, n_encoded, len(keys) - n_encoded, exported=old is None)


def ensure_index(settings: Settings, progress: Progress = silent) -> Built | None:
    """Build the index that `settings` name unless it is intact and of the present corpus.

    Returns None where nothing had to be done; without a corpus folder an index stands alone.
    Raises CorpusInvalid, and whatever `build_index` raises.
    """
    folder = settings.index_folder
    model = model_of(folder, settings.model)
    if is_current(folder, settings.corpus) and _is_of(read_manifest(folder), model):
        return None
    return build_index(
        valid_corpus(settings.corpus),
        folder,
        model,
        threads=settings.threads,
        progress=progress,
    )


def model_of(folder: Path, wanted: str | None) -> str:
    """Return the model to build with: `wanted`, or the standing index's, or the packaged one."""
    if wanted is not None:
        # A folder is named in full, so that it is the same one from wherever it is asked for.
        return str(Path(wanted).resolve()) if Path(wanted).is_dir() else wanted
    try:
        return read_manifest(folder).encoder.model
    except IndexUnusable:
        return PACKAGED_MODEL


def index_files(corpus: Corpus, keys: Sequence[Key], vectors: Vectors) -> dict[str, bytes]:
    """Return the files that follow from the corpus and its vectors, by name."""
    import faiss

    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    slugs = [explainer.slug for explainer in corpus.explainers]
    leading = leading_keys(keys)
    rows = rows_by_concept(leading)
    whole = ["\n".join(leading[row].text for row in rows[slug]) for slug in slugs]
    return {
        EXPLAINERS: explainers_to_json(corpus.layout, corpus.explainers),
        WORDINGS: wordings_to_json(corpus.wordings),
        VECTORS: faiss.serialize_index(flat).tobytes(),
        PROBES: build_probes(keys, vectors, slugs),
        VOCABULARY: vocabulary_to_json(key.text for key in leading),
        **lexical.build_lexical(lexical.KEYS, [key.text for key in leading]),
        **lexical.build_lexical(lexical.CONCEPTS, whole),
    }


def write_index(
    folder: Path,
    corpus: Corpus,
    card: EncoderCard,
    keys: Sequence[Key],
    contents: Mapping[str, bytes],
) -> Manifest:
    """Place `contents` in `folder`, commit them, and return the manifest that names them."""
    try:
        entries: dict[str, FileEntry] = {n: place(folder, n, d) for n, d in contents.items()}
        manifest = Manifest(
            corpus_hash=corpus.hash,
            encoder=card,
            n_explainers=len(corpus.explainers),
            n_passages=len(corpus_passages(corpus)),
            n_keys=len(keys),
            files=entries,
        )
        commit(folder, manifest)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError(f"The index cannot be written to {folder}: {reason}.") from error
    return manifest


def encode_keys(
    keys: Sequence[Key], encoder: Encoder, known: Mapping[str, Vectors], progress: Progress
) -> Vectors:
    """Return a row for each key, shape (n keys, dimensions); texts in `known` are not encoded."""
    import numpy as np

    rows = np.zeros((len(keys), encoder.dimensions), dtype=np.float32)
    missing = []
    for row, key in enumerate(keys):
        if (vector := known.get(_text_id(key))) is not None:
            rows[row] = vector
        else:
            missing.append(row)
    # Each text goes through the graph alone, so the numbers do not depend on who encodes what.
    with ThreadPoolExecutor(_n_workers()) as pool:
        encoded = pool.map(lambda row: _encode(keys[row], encoder), missing)
        for n, (row, vector) in enumerate(zip(missing, encoded, strict=True), start=1):
            rows[row] = vector
            if n % PROGRESS_KEYS == 0 or n == len(missing):
                progress("Encoding texts", n, len(missing))
    return rows


def _encode(key: Key, encoder: Encoder) -> Vectors:
    # An ask is a question, and is met by questions.
    asks = key.kind in QUESTION_KINDS
    encode = encoder.encode_queries if asks else encoder.encode_passages
    vector: Vectors = encode([key.text])[0]
    return vector


def _n_workers() -> int:
    return min(os.cpu_count() or 1, MAX_WORKERS)


def _text_id(key: Key) -> str:
    return digest(canonical_json([key.kind, key.text]))


def _standing(folder: Path, model: str, threads: int) -> Index | None:
    """Return the index that stands in `folder` if it is intact and its encoder is of `model`."""
    try:
        manifest = read_manifest(folder)
        if not _is_of(manifest, model):
            return None
        index = Index(folder, manifest, threads=threads)
        index.read_all()
    except (IndexUnusable, EncoderFailed):
        return None
    return index


def _is_of(manifest: Manifest, model: str) -> bool:
    """Tell whether the index's encoder came from `model` as it is now.

    A model that is not installed here cannot have changed here: an index may serve without it.
    """
    if manifest.encoder.model != model:
        return False
    try:
        return manifest.encoder.source == model_source(model)
    except EncoderFailed:
        return True


def _encoder_of(index: Index) -> _EncoderFiles:
    return _EncoderFiles(index.read(ENCODER), index.read(TOKENIZER), index.manifest.encoder)


def _export(model: str) -> _EncoderFiles:
    from gecko_qa.encoder.export import export_encoder

    exported = export_encoder(model)
    return _EncoderFiles(exported.graph, exported.tokenizer_json, exported.card)


def _vectors_by_text(index: Index) -> dict[str, Vectors]:
    vectors = index.vectors.reconstruct_n(0, index.manifest.n_keys)
    return {_text_id(key): vectors[row] for row, key in enumerate(index.keys)}
