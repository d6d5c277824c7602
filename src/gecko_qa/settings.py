"""Where things lie and how they run: one frozen object, passed to whatever needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PACKAGED_MODEL = "all-MiniLM-L6-v2"
USUAL_CORPUS = Path("corpus")
# A wheel holds the corpus that lies beside `src` in the repository.
_PACKAGED_CORPUS = Path(__file__).parent / "data" / "corpus"
_APP = "gecko-qa"


def default_corpus() -> Path:
    """Return the folder “corpus” where one stands, or else the corpus that came with the package.

    Where there is neither, the folder that would be looked for.
    """
    packaged = _PACKAGED_CORPUS.is_dir() and not USUAL_CORPUS.is_dir()
    return _PACKAGED_CORPUS if packaged else USUAL_CORPUS


@dataclass(frozen=True)
class Settings:
    """Settings of one library.

    `index` None means a folder beside the corpus, of its own for each corpus; the index of the
    corpus that came with the package lies in the user's cache. `model` is `PACKAGED_MODEL`, a
    folder holding a sentence-transformers model, or the name of one on a model hub; None means the
    model of the index that stands there, or else the packaged one. `threads` is the number of
    inference threads; one is steadiest on a busy machine. `feedback` None means a file beside the
    corpus, or in the user's data, which takes no more than `feedback_bytes`. Pages of
    `cors_origins`, such as https://example.org, may ask the API; other sites' pages may not.
    `hosts` are names such as qa.example.org under which assistants may call the server's tools.
    Pages of `frame_ancestors`, such as https://example.org, may show ours in a frame.

    A server runs `workers` processes. One client may ask `questions_per_minute`, 0 for any number;
    who that is comes from the proxies at `trusted_proxies`, addresses or networks, where a request
    came through one of them. At most `max_waiting` requests are answered or wait at a time, each
    for at most `timeout_seconds`. With a `password` everything but the health checks asks for it.
    `log_requests` writes a line for each request, and `log_questions` what was asked too.
    """

    corpus: Path = field(default_factory=default_corpus)
    index: Path | None = None
    model: str | None = None
    threads: int = 1
    host: str = "127.0.0.1"
    port: int = 7860
    feedback: Path | None = None
    feedback_bytes: int = 64 * 1024 * 1024
    cors_origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    workers: int = 1
    trusted_proxies: tuple[str, ...] = ()
    questions_per_minute: int = 120
    max_waiting: int = 64
    timeout_seconds: int = 10
    password: str | None = field(default=None, repr=False)
    log_requests: bool = False
    log_questions: bool = False

    @property
    def packaged(self) -> bool:
        """Whether the corpus is the one that came with the package, which nobody writes to."""
        return self.corpus == _PACKAGED_CORPUS

    @property
    def index_folder(self) -> Path:
        """The folder that holds the index of this corpus."""
        if self.index is not None:
            return self.index
        if self.packaged:
            from platformdirs import user_cache_path

            return user_cache_path(_APP, appauthor=False) / "index"
        return self._beside("index")

    @property
    def feedback_file(self) -> Path:
        """The file that takes what readers say of answers."""
        if self.feedback is not None:
            return self.feedback
        if self.packaged:
            from platformdirs import user_data_path

            return user_data_path(_APP, appauthor=False) / "feedback.sqlite"
        return self._beside("feedback.sqlite")

    def _beside(self, name: str) -> Path:
        """Return a path beside the corpus that no other corpus in the same folder has."""
        corpus = self.corpus.resolve()
        own = name if corpus.name == USUAL_CORPUS.name else f"{corpus.name}-{name}"
        return corpus.parent / own
