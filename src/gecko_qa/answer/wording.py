"""Depth and audience in a question's own words: "explain like I'm five", "as an investor"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gecko_qa.layout import Choice, Layout

Depth = Literal["shortest", "simple", "middle", "deep", "simpler", "deeper"]

_SOMEONE = r"(?:an?|the|my|our|your|some|any)?\s*(?:\w+[- ])?"
_NOVICES = (
    r"(?:kids?|child(?:ren)?|beginners?|dummies|newbies?|noobs?|novices?|(?:five|5|six|6|ten|10)"
    r"[- ]year[- ]olds?|lay\s?(?:man|men|person|people)|non[- ]?technical (?:people|person|readers?"
    r"|audience|friends?|boss|manager)|grand(?:ma|mother|pa|father)|mother|mom|mum)"
)
_EXPLAIN = r"(?:explain|describe|tell|break|put|describing|explaining)"

_DEPTHS: tuple[tuple[Depth, str], ...] = (
    ("shortest", r"tl;?\s?dr"),
    (
        "shortest",
        r"(?:in|as)\s+(?:one|a\s+single|1)\s+(?:short\s+)?(?:sentence|line)|in\s+a\s+sentence(?=\W*$)",
    ),
    (
        "shortest",
        r"in\s+(?:a\s+nutshell|(?:short|brief)(?=\W*$|,|:)|(?:a\s+few|two|2|three|3)\s+(?:words|lines|sentences))",
    ),
    ("shortest", r"(?:summari[sz]e|sum\s+up)(?=\s+(?:it|this|that)(?:\W*$|\s+in\b))"),
    (
        "shortest",
        r"(?:the\s+)?(?:short(?:est)?|quick)\s+(?:possible\s+)?(?:version|answer|definition|summary)(?:\s+of)?",
    ),
    ("shortest", r"one[- ]liner|(?:very\s+)?briefly"),
    ("simple", r"eli\s?5"),
    (
        "simple",
        _EXPLAIN
        + r"(?:\s+(?:it|this|that))?(?:\s+to\s+me)?\s+(?:like|as\s+if|as\s+though)\s+(?:i'?\s?a?m"
        r"|i\s+were|i\s+was|we'?re)\s+(?:an?\s+)?(?:\w{1,12}[- ]){0,3}?(?:old|five|5|child|kid"
        r"|beginner"
        r"|dummy|idiot|stupid)\b",
    ),
    ("simple", r"like\s+i'?\s?a?m\s+(?:five|5|a\s+(?:child|kid|beginner))"),
    (
        "simple",
        r"in\s+(?:very\s+|really\s+|more\s+)?(?:simple|simpler|plain|layman'?s?|lay|easy|everyday"
        r"|non[- ]?technical)\s+(?:words|terms|english|language)",
    ),
    (
        "simple",
        r"(?:a\s+)?(?:simple|easy)\s+explanation(?:\s+of)?|without\s+(?:the\s+)?(?:jargon|maths?)",
    ),
    ("simple", r"simply\s+put|put\s+simply|simply(?=\s+explain|\W*$)"),
    ("simple", r"(?:for|to)\s+" + _SOMEONE + _NOVICES),
    ("deep", r"go\s+(?:really\s+|very\s+)?deep(?:\s+(?:in(?:to)?|on))?"),
    ("deeper", r"(?:go|dig|dive)\s+(?:a\s+bit\s+|much\s+)?deeper(?:\s+(?:in(?:to)?|on))?"),
    ("deeper", r"(?:in\s+)?(?:more|greater|further)\s+(?:depth|details?)(?:\s+(?:about|on))?"),
    ("deeper", r"more\s+technical(?:ly)?|deeper"),
    (
        "simpler",
        r"^\W*(?:(?:and|but|now|make|explain|say|put|it|this|that|please)\s+)*(?:much\s+|a\s+bit\s+)?"
        r"(?:simpler|easier|more\s+simply)(?:\s+please)?(?=\W*$)|too\s+(?:technical|complicated)",
    ),
    ("simpler", r"dumb\s+(?:it|that|this)\s+down"),
    (
        "deep",
        r"(?<!defense )(?<!defence )in[- ](?:full\s+)?(?:depth|detail)"
        r"|(?:a\s+)?deep[- ]dive(?:\s+(?:in(?:to)?|on))?",
    ),
    (
        "deep",
        r"(?:the\s+)?(?:full\s+|all\s+the\s+)?technical\s+(?:details?|explanation|answer|version|terms|level)(?:\s+of)?",
    ),
    ("deep", r"(?:at|on)\s+(?:an?\s+)?(?:expert|advanced|technical|graduate|phd)\s+level"),
    (
        "deep",
        r"(?:for|to)\s+(?:an?\s+)?experts?(?=\W*$|,)"
        r"|technically(?=\W*$)|^technically|(?<=work )technically",
    ),
    ("deep", r"mathematically|rigorously"),
    ("simple", r"(?:at|on)\s+(?:an?\s+)?(?:beginner|basic|introductory|elementary)(?:'s)?\s+level"),
    ("middle", r"(?:at|on)\s+(?:an?\s+)?(?:intermediate|medium)\s+level"),
)

_AUDIENCES = {
    "investor": (
        r"(?:angel\s+)?investors?|vcs?|venture\s+capitalists?|shareholders?|fund\s+managers?"
    ),
    "builder": (
        r"builders?|developers?|devs?|(?:software\s+|ml\s+|ai\s+)?engineers?|programmers?|founders?"
        r"|entrepreneurs?|product\s+(?:managers?|people|owners?)|pms?|practitioners?|coders?"
    ),
    "researcher": r"researchers?|scientists?|academics?|phds?(?:\s+students?)?|scholars?",
    "curious": (
        r"(?:just\s+)?curious(?:\s+(?:people|person|readers?|minds?))?|normies?"
        r"|(?<!as )(?:an?\s+)?(?:normal|ordinary)\s+(?:curious\s+)?(?:people|person|citizens?)"
    ),
}


# Without one of these a question says nothing of its depth, and no pattern has to be tried.
_DEPTH_HINTS = re.compile(
    r"dr\b|sentence|line|nutshell|short|brief|words|quick|sum|eli|like|as if|though|simpl|plain|lay"
    r"|easy|easier|everyday|jargon|math|for\b|to\b|deep|dive|detail|depth|techn|compl|dumb|expert|advanced"
    r"|graduate|phd|rigor|level",
    re.IGNORECASE,
)
_AUDIENCE_HINTS = re.compile(
    r"\b(?:for|as|to|from|im?|we|were|should|would|could|can|must|about|and|here)\b|view|angle"
    r"|perspective",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wording:
    """What a question says of depth and audience, and what is left of it without that.

    `depth` is a `Depth`, a level's id, or None; `audience` is an id or None.
    """

    rest: str
    depth: Depth | str | None
    audience: str | None

    def held(self, firm: Collection[str]) -> Wording:
        """Return the wording without what it says of the dials in `firm`."""
        depth = None if "level" in firm else self.depth
        return Wording(self.rest, depth, None if "audience" in firm else self.audience)


def read_wording(text: str, layout: Layout) -> Wording:
    """Find the depth and the audience that `text` asks for, and take the phrases out of it.

    A corpus's own names go first: its audience "Children" is no depth.
    """
    rest, depth = _take_level(text, layout)
    own = [choice for choice in layout.audiences if choice.id not in _AUDIENCES]
    rest, audience = _take_audience(rest, own)
    for name, pattern in _DEPTHS if depth is None and _DEPTH_HINTS.search(rest) else ():
        rest, found = _take(rest, pattern)
        if found:
            depth = name
            break
    if audience is None:
        rest, audience = _take_audience(rest, layout.audiences)
    return Wording(rest, depth, audience)


def level_of(
    depth: Depth | str | None,
    dial: str,
    standing: str,
    layout: Layout,
    told: Collection[str | None] | None = None,
) -> str:
    """Return the level that `depth` means: the dial's where it is None.

    "simpler" and "deeper" go one step from the `standing` level, as far as there is one, past
    those that are not among `told`, the levels that there is something to read at; None for all.
    """
    ids = [choice.id for choice in layout.levels]
    if depth is None or depth in ids:
        return depth or dial
    place, plainest = ids.index(standing), ids.index(layout.plainest)
    before, after = ids[:place][::-1], ids[place + 1 :]
    if depth in ("simpler", "deeper"):
        way = before if depth == "simpler" else after
        there = (id_ for id_ in way if told is None or id_ in told)
        return next(there, way[0] if way else standing)
    last = len(ids) - 1
    return ids[
        {"shortest": 0, "simple": plainest, "middle": (plainest + last + 1) // 2}.get(depth, last)
    ]


def _addressing(words: str) -> str:
    who = rf"(?:{words})"
    article = r"(?:an?|the|us|our|my|we|your|some)"
    view = r"(?:perspective|point\s+of\s+view|viewpoint|angle|view)"
    return (
        rf"(?:from\s+)?(?:an?\s+|the\s+)?{who}'?s?\s+{view}"
        rf"|from\s+the\s+{view}\s+of\s+(?:{article}\s+)?{who}"
        r"|(?:what\s+(?:does|do|is|are)\s+(?:it|this|that|they)\s+(?:mean|imply)\s+)?"
        rf"(?:(?:for|as)\s+(?:{article}\s+)?(?:\w+\s+)?|to\s+{article}\s+(?:\w+\s+)?){who}"
        r"(?!\s+\w+(?:ing|ment)\b)"
        rf"|(?:i(?:'?m|\s+am)|we(?:'?re|\s+are))\s+(?:an?\s+|two\s+|three\s+)?{who}|^{who}\s+here\b"
        rf"|(?:should|would|could|can|must)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?{who}"
        rf"(?:\s+(?:know|understand|remember|do|take|learn|think|use))?"
        rf"|(?<=what about )(?:the\s+)?{who}(?=\W*$)|(?<=and )(?:the\s+)?{who}(?=\W*$)"
    )


def _take_audience(text: str, audiences: Sequence[Choice]) -> tuple[str, str | None]:
    """Take out who it is for: "as an investor"."""
    for choice in audiences if _AUDIENCE_HINTS.search(text) else ():
        words = _AUDIENCES.get(choice.id) or _one_or_many(choice.name)
        rest, found = _take(text, _addressing(words))
        if found:
            return rest, choice.id
    return text, None


def _take_level(text: str, layout: Layout) -> tuple[str, str | None]:
    """Take out a level that is asked for by its name: "level 2", "at level 2", "for experts"."""
    for choice in layout.levels:
        rest, found = _take(text, _naming(choice.name))
        if found:
            return rest, choice.id
    return text, None


@lru_cache(maxsize=64)
def _naming(name: str) -> str:
    """Return the pattern of phrases that ask for the level called `name`."""
    one = re.escape(name).replace(r"\ ", r"[\s-]*")
    # "Gist" and "Expert" are words of a topic too; "Level 2" and "TL;DR" are not.
    word = re.fullmatch(r"[^\W\d_]+(?:[\s-][^\W\d_]+)*", name)
    kind = r"[\s-]+(?:level|version|depth)"
    end = r"(?=\W*$|\s*[,:;.?!])"
    phrases = [
        rf"(?:at|on|in|show(?:\s+me)?)\s+(?:(?:an?|the)\s+)?{one}(?:{kind})?",
        rf"(?:for|to|as)\s+(?:(?:an?|the)\s+)?(?:{_one_or_many(name)}){end}",
        rf"(?:the\s+)?{one}{kind}(?:{end}|\s+of)",
        rf"{'(?:^|(?<=[,:;.?!] ))' if word else ''}{one}(?=\W*(?:please\W*)?$)",
    ]
    return "|".join(phrases)


def _one_or_many(name: str) -> str:
    """Return the pattern of `name` in the singular and the plural: "Company", "companies"."""
    plain = name.lower()
    if plain.endswith("ies"):
        stem, endings = plain[:-3], "(?:y|ies)"
    elif re.search(r"[^aeiou]y$", plain):
        stem, endings = plain[:-1], "(?:y|ies)"
    else:
        stem, endings = re.sub(r"(?<=[^s])s$", "", plain), "(?:e?s)?"
    return re.escape(stem).replace(r"\ ", r"\s+") + endings


def _take(text: str, pattern: str) -> tuple[str, bool]:
    """Return `text` without the first phrase that fits, tidied, and whether there was one."""
    straight = text.replace("’", "'")
    found = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", straight, re.IGNORECASE)
    if found is None:
        return text, False
    before, after = text[: found.start()], text[found.end() :]
    rest = f"{before.rstrip(' ,;:-')} {after.lstrip(' ,;:-')}".lstrip(" .,;:!?-")
    return re.sub(r"\s+(?=[?.!,;:]|\s)", "", rest).strip(), True
