"""News for open pages of a watched corpus: whether what they show has changed, and its faults."""

from __future__ import annotations

from typing import Any

from gecko_qa.hashing import digest
from gecko_qa.html.environment import render
from gecko_qa.library import Library
from gecko_qa.watching import Update

N_PROBLEMS = 5


class News:
    """What came of the last save."""

    def __init__(self) -> None:
        self._update: Update | None = None

    def tell(self, update: Update) -> None:
        """Take what a save came to."""
        self._update = update

    def to_json(self, library: Library, slug: str) -> dict[str, Any]:
        """Return what the page of `slug`, "" for one that shows no explainer, needs to know."""
        update = self._update
        told = {"seen": identity(library, slug), "changed": [], "fault": "", "problems": []}
        if update is None:
            return told
        return told | {
            "changed": [name.removesuffix(".md") for name in update.changed[:N_PROBLEMS]],
            "fault": update.fault,
            "problems": [
                f"{problem.path.name}, line {problem.line}: {problem.message} {problem.mend}"
                for problem in update.problems[:N_PROBLEMS]
            ],
        }


def identity(library: Library, slug: str) -> str:
    """Return what changes when a page does: of `slug` with its text, of any other with them all."""
    if not slug:
        return library.hash
    explainer = library.index.by_slug.get(slug)
    return "" if explainer is None else digest(repr(explainer))


def watching_page(page: str, library: Library, slug: str = "") -> str:
    """Return `page` with the script that asks for news."""
    script = render("_watch.html", seen=identity(library, slug), slug=slug)
    return page.replace("</body>", f"{script}</body>", 1)
