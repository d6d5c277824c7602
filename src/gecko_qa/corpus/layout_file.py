"""The file corpus.toml: what a corpus is called, and its own levels and audiences."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gecko_qa.corpus.front_matter import web_address
from gecko_qa.corpus.parse import heading_name
from gecko_qa.errors import CorpusInvalid
from gecko_qa.files import read_bounded
from gecko_qa.layout import DEFAULT_LAYOUT, EVERYONE, TAKEAWAYS_HEADING, Choice, Layout

LAYOUT_FILE = "corpus.toml"
MAX_BYTES = 16 * 1024
MAX_CHOICES = 12
MAX_NAME_CHARS = 40
MAX_ID_CHARS = 32
MAX_WORDS = 5000
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_NAMES = ("title", "why_now", "take")
_KEYS = (*_NAMES, "default_level", "levels", "audiences", "license", "license_url")
_CHOICE_KEYS = ("id", "name", "words")
# Other places on the page of an explainer, and a choice that every corpus has.
_TAKEN = frozenset(
    (
        *("why-now", "take", "takeaways", "sources", "ask", "related", "confused-with", "main"),
        *("heading", EVERYONE),
    )
)


def read_layout(folder: Path) -> Layout:
    """Return the layout that `folder`'s corpus.toml tells, the default where there is none.

    Raises CorpusInvalid, with what to mend, and DataError where the file cannot be read.
    """
    path = folder / LAYOUT_FILE
    if not path.is_file():
        return DEFAULT_LAYOUT
    try:
        return layout_from(tomllib.loads(_text_of(path)))
    except RecursionError:
        fault = "it is nested too deeply."
    except ValueError as error:
        fault = str(error)
    ending = "" if fault.endswith((".", "?")) else "."
    raise CorpusInvalid(
        f"{path} cannot be used: {fault}{ending} docs/corpus-format.md tells how to write it."
    )


def _text_of(path: Path) -> str:
    try:
        return read_bounded(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8.") from None


def layout_from(raw: Mapping[str, Any]) -> Layout:
    """Return the layout that `raw` describes, the default's where it is silent.

    Raises ValueError with what is wrong.
    """
    _check_keys(raw, _KEYS)
    base = DEFAULT_LAYOUT
    levels = _choices(raw, "levels", base.levels)
    if not levels:
        raise ValueError("“levels” is empty: a corpus has one at least")
    audiences = _choices(raw, "audiences", base.audiences)
    _check_apart(levels, audiences)
    ids = [level.id for level in levels]
    usual = base.default_level if base.default_level in ids else ids[0]
    default = raw.get("default_level", usual)
    if default not in ids:
        raise ValueError(f"“default_level” is none of the levels: {', '.join(ids)}")
    names = {key: _name(raw.get(key, getattr(base, key)), key) for key in _NAMES}
    layout = Layout(levels, audiences, default, **names, **_license(raw))
    _check_sections(layout)
    return layout


def layout_to_json(layout: Layout) -> dict[str, Any]:
    """Return what `layout_from` reads."""

    def choices(of: Sequence[Choice]) -> list[dict[str, Any]]:
        return [
            {"id": c.id, "name": c.name} | ({} if c.words is None else {"words": list(c.words)})
            for c in of
        ]

    return {
        "title": layout.title,
        "default_level": layout.default_level,
        "why_now": layout.why_now,
        "take": layout.take,
        "levels": choices(layout.levels),
        "audiences": choices(layout.audiences),
    } | {key: value for key in ("license", "license_url") if (value := getattr(layout, key))}


def _check_keys(raw: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in raw:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            offer = f"Did you mean “{near[0]}”?" if near else f"The keys are: {', '.join(known)}."
            raise ValueError(f"unknown key “{str(key)[:40]}”. {offer}")


def _choices(raw: Mapping[str, Any], key: str, default: tuple[Choice, ...]) -> tuple[Choice, ...]:
    values = raw.get(key)
    if values is None:
        return default
    if not isinstance(values, list) or len(values) > MAX_CHOICES:
        raise ValueError(f"“{key}” has to be a list of at most {MAX_CHOICES}")
    return tuple(_choice(value, key) for value in values)


def _choice(value: object, key: str) -> Choice:
    """Return a choice from its name alone, or from a table."""
    table = {"name": value} if isinstance(value, str) else value
    if not isinstance(table, dict) or "name" not in table:
        raise ValueError(f"an item of “{key}” has to be a name, or a table with a name")
    _check_keys(table, _CHOICE_KEYS if key == "levels" else _CHOICE_KEYS[:2])
    name = _name(table["name"], key)
    id_ = table.get("id", _slug(name))
    if not id_:
        raise ValueError(f'“{name}” of “{key}” needs an id of its own, such as id = "one"')
    words = table.get("words")
    return Choice(_identity(id_, key), name, None if words is None else _range(words))


def _identity(value: object, key: str) -> str:
    free = isinstance(value, str) and value not in _TAKEN and not value.startswith("takeaways-")
    if not isinstance(value, str) or not _ID.fullmatch(value) or not free:
        raise ValueError(
            f"“{str(value)[:40]}” of “{key}” cannot be an id: use up to {MAX_ID_CHARS} lower-case "
            f"letters, digits and hyphens, and none of {', '.join(sorted(_TAKEN))}, takeaways-…"
        )
    return value


def _name(value: object, key: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(f"“{key}” has to be a line of text")
    if len(value) > MAX_NAME_CHARS:
        raise ValueError(f"“{key}” has a name of over {MAX_NAME_CHARS} characters")
    return " ".join(value.split())


def _license(raw: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    if "license" in raw:
        found["license"] = _name(raw["license"], "license")
    if "license_url" in raw:
        if not found:
            raise ValueError("“license_url” needs a “license”, the name that it is shown by")
        try:
            found["license_url"] = web_address(raw["license_url"])
        except ValueError:
            raise ValueError("“license_url” has to be a plain http or https address") from None
    return found


def _range(value: object) -> tuple[int, int]:
    match value:
        case [int(low), int(high)] if 1 <= low <= high <= MAX_WORDS and bool not in map(
            type, value
        ):
            return low, high
    raise ValueError(f"“words” has to be two numbers such as [40, 70], at most {MAX_WORDS}")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_ID_CHARS].rstrip("-")


def _check_apart(levels: Sequence[Choice], audiences: Sequence[Choice]) -> None:
    for key, choices in (("levels", levels), ("audiences", audiences)):
        ids = {choice.id for choice in choices}
        names = {heading_name(choice.name).casefold() for choice in choices}
        if min(len(ids), len(names)) < len(choices):
            raise ValueError(f"“{key}” has the same name or id twice; give each its own")


def _check_sections(layout: Layout) -> None:
    """Sections are told apart by their headings, and their passages by their ids."""
    kinds = layout.sections
    headings = [heading_name(kind.heading).casefold() for kind in kinds if kind.audience is None]
    headings.append(TAKEAWAYS_HEADING.casefold())
    if len(set(headings)) < len(headings):
        raise ValueError("two sections have the same heading")
    if any(not heading_name(kind.heading) for kind in kinds):
        raise ValueError("a heading is made of more than “#”")
    if len({kind.id for kind in kinds}) < len(kinds):
        raise ValueError("two levels have ids as alike as “1” and “level-1”")
