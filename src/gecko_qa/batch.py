"""Many questions at once: one JSON object a line in, one a line out, in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gecko_qa.asking import answer_asked, read_asked
from gecko_qa.errors import DataError, UsageError
from gecko_qa.files import read_bounded, write_atomically
from gecko_qa.library import Library
from gecko_qa.payload import json_line, name_or_none, parse_object

MAX_LINE_CHARS = 100_000
MAX_FILE_BYTES = 64 * 1024 * 1024


def answer_lines(lines: Iterable[str], library: Library) -> Iterator[dict[str, Any]]:
    """Yield the answer to each line of `lines`, blank ones left out.

    A line is what `read_asked` reads, with an "id". One that cannot be answered yields
    `{"id", "error"}` instead, so that none is lost and the order holds.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(line, number, library)


def _answer(line: str, number: int, library: Library) -> dict[str, Any]:
    id_: str | None = None
    try:
        said = _parse(line)
        id_ = name_or_none(said.get("id"), "id")
        answer = answer_asked(read_asked(said), library)
    except UsageError as error:
        return {"id": id_, "error": f"line {number}: {error}"}
    return {**answer.to_json(), "id": id_ if id_ is not None else answer.id}


def _parse(line: str) -> dict[str, Any]:
    if len(line) > MAX_LINE_CHARS:
        raise UsageError(f"The line has {len(line)} characters; {MAX_LINE_CHARS} are allowed.")
    if any("\udc80" <= char <= "\udcff" for char in line):
        raise UsageError("Not UTF-8. Save it as UTF-8.")
    return parse_object(line, "Write one object a line.")


def answer_file(questions: Path, out: Path, library: Library) -> tuple[int, list[str]]:
    """Answer the lines of `questions` into `out`, which appears once it is complete.

    Returns how many were answered and the errors of the others; raises DataError where a file
    cannot be read or written, and UsageError where both are the same.
    """
    if out.exists() and questions.exists() and out.samefile(questions):
        raise UsageError("The answers would overwrite the questions. Name another file with --out.")
    lines = []
    errors = []
    n_answered = 0
    for answer in answer_lines(_read_lines(questions), library):
        if "error" in answer:
            errors.append(answer["error"])
        else:
            n_answered += 1
        lines.append(json_line(answer))
    try:
        write_atomically(out, "".join(lines).encode("utf-8"))
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror}.") from None
    return n_answered, errors


def _read_lines(path: Path) -> list[str]:
    """Return the file's lines; a byte that is not UTF-8 becomes a lone surrogate in its line."""
    data = read_bounded(path, MAX_FILE_BYTES)
    # Only a newline ends a line: JSON may hold U+2028 and its kind within a string.
    return data.decode("utf-8-sig", "surrogateescape").split("\n")
