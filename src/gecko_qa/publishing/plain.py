"""A corpus for language models to read: an overview after llmstxt.org, and all of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.html.reading import shelves_of
from gecko_qa.html.site import StaticSite, file_of
from gecko_qa.layout import TAKEAWAYS_HEADING, SectionKind

_MARKS = re.compile(r"([\\\[\]<>*_`])")


def overview(book: Book, site: StaticSite) -> str:
    """Return llms.txt: what the site is, and a link to each explainer with its tagline."""
    lines = [f"# {_escaped(book.layout.title)}", "", f"> {_summary(book)}"]
    for shelf in shelves_of(book.explainers):
        lines += ["", f"## {_escaped(shelf.category)}", ""]
        for explainer in shelf.explainers:
            told = f": {_escaped(explainer.tagline)}" if explainer.tagline else ""
            lines.append(f"- [{_escaped(explainer.title)}]({_link(explainer, site)}){told}")
    full = site.canonical("/llms-full.txt") or "llms-full.txt"
    lines += ["", "## Optional", "", f"- [Everything in one file]({full})"]
    return "\n".join(lines) + "\n"


def full_text(book: Book, site: StaticSite) -> str:
    """Return llms-full.txt: every explainer, its sections word for word."""
    heads = [f"# {_escaped(book.layout.title)}", f"> {_summary(book)}"]
    told = (part for explainer in book.explainers for part in _told(explainer, site))
    return "\n\n".join([*heads, *told]) + "\n"


def _summary(book: Book) -> str:
    n, license = len(book.explainers), book.layout.license
    terms = f" License: {_escaped(license)}." if license else ""
    return f"{n} explainer{'' if n == 1 else 's'}, each of one concept.{terms}"


def _told(explainer: Explainer, site: StaticSite) -> Iterator[str]:
    yield f"## {_escaped(explainer.title)}"
    yield f"<{_link(explainer, site)}>"
    if explainer.tagline:
        yield _escaped(explainer.tagline)
    for section in explainer.sections:
        yield f"### {heading(section.kind)}"
        yield section.text
    if explainer.sources:
        yield "### Sources"
        yield "\n".join(
            f"- {s.authors} ({s.year}). {s.title}. <{s.url}>" for s in explainer.sources
        )


def heading(kind: SectionKind) -> str:
    """Return what a section is called where it stands apart from its page."""
    if kind.role == "takeaways":
        return f"{TAKEAWAYS_HEADING}: {kind.heading}"
    return f"{kind.heading} (opinion)" if kind.role == "take" else kind.heading


def _link(explainer: Explainer, site: StaticSite) -> str:
    address = f"/explainers/{explainer.slug}"
    return site.canonical(address) or file_of(address)


def _escaped(text: str) -> str:
    """Return a line of `text` in which no character means anything to Markdown."""
    return _MARKS.sub(r"\\\1", text)
