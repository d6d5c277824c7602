"""A draft as the text of a corpus file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import yaml

from gecko_qa.hashing import digest
from gecko_qa.importing.draft import Draft
from gecko_qa.importing.outline import AUDIENCE_DEPTH
from gecko_qa.layout import TAKEAWAYS_HEADING

MAX_SLUG_CHARS = 80
_KEYS = ("category", "tagline", "aliases", "asks", "related", "confused_with", "sources", "updated")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "œ": "oe", "&": " and "}
)


class _Dumper(yaml.SafeDumper):
    """Writes every value out, without anchors, which the format does not take."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def file_text(draft: Draft) -> str:
    """Return the file of `draft`; its front matter and section texts parse back to themselves."""
    front = yaml.dump(
        dict(_front(draft)),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
        default_flow_style=False,
    )
    return f"---\n{front}---\n" + "".join(_bodies(draft))


def _front(draft: Draft) -> Iterator[tuple[str, Any]]:
    yield "title", draft.title
    for key in _KEYS:
        value = getattr(draft.front, key)
        if not value:
            continue
        if key == "sources":
            value = [asdict(source) for source in value]
        yield key, list(value) if isinstance(value, tuple) else value


def _bodies(draft: Draft) -> Iterator[str]:
    under_takeaways = False
    for section in draft.sections:
        if section.depth == AUDIENCE_DEPTH and not under_takeaways:
            yield f"\n## {TAKEAWAYS_HEADING}\n"
        under_takeaways = section.depth == AUDIENCE_DEPTH
        yield f"\n{'#' * section.depth} {section.heading}\n\n{section.text}\n"


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
