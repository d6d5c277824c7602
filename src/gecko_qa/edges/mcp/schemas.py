"""What the tools take and give, as JSON Schema."""

from __future__ import annotations

from typing import Any, get_args

from gecko_qa.answer.answer import Status
from gecko_qa.answer.intent import Intent
from gecko_qa.answer.question import MAX_QUESTION_CHARS
from gecko_qa.asking import MAX_TURNS
from gecko_qa.layout import EVERYONE, Layout
from gecko_qa.library import COMPARED
from gecko_qa.listing import MAX_LISTED, MAX_PREFIX_CHARS

Schema = dict[str, Any]
MAX_CATEGORIES = 100
"""With more categories than this a schema does not name them."""

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}


def ask_input(layout: Layout) -> Schema:
    """Return what `ask` takes."""
    question = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_QUESTION_CHARS,
        "description": "The question, in the reader's words.",
    }
    turn = _object({"question": question, **_dials(layout)}, "question")
    return _object(
        {
            "question": question,
            **_dials(layout),
            "as_typed": {
                "type": "boolean",
                "default": False,
                "description": "True mends no slips of the pen.",
            },
            "conversation": {
                "type": "array",
                "items": turn,
                "maxItems": MAX_TURNS,
                "description": "For a question that follows on: the turns before, oldest first.",
            },
        },
        "question",
    )


def define_input() -> Schema:
    """Return what `define` takes."""
    term = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_QUESTION_CHARS,
        "description": "A concept, by any of its names.",
    }
    return _object({"term": term}, "term")


def compare_input(layout: Layout) -> Schema:
    """Return what `compare` takes."""
    concepts = {
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "minItems": COMPARED.start,
        "maxItems": COMPARED.stop - 1,
        "description": "The concepts, each by any of its names.",
    }
    return _object({"concepts": concepts, **_dials(layout)}, "concepts")


def list_input(categories: tuple[str, ...]) -> Schema:
    """Return what `list_concepts` takes."""
    category: Schema = {"type": "string", "description": "Only concepts of this category."}
    if len(categories) <= MAX_CATEGORIES:
        category["enum"] = list(categories)
    return _object(
        {
            "category": category,
            "prefix": {
                "type": "string",
                "maxLength": MAX_PREFIX_CHARS,
                "description": "Only concepts with a name that begins so.",
            },
            "offset": {
                "type": "integer",
                "minimum": 0,
                "default": 0,
                "description": "Where to go on: the next_offset of the page before.",
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LISTED},
        }
    )


def answer_output(layout: Layout) -> Schema:
    """Return what `ask` and `compare` give; docs/answers.md describes each field."""
    level = {"type": "string", "enum": [choice.id for choice in layout.levels]}
    passage = _object(
        {
            "id": _TEXT,
            "concept": _TEXT,
            "section": _TEXT,
            "level": _TEXT_OR_NULL,
            "audience": _TEXT_OR_NULL,
            "text": {"type": "string", "description": "Word for word as in the explainer."},
            "rank": {"type": "integer", "minimum": 1},
            "mark": {
                "type": ["array", "null"],
                "items": {"type": "integer"},
                "description": "Start and end, in characters, of the sentence that answers best.",
            },
        },
        all_needed=True,
    )
    return _object(
        {
            "id": _TEXT,
            "question": _TEXT,
            "status": {"type": "string", "enum": list(get_args(Status))},
            "intent": {"type": "string", "enum": list(get_args(Intent))},
            "level": level,
            "audience": _TEXT_OR_NULL,
            "concepts": _TEXTS,
            "passages": {"type": "array", "items": passage},
            "definition": _TEXT_OR_NULL,
            "because": _TEXT,
            "correction": {"type": ["object", "null"]},
            "follows": _TEXTS,
            "also": _TEXTS,
            "missing": _TEXTS,
            "nearest": _TEXTS,
            "mentioned": _TEXTS,
            "candidates": _TEXTS,
            "message": _TEXT,
            "index": _TEXT,
        },
        all_needed=True,
    )


def definition_output() -> Schema:
    """Return what `define` gives."""
    return _object({"concept": _TEXT, "title": _TEXT, "text": _TEXT}, all_needed=True)


def list_output() -> Schema:
    """Return what `list_concepts` gives."""
    fields = ("slug", "title", "category", "tagline")
    concept = _object({**dict.fromkeys(fields, _TEXT), "aliases": _TEXTS}, all_needed=True)
    return _object(
        {
            "concepts": {"type": "array", "items": concept},
            "total": {"type": "integer"},
            "next_offset": {"type": ["integer", "null"]},
            "index": _TEXT,
        },
        all_needed=True,
    )


def _dials(layout: Layout) -> Schema:
    levels = ", ".join(f"{choice.id} ({choice.name})" for choice in layout.levels)
    return {
        "level": {
            "type": "string",
            "enum": [choice.id for choice in layout.levels],
            "default": layout.default_level,
            "description": f"How deep, shallowest first: {levels}.",
        },
        "audience": {
            "type": "string",
            "enum": [*(choice.id for choice in layout.audiences), EVERYONE],
            "default": EVERYONE,
            "description": "For whom: adds what the explainer says to this audience.",
        },
    }


def _object(properties: Schema, *needed: str, all_needed: bool = False) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if all_needed else list(needed),
        "additionalProperties": False,
    }
