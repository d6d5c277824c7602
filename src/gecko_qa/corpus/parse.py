"""From a file's text to an explainer, or to every fault that stands in the way."""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from gecko_qa.corpus.explainer import Explainer, Section
from gecko_qa.corpus.front_matter import read_front_matter
from gecko_qa.corpus.problem import Problem, Severity
from gecko_qa.corpus.slug import SLUG
from gecko_qa.layout import TAKEAWAYS_HEADING, Layout, SectionKind

_FRONT = re.compile(r"---[ \t]*\n(?P<block>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<name>.*)$", re.MULTILINE)
_FORBIDDEN_CATEGORIES = ("Cc", "Cs", "Co", "Cn")
# Marks that cannot be seen: zero-width space and no-break space, and those that turn text around.
_INVISIBLE = frozenset("\u200b\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MAX_CHARACTER_FAULTS = 10


@dataclass(frozen=True)
class Parsed:
    """An explainer, None where its file has errors, and all that was found wrong."""

    explainer: Explainer | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Heading:
    name: str
    depth: int
    start: int
    end: int
    line: int


# A watched corpus is read again and again, and one file of it has changed.
@lru_cache(maxsize=5000)
def parse_explainer(text: str, path: Path, layout: Layout) -> Parsed:
    """Parse the whole text of the file at `path`; its name gives the slug. Reads nothing."""
    return _Parser(text, path, layout).parse()


class _Parser:
    def __init__(self, text: str, path: Path, layout: Layout) -> None:
        self.text = text
        self.path = path
        self.layout = layout
        self.problems: list[Problem] = []

    def report(self, line: int, message: str, mend: str, severity: Severity = "error") -> None:
        self.problems.append(Problem(self.path, line, message, mend, severity))

    def parse(self) -> Parsed:
        if not SLUG.fullmatch(self.path.stem):
            self.report(
                1,
                f"“{self.path.name[:60]}” is not a slug.",
                "Use lower-case letters, digits and hyphens, at most 80.",
            )
        self.check_characters()
        front = _FRONT.match(self.text)
        if front is None:
            self.report(1, "There is no front matter.", "Begin with a line “---” and end it so.")
            return Parsed(None, tuple(self.problems))
        values = read_front_matter(front["block"], 2, self.report).values
        sections = self.in_order(self.sections(front.end()))
        problems = tuple(self.problems)
        written = any(section.kind.role == "level" for section in sections)
        if not written or any(problem.severity == "error" for problem in problems):
            return Parsed(None, problems)
        return Parsed(Explainer(slug=self.path.stem, sections=sections, **values), problems)

    def in_order(self, sections: Iterable[Section]) -> tuple[Section, ...]:
        """Return `sections` in the layout's order; without a level it is still a draft."""
        found = {section.kind: section for section in sections}
        if not any(kind.role == "level" for kind in found):
            names = ", ".join(f"“## {level.name}”" for level in self.layout.levels)
            what = "There is no level, so it is left out."
            self.report(1, what, f"Write one of them at least: {names}.", "style")
        return tuple(found[kind] for kind in self.layout.sections if kind in found)

    def check_characters(self) -> None:
        forbidden = set(filter(_is_forbidden, set(self.text)))
        bad = (n for n, char in enumerate(self.text) if char in forbidden) if forbidden else ()
        for position in itertools.islice(bad, _MAX_CHARACTER_FAULTS):
            what = f"The character U+{ord(self.text[position]):04X} is not text."
            self.report(self.line_at(position), what, "Delete it.")

    def line_at(self, position: int) -> int:
        return bisect_left(self.line_ends, position) + 1

    @cached_property
    def line_ends(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.text)]

    def sections(self, body_start: int) -> Iterator[Section]:
        headings = list(self.headings(body_start))
        first = headings[0].start if headings else len(self.text)
        if self.text[body_start:first].strip():
            line = self.line_at(body_start)
            self.report(line, "There is text before the first heading.", "Move it into a section.")
        found = self.match_headings(headings)
        starts = [heading.start for heading in headings]
        for heading, end in zip(headings, [*starts[1:], len(self.text)], strict=False):
            if heading in found:
                section = self.section(found[heading], heading, end)
                if section is not None:
                    yield section
            elif heading.name == TAKEAWAYS_HEADING and self.text[heading.end : end].strip():
                what = f"“{heading.name}” has text of its own."
                self.report(heading.line, what, "Move it under an audience.")

    def headings(self, body_start: int) -> Iterator[_Heading]:
        for found in _HEADING.finditer(self.text, body_start):
            line = self.line_at(found.start())
            name = heading_name(found["name"])
            yield _Heading(name, len(found["marks"]), found.start(), found.end(), line)

    def match_headings(self, headings: list[_Heading]) -> dict[_Heading, SectionKind]:
        """Pair headings with the layout's sections; unknown, repeated, missing ones are faults."""
        expected = list(headings_of(self.layout))
        kinds = {(name, depth): kind for name, depth, kind in expected}
        seen: list[tuple[str, int]] = []
        found: dict[_Heading, SectionKind] = {}
        for heading in headings:
            key = (heading.name, heading.depth)
            if key not in kinds:
                known = ", ".join(f"“{'#' * d} {n}”" for n, d, _ in expected)
                what = f"Unknown heading “{'#' * heading.depth} {heading.name[:60]}”."
                mend = f"Readers do not see what stands under it. The headings are: {known}."
                self.report(heading.line, what, mend, "style")
            elif key in seen:
                self.report(heading.line, f"“{heading.name}” stands twice.", "Keep one.")
            else:
                seen.append(key)
                kind = kinds[key]
                if kind is not None:
                    found[heading] = kind
        self.check_all_there([(name, depth) for name, depth, _ in expected], seen)
        return found

    def check_all_there(self, expected: list[tuple[str, int]], seen: list[tuple[str, int]]) -> None:
        last = self.text.count("\n") + 1
        for name, depth in expected:
            if (name, depth) not in seen:
                what = f"The section “{'#' * depth} {name}” is missing."
                self.report(last, what, "Add the heading and its text.", "style")
        in_order = [key for key in expected if key in seen]
        for want, got in zip(in_order, seen, strict=True):
            if want != got:
                what = f"“{got[0]}” stands where “{want[0]}” belongs."
                mend = "Put the sections in the order of docs/corpus-format.md."
                self.report(1, what, mend, "style")
                return

    def section(self, kind: SectionKind, heading: _Heading, end: int) -> Section | None:
        """Return the section under `heading`, None where nothing is written there yet."""
        body = self.text[heading.end : end]
        text = body.strip()
        start = heading.end + len(body) - len(body.lstrip())
        if not text:
            self.report(heading.line, f"“{heading.name}” has no text.", "Write it.", "style")
            return None
        return Section(kind, text, start, self.line_at(start))


def heading_name(text: str) -> str:
    """Return a heading as it is told from others: without closing marks, its apostrophes plain."""
    return text.rstrip(" \t#").replace("’", "'")


def _is_forbidden(char: str) -> bool:
    if char in "\n\t":
        return False
    return char in _INVISIBLE or unicodedata.category(char) in _FORBIDDEN_CATEGORIES


def headings_of(layout: Layout) -> Iterator[tuple[str, int, SectionKind | None]]:
    """Yield each heading's name, its depth in `#`, and the section that follows it, if any."""
    audiences = [kind for kind in layout.sections if kind.audience is not None]
    for kind in layout.sections:
        if audiences and kind is audiences[0]:
            yield TAKEAWAYS_HEADING, 2, None
        yield heading_name(kind.heading), 3 if kind.audience is not None else 2, kind
