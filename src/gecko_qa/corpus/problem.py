"""A fault in a corpus, told so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "style", "warning"]


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and how to mend it.

    `line` counts from 1. An "error" keeps the explainer out of the index; a "style" fault breaks
    the house rules alone; a "warning" is worth a look and fails nothing.
    """

    path: Path
    line: int
    message: str
    mend: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} {self.mend}"
