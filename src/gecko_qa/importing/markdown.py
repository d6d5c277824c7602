"""A Markdown text, with front matter or without, with our headings or others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import yaml

from gecko_qa.corpus.front_matter import CHECKS
from gecko_qa.importing.assembly import assemble
from gecko_qa.importing.cleaning import clean
from gecko_qa.importing.draft import Block, Front, Ledger, Reading
from gecko_qa.importing.headings import exact_place
from gecko_qa.importing.tags import without_tags
from gecko_qa.importing.tree import Content, content_of, parse, tell_of
from gecko_qa.layout import Layout

FORMAT = "Markdown"
PLAIN_FORMAT = "plain text"
_FRONT = re.compile(r"---[ \t]*\n(?P<block>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_MAX_FRONT_CHARS = 64 * 1024
_MAX_NESTING = 60
_TAGLINES = ("description", "summary", "subtitle", "excerpt")
_MAX_TITLE_CHARS = 80


def read_markdown(text: str, name: str, layout: Layout) -> Reading:
    """Return the one explainer of a Markdown text; raises DataError where it holds no text."""
    ledger = Ledger()
    text = clean(text, ledger)
    raw: dict[str, Any] = {}
    found = _FRONT.match(text)
    if found:
        raw = _front_values(found["block"], ledger)
        text = text[found.end() :]
    content = _content(text)
    tell_of(content, ledger)
    title, blocks = _title(raw, content, name, layout, ledger)
    front = _front(raw, ledger)
    return Reading(FORMAT, (assemble(title, front, blocks, layout, ledger, links=content.links),))


def read_plain(text: str, name: str, layout: Layout) -> Reading:
    """Return the one explainer of a text without any marks: a short first line is its title."""
    ledger = Ledger()
    text = without_tags(clean(text, ledger), ledger).strip()
    first, _, rest = text.partition("\n")
    title = name
    if rest.startswith("\n") and len(first) <= _MAX_TITLE_CHARS and not first.endswith("."):
        title, text = first, rest
    ledger.say("guessed", f"the title “{title[:60]}”")
    paragraphs = re.split(r"\n\s*\n", text)
    blocks = [Block("text", p.strip()) for p in paragraphs if p.strip()]
    return Reading(PLAIN_FORMAT, (assemble(title, Front(), blocks, layout, ledger),))


def _content(text: str) -> Content:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
    # The address of every link is checked later, and here a refused one would stay as marks.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    root = parse(f"<div>{parser.enable(['table', 'strikethrough']).render(text)}</div>")
    return Content() if root is None else content_of(root)


def _title(
    raw: dict[str, Any], content: Content, name: str, layout: Layout, ledger: Ledger
) -> tuple[str, list[Block]]:
    blocks = content.blocks
    first = next((n for n, b in enumerate(blocks) if b.kind == "heading"), None)
    top = first is not None and blocks[first].depth == 1
    if top and first is not None and exact_place(blocks[first].text, layout) is None:
        own = blocks[first].text
        given = str(raw.get("title") or "").strip()
        if not given or given.casefold() == own.casefold():
            return given or own, [*blocks[:first], *blocks[first + 1 :]]
    if isinstance(raw.get("title"), str) and raw["title"].strip():
        return raw["title"], blocks
    ledger.say("guessed", f"the title “{name[:60]}”, from the file's name")
    return name, blocks


def _front_values(block: str, ledger: Ledger) -> dict[str, Any]:
    """Return the front matter's keys; every value in it is text, a list or a mapping of such."""
    values: Any = None
    if len(block) <= _MAX_FRONT_CHARS:
        try:
            # BaseLoader makes text of every value and calls nothing.
            values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506
        except (yaml.YAMLError, RecursionError, ValueError):
            values = None
    if not isinstance(values, dict):
        if block.strip():
            ledger.say("left out", f"front matter that cannot be read: “{block.strip()[:200]}”")
        return {}
    return {str(key): value for key, value in values.items()}


def _front(raw: dict[str, Any], ledger: Ledger) -> Front:
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key == "title" and isinstance(value, str):
            continue
        if key in _TAGLINES and "tagline" not in raw and isinstance(value, str):
            ledger.say("guessed", f"“{key}” is the tagline")
            values.setdefault("tagline", value)
            continue
        if key in ("category", "tagline") and isinstance(value, str):
            values[key] = value
            continue
        try:
            if key in CHECKS and value not in ("", []):
                values[key] = CHECKS[key](value)
                continue
        except (ValueError, TypeError, RecursionError):
            pass
        if value not in ("", [], None):
            told = value if isinstance(value, str) else "a list or more"
            ledger.say("left out", f"“{key[:40]}” of the front matter ({told[:80]})")
    return replace(Front(), **values)
