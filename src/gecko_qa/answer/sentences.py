"""Sentences of a passage, found without changing a character of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""Where a piece of text starts and ends, in characters, the end exclusive."""

_BULLET = "- "
_BREAK = re.compile(r"\n(?=[^\S\n]*\n)|\n(?=- )")
_END = re.compile(r"""(?P<mark>\.{3,}|…|[.!?]+)(?P<close>["'”’»)\]]*)(?=\s)""")
_NEXT = re.compile(r"""\s+["'“‘«(\[]*(?P<word>[^\s,;:.!?]*)""")
_OPENING = "\"'“‘«(["
_LETTERS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_ABBREVIATION = re.compile(r"Dr|Mrs?|Ms|Prof|St|vs?|[Cc]f|ca|approx|resp|[Ee]\.g|[Ii]\.e")
_COUNTED = re.compile(r"Nos?|[Ff]igs?|[Ee]qs?|[Ss]ec|Ch|[Vv]ol|pp?")
"""Abbreviations before a number: "Fig. 3"."""
_MAYBE = re.compile(r"al|etc|Inc|Ltd|Co|Corp|Jr|Sr|Ph\.D|[ap]\.m")
"""Abbreviations that end a sentence before a capital letter, and otherwise do not."""
_STARTER = re.compile(
    r"The|An?|Its?|Th(is|at|ese|ose|ey|ere|en|us)|S?He|We|You|I|[IO]n|At|F(or|rom)|With|But|And|Or"
    r"|So|If|When|While|As|To|By|What|Why|How|Here|Some|Most|Not?|Each|Every|Both|Many|Our|Their"
    r"|After|Before|Since"
)
"""Words that begin sentences and hardly a name: "in the U.S. The", but "the U.S. Congress"."""


def sentences_of(text: str) -> tuple[Span, ...]:
    """Return where each sentence of a passage's `text` starts and ends, in order.

    An item of a list counts as one, without its bullet. Between them lie white space and bullets.
    """
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    for end in (*(found.start() for found in _BREAK.finditer(text)), len(text)):
        first = _stripped(text, start, end)[0]
        if text.startswith(_BULLET, first):
            spans = [_stripped(text, first + len(_BULLET), end)]
        else:
            spans = [_stripped(text, *span) for span in _cut(text, first, end)]
        yield from (span for span in spans if span[0] < span[1])
        start = end


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _END.finditer(text, start, end):
        after = _NEXT.match(text, found.end(), end)
        if _ends(text[start : found.start()], found, "" if after is None else after["word"]):
            yield start, found.end()
            start = found.end()
    yield start, end


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return min(start + len(piece) - len(piece.lstrip()), end), start + len(piece.rstrip())


def _ends(before: str, found: re.Match[str], after: str) -> bool:
    """Tell whether the mark `found` ends the sentence that stands `before` it.

    `after` is the word behind it. A plain point ends one before a small letter too: "t-SNE".
    """
    small = after[:1].islower()
    if found["mark"] != "." or found["close"]:
        return not small
    word = "".join(before.split()[-1:]).lstrip(_OPENING)
    if _ABBREVIATION.fullmatch(word) or before.strip().isdigit():  # "1. First"
        return False
    if _COUNTED.fullmatch(word) and after[:1].isdigit():
        return False
    if _MAYBE.fullmatch(word):
        return after[:1].isupper()
    return not _LETTERS.fullmatch(word) or _letters_end(before, word, after)


def _letters_end(before: str, letters: str, after: str) -> bool:
    """Tell whether letters with points end a sentence: "U.S. Congress" and "J. Doe" do not."""
    if _STARTER.fullmatch(after):
        return True
    if "." in letters:
        return False
    # A lone capital is a symbol where no name stands before it: "of all M. FlashAttention".
    names = before.removesuffix(letters).split()
    return letters.islower() or bool(names and not names[-1][:1].isupper())
