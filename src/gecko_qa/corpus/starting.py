"""The first files of an author: an empty explainer, and a new corpus with one to look at."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from gecko_qa.corpus.front_matter import CHECKS, MAX_TITLE_CHARS
from gecko_qa.corpus.layout_file import read_layout
from gecko_qa.corpus.parse import headings_of
from gecko_qa.corpus.slug import slug_of
from gecko_qa.errors import DataError, UsageError
from gecko_qa.files import write_atomically
from gecko_qa.layout import BULLETS, Layout, SectionKind

_EXAMPLE = files("gecko_qa.corpus") / "example"
# What may lie in a folder that is called empty.
_IGNORED = frozenset((".DS_Store", ".git", ".gitignore"))


def new_explainer(title: str, folder: Path, today: datetime.date) -> Path:
    """Write an explainer of the concept `title`, all but empty, into the corpus `folder`.

    Returns its file. Raises UsageError for a title that cannot be one, and DataError where the
    file is there already or cannot be written.
    """
    title = " ".join(title.split())
    try:
        CHECKS["title"](title)
    except ValueError:
        raise UsageError(f"A title is a line of 1 to {MAX_TITLE_CHARS} characters.") from None
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}. Make a corpus with “gecko-qa init DIR”.")
    path = folder / f"{slug_of(title)}.md"
    if path.exists():
        raise DataError(f"{path} is there already. Edit it, or choose another title.")
    write_atomically(path, explainer_template(title, read_layout(folder), today).encode())
    return path


def explainer_template(title: str, layout: Layout, today: datetime.date) -> str:
    """Return the file of an explainer that is still to be written, with notes on what goes where.

    The notes are YAML comments, which nobody is shown.
    """
    headings = (f"{'#' * depth} {name}\n" for name, depth, _ in headings_of(layout))
    return "\n".join((*_front(title, layout, today), "", *headings))


def new_corpus(folder: Path) -> tuple[Path, ...]:
    """Write a corpus with one example into `folder`, which is made where it is not there.

    Returns the files. Raises DataError where the folder holds anything, or cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder} is a file. Name a new folder.")
    if folder.is_dir() and any(item.name not in _IGNORED for item in folder.iterdir()):
        raise DataError(f"{folder} is not empty. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for item in sorted(_EXAMPLE.iterdir(), key=lambda item: item.name):
        path = folder / item.name
        write_atomically(path, item.read_bytes())
        written.append(path)
    return tuple(written)


def _front(title: str, layout: Layout, today: datetime.date) -> Iterator[str]:
    yield "---"
    # A JSON string is a YAML string, whatever the title holds.
    yield f"title: {json.dumps(title, ensure_ascii=False)}"
    yield "# Take the “#” from the lines that follow, and fill them in."
    yield "# category: the shelf it stands on, such as Training"
    yield "# tagline: one line under the title, at most 120 characters"
    yield "# aliases: [other names that mean it, its acronym]"
    yield "# asks:  # 8 to 12 questions that readers put and this explainer answers"
    yield "#   - What is it?"
    yield "# related: [slugs-of-neighbours]"
    yield "# confused_with: [slugs-of-what-it-is-mistaken-for]"
    yield "# sources:  # 2 to 5 primary ones"
    yield "#   - title: The title"
    yield "#     authors: A. Author, B. Author"
    yield f"#     year: {today.year}"
    yield "#     url: https://example.org/"
    yield f"updated: {today.isoformat()}"
    yield "# Words for each section; what is empty is not shown:"
    for kind in layout.sections:
        yield f"#   {kind.heading}: {_length(kind)}"
    yield "---"


def _length(kind: SectionKind) -> str:
    if kind.words is None:
        return "as many as it takes"
    low, high = kind.words
    words = f"at most {high}" if low == 1 else f"{low} to {high}"
    return f"{BULLETS} bullets (“- ”), each {words}" if kind.role == "takeaways" else words
