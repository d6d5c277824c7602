"""The encoder that serves: onnxruntime and tokenizers, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gecko_qa.encoder.base import EncoderCard
from gecko_qa.errors import EncoderFailed

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors

MAX_QUERY_TOKENS = 96
"""A longer query is read by its beginning and its end, where people say what they ask: the time
that a vector takes grows with the tokens."""
OUTPUT = "vectors"


class OnnxEncoder:
    """An encoder exported by `gecko_qa.encoder.export`.

    Texts go through the graph one at a time: short texts cost least so, and a vector cannot
    depend on its neighbours. Safe to use from several threads.
    """

    def __init__(
        self, graph: bytes, tokenizer_json: bytes, card: EncoderCard, threads: int = 1
    ) -> None:
        """Load the exported `graph` and its tokenizer; raises EncoderFailed."""
        import onnxruntime
        from tokenizers import Tokenizer

        # The library can report its use to its makers; nothing here reports anything to anyone.
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_str(tokenizer_json.decode("utf-8"))
        except Exception as error:  # both libraries raise bare classes of their own
            raise EncoderFailed(
                f"The exported encoder cannot be loaded ({type(error).__name__}). "
                "Run “gecko-qa index build --full”."
            ) from error
        self._inputs = frozenset(node.name for node in self._session.get_inputs())
        self._card = card

    @property
    def dimensions(self) -> int:
        """Columns of the matrix."""
        return self._card.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode what readers ask, of more than `MAX_QUERY_TOKENS` the two ends."""
        return self._encode([self._card.query_prompt + text for text in texts], MAX_QUERY_TOKENS)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what is looked for."""
        return self._encode([self._card.passage_prompt + text for text in texts])

    def _encode(self, texts: Sequence[str], max_tokens: int | None = None) -> Vectors:
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            encoding = self._tokenizer.encode(text)
            fields = {
                "input_ids": encoding.ids,
                "attention_mask": encoding.attention_mask,
                "token_type_ids": encoding.type_ids,
            }
            kept = _ends(len(encoding.ids), max_tokens)
            feed = {
                name: np.array([fields[name]], dtype=np.int64)[:, kept] for name in self._inputs
            }
            rows[row] = self._session.run([OUTPUT], feed)[0][0]
        return rows


def _ends(n: int, most: int | None) -> slice | list[int]:
    """Return the places of `n` tokens, of more than `most` the first and the last."""
    if most is None or n <= most:
        return slice(None)
    return [*range(most // 2), *range(n - most // 2, n)]
