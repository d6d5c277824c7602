"""Sources for the tests of importing, and a way to read back what was written."""

from __future__ import annotations

import re
from pathlib import Path

from gecko_qa.importing.detection import read_source
from gecko_qa.importing.draft import Draft
from gecko_qa.importing.writing import file_text
from gecko_qa.layout import DEFAULT_LAYOUT, Layout

PAGE = (Path(__file__).parent / "pages" / "tide-tables.txt").read_text(encoding="utf-8")
_HEADING = re.compile(r"^(#{2,3}) (.*)$", re.MULTILINE)


def read_one(
    text: str, ending: str = ".txt", name: str = "Tides", layout: Layout = DEFAULT_LAYOUT
) -> Draft:
    """Return the only draft of a source."""
    (draft,) = read_source(text, name, ending, layout).drafts
    return draft


def sections_of(draft: Draft) -> dict[str, str]:
    """Return the texts by heading, cut from the file that `draft` gives, not from the draft."""
    text = file_text(draft)
    body = text[text.index("\n---\n") + 5 :]
    found = list(_HEADING.finditer(body))
    ends = [heading.start() for heading in found[1:]] + [len(body)]
    cut = {h[2]: body[h.end() : end].strip() for h, end in zip(found, ends, strict=True)}
    cut.pop("Takeaways", None)
    return cut


def said(draft: Draft, kind: str) -> tuple[str, ...]:
    """Return what the draft's notes of one kind say."""
    return next((note.items for note in draft.notes if note.kind == kind), ())
