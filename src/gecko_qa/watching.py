"""A watched corpus: what is saved is checked and indexed, and the library of it handed on."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from gecko_qa.corpus.folder import Corpus, holds_explainer, house_style, read_corpus, valid_corpus
from gecko_qa.corpus.layout_file import LAYOUT_FILE
from gecko_qa.corpus.problem import Problem
from gecko_qa.corpus.wordings import WORDING_FILES
from gecko_qa.errors import CorpusInvalid, GeckoQAError, IndexStale, IndexUnusable, unforeseen
from gecko_qa.index.build import Progress, build_index, ensure_index, rebuild_index, silent
from gecko_qa.index.keys import leading_keys
from gecko_qa.index.load import open_index
from gecko_qa.index.writing import words_of
from gecko_qa.library import Library
from gecko_qa.settings import Settings

EVERY_SECONDS = 0.1
PATIENCE = 10
"""So many looks, a folder that never comes to rest is taken as it is."""

State = dict[str, tuple[int, int, int]]
"""The files that a corpus is read from, by name: when they were written, their size and number."""


@dataclass(frozen=True)
class Update:
    """What a save came to.

    `library` is None where it cannot be used; `fault` tells why, and `problems` where in which
    file. `changed` are names of files.
    """

    changed: tuple[str, ...]
    seconds: float
    library: Library | None
    n_encoded: int = 0
    fault: str = ""
    problems: tuple[Problem, ...] = ()
    corpus: Corpus | None = None

    def style(self) -> tuple[Problem, ...]:
        """Hold the changed files against the house style: faults and warnings."""
        if self.corpus is None:
            return ()
        return house_style(self.corpus, {name.removesuffix(".md") for name in self.changed})


class CorpusWatch:
    """Looks at a corpus's folder and builds its index anew when a file was saved.

    It asks for times and sizes instead of being told, since that works on network folders too and
    costs next to nothing. An editor may write a file twice, or another one that it renames: a
    change counts once two looks in a row have found the same.
    """

    def __init__(self, folder: Path, library: Library, state: State | None = None) -> None:
        """Begin with the `library` of the folder; `state` is what its files were when it was built,
        None for what they are now.
        """
        self._folder = folder
        self._library = library
        self._known = state_of(folder) if state is None else state
        self._last = self._known
        self._restless = 0

    def look(self) -> Update | None:
        """Look once, and return what a change came to; None where there is none, or not yet."""
        now = state_of(self._folder)
        still, self._last = now == self._last, now
        if now == self._known:
            return None
        self._restless += 1
        if not still and self._restless < PATIENCE:
            return None
        names = (now.keys() | self._known.keys()) - {
            name for name in now.keys() & self._known.keys() if now[name] == self._known[name]
        }
        self._known, self._restless = now, 0
        return self._update(tuple(sorted(names)))

    def run(self, over: Event, tell: Callable[[Update], None]) -> None:
        """Look until `over` is set, and `tell` what each change came to."""
        self._prepare()
        while not over.wait(EVERY_SECONDS):
            update = self.look()
            if update is not None:
                tell(update)

    def _prepare(self) -> None:
        """Read all once, so that the first save is as quick as the others."""
        with contextlib.suppress(CorpusInvalid):
            read_corpus(self._folder)
        for key in leading_keys(self._library.index.keys):
            words_of(key.text)

    def _update(self, changed: tuple[str, ...]) -> Update:
        started = time.perf_counter()
        try:
            corpus = valid_corpus(self._folder)
            library, n_encoded = _renewed(self._library, corpus)
        except CorpusInvalid as error:
            return _refused(changed, time.perf_counter() - started, error)
        except (GeckoQAError, OSError) as error:
            return Update(changed, time.perf_counter() - started, None, fault=str(error))
        except Exception as error:  # whatever a save brings about, the next one has to be seen
            return failed(changed, time.perf_counter() - started, error)
        self._library = library
        return Update(changed, time.perf_counter() - started, library, n_encoded, corpus=corpus)


def state_of(folder: Path) -> State:
    """Return the state of the files that a corpus is read from; empty where there is no folder."""
    return dict(_files(folder))


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        found = list(os.scandir(folder))
    except OSError:
        return
    for file in found:
        name = file.name
        if not holds_explainer(name) and name not in (*WORDING_FILES, LAYOUT_FILE):
            continue
        try:
            stat = file.stat()
        except OSError:  # gone since the folder was listed
            continue
        yield name, (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _renewed(library: Library, corpus: Corpus) -> tuple[Library, int]:
    """Return the library of `corpus`, built from what `library` knows, and how much was encoded."""
    old = library.index
    try:
        built = rebuild_index(corpus, old)
    except IndexStale:  # somebody has built meanwhile: begin with what they left
        built = build_index(corpus, old.folder, old.manifest.encoder.model)
    renewed = Library(old.successor(built.manifest))
    renewed.index.read_all()
    return renewed, built.n_encoded


@dataclass(frozen=True)
class Watch:
    """A corpus that is watched, and the library to begin with.

    Where the corpus has faults from the start, `fault` tells them, and the library is that of its
    last good version.
    """

    corpus: CorpusWatch
    library: Library
    fault: Update | None = None


def begin_watch(settings: Settings, progress: Progress = silent) -> Watch:
    """Open the library that `settings` name, built first where it has to be, and watch its corpus.

    Raises CorpusInvalid where the corpus has faults and there is no index of a version before, and
    whatever `ensure_index` raises.
    """
    state = state_of(settings.corpus)
    fault = None
    try:
        ensure_index(settings, progress)
    except CorpusInvalid as error:
        try:
            index = open_index(settings.index_folder, None, settings.threads)
            index.read_all()
        except IndexUnusable:
            raise error from None
        fault = _refused((), 0.0, error)
    else:
        index = open_index(settings.index_folder, None, settings.threads)
    library = Library(index)
    return Watch(CorpusWatch(settings.corpus, library, state), library, fault)


def failed(changed: tuple[str, ...], seconds: float, error: Exception) -> Update:
    """Return what came of a save that failed as it should not."""
    return Update(changed, seconds, None, fault=f"{unforeseen(error)} Please report it.")


def _refused(changed: tuple[str, ...], seconds: float, error: CorpusInvalid) -> Update:
    fault = str(error).splitlines()[0]
    return Update(changed, seconds, None, fault=fault, problems=error.problems)
