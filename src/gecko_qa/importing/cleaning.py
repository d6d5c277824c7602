"""Text made fit for a corpus: no marks that cannot be seen, pauses as dashes."""

from __future__ import annotations

import re
import unicodedata

from gecko_qa.importing.draft import Ledger

_FORBIDDEN = ("Cc", "Cs", "Co", "Cn")
_INVISIBLE = frozenset(
    "\u00ad\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_ODD = re.compile(r"[^\n\t\x20-\x7e]")
_PAUSE = re.compile(r"(?<=[ \t])·(?=[ \t])")


def clean(text: str, ledger: Ledger) -> str:
    """Return `text` with plain line ends and spaces, without characters that are not text.

    Any other white space than tab and newline becomes a space, so that words stay apart.
    """
    text = _LINE_ENDS.sub("\n", text)
    spaces = gone = 0

    def mended(found: re.Match[str]) -> str:
        nonlocal spaces, gone
        char = found[0]
        if char.isspace():
            spaces += 1
            return " "
        if char in _INVISIBLE or unicodedata.category(char) in _FORBIDDEN:
            gone += 1
            return ""
        return char

    text = _ODD.sub(mended, text)
    ledger.count("special spaces to plain ones", spaces)
    ledger.count("characters that are not text taken out", gone)
    return text


def one_line(text: str, ledger: Ledger) -> str:
    """Return `text` as one printable line, as front matter and headings need it."""
    line = " ".join(clean(text, ledger).split())
    plain = "".join(char for char in line if char.isprintable())
    ledger.count("characters that cannot be seen taken out", len(line) - len(plain))
    return " ".join(plain.split())


def without_pauses(text: str, ledger: Ledger) -> str:
    """Return `text` with each “ · ” as “ – ”: one mark between spaces, so word counts stay."""
    text, n = _PAUSE.subn("–", text)
    ledger.count("pauses “ · ” to “ – ”", n)
    return text
