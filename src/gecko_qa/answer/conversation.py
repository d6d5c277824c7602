"""What a conversation carries into a question that does not stand alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gecko_qa.answer.intent import Intent
from gecko_qa.retrieval.frame import content_words, facet_words, frame_words
from gecko_qa.words import folded_words

# "these" folds to "the", and is not told from it.
_PRONOUNS = frozenset(
    folded_words("it its it's that that's this those they they're them their one ones here there")
)
_REFERRING = frozenset(
    folded_words(
        "method technique idea concept approach thing latter former two both last first second "
        "same others topic subject term"
    )
)
# Words that ask about whatever was spoken of, and are no topic themselves.
_NO_TOPICS = facet_words() | frozenset(
    folded_words(
        "limited risk risks danger dangers dangerous instance usage used cost costs expensive "
        "cheap price money worth invented invent inventor discovered discover first recent "
        "related similar next future question questions real case cases practice bottom "
        "line take deeper simpler further shorter longer elaborate continue go sense catch "
        "source sources proof evidence right true fix solve avoid prevent measure test check "
        "detect notice spot choose pick number numbers size big bigger small fast faster slow "
        "slower safe legal likely hard easy math maths technical sure yet always ever never "
        "lower higher better worse new already done happen happened happens bit little lot kind "
        "sort step steps start started begin news talking huh wait um well also too either got "
        "follow read write see look looks remember knows expect bad nice great decide decides "
        "person ordinary normal many much often long far prove show keep find build buy stop "
        "stopped using try combine compare worked works replace call called "
        "systems version thing things takes two three lines sentences "
        "words spoil support supports"
    )
)
# Words for something that was not spoken of before; a pronoun after one stands for it.
_ANYTHING = frozenset(
    folded_words("model models system systems tool tools user users people person")
)
_NEVER_TOPICS = _NO_TOPICS | _ANYTHING | _REFERRING | _PRONOUNS | frame_words()
_LEADING = frozenset(
    folded_words("and but so ok okay then well also yes no hm hmm right sure plus or")
)
_EXPLETIVE = frozenset(
    folded_words(
        "possible true safe dangerous hard easy likely better worth legal wrong fair normal common "
        "necessary useful important realistic illegal ok okay bad good right risky feasible enough "
        "mean means matter matters make makes take takes"
    )
)
_LINKING = frozenset(("to", "that", "for", "if", "when", "how", "what", "why", "whether"))
_BARE_WORDS = 12
"""A question with more words than this says enough to stand alone."""


_NEW_SUBJECT = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|and|now|but|right)\W+)*"
    r"(?:(?:a\s+)?(?:different|another|new|other|next|unrelated|separate)\s+"
    r"(?:topic|question|subject|thing|one)|changing\s+(?:the\s+)?(?:subject|topic)|by\s+the\s+way"
    r"|btw|never\s?mind|(?:forget\s+(?:it|that)|something\s+else)(?=\W*[,.:;!]))\b[\s:,.;!–-]*(?=\S)",
    re.IGNORECASE,
)


def without_turning(text: str) -> tuple[str, bool]:
    """Return `text` without words that turn to a new subject, and whether it had any."""
    rest = _NEW_SUBJECT.sub("", text)
    return rest, rest != text


@dataclass(frozen=True)
class Context:
    """What a follow-up builds on: the concepts of the last answer, what it told, and how deep."""

    concepts: tuple[str, ...]
    intent: Intent
    level: str

    def to_json(self) -> list[object]:
        """Return the context as JSON."""
        return [list(self.concepts), self.intent, self.level]


@dataclass(frozen=True)
class Leaning:
    """How a question leans on what came before.

    `bare`: it has no topic of its own at all. `pointing`: a pronoun of it points back.
    """

    bare: bool
    pointing: bool


def _is_topic(word: str) -> bool:
    return word == "ai" or word not in _NEVER_TOPICS


def leaning_of(words: tuple[str, ...], named: frozenset[int]) -> Leaning:
    """Tell how the folded `words` of a question lean; `named` are the places that names take."""
    start = 0
    while start < len(words) and words[start] in _LEADING and start not in named:
        start += 1
    topics = [n for n in range(start, len(words)) if n in named or _is_topic(words[n])]
    place = next((n for n in range(start, len(words)) if _points(words, n, named)), -1)
    # "why does a model invent sources when it knows none": the topic before the pronoun is what
    # the pronoun stands for.
    before = range(start, max(place, 0))
    meant = any(n in topics or _is_anything(words, n) for n in before)
    pointing = place >= 0 and not meant
    bare = not topics and len(words) <= _BARE_WORDS
    return Leaning(bare, pointing and len(words) - start <= 2 * _BARE_WORDS)


def _is_anything(words: tuple[str, ...], n: int) -> bool:
    """Tell whether word `n` brings in something new: "a model", "users", not "the model"."""
    return words[n] in _ANYTHING and words[n - 1 : n] != ("the",)


def is_pronoun(text: str) -> bool:
    """Tell whether `text` is a word that stands for another."""
    words = folded_words(text)
    return len(words) == 1 and words[0] in _PRONOUNS


def _points(words: tuple[str, ...], n: int, named: frozenset[int]) -> bool:
    if n in named:
        return False
    if words[n] in _REFERRING:
        return n > 0 and words[n - 1] == "the"
    return words[n] in _PRONOUNS and not _is_expletive(words, n)


def _is_expletive(words: tuple[str, ...], n: int) -> bool:
    """Tell whether the pronoun at `n` stands for nothing: "is it possible to", "is there"."""
    after = words[n + 1 : n + 4]
    if words[n] in ("there", "here"):
        return True
    if words[n] in _THAT and n > 0 and content_words(words[n - 1 : n]):
        return True  # "a model that lies"
    stands = words[n] == "it" and after[:1] and after[0] in _EXPLETIVE
    return bool(stands and _LINKING.intersection(after[1:]))


_THAT = frozenset(folded_words("that this those"))
