"""Which format a file has, by its ending and by what is in it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from gecko_qa.corpus.folder import MAX_FILE_BYTES
from gecko_qa.errors import DataError
from gecko_qa.importing.draft import Reading
from gecko_qa.importing.glossary import column_role, read_json, read_table
from gecko_qa.importing.markdown import read_markdown, read_plain
from gecko_qa.importing.page import looks_like_page, read_page
from gecko_qa.importing.web_page import read_web_page
from gecko_qa.layout import Layout

Importer = Callable[[str, str, Layout], Reading]
"""Takes a source's text, its name and the layout to fill; raises DataError for what it cannot."""

MAX_TEXT_CHARS = MAX_FILE_BYTES
"""A text becomes one explainer, and holds no more than that."""
TEXT_ENDINGS = (".md", ".markdown", ".html", ".htm", ".xhtml", ".txt", ".text")
TABLE_ENDINGS = (".csv", ".tsv", ".json", ".jsonl")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_MARKDOWN = re.compile(r"^(?:#{1,6}[ \t]+\S|---[ \t]*$|```)", re.M)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_-]{1,40})""", re.I)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD_BYTES = 4096
_HEAD_CHARS = 4096


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text of `data` and the encoding it was read in; raises DataError for no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data, encoding), encoding.removesuffix("-sig")
    if b"\0" in data[:_HEAD_BYTES]:
        raise DataError("It is not text.")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    for encoding in ([declared[1].decode("ascii")] if declared else []) + ["windows-1252"]:
        try:
            return data.decode(encoding), encoding.lower()
        except (UnicodeError, LookupError):
            continue
    raise DataError("It is neither UTF-8 nor Windows-1252. Save it as UTF-8.")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise DataError("It is damaged: not the UTF-16 or UTF-8 it begins as.") from None


def read_source(text: str, name: str, ending: str, layout: Layout) -> Reading:
    """Return what the source `name` tells; `ending` is its file's, lower case, with the dot.

    Raises DataError where it cannot be read.
    """
    if not text.strip():
        raise DataError("It is empty.")
    importer = importer_for(text, ending, layout)
    if importer in (read_markdown, read_plain, read_page) and len(text) > MAX_TEXT_CHARS:
        raise DataError(f"It has {len(text)} characters; {MAX_TEXT_CHARS} are allowed. Split it.")
    return importer(text, name, layout)


def importer_for(text: str, ending: str, layout: Layout) -> Importer:
    """Return the importer that fits: by content where that is clear, or else by ending."""
    if ending in (".html", ".htm", ".xhtml") or _HTML.match(text[:_HEAD_CHARS]):
        return read_web_page
    if ending in (".json", ".jsonl"):
        return read_json
    if ending in (".csv", ".tsv"):
        return _table if ending == ".csv" else _tabbed
    if not _MARKDOWN.search(text) and looks_like_page(text, layout):
        return read_page
    if ending in (".md", ".markdown"):
        return read_markdown
    return _by_content(text, layout)


def _by_content(text: str, layout: Layout) -> Importer:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("[{", '{"', "[\n", "{\n")):
        try:
            read_json(text, "", layout)
        except DataError:
            pass
        else:
            return read_json
    first = start.partition("\n")[0]
    if column_role(first.partition("\t")[0]) == "term" and "\t" in first:
        return _tabbed
    if looks_like_page(text, layout):
        return read_page
    return read_markdown if _MARKDOWN.search(text) else read_plain


def _table(text: str, name: str, layout: Layout) -> Reading:
    return read_table(text, name, layout)


def _tabbed(text: str, name: str, layout: Layout) -> Reading:
    return read_table(text, name, layout, tabs=True)
