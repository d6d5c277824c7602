"""What the library holds as JSON objects: its layout, its explainers and their definitions."""

from __future__ import annotations

from typing import Any

from gecko_qa.corpus.explainer import Explainer
from gecko_qa.layout import Choice
from gecko_qa.library import Library
from gecko_qa.passages import passages_of


def layout_json(library: Library) -> dict[str, Any]:
    """Return what the corpus is called, and which levels and audiences there are."""
    layout = library.layout
    return {
        "title": layout.title,
        "levels": [_choice(choice) for choice in layout.levels],
        "default_level": layout.default_level,
        "audiences": [_choice(choice) for choice in layout.audiences],
        "explainers": len(library.explainers),
        "index": library.hash,
    }


def explainers_json(library: Library) -> dict[str, Any]:
    """Return every explainer in short, by slug."""
    return {"explainers": [_heading(e) for e in library.explainers], "index": library.hash}


def explainer_json(explainer: Explainer) -> dict[str, Any]:
    """Return an explainer with its sources and passages, in reading order."""
    return {
        **_heading(explainer),
        "related": list(explainer.related),
        "confused_with": list(explainer.confused_with),
        "sources": [vars(source) for source in explainer.sources],
        "passages": [
            {
                "id": passage.id,
                "section": passage.section,
                "heading": section.kind.heading,
                "role": section.kind.role,
                "level": passage.level,
                "audience": passage.audience,
                "text": passage.text,
            }
            for passage, section in zip(passages_of(explainer), explainer.sections, strict=True)
        ],
    }


def definition_json(explainer: Explainer) -> dict[str, str]:
    """Return the definition of a concept."""
    return {
        "concept": explainer.slug,
        "title": explainer.title,
        "text": explainer.definition.text,
    }


def concept_json(explainer: Explainer) -> dict[str, Any]:
    """Return what a concept is called and where it stands."""
    return {
        "slug": explainer.slug,
        "title": explainer.title,
        "category": explainer.category,
        "tagline": explainer.tagline,
        "aliases": list(explainer.aliases),
    }


def _heading(explainer: Explainer) -> dict[str, Any]:
    updated = None if explainer.updated is None else explainer.updated.isoformat()
    return {**concept_json(explainer), "updated": updated}


def _choice(choice: Choice) -> dict[str, str]:
    return {"id": choice.id, "name": choice.name}
