"""The frame of a question: words that ask, as against words that say what about."""

from __future__ import annotations

import functools

from gecko_qa.words import folded_words, word_spans

_ASKING = """
    explain explained explaining explanation define defined definition meaning mean tell describe
    work working example simple simply term word concept idea please overview introduction intro
    basics difference different differ compare compared comparing comparison versus vs better
    between could should would need use used using get give make want way thing know think really
    actually good best one someone something people anyone understand understanding learn summary
    summarize question briefly short quick quickly exactly basically again help ok okay hey hi let
    show stand stands call called say said like
    a about am an and any are as at be been being but by can did do does doing don't for from had
    has have he her him his how i i'm if in into is isn't it it's its just me more most my no not
    of on or other our out over own same she so some such than that that's the their them then
    there these they this those to too up us very was we were what what's when where which while
    who why will with you your ai wat whats wtf pls plz im ive dont cant isnt doesnt u ur btw anyway
    actual exactly possible part else then
"""

_FACETS = """
    limit limits limitation limitations drawback drawbacks downside downsides weakness weaknesses
    disadvantage disadvantages advantage advantages benefit benefits pros cons problem problems
    issue issues risks challenge challenges example examples application applications alternative
    alternatives takeaway takeaways point points matter matters important importance relevant care
    opinion view take takes stance verdict honest gecko editor summary detail details reason
    reasons purpose goal history main key open unsolved pitfall pitfalls criticism wrong everyone
    everybody suddenly hype trend trending topic popular days today now currently still
"""


@functools.cache
def frame_words() -> frozenset[str]:
    """Return the folded words that say nothing of what a question is about.

    "ai" is among them: in a corpus on AI it tells no concept from another.
    """
    return frozenset(word for text in _ASKING.split() for word in folded_words(text))


@functools.cache
def facet_words() -> frozenset[str]:
    """Return the folded words for sides that every concept has: limits, examples, importance."""
    return frozenset(word for text in _FACETS.split() for word in folded_words(text))


def content_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folded `words` that are not frame, each once, in order."""
    return tuple(dict.fromkeys(word for word in words if word not in frame_words()))


def topic_words(text: str) -> tuple[str, ...]:
    """Return the words of `text` that are not frame as they are written, each once, in order."""
    words, spans = folded_words(text), word_spans(text)
    if len(words) != len(spans):
        return content_words(words)
    first: dict[str, str] = {}
    for word, (start, end) in zip(words, spans, strict=True):
        first.setdefault(word, text[start:end])
    return tuple(first[word] for word in content_words(words))
