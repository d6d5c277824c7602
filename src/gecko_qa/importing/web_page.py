"""A saved web page: its main content, its headings as sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gecko_qa.errors import DataError
from gecko_qa.importing.assembly import assemble
from gecko_qa.importing.cleaning import clean, one_line, without_pauses
from gecko_qa.importing.draft import Block, Draft, Front, Ledger, Link, Reading
from gecko_qa.importing.headings import exact_place
from gecko_qa.importing.page import blocks_of, draft_of_page, tells_a_page
from gecko_qa.importing.tree import Content, content_of, parse, tell_of
from gecko_qa.layout import Layout
from gecko_qa.words import count_words

FORMAT = "web page"
_MAX_TAGLINE_CHARS = 120
_SEPARATORS = (" | ", " · ", " — ", " – ", " :: ")


def read_web_page(text: str, name: str, layout: Layout) -> Reading:
    """Return the one explainer of a page of HTML; raises DataError where it holds no text."""
    ledger = Ledger()
    html = clean(text, ledger)
    root = parse(html)
    if root is None:
        raise DataError("There is no HTML in it that can be read.")
    content = _main_content(html, root, layout, ledger)
    head = _of_head(root, name)
    return Reading(FORMAT, (_draft(content, head, layout, ledger),))


@dataclass(frozen=True)
class _Head:
    """What the page's head says of it; `title` is the file's name where it says none."""

    title: str
    description: str


def _draft(content: Content, head: _Head, layout: Layout, ledger: Ledger) -> Draft:
    """Return the explainer that `content` tells; its first heading of depth 1 is the title."""
    tell_of(content, ledger)
    blocks = content.blocks
    if tells_a_page(blocks, layout):
        return _page_draft(blocks, head.title, layout, ledger, content.links)
    first = next((n for n, b in enumerate(blocks) if b.kind == "heading" and b.depth == 1), None)
    if first is not None and exact_place(blocks[first].text, layout) is None:
        title = blocks[first].text
        blocks = [*blocks[:first], *blocks[first + 1 :]]
    else:
        title = head.title
        ledger.say("guessed", f"the title “{one_line(title, Ledger())[:60]}”")
    fits = len(head.description) <= _MAX_TAGLINE_CHARS
    front = Front(tagline=head.description if fits else "")
    if front.tagline:
        ledger.say("guessed", "the tagline, from the page's description")
    return assemble(title, front, blocks, layout, ledger, links=content.links)


def _page_draft(
    blocks: Sequence[Block], title: str, layout: Layout, ledger: Ledger, links: Sequence[Link]
) -> Draft:
    """Read the publisher's own layout, whose headings are known by their words."""
    plain: list[Block] = []
    for block in blocks:
        if block.kind == "text":
            plain += blocks_of(block.text)
        else:
            top = block.kind == "heading" and block.depth == 1
            plain.append(Block("text", block.text) if top else block)
    return draft_of_page(
        plain, title, layout, ledger, title=without_pauses(title, ledger), links=links
    )


def _main_content(html: str, root: Any, layout: Layout, ledger: Ledger) -> Content:  # noqa: ANN401
    """Return the main content by trafilatura, or all of it where that lost known sections."""
    whole = content_of(root)
    extracted = _extracted(html)
    if extracted is None or _known(whole, layout) - _known(extracted, layout):
        ledger.say("guessed", "all of the page is its content, menus and footer apart")
        return whole
    n_left = _words(whole) - _words(extracted)
    if n_left > 0:
        ledger.say("left out", f"{n_left} words that stand around the main content")
    extracted.n_unseen, extracted.n_around = whole.n_unseen, whole.n_around
    return extracted


def _extracted(html: str) -> Content | None:
    import trafilatura

    try:
        main = trafilatura.extract(
            html,
            output_format="html",
            include_comments=False,
            include_links=True,
            include_tables=True,
            favor_recall=True,
        )
    except Exception:  # whatever a page does to it: the page itself is read instead
        return None
    root = parse(main) if main else None
    return None if root is None else content_of(root)


def _known(content: Content, layout: Layout) -> set[str]:
    headings = {b.text for b in content.blocks if b.kind == "heading"}
    return {heading for heading in headings if exact_place(heading, layout) is not None}


def _words(content: Content) -> int:
    return sum(count_words(block.text) for block in content.blocks)


def _of_head(root: Any, name: str) -> _Head:  # noqa: ANN401
    """Return the title of the page's head, without its site's name, and its description."""
    title = str(root.findtext(".//head/title") or "")
    description = ""
    for meta in root.iterfind(".//meta"):
        value = " ".join(str(meta.get("content") or "").split())
        if value and meta.get("property") == "og:title":
            title = value
        elif value and meta.get("name") == "description":
            description = description or value
    for separator in _SEPARATORS:
        title = title.split(separator)[0]
    return _Head(title.strip() or name, description)
