"""What an import did, or would do: an account of every source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gecko_qa.importing.draft import Note

Status = Literal["written", "replaced", "unchanged", "exists", "refused"]
FAILED: tuple[Status, ...] = ("exists", "refused")


@dataclass(frozen=True)
class Outcome:
    """What became of one explainer, or of a source that gave none (`path` None).

    "exists" stands for a file with other content that was left alone, "refused" for what could
    not be imported; `why` tells it. `backup` is where a replaced file's content now lies.
    """

    source: str
    format: str
    status: Status
    title: str = ""
    path: Path | None = None
    backup: Path | None = None
    why: str = ""
    notes: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON holds it."""
        return {
            "source": self.source,
            "format": self.format,
            "status": self.status,
            "title": self.title,
            "file": None if self.path is None else str(self.path),
            "backup": None if self.backup is None else str(self.backup),
            "why": self.why,
            **{note.kind.replace(" ", "_"): list(note.items) for note in self.notes},
        }


@dataclass(frozen=True)
class Report:
    """Outcomes in the order of the sources. With `dry_run`, nothing of it has happened."""

    outcomes: tuple[Outcome, ...]
    left_out: tuple[str, ...]
    dry_run: bool

    def count(self, *statuses: Status) -> int:
        """Return how many outcomes have one of `statuses`."""
        return sum(outcome.status in statuses for outcome in self.outcomes)

    @property
    def failed(self) -> bool:
        """Whether anything was refused or left alone."""
        return self.count(*FAILED) > 0

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        return {
            "dry_run": self.dry_run,
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
            "left_out": list(self.left_out),
        }
