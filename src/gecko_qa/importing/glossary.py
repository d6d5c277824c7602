"""A glossary as a table or JSON: each row an explainer of a definition and perhaps more."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gecko_qa.errors import DataError
from gecko_qa.importing.assembly import assemble
from gecko_qa.importing.cleaning import clean, one_line
from gecko_qa.importing.draft import Block, Draft, Front, Ledger, Link, Reading
from gecko_qa.importing.tags import without_tags
from gecko_qa.importing.tree import web_address
from gecko_qa.layout import Layout

MAX_ROWS = 5000
_NAMES: Mapping[str, tuple[str, ...]] = {
    "term": ("term", "word", "name", "title", "concept", "entry", "keyword", "expression"),
    "definition": (
        "definition", "meaning", "description", "def", "short", "short definition", "summary",
        "tldr", "tl;dr", "gloss", "short description", "explanation",
    ),
    "more": (
        "more", "details", "detail", "long", "long definition", "long description", "notes",
        "extended", "further", "full", "body", "text", "content", "more info", "level 1",
    ),
    "aliases": (
        "aliases", "alias", "synonyms", "synonym", "also known as", "aka", "abbreviation",
        "abbreviations", "acronym", "other names",
    ),
    "category": ("category", "topic", "subject", "area", "section", "group"),
    "link": ("link", "links", "url", "source", "reference", "source url"),
}  # fmt: skip
_WRAPPERS = ("terms", "glossary", "entries", "items", "data", "concepts", "definitions")
_DELIMITERS = (",", ";", "|", "\t")
_MAX_POSITIONS = 3
_ROLES = ("term", "definition", "more")

Row = Mapping[str, str]


def read_table(text: str, name: str, layout: Layout, *, tabs: bool = False) -> Reading:
    """Return the explainers of rows of cells; raises DataError where no column holds terms."""
    del name
    ledger = Ledger()
    text = clean(text, ledger)
    rows, guesses = _table_rows(text, "\t" if tabs else _delimiter(text))
    return _reading("glossary (table)", rows, layout, guesses)


def read_json(text: str, name: str, layout: Layout) -> Reading:
    """Return the explainers of a JSON list of objects, of one that maps terms, or of lines."""
    del name
    rows, guesses = _json_rows(clean(text, Ledger()))
    return _reading("glossary (JSON)", rows, layout, guesses)


def column_role(header: str) -> str | None:
    """Return what a column of this name holds, None for what we do not know."""
    plain = " ".join(re.sub(r"[_\-*]+", " ", header).casefold().split()).strip(" :")
    return next((role for role, names in _NAMES.items() if plain in names), None)


def _reading(format_: str, rows: Sequence[Row], layout: Layout, guesses: Sequence[str]) -> Reading:
    if len(rows) > MAX_ROWS:
        raise DataError(f"It has {len(rows)} rows; {MAX_ROWS} are allowed. Split it.")
    drafts, refusals = [], []
    for n, row in enumerate(rows, start=1):
        try:
            drafts.append(_draft(row, layout, guesses))
        except DataError as fault:
            term = one_line(row.get("term", ""), Ledger())[:60]
            refusals.append(f"row {n}{f' (“{term}”)' if term else ''}: {fault}")
    if not drafts and not refusals:
        raise DataError("It holds no rows.")
    return Reading(format_, tuple(drafts), tuple(refusals))


def _draft(row: Row, layout: Layout, guesses: Sequence[str]) -> Draft:
    ledger = Ledger()
    if guesses:
        ledger.say("guessed", *guesses)
    cells = {key: without_tags(clean(value, ledger), ledger).strip() for key, value in row.items()}
    if not cells.get("definition"):
        raise DataError("there is no definition.")
    levels = [kind for kind in layout.sections if kind.role == "level"]
    blocks = [Block("heading", levels[0].heading, 2), *_paragraphs(cells["definition"])]
    if cells.get("more"):
        blocks += [Block("heading", levels[min(1, len(levels) - 1)].heading, 2)]
        blocks += _paragraphs(cells["more"])
    links = []
    for key, value in cells.items():
        if key == "link":
            found = [web_address(part) for part in re.split(r"[\s;]+", value)]
            links = [Link("", url) for url in found if url]
        if value and (key not in _NAMES or (key == "link" and not links)):
            blocks += [Block("heading", key, 2), *_paragraphs(value)]
    aliases = tuple(a.strip() for a in re.split(r"[;,\n|]", cells.get("aliases", "")) if a.strip())
    front = Front(category=cells.get("category", ""), aliases=aliases)
    return assemble(cells.get("term", ""), front, blocks, layout, ledger, links=links)


def _paragraphs(text: str) -> list[Block]:
    return [Block("text", part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _delimiter(text: str) -> str:
    line = next((line for line in text.split("\n") if line.strip()), "")
    return max(_DELIMITERS, key=line.count)


def _table_rows(text: str, delimiter: str) -> tuple[list[Row], list[str]]:
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        table = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DataError(f"The table cannot be read: {error}.") from None
    if not table:
        raise DataError("It holds no rows.")
    keys, guesses, headed = _columns(table[0])
    if "term" not in keys:
        raise DataError("No column holds terms: name one “term” and one “definition”.")
    rows = [_row(keys, cells) for cells in table[headed:]]
    return rows, guesses


def _row(keys: Sequence[str], cells: Sequence[str]) -> Row:
    row: dict[str, str] = {}
    for n, cell in enumerate(cells):
        key = keys[n] if n < len(keys) else f"Column {n + 1}"
        if cell.strip():
            row[key] = f"{row[key]}\n\n{cell}" if key in row else cell
    return row


def _columns(head: Sequence[str]) -> tuple[list[str], list[str], int]:
    """Return a key for each column, what was guessed, and how many rows are the head."""
    roles = [column_role(cell) for cell in head]
    if "term" in roles:
        keys = [_key(role, cell, n) for n, (role, cell) in enumerate(zip(roles, head, strict=True))]
        keys = _once(keys, head)
        others = [n for n, role in enumerate(roles) if role is None]
        if "definition" not in keys and others:
            keys[others[0]] = "definition"
            return keys, [f"the column “{head[others[0]].strip()[:40]}” holds definitions"], 1
        return keys, [], 1
    if 1 < len(head) <= _MAX_POSITIONS and not any(roles):
        guess = "columns without names hold term, definition and more, in this order"
        return list(_ROLES[: len(head)]), [guess], 0
    return [], [], 0


def _key(role: str | None, header: str, n: int) -> str:
    return role or one_line(header, Ledger()).strip("# ") or f"Column {n + 1}"


def _once(keys: Sequence[str], head: Sequence[str]) -> list[str]:
    """Give the second column of a role its own name, so that both are kept."""
    return [
        key if key not in keys[:n] or key not in _NAMES else f"{head[n].strip()} (column {n + 1})"
        for n, key in enumerate(keys)
    ]


def _json_rows(text: str) -> tuple[list[Row], list[str]]:
    value = _loaded(text)
    if isinstance(value, dict):
        inner = [
            v for k, v in value.items() if k.casefold() in _WRAPPERS and isinstance(v, list | dict)
        ]
        value = inner[0] if inner else value
    if isinstance(value, dict) and any(column_role(key) == "term" for key in value):
        value = [value]
    if isinstance(value, dict):
        items = [_object({"term": term, **_as_object(what)}) for term, what in value.items()]
        return items, ["names are the terms, their values definitions"]
    if isinstance(value, list) and all(isinstance(item, dict | list) for item in value):
        return [_object(_as_object(item)) for item in value], []
    raise DataError("The JSON is no list of objects with a term and a definition.")


def _loaded(text: str) -> Any:  # noqa: ANN401  (whatever JSON holds)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        raise DataError("The JSON cannot be read.") from None


def _as_object(value: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return dict(zip(_ROLES, value, strict=False))
    return {"definition": value}


def _object(raw: Mapping[str, Any]) -> Row:
    row: dict[str, str] = {}
    for name, value in raw.items():
        key = _key(column_role(name), name, len(row))
        text = _as_text(value)
        if text:
            row[key if key not in row else f"{key} ({len(row) + 1})"] = text
    return row


def _as_text(value: Any) -> str:  # noqa: ANN401
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return str(type(value).__name__)
