"""What the search of a site without a server reads: names, questions and texts."""

from __future__ import annotations

from typing import Any

from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.publishing.plain import heading
from gecko_qa.retrieval.frame import frame_words

MAX_TEXT_BYTES = 8 * 1024 * 1024
"""Of a corpus with more text than this, definitions alone are searched."""


def search_index(book: Book, max_bytes: int = MAX_TEXT_BYTES) -> tuple[dict[str, Any], bool]:
    """Return what html/static/search.js reads, and whether it holds all texts.

    `plain` are words that tell no question from another; of each explainer there are slug, title,
    aliases, asks, and id and text of each section, word for word.
    """
    sections = [section for explainer in book.explainers for section in explainer.sections]
    whole = sum(len(section.text.encode("utf-8")) for section in sections) <= max_bytes
    index = {
        "plain": sorted(frame_words()),
        "headings": {kind.id: heading(kind) for kind in book.layout.sections},
        "asides": [kind.id for kind in book.layout.sections if kind.role != "level"],
        "explainers": [_record(explainer, whole) for explainer in book.explainers],
    }
    return index, whole


def _record(explainer: Explainer, whole: bool) -> list[Any]:
    sections = explainer.sections if whole else (explainer.definition,)
    told = [[section.kind.id, section.text] for section in sections]
    return [explainer.slug, explainer.title, explainer.aliases, explainer.asks, told]
