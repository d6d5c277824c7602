"""Files that appear whole or not at all."""

from __future__ import annotations

import mmap
import os
import re
import secrets
from pathlib import Path

from gecko_qa.errors import DataError

PART = ".part"
"""Ending of a file that is still being written."""
_N_HEX = 16


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader, or a power cut, sees all of it or none.

    A link is followed. What is no regular file, such as a terminal, is written to as it is.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make names in `folder` outlast a power cut, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def named_by_content(name: str, sha256: str) -> str:
    """Return `name` with a piece of its content's tagged digest in it: a.npy, a-0123….npy."""
    path = Path(name)
    return f"{path.stem}-{sha256.split(':')[1][:_N_HEX]}{path.suffix}"


def name_pattern(name: str) -> str:
    """Return a pattern of `name` and of its names by content."""
    stem, suffix = map(re.escape, (Path(name).stem, Path(name).suffix))
    return f"{stem}(-[0-9a-f]{{{_N_HEX}}})?{suffix}"


def mapped(path: Path) -> memoryview:
    """Return the bytes of `path`, read only, where the system keeps them: processes share them.

    Whoever writes into the file, or cuts it off, changes them; replacing it is safe.
    """
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return memoryview(b"")  # nothing cannot be mapped
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of `path`; raises DataError where it cannot be read or has too many."""
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > max_bytes:
        raise DataError(f"{path} has more than {max_bytes} bytes. Split it.")
    return data
