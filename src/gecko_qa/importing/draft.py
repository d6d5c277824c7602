"""What an importer makes of a source: drafts of explainers, and an account of every one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gecko_qa.corpus.explainer import WORDS_A_MINUTE, Source
from gecko_qa.layout import Layout, SectionKind
from gecko_qa.words import count_words

NoteKind = Literal["taken", "guessed", "missing", "kept", "converted", "left out", "warning"]
NOTE_KINDS: tuple[NoteKind, ...] = (
    "taken",
    "guessed",
    "converted",
    "kept",
    "left out",
    "missing",
    "warning",
)
BlockKind = Literal["heading", "text", "bullet"]


@dataclass(frozen=True)
class Note:
    """Things of one kind that the report says of an explainer or a source."""

    kind: NoteKind
    items: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or a bullet, in plain text, as it stood in the source.

    `depth` is 1 to 6 for a heading. `gap` tells whether an empty line stood before it.
    """

    kind: BlockKind
    text: str
    depth: int = 0
    gap: bool = True


@dataclass(frozen=True)
class DraftSection:
    """A section to write; `kind` None for one that the layout does not know.

    `depth` is the number of `#` before the heading.
    """

    heading: str
    depth: int
    text: str
    kind: SectionKind | None = None


@dataclass(frozen=True)
class Printed:
    """What the source says of its own length, None where it says nothing."""

    minutes: int | None = None
    words_deep: int | None = None


@dataclass(frozen=True)
class Front:
    """What the source gives for the front matter, the title apart; empty where it gives nothing."""

    category: str = ""
    tagline: str = ""
    aliases: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    confused_with: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    updated: datetime.date | None = None


@dataclass(frozen=True)
class Link:
    """An http or https address that the source points at, and the text that it stood under."""

    title: str
    url: str


@dataclass(frozen=True)
class Draft:
    """An explainer to write. Sections are in the order of the file, unknown ones last."""

    title: str
    sections: tuple[DraftSection, ...]
    front: Front = Front()
    notes: tuple[Note, ...] = ()

    def reading_minutes(self) -> int:
        """Return the minutes that `Explainer` derives: known sections' words over 200, up."""
        words = sum(count_words(s.text) for s in self.sections if s.kind is not None)
        return -(-words // WORDS_A_MINUTE)

    def words_deep(self) -> int:
        """Return the words of the longest level, as `Explainer` derives them."""
        levels = (s for s in self.sections if s.kind and s.kind.role == "level")
        return max(
            (count_words(s.text) for s in levels if s.kind and s.kind.id != "tldr"), default=0
        )


@dataclass(frozen=True)
class Reading:
    """All that one source gave. `refusals` tell of the parts that could not become explainers."""

    format: str
    drafts: tuple[Draft, ...]
    refusals: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass
class Ledger:
    """Collects what happens to a source while it is read."""

    _items: dict[NoteKind, dict[str, None]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def say(self, kind: NoteKind, *items: str) -> None:
        """Remember `items`, each once."""
        self._items.setdefault(kind, {}).update(dict.fromkeys(items))

    def count(self, what: str, n: int) -> None:
        """Add `n` to the things converted of the sort `what`."""
        if n:
            self._counts[what] = self._counts.get(what, 0) + n

    def notes(self) -> tuple[Note, ...]:
        """Return all of it, a note a kind, in the order of `NOTE_KINDS`."""
        items = {kind: list(said) for kind, said in self._items.items()}
        counted = [f"{what} ({n})" for what, n in self._counts.items()]
        if counted:
            items["converted"] = counted + items.get("converted", [])
        return tuple(Note(kind, tuple(items[kind])) for kind in NOTE_KINDS if items.get(kind))


def with_note(notes: Sequence[Note], kind: NoteKind, *items: str) -> tuple[Note, ...]:
    """Return `notes` with `items` said too, after what is said of that kind."""
    before = next((note.items for note in notes if note.kind == kind), ())
    said = {note.kind: note for note in notes} | {kind: Note(kind, (*before, *items))}
    return tuple(said[kind] for kind in NOTE_KINDS if kind in said)


def middle_level(layout: Layout) -> SectionKind:
    """Return the level for text of no stated depth: Level 2, or the middle of the deep ones."""
    levels = deep_levels(layout)
    return next((kind for kind in levels if kind.level == "2"), levels[len(levels) // 2])


def deep_levels(layout: Layout) -> Sequence[SectionKind]:
    """Return the levels that deepen, shallowest first; the only one where there is but one."""
    levels = [kind for kind in layout.sections if kind.role == "level"]
    return [kind for kind in levels if kind.id != "tldr"] or levels
