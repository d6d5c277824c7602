"""A draft as the text of a corpus file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import yaml

from gecko_qa.importing.draft import Draft
from gecko_qa.importing.outline import AUDIENCE_DEPTH
from gecko_qa.layout import TAKEAWAYS_HEADING

_KEYS = ("category", "tagline", "aliases", "asks", "related", "confused_with", "sources", "updated")


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
