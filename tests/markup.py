"""HTML as a tree, for tests that read it as a browser does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "source", "wbr"))
_APART = frozenset(("article", "div", "h1", "h2", "h3", "header", "li", "ol", "p", "section", "ul"))


@dataclass
class Node:
    """An element: its tag, its attributes as they are read, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Node]:
        """Every element within this one, in order."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child

    def having(self, name: str, value: str | None = None) -> list[Node]:
        """Every element within that has the attribute `name`, or has it with `value`."""
        found = [node for node in self if name in node.attributes]
        return [node for node in found if value is None or node.attributes[name] == value]

    def values(self, name: str) -> list[str]:
        """Every value of the attribute `name` within, in order."""
        return [node.attributes[name] for node in self.having(name)]

    def styled(self, name: str) -> list[Node]:
        """Every element within that has the class `name`."""
        return [node for node in self if name in node.attributes.get("class", "").split()]

    @property
    def tags(self) -> list[str]:
        """The tags within, in order."""
        return [node.tag for node in self]

    @property
    def text(self) -> str:
        """The text within, white space as it stands, blocks apart."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        joined = "".join(parts)
        return f"\n{joined}\n" if self.tag in _APART else joined

    @property
    def plain(self) -> str:
        """The text within, runs of white space as one space."""
        return " ".join(self.text.split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"{tag} ends within {self.open[-1].tag}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Node:
    """Return the elements of `html` in a nameless one; each that needs an end has it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.open) == 1, f"{builder.open[-1].tag} never ends"
    return builder.open[0]


def turns(html: str) -> list[Node]:
    """Return the answers of a conversation in `html`, in order."""
    return parsed(html).having("data-turn")


def turn(html: str | None) -> Node:
    """Return the one answer that `html` is."""
    (only,) = turns(html or "")
    return only


def asked(article: Node) -> dict[str, Any]:
    """Return what feedback on an answer would say that it is about."""
    said: dict[str, Any] = json.loads(article.attributes["data-asked"])
    return said


def passages(html: str | None) -> list[str]:
    """Return the ids of the passages that stand in `html`, in order."""
    return parsed(html or "").values("data-passage")


def safe(html: str) -> bool:
    """Tell whether nothing in `html` can run or leave: no script, picture, frame or handler."""
    nodes = list(parsed(html))
    running = {"script", "img", "iframe", "object", "embed", "style", "svg", "form"}
    handlers = [name for node in nodes for name in node.attributes if name.startswith("on")]
    links = [node.attributes.get("href", "/") for node in nodes]
    odd = [link for link in links if not link.startswith(("/", "#", "https://", "http://"))]
    return not (running.intersection(node.tag for node in nodes) or handlers or odd)
