"""Which section a heading of a source means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gecko_qa.importing.draft import deep_levels, middle_level
from gecko_qa.layout import TAKEAWAYS_HEADING, Layout, SectionKind

_MAX_LINE_CHARS = 120
_MAX_LINE_WORDS = 10
_NUMBERED = re.compile(r"level ([0-9]{1,2})")
_TITLED = re.compile(r"level [0-9]{1,2}\s*[·:–—-]\s*\S")
_PARTS = re.compile(r"\s*[·|/,–—(]\s*|\s+-\s+|:\s+")
_FOR = re.compile(r"(?:(?:takeaways? )?for (?:an? |the )?|if you(?:'re| are) an? )(?P<who>.+)")
_SUMMARY = frozenset(("tl;dr", "tldr", "tl; dr", "in short", "in brief", "summary", "definition"))
_BASICS = frozenset(("basics", "the basics", "introduction", "beginner", "in plain words"))
_DETAILS = frozenset(("how it works", "details", "in practice", "intermediate", "explanation"))
_DEEP = frozenset(("advanced", "deep dive", "expert", "in depth", "technical details"))
_NOW = frozenset(
    ("why this matters now", "why this matters", "why it matters", "why it matters now", "why now")
)
_TAKE = frozenset(
    ("gecko's take", "our take", "the take", "opinion", "editorial", "editorial take")
)
_TAKEAWAYS = frozenset(
    ("the takeaway for you", "the takeaways for you", "takeaway", "the takeaway", "key takeaways")
)


@dataclass(frozen=True)
class Place:
    """Where a heading leads. `kind` None with `takeaways` is the heading above the audiences."""

    kind: SectionKind | None
    takeaways: bool = False
    sure: bool = True


def folded(heading: str) -> str:
    """Return `heading` for comparing: lower case, straight quotes, no colon or spaces around.

    Of a line too long for a heading, only the beginning.
    """
    heading = heading[: 2 * _MAX_LINE_CHARS]
    plain = heading.replace("’", "'").replace("‘", "'").replace("\u00a0", " ").casefold()
    return " ".join(plain.split()).rstrip(" :#").lstrip("# ")


@lru_cache(maxsize=16)
def _names(layout: Layout) -> dict[str, Place]:
    names = {TAKEAWAYS_HEADING.casefold(): Place(None, takeaways=True)}
    names["the takeaway for you"] = Place(None, takeaways=True)
    for kind in layout.sections:
        if kind.role != "takeaways":
            names[folded(kind.heading)] = Place(kind)
        if kind.level is not None and kind.level.isdigit():
            names.setdefault(f"level {kind.level}", Place(kind))
        if kind.role in ("why-now", "take"):
            usual = "why this matters now" if kind.role == "why-now" else "gecko's take"
            names.setdefault(usual, Place(kind))
    summary = next((k for k in layout.sections if k.level == "tldr"), None)
    if summary is not None:
        names.update({name: Place(summary) for name in ("tl;dr", "tldr", "tl; dr")})
    return names


def exact_place(heading: str, layout: Layout) -> Place | None:
    """Return the place that `heading` names as the layout or the page's own layout names it."""
    return _names(layout).get(folded(heading))


def is_section_line(line: str, layout: Layout) -> bool:
    """Tell whether a whole line of plain text is a heading: exact, or a level by its number.

    A level's number may be followed by a few words of its own (“Level 1 · The idea”).
    """
    name = folded(line)
    if _TITLED.match(name) and len(name.split()) <= _MAX_LINE_WORDS and name[-1] not in ".!?…":
        return True
    usual = name in _NOW or name in _TAKEAWAYS or name in ("tl;dr", "tldr")
    return usual or name in _names(layout) or _NUMBERED.fullmatch(name) is not None


def likely_place(heading: str, layout: Layout) -> Place | None:
    """Return the place that `heading` most likely means, None where it says nothing known."""
    name = folded(heading)
    levels = deep_levels(layout)
    number = _NUMBERED.fullmatch(name)
    if number and 1 <= int(number[1]) <= len(levels):
        return Place(levels[int(number[1]) - 1], sure=False)
    first = next(kind for kind in layout.sections if kind.role == "level")
    for words, kind in (
        (_SUMMARY, first),
        (_BASICS, levels[0]),
        (_DETAILS, middle_level(layout)),
        (_DEEP, levels[-1]),
        (_NOW, _of_role("why-now", layout)),
        (_TAKE, _of_role("take", layout)),
    ):
        if name in words:
            return Place(kind, sure=False)
    if name in _TAKEAWAYS:
        return Place(None, takeaways=True, sure=False)
    start = _PARTS.split(name, maxsplit=1)[0]
    found = _names(layout).get(start) if start != name else None
    return Place(found.kind, found.takeaways, sure=False) if found else None


def audience_place(heading: str, layout: Layout) -> Place | None:
    """Return the audience that `heading` names, alone, with others, or after “If you are a”."""
    name = folded(heading)
    asked = _FOR.fullmatch(name)
    if asked:
        name = asked["who"]
    for part in (name, *_PARTS.split(name)):
        for kind in layout.sections:
            who = folded(kind.heading)
            if kind.role == "takeaways" and part in (who, f"{who}s", f"the {who}", kind.audience):
                return Place(kind, sure=part == name)
    return None


def asked_audience(line: str) -> str | None:
    """Return who a line “If you are a …” speaks of, "" where the name stands on the next line."""
    if len(line) > _MAX_LINE_CHARS:
        return None
    found = re.fullmatch(r"\s*if you(?:['’]re| are)\s+an?\b[\s:]*(?P<who>.*?)[\s:]*", line, re.I)
    return found["who"] if found else None


def _of_role(role: str, layout: Layout) -> SectionKind:
    return next(kind for kind in layout.sections if kind.role == role)
