"""HTML as headings, paragraphs and bullets: text alone, whatever the page holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gecko_qa.importing.draft import Block, Ledger, Link

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_UNSEEN = frozenset(
    re.findall(
        "[a-z]+",
        "head script style template noscript iframe object embed svg canvas video audio select "
        "textarea button",
    )
)
_AROUND = frozenset(("nav", "footer", "aside"))
_INLINE = frozenset(
    re.findall(
        "[a-z]+",
        "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math "
        "mfrac mi mn mo mrow msub msup mtext q rb rp rt ruby s samp small span strike strong sub "
        "sup time tt u var wbr",
    )
)
_MAX_URL_CHARS = 300
_SPACE = re.compile(r"[ \t\n\f\r]+")


@dataclass
class Content:
    """What a tree of HTML tells, in its order. `n_unseen` counts scripts, buttons and the like.

    `n_around` counts the words of menus and footers, `n_other_links` links that are no web address.
    """

    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    n_unseen: int = 0
    n_around: int = 0
    n_other_links: int = 0


def parse(html: str) -> Any:  # noqa: ANN401  (an element of an untyped library)
    """Return the root element of `html`, None where there is none."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def content_of(root: Any) -> Content:  # noqa: ANN401
    """Return the text of `root` as blocks, without scripts, forms and what stands around."""
    from lxml import etree

    reader = _Reader()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.lower()
        if event == "start" and (tag in _UNSEEN or tag in _AROUND):
            reader.content.n_unseen += tag in _UNSEEN and tag != "head"
            if tag in _AROUND:
                reader.content.n_around += len(" ".join(element.itertext()).split())
            walk.skip_subtree()
            reader.skipped.append(element)
        elif event == "start":
            reader.start(tag, element)
        if event == "end":
            if reader.skipped and reader.skipped[-1] is element:
                reader.skipped.pop()
                reader.skip(tag, element)
            else:
                reader.end(tag, element)
    reader.flush()
    return reader.content


class _Reader:
    def __init__(self) -> None:
        self.content = Content()
        self.skipped: list[Any] = []
        self.text: list[str] = []
        self.depth = 0
        self.items = 0
        self.pre = 0
        self.cells = 0
        self.links: list[tuple[str, int]] = []

    def start(self, tag: str, element: Any) -> None:  # noqa: ANN401
        if tag not in _INLINE and tag not in ("br", "td", "th"):
            self.flush()
        if tag in _HEADINGS:
            self.depth = _HEADINGS[tag]
        elif tag == "li":
            self.items += 1
        elif tag == "pre":
            self.pre += 1
        elif tag == "br":
            self.text.append("\n")
        elif tag in ("td", "th"):
            if self.cells:
                self.text.append(" | ")
            self.cells += 1
        elif tag == "tr":
            self.cells = 0
        elif tag == "a":
            self.links.append((str(element.get("href") or ""), len(self.text)))
        elif tag == "img":
            self.add(str(element.get("alt") or ""))
        self.add(element.text)

    def end(self, tag: str, element: Any) -> None:  # noqa: ANN401
        if tag == "a" and self.links:
            self.link(*self.links.pop())
        if tag not in _INLINE and tag not in ("br", "td", "th"):
            self.flush()
        if tag in _HEADINGS:
            self.depth = 0
        elif tag == "li":
            self.items -= 1
        elif tag == "pre":
            self.pre -= 1
        self.add(element.tail)

    def skip(self, tag: str, element: Any) -> None:  # noqa: ANN401
        if tag not in ("script", "style", "svg", "math", "button"):
            self.flush()
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        if text:
            self.text.append(text if self.pre else _SPACE.sub(" ", text))

    def flush(self) -> None:
        """End the block that is being read."""
        text = "".join(self.text)
        self.text = []
        self.links = [(href, 0) for href, _ in self.links]
        if not self.pre:
            text = "\n".join(" ".join(line.split(" ")).strip() for line in text.split("\n"))
            text = re.sub(r" {2,}", " ", text)
        text = text.strip("\n").rstrip() if self.pre else text.strip()
        if not text.strip():
            return
        if self.depth:
            self.content.blocks.append(Block("heading", text, self.depth))
        elif self.items:
            self.content.blocks.append(Block("bullet", text))
        else:
            self.content.blocks.append(Block("text", text))

    def link(self, href: str, start: int) -> None:
        url = web_address(href)
        if url is not None:
            self.content.links.append(Link(" ".join("".join(self.text[start:]).split()), url))
        elif href and not href.startswith("#"):
            self.content.n_other_links += 1


def tell_of(content: Content, ledger: Ledger) -> None:
    """Say to `ledger` what of a tree is not in its blocks."""
    ledger.count("scripts, frames, buttons and the like left out", content.n_unseen)
    if content.n_other_links:
        what = f"links that are not http or https, but for their text ({content.n_other_links})"
        ledger.say("left out", what)
    if content.n_around:
        ledger.say("left out", f"menus, asides and footers ({content.n_around} words)")


def web_address(href: str) -> str | None:
    """Return `href` where it is a plain http or https address as the format takes it."""
    url = href.strip()
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and bool(parts.netloc)
    except ValueError:
        return None
    fits = plain and url.isprintable() and len(url) <= _MAX_URL_CHARS
    return url if fits and not re.search(r"[\s\"'<>]", url) else None
