"""The report for authors: what was asked and not covered, and what was marked, by concept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gecko_qa.feedback.feedback import VERDICTS, Feedback
from gecko_qa.words import folded_words

NO_CONCEPT = ""


@dataclass(frozen=True)
class Wanted:
    """One question that nothing covers, however it was written; `notes` holds each, oldest first.

    `wordings` are its ways of being written, the most frequent first, ties by the first asked.
    """

    wordings: tuple[str, ...]
    notes: tuple[Feedback, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        days = sorted(note.day for note in self.notes)  # a clock may have been set back
        return {
            "question": self.wordings[0],
            "wordings": list(self.wordings),
            "n": len(self.notes),
            "days": [days[0].isoformat(), days[-1].isoformat()],
            "lines": [_line_json(note) for note in self.notes if note.line],
        }


@dataclass(frozen=True)
class Marked:
    """What was marked on answers about `concept`, `NO_CONCEPT` being those about none."""

    concept: str
    notes: tuple[Feedback, ...]

    @property
    def verdicts(self) -> dict[str, int]:
        """How often each verdict was given, in their own order, those never given left out."""
        counts = Counter(note.verdict for note in self.notes)
        return {v: counts[v] for v in dict.fromkeys((*VERDICTS, *counts)) if counts[v]}

    @property
    def n_faults(self) -> int:
        """How many of the marks ask for a change."""
        return sum(note.verdict != "useful" for note in self.notes)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "concept": self.concept or None,
            "n": len(self.notes),
            "verdicts": self.verdicts,
            "lines": [_line_json(note) for note in self.notes if note.line],
        }


@dataclass(frozen=True)
class Report:
    """The `n` pieces of feedback that were looked at, told in two lists.

    `wanted` comes most asked first, `marked` those with most faults first; ties by the question
    and by the slug.
    """

    n: int
    wanted: tuple[Wanted, ...]
    marked: tuple[Marked, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object; docs/feedback.md describes each field."""
        return {
            "n": self.n,
            "not_covered": [wanted.to_json() for wanted in self.wanted],
            "concepts": [marked.to_json() for marked in self.marked],
        }


def report_on(
    notes: Iterable[Feedback], since: date | None = None, concept: str | None = None
) -> Report:
    """Return the report on `notes`, or on those from `since` on, and on those about `concept`."""
    looked_at = [
        note
        for note in notes
        if (since is None or note.day >= since) and (concept is None or concept in note.concepts)
    ]
    marked = [note for note in looked_at if not note.not_covered]
    return Report(
        n=len(looked_at),
        wanted=_wanted([note for note in looked_at if note.not_covered]),
        marked=_marked(marked, [concept] if concept is not None else None),
    )


def _wanted(notes: Sequence[Feedback]) -> tuple[Wanted, ...]:
    grouped: dict[tuple[str, ...], list[Feedback]] = {}
    for note in notes:
        grouped.setdefault(folded_words(note.question), []).append(note)
    wanted = [
        Wanted(tuple(w for w, _ in Counter(n.question for n in g).most_common()), tuple(g))
        for g in grouped.values()
    ]
    return tuple(sorted(wanted, key=lambda w: (-len(w.notes), w.wordings[0].casefold())))


def _marked(notes: Sequence[Feedback], only: Sequence[str] | None) -> tuple[Marked, ...]:
    grouped: dict[str, list[Feedback]] = {}
    for note in notes:
        for slug in only or note.concepts or (NO_CONCEPT,):
            grouped.setdefault(slug, []).append(note)
    marked = [Marked(slug, tuple(group)) for slug, group in grouped.items()]
    return tuple(sorted(marked, key=lambda m: (-m.n_faults, m.concept)))


def _line_json(note: Feedback) -> dict[str, str]:
    return {
        "day": note.day.isoformat(),
        "verdict": note.verdict,
        "question": note.question,
        "line": note.line,
    }
