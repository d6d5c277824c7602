"""The file of feedback: rows are added and never changed, and what was taken is not lost."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from gecko_qa.errors import FeedbackUnusable
from gecko_qa.feedback.feedback import Feedback

VERSION = 1
_APPLICATION = 0x67714642  # “gqFB”, so that no other program's file is taken for ours
_WAIT_SECONDS = 10.0
_ROW_BYTES = 16 * 1024  # More than one row can add to the file.

_COLUMNS = ", ".join(f'"{field.name}"' for field in fields(Feedback))
_PLACES = ", ".join("?" for _ in fields(Feedback))
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'feedback is only ever added'); END"
_SCHEMA = (
    """CREATE TABLE feedback (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        day TEXT NOT NULL,
        verdict TEXT NOT NULL,
        question TEXT NOT NULL,
        status TEXT NOT NULL,
        level TEXT NOT NULL,
        concepts TEXT NOT NULL,
        audience TEXT,
        answer TEXT,
        "index" TEXT,
        line TEXT NOT NULL
    )""",
    f"CREATE TRIGGER no_update BEFORE UPDATE ON feedback {_REFUSE}",
    f"CREATE TRIGGER no_delete BEFORE DELETE ON feedback {_REFUSE}",
    # “INSERT OR REPLACE” deletes without asking the trigger above.
    "CREATE TRIGGER no_replace BEFORE INSERT ON feedback "  # noqa: S608
    f"WHEN NEW.id IN (SELECT id FROM feedback) {_REFUSE}",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
_REASONS = {
    sqlite3.SQLITE_BUSY: "another program is holding it; try again",
    sqlite3.SQLITE_LOCKED: "another program is holding it; try again",
    sqlite3.SQLITE_PROTOCOL: "another program is holding it; try again",
    sqlite3.SQLITE_FULL: "the disk is full; free space",
    sqlite3.SQLITE_READONLY: "it may not be written; change its permissions",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; name another with --feedback",
    sqlite3.SQLITE_NOTADB: "it is not a file of feedback; name another with --feedback",
    sqlite3.SQLITE_IOERR: "the system refused; free space, or name another with --feedback",
}
_DAMAGED = "it is damaged; move it away, and a new one will be begun"


@dataclass(frozen=True)
class FeedbackStore:
    """Feedback in the SQLite file `path`, which may grow to `max_bytes`.

    Safe to use from several threads and processes: each call opens the file anew. Begun by the
    first call of `append`, its folder too.
    """

    path: Path
    max_bytes: int

    def append(self, feedback: Feedback) -> None:
        """Add `feedback`; once this returns, it outlasts a crash and a power cut.

        Raises FeedbackUnusable where the file cannot be written, is not ours, or is full.
        """
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(self._connect("rwc")) as connection:
                # FULL, and before the file is in WAL mode the folder too.
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("BEGIN IMMEDIATE")
                if not self._is_begun(connection):
                    _begin(connection)
                self._check_room(connection)
                connection.execute(
                    f"INSERT INTO feedback ({_COLUMNS}) VALUES ({_PLACES})",  # noqa: S608
                    _row_of(feedback),
                )
                connection.execute("COMMIT")
                # After the row is safe, since others that write may keep us from changing this.
                with contextlib.suppress(sqlite3.OperationalError):
                    connection.execute("PRAGMA journal_mode = WAL")

    def read(self) -> tuple[Feedback, ...]:
        """Return all feedback, oldest first, none where no file is; raises FeedbackUnusable."""
        with self._told():
            if not self.path.exists():
                return ()
            try:
                return self._read("rw")
            except sqlite3.OperationalError as error:
                if not self._is_at_rest(error):
                    raise
                return self._read("ro&immutable=1")

    def _read(self, mode: str) -> tuple[Feedback, ...]:
        with contextlib.closing(self._connect(mode)) as connection:
            if not self._is_begun(connection):
                return ()
            rows = connection.execute(f"SELECT {_COLUMNS} FROM feedback ORDER BY id")  # noqa: S608
            return tuple(self._feedback_of(row) for row in rows)

    def _is_at_rest(self, error: sqlite3.OperationalError) -> bool:
        """Tell whether the file can be read though its folder, or it, may not be written."""
        log = self.path.with_name(f"{self.path.name}-wal")
        shut = _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
        return shut and self.path.is_file() and not log.exists()

    def _connect(self, mode: str) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)

    def _is_begun(self, connection: sqlite3.Connection) -> bool:
        """Tell a file of ours from an empty one; raises FeedbackUnusable for any other."""
        application = _pragma(connection, "application_id")
        version = _pragma(connection, "user_version")
        if application == version == _pragma(connection, "schema_version") == 0:
            return False
        if application != _APPLICATION:
            raise self._unusable("it belongs to another program; name another with --feedback")
        if version > VERSION:
            raise self._unusable("a newer gecko-qa wrote it; update gecko-qa")
        if version < VERSION:
            raise self._unusable(_DAMAGED)
        return True

    def _check_room(self, connection: sqlite3.Connection) -> None:
        n_bytes = _pragma(connection, "page_count") * _pragma(connection, "page_size")
        if n_bytes + _ROW_BYTES > self.max_bytes:
            raise self._unusable(
                f"it is full, {self.max_bytes} bytes being allowed; move it away, "
                "and a new one will be begun"
            )

    def _feedback_of(self, row: tuple[Any, ...]) -> Feedback:
        kept = dict(zip((field.name for field in fields(Feedback)), row, strict=True))
        try:
            kept["day"] = date.fromisoformat(kept["day"])
            kept["concepts"] = tuple(json.loads(kept["concepts"]))
        except (TypeError, ValueError, RecursionError):
            raise self._unusable(_DAMAGED) from None
        if not _is_whole(kept):
            raise self._unusable(_DAMAGED)
        return Feedback(**kept)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the system says into words."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._unusable(_REASONS.get(_code(error), _DAMAGED)) from error
        except UnicodeError as error:
            # A message of SQLite's that quotes a file's odd bytes.
            raise self._unusable(_DAMAGED) from error
        except OSError as error:
            reason = f"{error.strerror or error}; name another with --feedback"
            raise self._unusable(reason) from error

    def _unusable(self, reason: str) -> FeedbackUnusable:
        return FeedbackUnusable(f"The feedback file {self.path} cannot be used: {reason}.")


def _begin(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's own code without what it adds to say where, 0 for none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _row_of(feedback: Feedback) -> tuple[str | None, ...]:
    told = {"day": feedback.day.isoformat(), "concepts": json.dumps(feedback.concepts)}
    return tuple({**vars(feedback), **told}.values())


def _is_whole(kept: dict[str, Any]) -> bool:
    """Tell whether every value is of its kind, as it is unless others wrote to the file."""
    texts = [kept[name] for name in ("verdict", "question", "status", "level", "line")]
    texts += [kept[name] for name in ("audience", "answer", "index") if kept[name] is not None]
    return all(isinstance(text, str) for text in (*texts, *kept["concepts"]))
