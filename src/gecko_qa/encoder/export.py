"""From a sentence-transformers model to an encoder that needs no torch.

The graph goes from tokens to pooled, normalised vectors, so that serving has nothing to add.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gecko_qa.encoder.base import EncoderCard
from gecko_qa.encoder.model import model_folder, model_source
from gecko_qa.encoder.onnx import OUTPUT, WEIGHTS, OnnxEncoder
from gecko_qa.errors import EncoderFailed
from gecko_qa.files import named_by_content
from gecko_qa.hashing import digest

PARITY_TOLERANCE = 1e-4
"""Largest difference allowed between any number of the two encoders' vectors."""

_PAGE_BYTES = 4096
"""Weights from this size on lie beside the graph, each from a multiple of it on, to be mapped."""

PARITY_TEXTS = (
    "What is RLHF?",
    "x",
    "why does the model make up sources",
    "Self-attention compares every token with every other one, so its cost grows quadratically.",
    "Kosten, prix, 価格, ☂ and β times √d.",
    "A sentence that goes on and on, far beyond what the model can read at once. " * 60,
)


@dataclass(frozen=True)
class ExportedEncoder:
    """The four things that serving loads, and how closely they follow the original."""

    graph: bytes
    weights: bytes
    tokenizer_json: bytes
    card: EncoderCard
    parity: float


def export_encoder(model: str) -> ExportedEncoder:
    """Load `model` with sentence-transformers, export it, and prove that nothing was lost.

    Raises EncoderFailed where the model cannot be loaded or exported, or where the exported one
    differs by more than `PARITY_TOLERANCE` on `PARITY_TEXTS`.
    """
    with _quiet():
        transformer = _load(model)
        card = _card(model, transformer)
        tokenizer_json = _tokenizer_json(transformer, card)
        graph, weights = _without_weights(_export_graph(model, transformer))
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            (Path(folder) / _name_of(weights)).write_bytes(weights)
            exported = OnnxEncoder(graph, tokenizer_json, card, Path(folder))
            parity = _parity(transformer, exported)
    if not parity <= PARITY_TOLERANCE:
        raise EncoderFailed(
            f"The exported encoder of {model} differs from the original by {parity:.1e}; "
            f"{PARITY_TOLERANCE:.0e} is allowed. Choose another model with --model."
        )
    return ExportedEncoder(graph, weights, tokenizer_json, card, parity)


def _load(model: str) -> Any:  # noqa: ANN401  (an untyped library's class)
    from sentence_transformers import SentenceTransformer

    folder = model_folder(model)
    try:
        transformer = SentenceTransformer(str(folder or model), device="cpu")
    except Exception as error:
        raise EncoderFailed(
            f"The model {model} cannot be loaded: {_reason(error)} "
            "Name a folder with a sentence-transformers model, or one on a hub, with --model."
        ) from error
    return transformer.eval()


def _card(model: str, transformer: Any) -> EncoderCard:  # noqa: ANN401
    prompts = {name: text or "" for name, text in (transformer.prompts or {}).items()}
    return EncoderCard(
        model=model,
        source=model_source(model),
        dimensions=int(transformer.get_embedding_dimension()),
        max_tokens=int(transformer.max_seq_length),
        query_prompt=prompts.get("query", ""),
        passage_prompt=prompts.get("document", "") or prompts.get("passage", ""),
    )


def _tokenizer_json(transformer: Any, card: EncoderCard) -> bytes:  # noqa: ANN401
    from tokenizers import Tokenizer

    backend = getattr(transformer.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderFailed(f"The model {card.model} has no fast tokenizer. Choose another.")
    tokenizer = Tokenizer.from_str(backend.to_str())
    # A tokenizer that pads to a fixed length makes a short question cost as much as a long one.
    tokenizer.no_padding()
    tokenizer.enable_truncation(card.max_tokens)
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False).encode("utf-8")


def _export_graph(model: str, transformer: Any) -> bytes:  # noqa: ANN401
    import torch

    names = [n for n in transformer.tokenizer.model_input_names if n != "special_tokens_mask"]

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.stages = transformer

        def forward(self, *tokens: Any) -> Any:  # noqa: ANN401
            features = dict(zip(names, tokens, strict=True))
            for stage in self.stages:
                features = stage(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    example = tuple(torch.ones(2, 9, dtype=torch.long) for _ in names)
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    try:
        program = torch.onnx.export(
            Pooled().eval(),
            example,
            dynamo=True,
            input_names=names,
            output_names=[OUTPUT],
            dynamic_shapes=(tuple(free for _ in names),),
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "encoder.onnx"
            program.save(str(path), external_data=False)
            return path.read_bytes()
    except Exception as error:
        raise EncoderFailed(f"The model {model} cannot be exported: {_reason(error)}") from error


def _without_weights(graph: bytes) -> tuple[bytes, bytes]:
    """Return `graph` without its large weights, and these, to be mapped from a file."""
    from onnx import ModelProto
    from onnx.external_data_helper import set_external_data

    model = ModelProto.FromString(graph)
    tensors = [t for t in model.graph.initializer if len(t.raw_data) >= _PAGE_BYTES]
    weights, offsets = bytearray(), []
    for tensor in tensors:
        offsets.append(len(weights))
        weights += tensor.raw_data + bytes(-len(tensor.raw_data) % _PAGE_BYTES)
    name = _name_of(bytes(weights))
    for tensor, offset in zip(tensors, offsets, strict=True):
        set_external_data(tensor, name, offset, len(tensor.raw_data))
        tensor.ClearField("raw_data")
    return model.SerializeToString(deterministic=True), bytes(weights)


def _name_of(weights: bytes) -> str:
    return named_by_content(WEIGHTS, digest(weights))


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _parity(transformer: Any, exported: OnnxEncoder) -> float:  # noqa: ANN401
    import numpy as np

    card = exported._card
    differences = []
    for prompt in (card.query_prompt, card.passage_prompt):
        original = transformer.encode(
            list(PARITY_TEXTS), prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        # As passages, since long queries are shortened.
        encoded = exported._encode([prompt + text for text in PARITY_TEXTS])
        differences.append(np.abs(original - encoded))
    # NumPy's maximum, unlike Python's, lets a NaN through to be refused.
    return float(np.max(differences))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporters' chatter from the terminal: our own messages are the ones to read."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "transformers")]
    levels = [logger.level for logger in loggers]
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            for logger in loggers:
                logger.setLevel(logging.ERROR)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
