"""An index, read from its folder as far as it is needed, and never read damaged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.folder import corpus_hash, explainer_files
from gecko_qa.corpus.wordings import Wordings
from gecko_qa.encoder.base import Encoder
from gecko_qa.encoder.onnx import WEIGHTS, OnnxEncoder
from gecko_qa.errors import IndexDamaged, IndexMissing, IndexStale, IndexUnusable
from gecko_qa.index import lexical
from gecko_qa.index.folder import map_file, read_file, read_manifest
from gecko_qa.index.keys import Key, keys_of
from gecko_qa.index.manifest import Manifest
from gecko_qa.index.probes import load_probes
from gecko_qa.index.records import (
    explainers_from_json,
    vocabulary_from_json,
    wordings_from_json,
)
from gecko_qa.layout import Layout
from gecko_qa.passages import Passage, passages_of

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors

EXPLAINERS = "explainers.json"
WORDINGS = "wordings.json"
PROBES = "probes.npy"
VOCABULARY = "vocabulary.json"
VECTORS = "vectors.faiss"
ENCODER = "encoder.onnx"
TOKENIZER = "tokenizer.json"
ENCODER_FILES = (ENCODER, WEIGHTS, TOKENIZER)


class Index:
    """The parts of an index. Each is read, and held against its digest, when first asked for.

    Raises IndexDamaged from any part whose file is not what was built.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        threads: int = 1,
        encoder: Encoder | None = None,
    ) -> None:
        """Take `encoder` in place of the exported one where it is given."""
        self._given_encoder = encoder
        self.folder = folder
        self.manifest = manifest
        self._threads = threads
        self._intact: set[str] = set()

    def successor(self, manifest: Manifest) -> Index:
        """Return the index of `manifest` in the same folder; an encoder that stayed is shared."""
        before, after = self.manifest, manifest
        same = all(_same_file(before, after, name) for name in ENCODER_FILES)
        shared = self.encoder if same and before.encoder == after.encoder else None
        index = Index(self.folder, manifest, self._threads, shared)
        index._intact.update(ENCODER_FILES if shared is not None else ())
        return index

    def read(self, name: str) -> bytes:
        """Return the intact bytes of the file `name`."""
        data = read_file(self.folder, self.manifest, name)
        self._intact.add(name)
        return data

    def map(self, name: str) -> memoryview:
        """Return the intact bytes of the file `name`, read only and shared with other processes."""
        data = map_file(self.folder, self.manifest, name)
        self._intact.add(name)
        return data

    def read_all(self) -> None:
        """Read every part, so that none can be missed later; raises IndexDamaged."""
        counts = (len(self.explainers), len(self.passages), len(self.keys), self.vectors.ntotal)
        m = self.manifest
        if counts != (m.n_explainers, m.n_passages, m.n_keys, m.n_keys):
            raise IndexDamaged("The index's parts do not agree. Run “gecko-qa index build”.")
        if self.probes.shape != (m.n_explainers + 1, self.encoder.dimensions + 1):
            raise IndexDamaged("The index's probes do not fit. Run “gecko-qa index build”.")
        _ = self.lexical, self.concept_lexical, self.vocabulary
        for name in self.manifest.files:
            if name not in self._intact:
                self.map(name)

    @property
    def layout(self) -> Layout:
        """The levels and audiences that the corpus had when the index was built."""
        return self._told[0]

    @property
    def explainers(self) -> tuple[Explainer, ...]:
        """Every explainer, by slug."""
        return self._told[1]

    @cached_property
    def _told(self) -> tuple[Layout, tuple[Explainer, ...]]:
        return explainers_from_json(self.read(EXPLAINERS))

    @cached_property
    def by_slug(self) -> dict[str, Explainer]:
        """Explainers by slug."""
        return {explainer.slug: explainer for explainer in self.explainers}

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Passages by id."""
        return {p.id: p for explainer in self.explainers for p in passages_of(explainer)}

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Keys by row."""
        return keys_of(self.explainers, self.wordings)

    @cached_property
    def wordings(self) -> Wordings:
        """What leads to explainers beside their own asks, and what leads nowhere."""
        return wordings_from_json(self.read(WORDINGS))

    @cached_property
    def vectors(self) -> Any:  # noqa: ANN401  (an untyped library's class)
        """The FAISS index: exact inner product, a row for each key, where the file is mapped."""
        import faiss
        import numpy as np

        data = np.frombuffer(self.map(VECTORS), dtype=np.uint8)
        try:
            reader = faiss.ZeroCopyIOReader(  # type: ignore[attr-defined]
                faiss.swig_ptr(data), data.size
            )
            index: Any = faiss.read_index(reader)
        except RuntimeError as error:
            raise IndexDamaged(
                "The index's vectors cannot be read. Run “gecko-qa index build”."
            ) from error
        index.referenced_objects = [data]  # it points into it, and does not keep it by itself
        return index

    @cached_property
    def lexical(self) -> Any:  # noqa: ANN401  (an untyped library's class)
        """The bm25s retriever, a document for each key that leads to an explainer."""
        return lexical.read_lexical(lexical.KEYS, self.read)

    @cached_property
    def concept_lexical(self) -> Any:  # noqa: ANN401  (an untyped library's class)
        """The bm25s retriever, a document for each explainer: all of its keys."""
        return lexical.read_lexical(lexical.CONCEPTS, self.read)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every folded word of the corpus's texts."""
        return vocabulary_from_json(self.read(VOCABULARY))

    @cached_property
    def probes(self) -> Vectors:
        """The probes, a row for each explainer and one for all; see `build_probes`."""
        return load_probes(self.read(PROBES))

    @cached_property
    def encoder(self) -> Encoder:
        """The exported encoder, or the one that was given."""
        if self._given_encoder is not None:
            return self._given_encoder
        self.map(WEIGHTS)  # the graph names its file, and the library maps it
        graph, tokenizer = self.read(ENCODER), self.read(TOKENIZER)
        return OnnxEncoder(graph, tokenizer, self.manifest.encoder, self.folder, self._threads)


class HeldIndex(Index):
    """An index that lies in memory and in no folder."""

    def __init__(self, manifest: Manifest, contents: Mapping[str, bytes], encoder: Encoder) -> None:
        super().__init__(Path(), manifest, encoder=encoder)
        self._contents = contents

    def read(self, name: str) -> bytes:
        """Return the bytes of the file `name`."""
        return self._contents[name]

    def map(self, name: str) -> memoryview:
        """Return the bytes of the file `name`, read only."""
        return memoryview(self._contents[name])


def _same_file(before: Manifest, after: Manifest, name: str) -> bool:
    old, new = before.files.get(name), after.files.get(name)
    return (old and old.sha256) == (new and new.sha256)


def open_index(folder: Path, corpus: Path | None, threads: int = 1) -> Index:
    """Open the index of `folder`; raises IndexUnusable with what to run.

    Where the folder `corpus` exists, the index has to be of its present text. An index may also
    stand alone, without its corpus.
    """
    try:
        manifest = read_manifest(folder)
    except IndexMissing:
        if corpus is not None:
            explainer_files(corpus)  # a missing corpus is the fault to tell
        raise
    if corpus is not None and corpus.is_dir() and corpus_hash(corpus) != manifest.corpus_hash:
        raise IndexStale(
            f"{corpus} has changed since the index in {folder} was built. "
            "Run “gecko-qa index build”."
        )
    return Index(folder, manifest, threads=threads)


def is_current(folder: Path, corpus: Path) -> bool:
    """Tell whether `folder` holds an intact index of the corpus as it is now."""
    try:
        index = open_index(folder, corpus)
        for name in index.manifest.files:
            index.map(name)
    except IndexUnusable:
        return False
    return True
