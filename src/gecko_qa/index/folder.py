"""Files of an index: placed without ever touching one that is in use, read only if intact.

A build writes each file under a name that nothing uses yet, and last replaces the manifest in one
step. Until then the old manifest stands and names only old files; from then on the new one does.
A build that is killed leaves files that no manifest names, and the next build removes them. Files
of the manifest before are kept for one more build, for readers that have just opened it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from gecko_qa.errors import (
    DataError,
    IndexDamaged,
    IndexFormatUnknown,
    IndexMissing,
    IndexUnusable,
)
from gecko_qa.files import (
    PART,
    mapped,
    name_pattern,
    named_by_content,
    sync_folder,
    write_atomically,
)
from gecko_qa.hashing import canonical_json, digest
from gecko_qa.index.manifest import MANIFEST, FileEntry, Manifest, parse_manifest

PREVIOUS = "manifest-previous.json"
_LOCK = ".lock"
_OURS_BEFORE_A_BUILD = ("README.md", ".gitignore", ".gitkeep")
_Data = TypeVar("_Data", bytes, memoryview)


def read_manifest(folder: Path, name: str = MANIFEST) -> Manifest:
    """Read the manifest of `folder`; raises IndexMissing, IndexDamaged, IndexFormatUnknown."""
    path = folder / name
    try:
        if path.exists() and not path.is_file():
            raise IndexDamaged(
                f"{path} is no file. Clear the folder away and run “gecko-qa index build”."
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise IndexMissing(f"There is no index in {folder}. Run “gecko-qa index build”.") from None
    except OSError as error:
        raise IndexDamaged(
            f"The index in {folder} cannot be read: {error.strerror}. Allow it, or clear the "
            "folder away and run “gecko-qa index build”."
        ) from None
    return parse_manifest(data)


def read_file(folder: Path, manifest: Manifest, name: str) -> bytes:
    """Return the bytes of the index's file `name`; raises IndexDamaged unless they are intact."""
    return _intact(folder, manifest, name, Path.read_bytes)


def map_file(folder: Path, manifest: Manifest, name: str) -> memoryview:
    """Return what `read_file` does, read only and not copied: processes share it; see `mapped`."""
    return _intact(folder, manifest, name, mapped)


def _intact(folder: Path, manifest: Manifest, name: str, read: Callable[[Path], _Data]) -> _Data:
    entry = manifest.files.get(name)
    if entry is None:
        raise IndexDamaged(f"The index lacks its {name}. Run “gecko-qa index build”.")
    path = folder / entry.file
    try:
        # Not read before its size is known: a device or a pipe may never end.
        data = read(path) if path.stat().st_size == entry.n_bytes else None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or "it cannot be read"
        raise IndexDamaged(
            f"The index's file {entry.file} cannot be read: {reason}. Run “gecko-qa index build”."
        ) from None
    if data is None or digest(data) != entry.sha256:
        raise IndexDamaged(f"The index's file {entry.file} is damaged. Run “gecko-qa index build”.")
    return data


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one build at a time into `folder`, which is made where it does not exist.

    Raises DataError where the folder cannot be written or another build holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK)
    try:
        _refuse_foreign(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise DataError(f"Another build is at work in {folder}. Wait for it to end.") from None
    except OSError as error:
        raise not_written(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def not_written(folder: Path, error: OSError) -> DataError:
    """Return what to raise where the system refuses to write to `folder`."""
    reason = error.strerror or type(error).__name__
    return DataError(
        f"The index cannot be written to {folder}: {reason}. Make room there and allow writing, or "
        "name another folder with --index."
    )


def _refuse_foreign(folder: Path) -> None:
    """Raise DataError for a folder with files of somebody else's, which a build might replace."""
    if (folder / _LOCK).exists() or not folder.is_dir():
        return
    foreign = sorted(p.name for p in folder.iterdir() if p.name not in _OURS_BEFORE_A_BUILD)
    if foreign and not _has_our_manifest(folder):
        raise DataError(
            f"{folder} holds files that no build has written, such as {foreign[0][:60]}. "
            "Name an empty folder with --index."
        )


def _has_our_manifest(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except IndexFormatUnknown:
        return True
    except IndexUnusable:
        return False
    return True


def place(folder: Path, name: str, data: bytes, *, by_content: bool = False) -> FileEntry:
    """Write `data` under a free name like `name`, and return where it went.

    A file that already holds `data` is used as it is; one that holds anything else is left alone.
    `by_content` takes the name that tells the content even where the plain one is free.
    """
    sha256 = digest(data)
    for candidate in (name, named_by_content(name, sha256))[by_content:]:
        path = folder / candidate
        if path.exists():
            if not path.is_file() or digest(path.read_bytes()) != sha256:
                continue
        else:
            write_atomically(path, data)
        return FileEntry(candidate, sha256, len(data))
    # The second name tells its content: other bytes under it are damage, to be replaced.
    write_atomically(path, data)
    return FileEntry(path.name, sha256, len(data))


def commit(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the index of `folder`, in one step, and clear away what neither it nor the
    manifest before names. Nothing happens where it is the index already.
    """
    old = folder / MANIFEST
    data = canonical_json(manifest.to_json())
    if old.exists():
        standing = old.read_bytes()
        if standing == data:
            return
        write_atomically(folder / PREVIOUS, standing)
    sync_folder(folder)
    write_atomically(old, data)
    sync_folder(folder)
    clear(folder)


def clear(folder: Path) -> None:
    """Delete what earlier builds left in `folder` and no manifest names; other files stay."""
    named: set[str] = set()
    left = [rf"\..*{re.escape(PART)}"]
    for manifest in (MANIFEST, PREVIOUS):
        with contextlib.suppress(IndexUnusable):
            files = read_manifest(folder, manifest).files
            named |= {entry.file for entry in files.values()}
            left += [name_pattern(name) for name in files]
    ours = re.compile("|".join(left))
    for path in folder.iterdir():
        if ours.fullmatch(path.name) and path.name not in named and path.is_file():
            with contextlib.suppress(PermissionError):  # Windows: a server still has it mapped
                path.unlink(missing_ok=True)
