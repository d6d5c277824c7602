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
from gecko_qa.encoder.known import KnowingEncoder
from gecko_qa.encoder.model import model_source
from gecko_qa.encoder.onnx import WEIGHTS, OnnxEncoder
from gecko_qa.errors import EncoderFailed, IndexStale, IndexUnusable
from gecko_qa.hashing import digest
from gecko_qa.index.folder import clear, locked, read_manifest
from gecko_qa.index.keys import QUESTION_KINDS, Key, KeyKind, keys_of
from gecko_qa.index.load import ENCODER, ENCODER_FILES, TOKENIZER, HeldIndex, Index, is_current
from gecko_qa.index.manifest import FileEntry, Manifest
from gecko_qa.index.writing import index_files, manifest_of, placed, write_index, writing
from gecko_qa.settings import PACKAGED_MODEL, Settings

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors

PROGRESS_KEYS = 32
MAX_WORKERS = 4

TextId = tuple[KeyKind, str]
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
    weights: bytes
    tokenizer_json: bytes
    card: EncoderCard

    def load(self, folder: Path, threads: int) -> Encoder:
        return OnnxEncoder(self.graph, self.tokenizer_json, self.card, folder, threads)

    def place(self, folder: Path) -> dict[str, FileEntry]:
        files = {ENCODER: self.graph, WEIGHTS: self.weights, TOKENIZER: self.tokenizer_json}
        return placed(folder, files)


@dataclass(frozen=True)
class _Start:
    """What a build begins with: an encoder, where its files lie, and vectors that are known."""

    encoder: Encoder
    card: EncoderCard
    kept: Mapping[str, FileEntry]
    known: Mapping[TextId, Vectors]
    exported: bool


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
    with locked(folder), writing(folder):
        clear(folder)
        old = None if full else _standing(folder, model, threads)
        if old is not None:
            return _build_from(old, corpus, progress)
        progress("Preparing the encoder", 0, 1)
        files = _export(model)
        progress("Preparing the encoder", 1, 1)
        kept = files.place(folder)
        start = _Start(files.load(folder, threads), files.card, kept, {}, exported=True)
        return _build(corpus, folder, start, progress)


def rebuild_index(corpus: Corpus, old: Index, progress: Progress = silent) -> Built:
    """Build the index of `corpus` into the folder of `old`, which stands there and was read whole.

    As `build_index` does, with what `old` holds in memory and without looking at its model.
    Raises IndexStale where another index stands there by now, and as `build_index` does.
    """
    with locked(old.folder), writing(old.folder):
        if read_manifest(old.folder) != old.manifest:
            raise IndexStale(f"Another build has replaced the index in {old.folder}.")
        return _build_from(old, corpus, progress)


def _build_from(old: Index, corpus: Corpus, progress: Progress) -> Built:
    """Build with the encoder of `old`, whose files are known to be intact, and its vectors."""
    files = old.manifest.files
    kept = {name: files[name] for name in ENCODER_FILES if name in files}
    known = _vectors_by_text(old)
    start = _Start(old.encoder, old.manifest.encoder, kept, known, exported=False)
    return _build(corpus, old.folder, start, progress)


def _build(corpus: Corpus, folder: Path, start: _Start, progress: Progress) -> Built:
    keys = keys_of(corpus.explainers, corpus.wordings)
    n_encoded = sum(_text_id(key) not in start.known for key in keys)
    vectors = encode_keys(keys, start.encoder, start.known, progress)
    contents = index_files(corpus, keys, vectors)
    progress("Writing the index", 0, 1)
    manifest = write_index(folder, corpus, start.card, keys, contents, kept=start.kept)
    progress("Writing the index", 1, 1)
    return Built(manifest, n_encoded, len(keys) - n_encoded, start.exported)


def held_index(corpus: Corpus, old: Index) -> Index:
    """Return the index of `corpus`, built from `old` and held in memory; nothing is written."""
    keys = keys_of(corpus.explainers, corpus.wordings)
    vectors = encode_keys(keys, old.encoder, _vectors_by_text(old), silent)
    contents = index_files(corpus, keys, vectors)
    files = {name: FileEntry(name, digest(data), len(data)) for name, data in contents.items()}
    asked = {key.text: vectors[row] for row, key in enumerate(keys) if key.kind in QUESTION_KINDS}
    manifest = manifest_of(corpus, old.manifest.encoder, keys, files)
    return HeldIndex(manifest, contents, KnowingEncoder(old.encoder, asked))


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


def encode_keys(
    keys: Sequence[Key], encoder: Encoder, known: Mapping[TextId, Vectors], progress: Progress
) -> Vectors:
    """Return a row for each key, shape (n keys, dimensions); texts in `known` are not encoded."""
    import numpy as np

    rows = np.zeros((len(keys), encoder.dimensions), dtype=np.float32)
    found = [known.get(_text_id(key)) for key in keys]
    old = [row for row, vector in enumerate(found) if vector is not None]
    missing = [row for row, vector in enumerate(found) if vector is None]
    if old:
        rows[old] = [vector for vector in found if vector is not None]
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


def _text_id(key: Key) -> TextId:
    return key.kind, key.text


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


def _export(model: str) -> _EncoderFiles:
    from gecko_qa.encoder.export import export_encoder

    exported = export_encoder(model)
    return _EncoderFiles(exported.graph, exported.weights, exported.tokenizer_json, exported.card)


def _vectors_by_text(index: Index) -> dict[TextId, Vectors]:
    vectors = index.vectors.reconstruct_n(0, index.manifest.n_keys)
    return {_text_id(key): vectors[row] for row, key in enumerate(index.keys)}
