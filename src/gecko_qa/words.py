"""Words of a text, folded so that spellings of one word compare equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MIN_PLURAL_CHARS = 3
_MAX_KEPT_CHARS = 40
_SIBILANT_E = re.compile(r"(?:s|x|z|ch|sh)e$")
_BRITISH = (
    (re.compile(r"(?<=..[iy])s(?=es?$|ed$|ers?$|ing$|ations?$)"), "z"),
    (re.compile(r"(?<=...)our(?=s?$|ed$|ing$|al$|ites?$|able$)"), "or"),
    (re.compile(r"(?<=...l)l(?=ed$|ers?$|ing$)"), ""),
    (re.compile(r"(?<=..)tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=gram)me(?=s?$)"), ""),
)


def _keeping(n: int) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Remember what a function makes of `n` words; readers type long ones, which are not kept."""

    def keep(make: Callable[[str], str]) -> Callable[[str], str]:
        kept = lru_cache(maxsize=n)(make)
        return wraps(make)(lambda word: kept(word) if len(word) <= _MAX_KEPT_CHARS else make(word))

    return keep


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of `text` in lower case, without hyphens, punctuation or plural endings.

    "Vector-Databases" and "vector database" give the same words, and so do "optimisation" and
    "optimization". What comes out is for comparing alone and is often no word. Plurals and British
    spellings are folded and nothing else, so that different names stay different.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return tuple(_stem(word) for word in _WORD.findall(plain))


@_keeping(100_000)
def _stem(word: str) -> str:
    word = word.removesuffix("'s").replace("'", "")
    for british, american in _BRITISH:
        word = british.sub(american, word)
    word = _without_s(word)
    if word.endswith("ie"):  # policies, policie: policy
        return word[:-2] + "y"
    # biases, biase, bias, and bias itself: bia. The e is the plural's only after such a sound.
    return _without_s(word[:-1]) if _SIBILANT_E.search(word) else word


def _without_s(word: str) -> str:
    plural = len(word) >= _MIN_PLURAL_CHARS and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


def word_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each word of `text` begins and ends, as `folded_words` cuts it.

    Not in step with them where compatibility characters stand for several.
    """
    return tuple(found.span() for found in _WORD.finditer(text))


@_keeping(50_000)
def stem(word: str) -> str:
    """Return the Snowball stem of the folded English `word`: "quantiz" of "quantization"."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


@cache
def _stemmer() -> Any:  # noqa: ANN401  (an untyped library's class)
    from Stemmer import Stemmer

    return Stemmer("english", 0)


def count_words(text: str) -> int:
    """Return the number of words in `text`, split on white space."""
    return len(text.split())
