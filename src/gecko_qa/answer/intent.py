"""What a question wants, as far as its plain words tell."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Literal

from gecko_qa.layout import Layout
from gecko_qa.words import folded_words

Intent = Literal[
    "define",
    "explain",
    "compare",
    "why_now",
    "limits",
    "opinion",
    "audience",
    "small_talk",
    "follow_up",
]
Talk = Literal["greeting", "thanks", "help", "goodbye"]

_SMALL_TALK_PHRASES: tuple[tuple[Talk, str], ...] = (
    (
        "greeting",
        "hi, hello, hey, hiya, yo, hi there, hello there, hey there, good morning, good evening, "
        "good afternoon, howdy, greetings, hi gecko, hello gecko, hey gecko, how are you, "
        "how are you doing, hello how are you, hi how are you, what's up, nice to meet you",
    ),
    (
        "thanks",
        "thanks, thank you, thank you very much, thank you so much, thanks a lot, cheers, "
        "great thanks, many thanks, ok thanks, okay thanks, thx, ty, perfect thanks, great, cool, "
        "nice, ok, okay, got it, i see, awesome, perfect, thanks that helps, that helps, "
        "that was helpful, very helpful, well done, good answer, great answer",
    ),
    (
        "help",
        "help, help me, what can you do, who are you, what are you, what do you do, "
        "how can you help me, can you help me, what can i ask, what can i ask you, "
        "what should i ask, how do you work, how does this work, how do i use this, "
        "what do you know, what do you know about, who made you, who built you, what is this, "
        "what is this site, what topics do you cover, what topics do you know, are you a bot, "
        "are you an ai, are you human, are you chatgpt, do you use chatgpt, is this chatgpt",
    ),
    ("goodbye", "bye, goodbye, good bye, bye bye, see you, see you later, good night, ciao"),
)
_SMALL_TALK = {
    folded_words(phrase): kind
    for kind, phrases in _SMALL_TALK_PHRASES
    for phrase in phrases.split(", ")
}

_COMPARING = frozenset(
    folded_words(
        "difference differences differ differs different compare compared compares comparing "
        "comparison contrast versus vs distinguish distinguishes distinct distinction unlike apart "
        "relate relates relation relationship interchangeable interchangeably"
    )
)
_LOOSELY_COMPARING = frozenset(
    folded_words(
        "or related between rather instead same over side just which both not than replace add "
        "against better worse prefer choose pick opposed trade-off tradeoff separate separates "
        "relative next change changed lack lacks substitute together replaced each line begin "
        "end respectively"
    )
)
_COMPARING_BACK = frozenset(
    folded_words("better worse than same instead not just faster slower cheaper safer relate fit")
)
_JOINING = frozenset(("and", "or"))

_WHY_NOW = (
    r"why (?:do|does|is|are|would|should)\b.*\b(?:matter|important|relevant|significant|care)\b",
    r"why should (?:i|we|anyone|people|one)\b.*\bcare\b|\bwhy care\b",
    r"\bwhy\b.*\b(?:now|today)\b|\bwhat'?s new\b|\bwhat has changed\b|\bso what\b",
    r"\b(?:big deal|all the (?:fuss|hype|buzz)|the hype)\b",
    r"why (?:is|are) (?:everyone|everybody|people|they all)\b.*\btalking\b",
    r"\bwhy\b.*\b(?:suddenly|everywhere|headlines?|trending|popular|the rage|the thing)\b",
    r"\bimportance of\b|\bmatters?\b.*\b(?:now|today|these days)\b|\bin the news\b",
    r"\b(?:hot|big) topic\b|\bwhy\b.*\b(?:these days|all of a sudden|right now)\b",
)
# Of whoever the corpus says has an opinion: "Gecko's take" is the gecko's.
_OWNED = (
    r"\b{owner}'?s?'?\s+(?:\w+\s+)?(?:take|opinion|view|verdict|think|say|believe|reckon|feel)",
    r"\b(?:does|do|would|did|according\s+to|ask|says|from)\s+(?:the\s+)?{owner}\b",
)
_OWNER = re.compile(r"(?:the\s+)?(?P<owner>.+?(?='s\s)|.+?s(?='\s))", re.IGNORECASE)
_OPINION = (
    r"\bthe\s+editors?\b",
    r"\bopinion\b|\bverdict\b|\bhot take\b",
    r"\b(?:your|editorial|hot) (?:own )?(?:opinion|take|view|verdict|thoughts?|judge?ment)\b",
    r"\bwhat (?:do|would) you (?:\w+ )?(?:think|make|say|believe)\b",
    r"\bdo you (?:think|believe|recommend|agree)\b",
    r"\b(?:is it|are they) (?:any good|overrated|overhyped|worth it)\b|\bwhat is your\b",
)
_LIMITS = (
    r"\b(?:limit|limitation|drawback|downside|shortcoming|disadvantage|pitfall|flaw|caveat)s?\b",
    r"\bweakness(?:es)?\b|\b(?:unsolved|still open|still unclear)\b",
    r"\b(?:open|unresolved) (?:problem|question|issue|challenge)s?\b",
    r"\b(?:problem|issue|challenge|trouble)s? (?:with|of|in)\b|\bwrong with\b|\bbad about\b",
    r"\bwhat (?:breaks|fails)\b|\bbad at\b|\bstruggles?\b|\bwhere (?:do|does|it).*\b(?:fail|break)",
    r"\b(?:go|goes|went|going) wrong\b|\bfailure modes?\b|\b(?:fails?|breaks?)(?: down)?\s*\W*$",
    r"\bcritici[sz](?:e|m|ms)\b|\bcons\b|\btrade-?offs?\b",
)
_HOW_WHY = frozenset(("how", "why"))


def small_talk_kind(text: str) -> Talk | None:
    """Return which kind of small talk `text` as a whole is, or None."""
    return _SMALL_TALK.get(folded_words(text))


def compares(words: Collection[str]) -> bool:
    """Tell whether the folded `words` have one that plainly compares."""
    return bool(_COMPARING.intersection(words))


def adds(words: Collection[str]) -> bool:
    """Tell whether the folded `words` have an "and" or an "or"."""
    return bool(_JOINING.intersection(words))


def joins(words: Collection[str]) -> bool:
    """Tell whether the folded `words` between two names join or compare them."""
    return bool((_COMPARING | _LOOSELY_COMPARING | _JOINING).intersection(words))


def compares_back(words: tuple[str, ...]) -> bool:
    """Tell whether the folded `words` set what they name beside what came before."""
    return bool((_COMPARING | _COMPARING_BACK).intersection(words))


def without_heading(text: str, layout: Layout) -> tuple[str, Intent | None]:
    """Return `text` without the corpus's own name for the opinion or the present, and which."""
    straight = text.replace("’", "'")
    headings: tuple[tuple[Intent, str], ...] = (
        ("opinion", layout.take),
        ("why_now", layout.why_now),
    )
    for intent, heading in headings:
        words = re.escape(heading.replace("’", "'")).replace(r"\ ", r"\s+")
        found = re.search(rf"(?<!\w){words}(?!\w)", straight, re.IGNORECASE)
        if found:
            return f"{text[: found.start()]}{text[found.end() :]}", intent
    return text, None


def intent_of(text: str, by_name: bool, layout: Layout) -> Intent:
    """Return what `text` wants of one concept; "explain" where nothing tells.

    `by_name` tells that `text` does nothing but ask for concepts by their names.
    """
    plain = " ".join(text.lower().replace("’", "'").split())
    for intent, patterns in (
        ("opinion", _opinion_patterns(layout.take)),
        ("why_now", _WHY_NOW),
        ("limits", _LIMITS),
    ):
        if any(re.search(pattern, plain) for pattern in patterns):
            return intent  # type: ignore[return-value]
    asks_how = _HOW_WHY.intersection(folded_words(text))
    return "define" if by_name and not asks_how else "explain"


@cache
def _opinion_patterns(take: str) -> tuple[str, ...]:
    """Return what asks for the opinion that the heading `take` announces."""
    owner = _OWNER.match(take.lower().replace("’", "'"))
    owned = [p.format(owner=re.escape(owner["owner"])) for p in _OWNED] if owner else []
    return (*owned, *_OPINION)
