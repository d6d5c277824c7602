"""The sides of a comparison, as a question words them, and the parts of one that asks much."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
_OVER = (
    r"(?:rather\s+than|instead\s+of|as\s+opposed\s+to|over|against|unlike"
    r"|(?:any\s+)?(?:better|worse|different|other)\s+(?:than|from|to))"
)
_BETWEEN = (
    r"(?:difference|distinction|relation(?:ship)?|comparison|connection|link|trade-?off|choice"
    r"|choose|choosing|decide|deciding)s?(?:\s+(?:is|are)\s+there)?\s+between"
)
_DIFFER = r"(?:differ(?:ent|s)?|relate[ds]?|compare[ds]?|distinct)\s*(?:from|to|than|with)?"
_USE = r"(?:use|choose|pick|prefer|want|need|go\s+for|be)"

# Plain forms compare whatever stands in them; the others are common in questions that compare
# nothing, and count only where each side is a name.
_PLAIN = (
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
_OTHER = (
    rf"\b(?:is|are|isn't|aren't)\s+{_A}\s+(?:just|basically|simply|(?:the\s+)?same\s+(?:thing\s+)?as)"
    rf"\s+{_B}{_END}",
    rf"\b(?:pros\s+and\s+cons|(?:dis)?advantages?|benefits?|point)\s+of\s+{_A}\s+{_OVER}"
    rf"\s+{_B}{_END}",
    rf"^(?:when|why|should)\s+(?:(?:should|would|do|does|to|i|you|we|one)\s+)*(?:{_USE}\s+)?{_A}"
    rf"\s+(?:{_WITH}|{_OVER}|or)\s+{_B}{_END}",
    rf"^(?:which\s+(?:one\s+)?is\s+\w+[,:]?\s+)?{_A}\s+or\s+{_B}{_END}",
)
# Without one of these nothing is compared, and no pattern has to be compiled or tried.
_HINTS = re.compile(
    r"\b(?:between|compar|differ|relat|distinct|vs\b|versus|or\b|over\b|rather|instead|opposed|against"
    r"|unlike|than\b|just\b|basically|simply|same\b|connected|linked|fit\b)",
    re.IGNORECASE,
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    return tuple(
        (re.compile(pattern, re.IGNORECASE), plain)
        for plain, patterns in ((True, _PLAIN), (False, _OTHER))
        for pattern in patterns
    )


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


@dataclass(frozen=True)
class Sides:
    """What a question sets side by side, in its order, and whether it plainly compares them."""

    texts: tuple[str, ...]
    plain: bool


def sides_of(text: str) -> Sides | None:
    """Return the sides that `text` compares, None where it compares nothing.

    "What is the difference between X and Y?" and "X vs. Y": X and Y, plainly; "X or Y": as well,
    but not plainly. A side that leaves off the noun that it shares with the last gets it: "narrow
    and general AI": "narrow AI" and "general AI".
    """
    straight = text.replace("’", "'")
    for pattern, plain in _patterns() if _HINTS.search(straight) else ():
        found = pattern.search(straight)
        if found is not None:
            texts = [side for part in (found["a"], found["b"]) for side in _split(part)]
            if len(texts) > 1 and all(len(side.split()) <= _MAX_SIDE_WORDS for side in texts):
                return Sides(tuple(texts[:_MAX_SIDES]), plain)
    return None


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
