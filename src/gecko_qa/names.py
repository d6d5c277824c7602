"""Names in a question: titles and aliases of explainers, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gecko_qa.words import folded_words, stem, word_spans

_JOINABLE_CHARS = 3
_STEMMABLE_CHARS = 7
_STOP = re.compile(r"[.,:;?!]\s")
_COORDINATING = frozenset(folded_words("and or versus vs from to"))


@dataclass(frozen=True)
class Mention:
    """A name found in a question: words `start` to `end` (exclusive) mean `concept`."""

    concept: str
    name: str
    start: int
    end: int


def concepts_of(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return the concepts of `mentions`, each once, in their order."""
    return tuple(dict.fromkeys(mention.concept for mention in mentions))


class NameIndex:
    """Finds the names of explainers in text, longest first, whole words only.

    Spaces and hyphens may be left out of a name, or stand where it has none: "finetuning",
    "chat bot". A name may stand in another form: "quantizing" for "quantization". A name may share
    its last words with one before it: "outer and inner alignment".
    """

    def __init__(
        self,
        named: Iterable[tuple[str, Iterable[str]]],
        common: Iterable[str] = (),
        *,
        forms: bool = True,
    ) -> None:
        """Take each concept's slug with all its names.

        No form of a folded word in `common` is taken for a name, "explain" for "explainability";
        no form of any word where `forms` is False.
        """
        self._common_words = frozenset(common)
        self._common = frozenset(map(stem, self._common_words))
        self._names = {folded_words(name): (slug, name) for slug, names in named for name in names}
        self._joined = {"".join(words): found for words, found in self._names.items()}
        self._stemmed = self._by_stems() if forms else {}
        self._longest = max((len(words) for words in self._names), default=0)
        self._first = {words[0] for words in self._names if words} | {
            name[:n] for name in self._joined for n in range(_JOINABLE_CHARS, len(name) + 1)
        }
        self._first_stems = {stems[0] for stems in self._stemmed if stems}

    def exact(self, text: str) -> str | None:
        """Return the concept that `text` as a whole is a name of, or None."""
        found = self._find(folded_words(text))
        return None if found is None else found[0]

    def mentions(self, words: Sequence[str]) -> tuple[Mention, ...]:
        """Return the names in the folded `words`, in order, none within another.

        A name made of common words alone counts only where there are no others: "AI".
        """
        mentions = tuple(self._mentions(tuple(words)))
        if self._common_words.issuperset(words):
            return mentions
        return tuple(
            m for m in mentions if not self._common_words.issuperset(words[m.start : m.end])
        )

    def places(self, text: str) -> tuple[tuple[int, int, str], ...]:
        """Return where names start and end in `text`, in characters, with their concepts."""
        spans, words = word_spans(text), folded_words(text)
        if len(spans) != len(words):
            return ()
        found = ((spans[m.start][0], spans[m.end - 1][1], m) for m in self.mentions(words))
        # "A model. Training it" names no training of models; "queries, keys and values" is a name.
        return tuple(
            (start, end, m.concept)
            for start, end, m in found
            if _STOP.search(m.name) or not _STOP.search(text, start, end)
        )

    def _mentions(self, words: tuple[str, ...]) -> Iterator[Mention]:
        start = told = 0
        while start < len(words):
            mention = self._longest_at(words, start)
            if mention is not None:
                shared = self._sharing(words, mention)
                if shared is not None and shared.start >= told:
                    yield shared
                yield mention
                told = mention.end
            start = start + 1 if mention is None else mention.end

    def _longest_at(self, words: tuple[str, ...], start: int) -> Mention | None:
        if words[start] not in self._first and stem(words[start]) not in self._first_stems:
            return None  # as for most words: no name begins so
        for end in range(min(len(words), start + self._longest + 1), start, -1):
            found = self._find(words[start:end])
            if found is not None:
                return Mention(*found, start, end)
        return None

    def _find(self, words: tuple[str, ...]) -> tuple[str, str] | None:
        found = self._names.get(words)
        # Short words would join into names by chance: "a dam" is no optimizer.
        if found is None and all(len(word) >= _JOINABLE_CHARS for word in words):
            found = self._joined.get("".join(words))
        return found if found is not None else self._stemmed.get(tuple(map(stem, words)))

    def _by_stems(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """Return the longer names by their stems, those that two concepts share left out."""
        stemmed: dict[tuple[str, ...], set[tuple[str, str]]] = {}
        for words, found in self._names.items():
            long = sum(map(len, words)) >= _STEMMABLE_CHARS
            if long and not self._common.issuperset(map(stem, words)):
                stemmed.setdefault(tuple(map(stem, words)), set()).add(found)
        concepts = {stems: {slug for slug, _ in found} for stems, found in stemmed.items()}
        return {stems: min(stemmed[stems]) for stems, of in concepts.items() if len(of) == 1}

    def _sharing(self, words: tuple[str, ...], mention: Mention) -> Mention | None:
        """Return the name that ends with the words of `mention`, its first left before an "and"."""
        first, join = mention.start - 2, mention.start - 1
        shared = words[mention.start + 1 : mention.end]
        if first < 0 or not shared or words[join] not in _COORDINATING:
            return None
        found = self._names.get((words[first], *shared))
        return None if found is None else Mention(*found, first, join)
