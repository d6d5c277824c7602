"""Taking HTML tags out of plain text, in time that grows with its length alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gecko_qa.importing.draft import Ledger

_ELEMENTS = frozenset(
    re.findall(
        r"\S+",
        "a abbr acronym address animate applet area article aside audio b base basefont bdi "
        "bdo big blink blockquote body br button canvas caption center cite code col "
        "colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset "
        "figcaption figure font footer foreignobject form frame frameset h1 h2 h3 h4 h5 h6 "
        "head header hgroup hr html i iframe image img input ins isindex kbd keygen label "
        "legend li link listing main map mark marquee math menu menuitem meta meter nav "
        "nobr noembed noframes noscript object ol optgroup option output p param path "
        "picture plaintext portal pre progress q rp rt ruby s samp script search section "
        "select slot small source span strike strong style sub summary sup svg table tbody "
        "td template textarea tfoot th thead time title tr track tt u ul use var video wbr "
        "xmp",
    )
)
_UNSEEN = frozenset(("script", "style", "template", "noscript"))
_START = re.compile(r"</?([a-z][a-z0-9-]*)|<(![a-z\[]|\?xml)", re.I)
_EDGE = re.compile("[<>]")
_ATTRIBUTE = re.compile(r"\s[^=]*=")
_ROUNDS = 8


def without_tags(text: str, ledger: Ledger) -> str:
    """Return plain `text` without HTML tags; what a script or a style holds goes with it.

    A tag is an element's name or anything with an attribute, so that “a < b” and “<think>” stay.
    """
    for _ in range(_ROUNDS):
        if "<" not in text:
            return text
        stripper = _Stripper(text)
        # Taking a tag out may bring another together.
        before, text = text, "".join(stripper.pieces())
        ledger.count("HTML tags taken out of the text", stripper.n_tags)
        ledger.count("scripts and styles left out, with what they hold", stripper.n_unseen)
        if text == before:
            return text
    ledger.count("marks “<” of broken HTML taken out", text.count("<"))
    return text.replace("<", "")


@dataclass
class _Stripper:
    """One pass over a text. `never` holds the ends that are known not to come any more."""

    text: str
    n_tags: int = 0
    n_unseen: int = 0
    never: set[str] = field(default_factory=set)

    def pieces(self) -> Iterator[str]:
        """Yield the text between the tags."""
        at, here = 0, self.text.find("<")
        while here >= 0:
            end = self.tag_end(here)
            if end is not None:
                yield self.text[at:here]
                at = end
            here = self.text.find("<", max(at, here + 1))
        yield self.text[at:]

    def tag_end(self, here: int) -> int | None:
        """Return where the tag that opens at `here` ends, None where none opens."""
        if self.text.startswith("<!--", here):
            self.n_tags += 1
            return self.after("-->", here) or here + len("<!--")
        start = _START.match(self.text, here)
        if start is None:
            return None
        edge = _EDGE.search(self.text, start.end())
        closed = edge is not None and edge[0] == ">"
        end = edge.end() if edge is not None and closed else here + 1
        name = (start[1] or "").lower()
        if start[1] is None or name in _ELEMENTS:
            return self.known_end(name, here, end if closed else None)
        if closed and _ATTRIBUTE.search(self.text, start.end(), end):
            self.n_tags += 1
            return end
        return None

    def known_end(self, name: str, here: int, end: int | None) -> int:
        if end is None:
            # Without its end it is no tag yet: the mark alone goes.
            self.n_tags += 1
            return here + 1
        unseen = name in _UNSEEN and self.text[here + 1] != "/"
        after = self.after(f"</{name}", end) if unseen else None
        if after is None:
            self.n_tags += 1
            return end
        self.n_unseen += 1
        close = self.after(">", after)
        return close if close is not None else after

    def after(self, mark: str, start: int) -> int | None:
        """Return the place after the next `mark`, in any case, None where there is none."""
        if mark in self.never:
            return None
        found = re.compile(re.escape(mark), re.I).search(self.text, start)
        if found is None:
            self.never.add(mark)
        return found.end() if found else None
