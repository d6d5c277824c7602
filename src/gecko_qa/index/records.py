"""Explainers, wordings and vocabulary as JSON and back."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from gecko_qa.corpus.explainer import Explainer, Section, Source
from gecko_qa.corpus.layout_file import layout_from, layout_to_json
from gecko_qa.corpus.wordings import Wordings
from gecko_qa.errors import IndexDamaged
from gecko_qa.hashing import canonical_json
from gecko_qa.layout import Layout


def explainers_to_json(layout: Layout, explainers: Sequence[Explainer]) -> bytes:
    """Return the explainers and their layout as canonical JSON."""
    records = [_record(explainer) for explainer in explainers]
    return canonical_json({"layout": layout_to_json(layout), "explainers": records})


def explainers_from_json(data: bytes) -> tuple[Layout, tuple[Explainer, ...]]:
    """Read what `explainers_to_json` wrote; raises IndexDamaged."""
    try:
        raw = json.loads(data)
        layout = layout_from(raw["layout"])
        return layout, tuple(_explainer(record, layout) for record in raw["explainers"])
    except (ValueError, KeyError, TypeError):
        raise IndexDamaged(
            "The index's explainers cannot be read. Run “gecko-qa index build”."
        ) from None


def wordings_to_json(wordings: Wordings) -> bytes:
    """Return the wordings as canonical JSON."""
    return canonical_json({"phrasings": dict(wordings.phrasings), "outside": wordings.outside})


def wordings_from_json(data: bytes) -> Wordings:
    """Read what `wordings_to_json` wrote; raises IndexDamaged."""
    try:
        raw = json.loads(data)
        phrasings = {slug: tuple(texts) for slug, texts in raw["phrasings"].items()}
        return Wordings(phrasings, tuple(raw["outside"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise IndexDamaged(
            "The index's wordings cannot be read. Run “gecko-qa index build”."
        ) from None


def vocabulary_to_json(texts: Iterable[Iterable[str]]) -> bytes:
    """Return the words of `texts`, each text as its folded words, each once, as canonical JSON."""
    return canonical_json(sorted({word for words in texts for word in words}))


def vocabulary_from_json(data: bytes) -> frozenset[str]:
    """Read what `vocabulary_to_json` wrote; raises IndexDamaged."""
    try:
        return frozenset(json.loads(data))
    except (ValueError, TypeError):
        raise IndexDamaged(
            "The index's vocabulary cannot be read. Run “gecko-qa index build”."
        ) from None


def _record(explainer: Explainer) -> dict[str, Any]:
    record = {f.name: getattr(explainer, f.name) for f in fields(explainer)}
    record["updated"] = explainer.updated.isoformat() if explainer.updated else None
    record["sources"] = [asdict(source) for source in explainer.sources]
    record["sections"] = [
        {"id": s.kind.id, "text": s.text, "start": s.start, "line": s.line}
        for s in explainer.sections
    ]
    return record


def _explainer(record: dict[str, Any], layout: Layout) -> Explainer:
    values = dict(record)
    for key in ("aliases", "asks", "related", "confused_with"):
        values[key] = tuple(values[key])
    values["sources"] = tuple(Source(**source) for source in record["sources"])
    updated = record["updated"]
    values["updated"] = None if updated is None else datetime.date.fromisoformat(updated)
    values["sections"] = tuple(
        Section(layout.section(s["id"]), s["text"], s["start"], s["line"])
        for s in record["sections"]
    )
    return Explainer(**values)
