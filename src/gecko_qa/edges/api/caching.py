"""Replies that a client may keep and ask about again, as RFC 9110 has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from gecko_qa import __version__
from gecko_qa.edges.api.exchange import Call, Reply
from gecko_qa.hashing import short_hash

# Kept, and asked about before each use: the index may be another one by then.
REVALIDATE = "no-cache"
# The same by the reader's own browser alone: the address holds what somebody asked.
REVALIDATE_PRIVATELY = "private, no-cache"
_TAG_CHARS = 32
_TAG = re.compile(r'"[^"]*"')


def etag(*identity: object) -> str:
    """Return the strong tag of what `identity`, JSON values, and this version of ours determine."""
    return f'"{short_hash([__version__, *identity], _TAG_CHARS)}"'


def cached(call: Call, tag: str, make: Callable[[], Reply], control: str = REVALIDATE) -> Reply:
    """Return what `make` makes, or 304 without making it where the client has it already."""
    headers = (("ETag", tag), ("Cache-Control", control))
    if has_already(call.headers.get("if-none-match", ""), tag):
        return Reply("", 304, headers=headers)
    reply = make()
    return replace(reply, headers=(*headers, *reply.headers))


def has_already(held: str, tag: str) -> bool:
    """Tell whether `tag` is among those of an If-None-Match header."""
    return held.strip() == "*" or tag in _TAG.findall(held)
