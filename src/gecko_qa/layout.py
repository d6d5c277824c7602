"""The layout of an explainer: its levels, its audiences, and the sections they give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gecko_qa.errors import UnknownChoice

Role = Literal["level", "why-now", "takeaways", "take"]


@dataclass(frozen=True)
class Choice:
    """A level or an audience: the `id` used in answers and the `name` readers see.

    `words` is the inclusive range of a level's length that house style allows, None for any.
    """

    id: str
    name: str
    words: tuple[int, int] | None = None


@dataclass(frozen=True)
class SectionKind:
    """One place in an explainer.

    `id` is the part of a passage's identity after `#`. `words` is the inclusive range that house
    style allows, for bullets the range of each, None for any.
    """

    id: str
    heading: str
    role: Role
    words: tuple[int, int] | None
    level: str | None = None
    audience: str | None = None

    @property
    def sums_up(self) -> bool:
        """Tell whether it is a level that sums up the others and is none of their depths."""
        short = self.words is not None and self.words[1] <= SUMMARY_WORDS
        return self.role == "level" and (self.level == "tldr" or short)


SUMMARY_WORDS = 30
WHY_NOW_WORDS = (20, 50)
TAKE_WORDS = (25, 60)
BULLET_WORDS = (8, 20)
BULLETS = 3
EVERYONE = "everyone"
TAKEAWAYS_HEADING = "Takeaways"


@dataclass(frozen=True)
class Layout:
    """What a corpus is called, and its levels, shallowest first, and audiences, in reading order.

    `why_now` and `take` are the headings of the sections on the present and of the opinion.
    `license` names the terms of the explainers, and `license_url` leads to them; empty for none.
    """

    levels: tuple[Choice, ...]
    audiences: tuple[Choice, ...]
    default_level: str
    title: str = "gecko-qa"
    why_now: str = "Why this matters now"
    take: str = "Gecko's take"
    license: str = ""
    license_url: str = ""

    @cached_property
    def sections(self) -> tuple[SectionKind, ...]:
        """Every section of an explainer, in the order of the file."""
        return tuple(self._sections())

    def _sections(self) -> Iterator[SectionKind]:
        for level in self.levels:
            section = f"level-{level.id}" if level.id.isdigit() else level.id
            yield SectionKind(section, level.name, "level", level.words, level=level.id)
        yield SectionKind("why-now", self.why_now, "why-now", WHY_NOW_WORDS)
        for audience in self.audiences:
            section = f"takeaways-{audience.id}"
            yield SectionKind(
                section, audience.name, "takeaways", BULLET_WORDS, audience=audience.id
            )
        yield SectionKind("take", self.take, "take", TAKE_WORDS)

    def section(self, section_id: str) -> SectionKind:
        """Return the section named `section_id`; raises KeyError where there is none."""
        for kind in self.sections:
            if kind.id == section_id:
                return kind
        raise KeyError(section_id)

    def level_section(self, level: str) -> SectionKind:
        """Return the section that tells `level`; raises UnknownChoice."""
        self.check_level(level)
        return next(kind for kind in self.sections if kind.level == level)

    def audience_section(self, audience: str) -> SectionKind:
        """Return the section of takeaways for `audience`; raises UnknownChoice."""
        self.check_audience(audience)
        return next(kind for kind in self.sections if kind.audience == audience)

    @property
    def plainest(self) -> str:
        """The first level that is no summary: the one for anyone."""
        deepening = (kind for kind in self.sections if kind.level and not kind.sums_up)
        return next((kind.level for kind in deepening if kind.level), self.levels[0].id)

    def nearest_levels(self, level: str) -> tuple[str, ...]:
        """Return every level, the nearest to `level` first, the shallower of two as near."""
        ids = [choice.id for choice in self.levels]
        place = ids.index(self.check_level(level))
        return tuple(sorted(ids, key=lambda other: abs(ids.index(other) - place)))

    def check_level(self, level: str) -> str:
        """Return `level` if the layout has it; raises UnknownChoice."""
        return _checked("level", level, self.levels)

    def check_audience(self, audience: str | None) -> str | None:
        """Return `audience` where it exists, None for everyone; raises UnknownChoice."""
        if audience is None or audience == EVERYONE:
            return None
        return _checked("audience", audience, (*self.audiences, Choice(EVERYONE, "Everyone")))


def _checked(what: str, value: str, choices: tuple[Choice, ...]) -> str:
    ids = [choice.id for choice in choices]
    if value not in ids:
        raise UnknownChoice(f"There is no {what} “{value[:40]}”. Choose one of: {', '.join(ids)}.")
    return value


DEFAULT_LAYOUT = Layout(
    levels=(
        Choice("tldr", "TL;DR", (1, 25)),
        Choice("1", "Level 1", (40, 70)),
        Choice("2", "Level 2", (70, 110)),
        Choice("3", "Level 3", (80, 150)),
    ),
    audiences=(
        Choice("researcher", "Researcher"),
        Choice("builder", "Builder"),
        Choice("investor", "Investor"),
        Choice("curious", "Curious"),
    ),
    default_level="1",
)
