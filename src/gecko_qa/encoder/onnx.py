"""The encoder that serves: onnxruntime and tokenizers, no torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gecko_qa.encoder.base import EncoderCard
from gecko_qa.errors import EncoderFailed

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors

MAX_QUERY_TOKENS = 96
"""A longer query is read by its beginning and its end, where people say what they ask: the time
that a vector takes grows with the tokens."""
OUTPUT = "vectors"
WEIGHTS = "encoder.weights"
"""The file of the weights; it lies under the name that tells its content, which the graph knows."""
_FOLDER_OF_WEIGHTS = "session.model_external_initializers_file_folder_path"


class OnnxEncoder:
    """An encoder exported by `gecko_qa.encoder.export`.

    Texts go through the graph one at a time: short texts cost least so, and a vector cannot
    depend on its neighbours. Safe to use from several threads. The weights are mapped: processes
    share them, but for the matrices of products, of which each keeps a copy in the order that its
    processor likes. Without that copy a question takes half as long again.
    """

    def __init__(
        self,
        graph: bytes,
        tokenizer_json: bytes,
        card: EncoderCard,
        folder: Path,
        threads: int = 1,
    ) -> None:
        """Load the exported `graph`, its weights in `folder`, and its tokenizer.

        Raises EncoderFailed.
        """
        # Nothing here reports anything to anyone. The library would, to its makers, from its import
        # on: what it is told after that stops it on Windows alone.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry(_FOLDER_OF_WEIGHTS, str(folder))
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
        """Encode what readers ask: of what the model takes, the two ends.

        That is all of it up to `MAX_QUERY_TOKENS`.
        """
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
