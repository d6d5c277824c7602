"""A corpus as JSON, and the JSON Schema that it follows."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from gecko_qa import __version__
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.folder import Corpus
from gecko_qa.corpus.layout_file import layout_to_json
from gecko_qa.passages import Passage, corpus_passages

FORMAT = 1
SCHEMA = "corpus.schema.json"


def corpus_json(corpus: Corpus) -> bytes:
    """Return all of `corpus` as JSON, the same bytes for the same corpus and version.

    Raises CorpusInvalid where a passage is not the text of its file.
    """
    passages: dict[str, list[Passage]] = {}
    for passage in corpus_passages(corpus):
        passages.setdefault(passage.concept, []).append(passage)
    told = {
        "manifest": {
            "format": FORMAT,
            "corpus": corpus.hash,
            "generator": f"gecko-qa {__version__}",
        },
        "layout": layout_to_json(corpus.layout),
        "explainers": [
            _explainer(explainer, passages[explainer.slug], corpus)
            for explainer in corpus.explainers
        ],
        "outside": corpus.wordings.outside,
    }
    return _pretty(told)


def schema() -> bytes:
    """Return the JSON Schema (2020-12) of `corpus_json`."""
    return (files("gecko_qa.publishing") / SCHEMA).read_bytes()


def _explainer(explainer: Explainer, passages: list[Passage], corpus: Corpus) -> dict[str, Any]:
    return {
        "slug": explainer.slug,
        "file": f"{explainer.slug}.md",
        "title": explainer.title,
        "category": explainer.category,
        "tagline": explainer.tagline,
        "aliases": explainer.aliases,
        "asks": explainer.asks,
        "phrasings": corpus.wordings.phrasings.get(explainer.slug, ()),
        "related": explainer.related,
        "confused_with": explainer.confused_with,
        "sources": [asdict(source) for source in explainer.sources],
        "updated": explainer.updated.isoformat() if explainer.updated else None,
        "reading_minutes": explainer.reading_minutes,
        "words_deep": explainer.words_deep,
        "passages": [_passage(passage, explainer) for passage in passages],
    }


def _passage(passage: Passage, explainer: Explainer) -> dict[str, Any]:
    kind = explainer.section(passage.section).kind
    return {
        "id": passage.id,
        "section": passage.section,
        "heading": kind.heading,
        "role": kind.role,
        "level": passage.level,
        "audience": passage.audience,
        "start": passage.start,
        "text": passage.text,
        "hash": passage.hash,
    }


def _pretty(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
