"""Terms that the corpus uses in passing: no explainer covers them, some passages mention them."""

from __future__ import annotations

from collections.abc import Mapping

from gecko_qa.index.lexical import stems
from gecko_qa.passages import Passage
from gecko_qa.retrieval.frame import content_words
from gecko_qa.retrieval.lexical import LexicalRetriever
from gecko_qa.spelling import english_count
from gecko_qa.words import folded_words, word_spans

MAX_TERM_WORDS = 4
MIN_CHARS = 3
EVERYDAY = 2000
"""A single word that English uses this often, by the dictionary's count, is no term."""
MOST = 0.6
"""A term is at least this part of the words that say what the question is about."""
N_MENTIONS = 3
MAX_LIKELY = 50
"""A term whose stems stand together in more texts than this is too common to be worth naming."""
COMMON = 0.004
"""A single word in more than this share of the passages is no term."""


class PassingMentions:
    """Finds a question's terms in the passages of one corpus."""

    def __init__(self, passages: Mapping[str, Passage], lexical: LexicalRetriever) -> None:
        """Take the passages by id, and the retriever that has them among its rows."""
        self._passages = passages
        self._lexical = lexical

    def find(self, text: str) -> tuple[str, tuple[Passage, ...]]:
        """Return the longest run of content words of `text` that passages use, and those passages.

        At most `N_MENTIONS`, in the order of their ids; no term and no passages where there is
        none.
        """
        words = folded_words(text)
        keep = set(content_words(words))
        enough = len(keep) * MOST
        tried: set[tuple[str, ...]] = set()
        for n in range(min(MAX_TERM_WORDS, len(words)), 0, -1):
            for start in range(len(words) - n + 1):
                term = words[start : start + n]
                if n < enough or term in tried:
                    continue
                if keep.issuperset(term) and _is_telling(term):
                    tried.add(term)
                    found = self._using(term)
                    if found and (n > 1 or len(found) <= max(COMMON * len(self._passages), 1)):
                        return _as_written(text, words, start, start + n), found[:N_MENTIONS]
        return "", ()

    def _using(self, term: tuple[str, ...]) -> tuple[Passage, ...]:
        rows = [set(self._lexical.ids_with(stem)) for stem in stems(term)]
        likely = set.intersection(*rows) if rows else set()
        if len(likely) > MAX_LIKELY:
            return ()
        sought = f" {' '.join(term)} "
        return tuple(
            passage
            for id_ in sorted(likely)
            if (passage := self._passages.get(id_)) is not None
            and sought in f" {' '.join(folded_words(passage.text))} "
        )


def _is_telling(term: tuple[str, ...]) -> bool:
    if len(term) == 1 and english_count(term[0]) >= EVERYDAY:
        return False
    return any(len(word) >= MIN_CHARS and not word.isdigit() for word in term)


def _as_written(text: str, words: tuple[str, ...], start: int, end: int) -> str:
    """Return the reader's own words for the folded `words` from `start` to `end`."""
    spans = word_spans(text)
    if len(spans) != len(words):
        return " ".join(words[start:end])
    return text[spans[start][0] : spans[end - 1][1]]
