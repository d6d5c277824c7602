"""The explainer: one concept, told at several depths and for several audiences."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from gecko_qa.layout import SectionKind
from gecko_qa.words import count_words

WORDS_A_MINUTE = 200


@dataclass(frozen=True)
class Source:
    """A primary source that an explainer stands on."""

    title: str
    authors: str
    year: int
    url: str


@dataclass(frozen=True)
class Section:
    """A section's text: `text` is the file's text from `start` to `start + len(text)`."""

    kind: SectionKind
    text: str
    start: int
    line: int


@dataclass(frozen=True)
class Explainer:
    """One file of a corpus. `sections` are in the layout's order; one of them at least is a level.

    `updated` is None where nobody wrote when the text was last held against its sources.
    """

    slug: str
    title: str
    sections: tuple[Section, ...]
    category: str = "Concepts"
    tagline: str = ""
    aliases: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    confused_with: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    updated: datetime.date | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The title and the aliases: all that the concept is called."""
        return (self.title, *self.aliases)

    @property
    def reading_minutes(self) -> int:
        """Words of all sections over 200, rounded up."""
        words = sum(count_words(section.text) for section in self.sections)
        return math.ceil(words / WORDS_A_MINUTE)

    @property
    def words_deep(self) -> int:
        """Words of the longest level."""
        return max((count_words(section.text) for section in self.depths), default=0)

    @property
    def depths(self) -> tuple[Section, ...]:
        """The levels that deepen, shallowest first: all but one that sums them up, if there are
        others.
        """
        levels = tuple(section for section in self.sections if section.kind.role == "level")
        return tuple(section for section in levels if not section.kind.sums_up) or levels

    @property
    def n_levels(self) -> int:
        """How many levels it has."""
        return sum(section.kind.role == "level" for section in self.sections)

    @property
    def definition(self) -> Section:
        """The shallowest level."""
        return next(section for section in self.sections if section.kind.role == "level")

    def section(self, section_id: str) -> Section:
        """Return the section `section_id`; raises KeyError where the explainer has none."""
        for section in self.sections:
            if section.kind.id == section_id:
                return section
        raise KeyError(section_id)
