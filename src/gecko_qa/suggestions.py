"""Suggestions as one types: concepts by the names that a text is the beginning or a part of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

MAX_SUGGESTIONS = 10
_APART = re.compile(r"[\W_]+")
_NOWHERE = 4


@dataclass(frozen=True)
class Suggestion:
    """A concept, by the one of its names that fits best."""

    title: str
    name: str
    slug: str

    def to_json(self) -> dict[str, str]:
        """Return it as a JSON object."""
        return {"title": self.title, "name": self.name, "slug": self.slug}


@dataclass(frozen=True)
class _Entry:
    suggestion: Suggestion
    folded: str
    joined: str

    def place(self, wanted: str, joined: str) -> int:
        """Return how well `wanted` fits, the best being 0, and `_NOWHERE` for not at all."""
        # Most names hold nothing of it; what holds the words holds the letters too.
        if joined not in self.joined:
            return _NOWHERE
        if self.folded == wanted:
            return 0
        if self.folded.startswith(wanted):
            return 1
        return 2 if f" {wanted}" in self.folded else 3


class Suggester:
    """Finds names as the look-up of the page does (`html/static/combobox.js`)."""

    def __init__(self, named: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """Take each concept's slug and its names, the first of which is its title."""
        entries = [
            _entry(Suggestion(names[0], name, slug)) for slug, names in named for name in names
        ]
        # In the order of those that fit equally well, so that nothing is left to sort.
        self._entries = sorted(entries, key=lambda e: (len(e.suggestion.name), e.folded))

    def suggest(self, text: str, k: int) -> tuple[Suggestion, ...]:
        """Return up to `k` concepts, each once, by the name that fits `text` best.

        First the name itself, then names that begin with it, then those with a word that does,
        then those that hold it; of these the shorter first, ties by the alphabet.
        """
        wanted = fold(text)
        joined = wanted.replace(" ", "")
        if not wanted:
            return ()
        places: tuple[list[Suggestion], ...] = tuple([] for _ in range(_NOWHERE + 1))
        for entry in self._entries:
            places[entry.place(wanted, joined)].append(entry.suggestion)
        by_slug: dict[str, Suggestion] = {}
        for suggestion in chain(*places[:_NOWHERE]):
            if len(by_slug) == k:
                break
            by_slug.setdefault(suggestion.slug, suggestion)
        return tuple(by_slug.values())


def _entry(suggestion: Suggestion) -> _Entry:
    folded = fold(suggestion.name)
    return _Entry(suggestion, folded, folded.replace(" ", ""))


def fold(text: str) -> str:
    """Return `text` in lower case without accents, all but letters and digits as one space."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", text)
        if not unicodedata.category(char).startswith("M")
    )
    return _APART.sub(" ", plain.lower()).strip()
