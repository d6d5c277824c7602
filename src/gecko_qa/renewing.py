"""An index that is replaced while it is served: noticed, and read whole before it counts."""

from __future__ import annotations

from dataclasses import dataclass

from gecko_qa.errors import GeckoQAError, unforeseen
from gecko_qa.index.load import open_index
from gecko_qa.index.manifest import MANIFEST
from gecko_qa.library import Library
from gecko_qa.settings import Settings

State = tuple[tuple[str, int, int, int], ...]
"""Files of the index's folder: their names, when they were written, their sizes and numbers."""


@dataclass(frozen=True)
class Renewal:
    """What a look came to: the `library` of another index, or why it cannot be used, or neither
    where the index is still the same.
    """

    library: Library | None = None
    fault: str = ""


class IndexWatch:
    """Looks at the folder of an index, and opens the index anew where another stands there.

    It asks for times and sizes, as `CorpusWatch` does. A build replaces the manifest last, so that
    is all it looks at. Where an index cannot be used it looks at every file, since a copy may bring
    the manifest first.
    """

    def __init__(self, settings: Settings, library: Library) -> None:
        """Begin with the `library` that `settings` name."""
        self._settings = settings
        self._library = library
        self._fault = ""
        # Not the state of now: the index may have been replaced since the library was opened.
        self._known: State | None = None

    def look(self, *, asked: bool = False) -> Renewal | None:
        """Look once, and return what came of it; None where that is nothing new.

        `asked` looks closely though nothing seems to have changed, and always returns something.
        """
        if not asked and self._state(every=bool(self._fault)) == self._known:
            return None
        # From before the files are read, so that what changes meanwhile is seen at the next look.
        of_manifest, of_all = self._state(every=False), self._state(every=True)
        renewal = self._renewal()
        known_fault, self._fault = self._fault, renewal.fault
        self._known = of_all if renewal.fault else of_manifest
        self._library = renewal.library or self._library
        return renewal if asked or renewal != Renewal(fault=known_fault) else None

    def _renewal(self) -> Renewal:
        settings, served = self._settings, self._library.index
        try:
            index = open_index(settings.index_folder, settings.corpus, settings.threads)
            if index.manifest == served.manifest:
                return Renewal()
            library = Library(served.successor(index.manifest))
            library.warm_up()
        except (GeckoQAError, OSError) as error:
            return Renewal(fault=str(error))
        except Exception as error:  # whatever it is, the next index has to be seen
            return Renewal(fault=f"{unforeseen(error)} Please report it.")
        return Renewal(library)

    def _state(self, *, every: bool) -> State:
        folder = self._settings.index_folder
        try:
            files = sorted(folder.iterdir()) if every else [folder / MANIFEST]
            stats = [(file.name, file.stat()) for file in files]
        except OSError:
            return ()
        return tuple((name, s.st_mtime_ns, s.st_size, s.st_ino) for name, s in stats)
