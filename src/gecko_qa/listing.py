"""The concepts of a library, listed page by page."""

from __future__ import annotations

from typing import Any

from gecko_qa.corpus.explainer import Explainer
from gecko_qa.errors import UnknownChoice, UsageError
from gecko_qa.library import Library
from gecko_qa.payload import did_you_mean
from gecko_qa.showing import concept_json
from gecko_qa.suggestions import fold

MAX_LISTED = 100
MAX_PREFIX_CHARS = 100


def categories(library: Library) -> tuple[str, ...]:
    """Return the categories of the library's explainers, each once, in alphabetical order."""
    return tuple(sorted({explainer.category for explainer in library.explainers}))


def concepts_json(
    library: Library,
    category: str | None = None,
    prefix: str = "",
    offset: int = 0,
    limit: int = MAX_LISTED,
) -> dict[str, Any]:
    """Return the concepts of `category` (None: of all) with a name that begins with `prefix`.

    In the order of their titles, `limit` of them, 1 to `MAX_LISTED`, from number `offset` on;
    `total` counts all, and `next_offset` is where to go on, None at the end. Upper and lower case,
    accents and punctuation do not matter. Raises UnknownChoice for a category that does not exist,
    and UsageError for numbers out of range.
    """
    known = categories(library)
    if category is not None and category not in known:
        raise UnknownChoice(
            f"There is no category “{category[:40]}”.{did_you_mean(category[:100], known)}"
        )
    if len(prefix) > MAX_PREFIX_CHARS:
        raise UsageError(f"“prefix” has {len(prefix)} characters; {MAX_PREFIX_CHARS} are allowed.")
    if offset < 0:
        raise UsageError("“offset” has to be 0 or more.")
    if not 1 <= limit <= MAX_LISTED:
        raise UsageError(f"“limit” has to be from 1 to {MAX_LISTED}.")
    held = [e for e in library.explainers if category in (None, e.category) and _begins(e, prefix)]
    held.sort(key=lambda e: (e.title.casefold(), e.slug))
    end = offset + limit
    return {
        "concepts": [concept_json(explainer) for explainer in held[offset:end]],
        "total": len(held),
        "next_offset": end if end < len(held) else None,
        "index": library.hash,
    }


def _begins(explainer: Explainer, prefix: str) -> bool:
    return any(fold(name).startswith(fold(prefix)) for name in explainer.names)
