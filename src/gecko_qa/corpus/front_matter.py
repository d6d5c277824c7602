"""The YAML block at the head of an explainer."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import yaml

from gecko_qa.corpus.explainer import Source
from gecko_qa.corpus.problem import Severity
from gecko_qa.corpus.slug import SLUG

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_TITLE_CHARS = 80
MAX_TAGLINE_CHARS = 120
MAX_LINE_CHARS = 300
MAX_ITEMS = 50
_MAX_DEPTH = 4
_Mark = Any  # of the untyped library: a place in the block, or None
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}")

NEEDED = "title"
"""The one key without which there is no explainer."""


class Report(Protocol):
    """Takes a line in the file, what is wrong, the mend, and how bad it is."""

    def __call__(  # noqa: D102
        self, line: int, message: str, mend: str, severity: Severity = "error"
    ) -> None: ...


@dataclass
class FrontMatter:
    """The values of the block, checked one by one, and the line on which each key stands."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        """The line of `key` in the file, 1 where the key is missing."""
        return self.lines.get(key, 1)


def read_front_matter(block: str, first_line: int, report: Report) -> FrontMatter:
    """Parse the YAML `block` whose first line is `first_line` of the file.

    Every fault is told to `report`; a key with a fault is left out of `values`.
    """
    front = FrontMatter()
    raw = _load(block, first_line, front, report)
    if raw is None:
        return front
    for key in raw.keys() - CHECKS.keys():
        allowed = ", ".join(CHECKS)
        report(front.line(key), f"Unknown key “{key[:40]}”.", f"The keys are: {allowed}.")
    for key, check in CHECKS.items():
        if key not in raw:
            what, mend = f"The key “{key}” is missing.", "Add it; docs/corpus-format.md tells how."
            report(1, what, mend, "error" if key == NEEDED else "style")
            continue
        try:
            front.values[key] = check(raw[key])
        except ValueError as fault:
            report(front.line(key), f"“{key}” {fault}", "docs/corpus-format.md tells how.")
    return front


def _load(block: str, first_line: int, front: FrontMatter, report: Report) -> dict[str, Any] | None:
    """Return the block's keys and values: text, lists and mappings; None if it is unreadable.

    All scalars stay the text that was typed, so that no title turns into a date or a truth value.
    """
    line_of = _lines_of(block, first_line)
    try:
        _check_plain(block)
        node = yaml.compose(block, Loader=_Loader)
    except _NotPlain as fault:
        report(line_of(fault.mark), fault.message, fault.mend)
        return None
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        line = line_of(getattr(error, "problem_mark", None))
        what = getattr(error, "problem", None) or "not valid YAML"
        report(line, f"The front matter cannot be read: {what}.", "Quote values that hold “: ”.")
        return None
    if not isinstance(node, yaml.MappingNode):
        report(first_line, "The front matter is not a list of keys.", "Write “key: value” lines.")
        return None
    for key_node, _ in node.value:
        front.lines.setdefault(str(key_node.value), line_of(key_node.start_mark))
    plain = _plain(node, lambda mark, what: report(line_of(mark), what, "Keep one."))
    return plain if isinstance(plain, dict) else None


def _lines_of(block: str, first_line: int) -> Callable[[_Mark], int]:
    """Return what tells the line of a mark: YAML ends lines at more characters than files do."""
    ends = [n for n, char in enumerate(block) if char == "\n"]
    return lambda mark: first_line + (bisect_left(ends, mark.index) if mark else 0)


class _NotPlain(Exception):
    def __init__(self, mark: _Mark, message: str, mend: str) -> None:
        super().__init__(message)
        self.mark, self.message, self.mend = mark, message, mend


def _check_plain(block: str) -> None:
    """Raise _NotPlain for what no explainer needs and what could harm: depth, anchors, tags."""
    depth = 0
    for event in yaml.parse(block, Loader=_Loader):
        mark = event.start_mark
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise _NotPlain(mark, "The front matter is nested too deeply.", "Flatten it.")
        if getattr(event, "anchor", None) is not None:
            raise _NotPlain(mark, "The front matter uses a YAML anchor or alias.", "Write it out.")
        if getattr(event, "tag", None) is not None:
            raise _NotPlain(mark, "The front matter uses a YAML tag.", "Take it out.")


def _plain(node: yaml.Node, twice: Callable[[_Mark, str], None]) -> Any:  # noqa: ANN401
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, twice) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in values:
            twice(key_node.start_mark, f"The key “{key[:40]}” stands twice.")
        values.setdefault(key, _plain(value_node, twice))
    return values


def _text(limit: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError("has to be a line of text.")
        line = value.strip()
        if "\n" in line or not line.isprintable():
            raise ValueError("has to be one line without control characters.")
        if len(line) > limit:
            raise ValueError(f"is {len(line)} characters long; {limit} are allowed.")
        return line

    return check


def _each(check: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    def check_list(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("has to be a list.")
        if len(value) > MAX_ITEMS:
            raise ValueError(f"has {len(value)} items; {MAX_ITEMS} are allowed.")
        items = []
        for number, item in enumerate(value, start=1):
            try:
                items.append(check(item))
            except ValueError as fault:
                raise ValueError(f"item {number} {fault}") from None
        if len(set(items)) < len(items):
            raise ValueError("has the same item twice.")
        return tuple(items)

    return check_list


def _slug(value: object) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise ValueError("has to be a slug such as “reward-hacking”.")
    return value


def _date(value: object) -> datetime.date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("has to be a date such as 2026-11-23.")


def _source(value: object) -> Source:
    fields = {"title", "authors", "year", "url"}
    if not isinstance(value, dict) or set(value) != fields:
        raise ValueError("has to have title, authors, year and url, and nothing else.")
    year = value["year"]
    if not isinstance(year, str) or not _YEAR.fullmatch(year):
        raise ValueError("has a year that is not a number.")
    line = _text(MAX_LINE_CHARS)
    return Source(
        line(value["title"]), line(value["authors"]), int(year), web_address(value["url"])
    )


def web_address(value: object) -> str:
    """Return `value` where it is a plain http or https address; raises ValueError."""
    url = _text(MAX_LINE_CHARS)(value)
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and bool(parts.netloc)
    except ValueError:
        plain = False
    if not plain or re.search(r"[\s\"'<>]", url):
        raise ValueError("has a url that is not a plain http or https address.")
    return url


CHECKS: Mapping[str, Callable[[object], Any]] = {
    "title": _text(MAX_TITLE_CHARS),
    "category": _text(MAX_TITLE_CHARS),
    "tagline": _text(MAX_TAGLINE_CHARS),
    "aliases": _each(_text(MAX_TITLE_CHARS)),
    "asks": _each(_text(MAX_LINE_CHARS)),
    "related": _each(_slug),
    "confused_with": _each(_slug),
    "sources": _each(_source),
    "updated": _date,
}
