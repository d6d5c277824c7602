"""The sides of a comparison, as a question words them, and the parts of one that asks much."""

from __future__ import annotations

import re
from functools import cache

_MAX_SIDES = 5
_MAX_SIDE_WORDS = 8

# A side is bounded, so that no question makes the search slow.
_A, _B = r"(?P<a>[^?!;]{1,80}?)", r"(?P<b>[^?!;]{1,80}?)"
_ASK = r"(?:when|how|why|what|which|where|is|are|does|do|explain|in)"
_END = (
    rf"(?=[?!;]|:\s|\.\s|\.$|,?\s+(?:and|but)\s+{_ASK}\b|,\s+{_ASK}\b"
    r"|\s+(?:when|for|in\sterms\sof|with\srespect\sto)\s|$)"
)
_WITH = r"(?:vs\.?|versus|compared\s+(?:to|with))"
_BETWEEN = (
    r"(?:difference|distinction|relation(?:ship)?|comparison|connection|link|trade-?off|choice"
    r"|choose|choosing|decide|deciding)s?(?:\s+(?:is|are)\s+there)?\s+between"
)
_DIFFER = r"(?:differ(?:ent|s)?|relate[ds]?|compare[ds]?|distinct)\s*(?:from|to|than|with)?"
_FORMS = (
    rf"\b{_BETWEEN}\s+{_A}\s+(?:and|or|{_WITH})\s+{_B}{_END}",
    rf"\bcompar(?:e|es|ing|ison\s+of)\s+(?:and\s+contrast\s+)?{_A}\s+(?:and|with|to|against|{_WITH})"
    rf"\s+{_B}{_END}",
    rf"\bhow\s+(?:is|are|does|do)\s+{_A}\s+(?:any\s+)?{_DIFFER}\s+{_B}{_END}",
    rf"\bhow\s+(?:is|are|does|do)\s+{_A}\s+and\s+{_B}\s+"
    r"(?:related?|differ(?:ent)?|connected|compare|linked|fit\s+together)\b",
    rf"\bwhat\s+makes\s+{_A}\s+(?:so\s+)?different\s+(?:from|to|than)\s+{_B}{_END}",
    rf"\b(?:pros\s+and\s+cons|(?:dis)?advantages?|benefits?)\s+of\s+{_A}\s+{_WITH}\s+{_B}{_END}",
    rf"^{_A}\s+{_WITH}\s+{_B}{_END}",
)
# Without one of these nothing is compared, and no pattern has to be compiled or tried.
_HINTS = re.compile(
    r"\b(?:between|compar|differ|relat|distinct|vs\b|versus|connected|linked|fit\b|pros\b"
    r"|advantages?\b|disadvantages?\b|benefits?\b)",
    re.IGNORECASE,
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)


_LEAD = re.compile(
    r"^(?:(?:so|ok|okay|please|can|could|explain|tell|me|what's|what|is|are|do|does|did|should|i|we"
    r"|you|one|use|using|choose|pick|to|about|the|an?|some|any|between|both|of|how|when|why|which"
    r"|better|going|with)\s+)+",
    re.IGNORECASE,
)
_MORE = re.compile(rf"\s*,\s*(?:and\s+|or\s+)?|\s+(?:{_WITH}|or|over)\s+", re.IGNORECASE)
_QUESTION = (
    r"(?:what|how|why|when|which|who|is|are|does|do|can|should|could|will|explain|define|describe"
    r"|tell\s+me|then)\b"
)
_PART_END = re.compile(
    rf"(?<=[?!.])\s+|,?\s+(?:(?:and|also|but|then)\s+)+(?={_QUESTION})", re.IGNORECASE
)
_ASKING = re.compile(rf"^(?:(?:and|also|but|so)\s+)?{_QUESTION}|\?$", re.IGNORECASE)


def sides_of(text: str) -> tuple[str, ...]:
    """Return the sides that `text` plainly compares, in its order; none where it does not.

    "What is the difference between X and Y?" and "X vs. Y": X and Y.
    """
    straight = text.replace("’", "'")
    for pattern in _patterns() if _HINTS.search(straight) else ():
        found = pattern.search(straight)
        if found is not None:
            sides = [side for part in (found["a"], found["b"]) for side in _split(part)]
            if len(sides) > 1 and all(len(side.split()) <= _MAX_SIDE_WORDS for side in sides):
                return tuple(sides[:_MAX_SIDES])
    return ()


def with_shared_noun(sides: tuple[str, ...]) -> tuple[str, ...]:
    """Return `sides`, each short one with the words that the last has beyond its length."""
    last = sides[-1].split()
    return tuple(" ".join((side, *last[len(side.split()) :])) for side in sides)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the questions that `text` asks one after the other, what is no question left out."""
    parts = (part.strip() for part in _PART_END.split(text))
    return tuple(part for part in parts if _ASKING.search(part))


def _split(part: str) -> list[str]:
    sides = (_LEAD.sub("", one.strip()).strip(" ,.:'\"“”") for one in _MORE.split(part))
    return [side for side in sides if side]
