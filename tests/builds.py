"""A corpus to build, and a true encoder that is small enough to build it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.encoder.base import EncoderCard
from gecko_qa.encoder.export import _without_weights
from gecko_qa.encoder.model import model_source
from gecko_qa.encoder.onnx import OnnxEncoder
from gecko_qa.index import build
from gecko_qa.index.build import Built, build_index
from gecko_qa.index.load import Index
from gecko_qa.settings import Settings

# Three explainers: ten passages each, and names and asks 3 + 2, 2 + 1, 1 + 1.
N_KEYS = 40


def tiny_export(model: str) -> build._EncoderFiles:
    """Return a true, small encoder: the mean of a fixed random vector for each byte."""
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {c: n for n, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    table = np.random.default_rng(7).normal(size=(256, 32)).astype(np.float32)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, 32])
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["bytes"]),
        helper.make_node("ReduceMean", ["bytes"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["vectors"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes, "tiny", [ids], [vectors], [numpy_helper.from_array(table, "table")]
    )
    opset = [helper.make_opsetid("", 17)]
    encoded = helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()
    card = EncoderCard(model, model_source(model), 32, max_tokens=9999, query_prompt="? ")
    files = _without_weights(encoded)
    return build._EncoderFiles(*files, tokenizer.to_str().encode(), card)


@dataclass
class Bench:
    """A corpus, the folder of its index, and what the builds of them have done."""

    corpus: Path
    index: Path
    model: Path
    exported: list[str]
    encoded: list[str]

    def build(self, folder: Path | None = None, full: bool = False) -> Built:
        """Build into `folder`, and forget what builds before have encoded."""
        self.encoded.clear()
        corpus = valid_corpus(self.corpus)
        return build_index(corpus, folder or self.index, str(self.model), full=full)

    def edit(self, slug: str, old: str, new: str) -> None:
        path = self.corpus / f"{slug}.md"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def folders(self) -> list[str]:
        return ["--corpus", str(self.corpus), "--index", str(self.index)]

    @property
    def settings(self) -> Settings:
        return Settings(self.corpus, self.index, str(self.model))


@pytest.fixture
def bench(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The small corpus, not built yet, with a tiny encoder in place of the exported one."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    bench = Bench(small_corpus, tmp_path / "index", model, [], [])
    encode = OnnxEncoder._encode

    def export(name: str) -> build._EncoderFiles:
        bench.exported.append(name)
        return tiny_export(name)

    def encode_and_tell(encoder: OnnxEncoder, texts: Sequence[str], *how: Any) -> Any:
        bench.encoded.extend(texts)
        return encode(encoder, texts, *how)

    monkeypatch.setattr(build, "_export", export)
    monkeypatch.setattr(OnnxEncoder, "_encode", encode_and_tell)
    return bench


def rows(index: Index) -> Any:
    return index.vectors.reconstruct_n(0, index.manifest.n_keys)


def assert_same_index(left: Index, right: Index) -> None:
    left.read_all()
    right.read_all()
    assert left.manifest.hash == right.manifest.hash
    assert left.passages == right.passages
    assert left.keys == right.keys
    np.testing.assert_allclose(rows(left), rows(right), rtol=0, atol=1e-6)
