"""The name of an explainer's file."""

from __future__ import annotations

import re
import unicodedata

from gecko_qa.hashing import digest

MAX_SLUG_CHARS = 80
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "œ": "oe", "&": " and "}
)


def slug_of(title: str) -> str:
    """Return the slug of `title`: its words in plain letters; of one without any, a digest.

    At most `MAX_SLUG_CHARS` characters, cut between words where it can be.
    """
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_LETTERS))
    ascii_only = re.sub(r"['’]", "", plain).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if not slug:
        return "explainer-" + digest(title.encode("utf-8", "replace")).rpartition(":")[2][:12]
    if len(slug) > MAX_SLUG_CHARS:
        cut = slug[: MAX_SLUG_CHARS + 1].rpartition("-")[0]
        slug = (cut or slug[:MAX_SLUG_CHARS]).strip("-")
    return slug
