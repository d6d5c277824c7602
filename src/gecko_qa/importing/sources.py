"""The files that are to be imported, found on disk and bounded."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gecko_qa.errors import DataError, UsageError
from gecko_qa.importing.detection import TABLE_ENDINGS, TEXT_ENDINGS

MAX_SOURCE_BYTES = 2 * 1024 * 1024
MAX_SOURCES = 5000
MAX_SEEN = 50_000
"""How many files of folders are looked at, those of other kinds included."""


@dataclass(frozen=True)
class Found:
    """Files to read, in the order of the arguments and by name, and what was passed over."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...]


def find_sources(arguments: Sequence[Path]) -> Found:
    """Return the files that `arguments`, files and folders, name. Folders' links are not followed.

    Raises UsageError where there is no such file, DataError where there are too many.
    """
    files: dict[Path, None] = {}
    left_out: list[str] = []
    for argument in arguments:
        if argument.is_dir():
            found, passed = _in_folder(argument)
            files.update(dict.fromkeys(found))
            left_out += passed
        elif argument.is_file():
            files[argument] = None
        else:
            raise UsageError(f"There is no file or folder {argument}.")
    if len(files) > MAX_SOURCES:
        raise DataError(f"There are {len(files)} files to import; {MAX_SOURCES} are allowed.")
    return Found(tuple(files), tuple(left_out))


def _in_folder(folder: Path) -> tuple[list[Path], list[str]]:
    files: list[Path] = []
    others: Counter[str] = Counter()
    for n, path in enumerate(_walk(folder), start=1):
        if n > MAX_SEEN:
            raise DataError(f"{folder} holds more than {MAX_SEEN} files. Import parts of it.")
        if path.is_symlink():
            others["links"] += 1
        elif not path.is_file():
            others["no files"] += 1
        elif path.suffix.lower() in TEXT_ENDINGS:
            files.append(path)
        elif path.suffix.lower() in TABLE_ENDINGS:
            others[f"{path.suffix.lower()}, imported only when named themselves"] += 1
        else:
            others[path.suffix.lower() or "without an ending"] += 1
    told = [f"{folder}: {n} files ({what})" for what, n in sorted(others.items())]
    return sorted(files), told


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what lies in `folder` and below, names that begin with a dot apart."""
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (Path(here) / name).is_symlink():
                yield Path(here) / name
        yield from (Path(here) / name for name in sorted(names) if not name.startswith("."))
