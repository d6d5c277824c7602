"""Where things lie and how they run: one frozen object, passed to whatever needs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PACKAGED_MODEL = "all-MiniLM-L6-v2"


@dataclass(frozen=True)
class Settings:
    """Settings of one library.

    `index` None means the folder `index` beside the corpus. `model` is `PACKAGED_MODEL`, a folder
    holding a sentence-transformers model, or the name of one on a model hub; None means the model
    of the index that stands there, or else the packaged one. `threads` is the
    number of inference threads; one is steadiest on a busy machine. `feedback` None means the file
    `feedback.sqlite` beside the corpus, which takes no more than `feedback_bytes`.
    """

    corpus: Path = Path("corpus")
    index: Path | None = None
    model: str | None = None
    threads: int = 1
    host: str = "127.0.0.1"
    port: int = 7860
    feedback: Path | None = None
    feedback_bytes: int = 64 * 1024 * 1024

    @property
    def index_folder(self) -> Path:
        """The folder that holds the index of this corpus."""
        return self.index if self.index is not None else self.corpus.resolve().parent / "index"

    @property
    def feedback_file(self) -> Path:
        """The file that takes what readers say of answers."""
        beside = self.corpus.resolve().parent / "feedback.sqlite"
        return self.feedback if self.feedback is not None else beside
