"""A folder that an export keeps: it knows its own files, and touches no others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gecko_qa.errors import DataError
from gecko_qa.files import write_atomically
from gecko_qa.hashing import canonical_json, digest

MANIFEST = ".gecko-qa-export.json"
_FORMAT = 1
# A checkout that is published has its history beside the site.
_NOT_COUNTED = frozenset((".git", MANIFEST))


@dataclass(frozen=True)
class Written:
    """How many files were written and removed, how many stood there already, and the names of
    old ones that somebody has changed, which stay.
    """

    n_written: int
    n_unchanged: int
    n_removed: int
    kept: tuple[str, ...]


def write_files(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Make `folder` hold `files`, by their names from its top, and none of an earlier export else.

    Each file appears whole; a killed export is finished by the next. Raises DataError, before
    anything is written, where `folder` holds files of somebody else.
    """
    earlier = _earlier(folder)
    for name in files:
        _check(folder, name, earlier)
    new = {name: digest(data) for name, data in files.items()}
    folder.mkdir(parents=True, exist_ok=True)
    # Before any file is written, so that whatever comes to stand there is known to be ours.
    _write_manifest(folder, earlier | new)
    n_written = sum(_write(folder / name, data) for name, data in files.items())
    kept = tuple(n for n in earlier.keys() - new.keys() if not _remove(folder, n, earlier[n]))
    _write_manifest(folder, new)
    n_removed = len(earlier.keys() - new.keys()) - len(kept)
    return Written(n_written, len(files) - n_written, n_removed, tuple(sorted(kept)))


def _earlier(folder: Path) -> dict[str, str]:
    """Return the digests, by name, of what an earlier export wrote to `folder`."""
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder. Name a new or an empty one.")
    manifest = folder / MANIFEST
    if manifest.is_file() and not manifest.is_symlink():
        return _read_manifest(manifest)
    if any(entry.name not in _NOT_COUNTED for entry in folder.iterdir()):
        raise DataError(
            f"{folder} holds files that no export wrote. Name a new or an empty folder, or empty "
            "this one yourself."
        )
    return {}


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        raw = json.loads(path.read_bytes())
        named = {str(name): str(found) for name, found in raw["files"].items()}
        if raw["format"] != _FORMAT or not all(map(_is_within, named)):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(
            f"{path} does not tell what an export wrote. Empty the folder yourself, or name "
            "another."
        ) from None
    return named


def _write_manifest(folder: Path, files: Mapping[str, str]) -> None:
    write_atomically(folder / MANIFEST, canonical_json({"format": _FORMAT, "files": files}))


def _is_within(name: str) -> bool:
    """Tell whether `name` is the name of a file in a folder, wherever the folder lies."""
    parts = PurePosixPath(name).parts
    plain = bool(name) and "\\" not in name and ":" not in name and "\0" not in name
    return plain and not name.startswith("/") and ".." not in parts and name == "/".join(parts)


def _check(folder: Path, name: str, earlier: Iterable[str]) -> None:
    """Raise DataError where `name` cannot be written without touching what is not ours."""
    if not _is_within(name):
        raise DataError(f"“{name[:80]}” leads out of the folder. Please report this.")
    target = folder / name
    for place in (target, *_parents(folder, name)):
        if place.is_symlink():
            raise DataError(f"{place} is a link, and may lead elsewhere. Remove it.")
    for place in _parents(folder, name):
        if place.exists() and not place.is_dir():
            raise DataError(f"{place} is in the way. Move it elsewhere.")
    if target.exists() and (name not in earlier or not target.is_file()):
        raise DataError(f"{target} was written by no export. Move it elsewhere.")


def _parents(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the folders between `folder` and the file `name`, the deepest first."""
    return tuple(folder / parent for parent in PurePosixPath(name).parents if parent.name)


def _write(path: Path, data: bytes) -> bool:
    """Write `data` to `path` unless that is what stands there; tell whether it was written."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data)
    return True


def _remove(folder: Path, name: str, known: str) -> bool:
    """Remove what an earlier export wrote, and folders it leaves empty; tell whether it is gone."""
    path = folder / name
    if any(place.is_symlink() for place in (path, *_parents(folder, name))):
        return False
    if path.is_file():
        if digest(path.read_bytes()) != known:
            return False
        path.unlink()
    for parent in _parents(folder, name):
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
    return not path.exists()
