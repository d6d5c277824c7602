"""Spelling: words of a question that are no words, and the corpus's word that each should be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from gecko_qa.words import folded_words

MIN_CHARS = 4
"""A shorter word has too many neighbours to tell which one was meant."""
LONG_CHARS = 8
"""From this length on two slips may be mended, below it one."""
MIN_NAME_CHARS = 3
"""Shorter words of the corpus are never what was meant."""
MIN_TEXT_CHARS = 6
"""From this length on any word of the corpus's text may be meant, below it only words of names."""

RARE = 100
"""An English word seen less often than this, in the dictionary's counts, may be a slip."""

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:[-'’][^\W\d_]+)*(?!\w)")


@dataclass(frozen=True)
class Correction:
    """A question as it was probably meant: `words` pairs each word typed with the word read."""

    text: str
    words: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the correction as a JSON object."""
        words = [{"typed": typed, "read": read} for typed, read in self.words]
        return {"question": self.text, "words": words}


@dataclass(frozen=True)
class _Word:
    written: str
    count: int


_ByBeginning = dict[str, dict[str, _Word]]
"""Words by their first letters."""


class Speller:
    """Corrects what readers type towards the words of one corpus. Safe to use from threads."""

    def __init__(
        self,
        names: Collection[str],
        texts: Callable[[], Iterable[str]],
        is_known: Callable[[str], bool],
    ) -> None:
        """Take the names of concepts, and `texts`, which is asked for only where it is needed.

        `is_known` tells whether the corpus, or the asking, uses a folded word as it stands.
        """
        self._names = names
        self._texts = texts
        self._is_known = is_known

    def prepare(self) -> None:
        """Read dictionary and texts now, so that the first slip of the pen costs no time."""
        _ = _english(), self._name_words, self._text_words

    def correct(self, text: str) -> Correction | None:
        """Return `text` with its slips mended, or None where it has none that can be.

        A slip is a word of at least `MIN_CHARS` letters that neither the corpus nor English has,
        or hardly. It is read as the nearest word, in optimal string alignment distance, that
        begins alike: of a name, else of the corpus's text; among equals the more frequent one. A
        word of `MIN_CHARS` has to have the same letters, in another order or number. A short
        capitalized word within the text is taken for somebody's name.
        """
        mended: list[tuple[str, str]] = []

        def mend(found: re.Match[str]) -> str:
            typed = found.group()
            name = typed.istitle() and found.start() > 0 and len(typed) < LONG_CHARS
            meant = None if name else self._meant(typed)
            if meant is None or meant.lower() == typed.lower():
                return typed
            mended.append((typed, meant))
            return meant

        corrected = _WORD.sub(mend, text)
        return Correction(corrected, tuple(mended)) if mended else None

    def _meant(self, typed: str) -> str | None:
        word = typed.lower()
        if len(word) < MIN_CHARS or "'" in word or "’" in word:
            return None
        if all(map(self._is_known, folded_words(word))):
            return None
        allowed = 2 if len(word) >= LONG_CHARS else 1
        seen = english_count(word)
        if seen:
            return _nearest(word, self._name_words, 1) if seen < RARE else None
        meant = _nearest(word, self._name_words, allowed)
        if meant is None and len(word) >= MIN_TEXT_CHARS:
            meant = _nearest(word, self._text_words, 1)
        return meant

    @cached_property
    def _name_words(self) -> _ByBeginning:
        """The words of names in lower case."""
        return _by_beginning(_count(self._names))

    @cached_property
    def _text_words(self) -> _ByBeginning:
        return _by_beginning(_count(self._texts()))


def _nearest(word: str, words: _ByBeginning, allowed: int) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = [
        (distance, -alike[found].count, found, alike[found].written)
        # What it may begin with, and no others: a question may hold hundreds of odd words.
        for alike in (words.get(first, {}) for first in set(word[:2]))
        for found, distance, _ in process.extract(
            word, alike.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=None
        )
        if _begin_alike(word, found) and (len(word) > MIN_CHARS or _same_letters(word, found))
    ]
    return min(near)[-1] if near else None


def _by_beginning(words: Mapping[str, _Word]) -> _ByBeginning:
    grouped: _ByBeginning = {}
    for word, known in words.items():
        grouped.setdefault(word[0], {})[word] = known
    return grouped


def _count(texts: Iterable[str]) -> dict[str, _Word]:
    written = [word for text in texts for word in _WORD.findall(text)]
    counts = Counter(word.lower() for word in written)
    capitals = {word.lower(): word for word in written if word.isupper()}
    return {w: _Word(capitals.get(w, w), n) for w, n in counts.items() if len(w) >= MIN_NAME_CHARS}


def _same_letters(typed: str, meant: str) -> bool:
    return set(typed) == set(meant)


def _begin_alike(typed: str, meant: str) -> bool:
    """Tell whether both begin with the same letter, or with two that changed places."""
    return typed[0] == meant[0] or typed[:2] == meant[1::-1]


@cache
def _english() -> Mapping[str, int]:
    from spellchecker import SpellChecker

    return SpellChecker().word_frequency.dictionary  # type: ignore[no-any-return]


def english_count(word: str) -> int:
    """Return how often English uses `word`, in lower case, by the dictionary's count, or 0.

    A word with hyphens is as frequent as its rarest part, a plural in s as its singular.
    """
    words = _english()
    return min(
        max(words.get(form, 0) for form in (part, part.removesuffix("s"), *folded_words(part)))
        for part in word.split("-")
    )
