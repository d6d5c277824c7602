"""gecko-qa: question and answer over concept explainers, verbatim and cited.

What is listed in `__all__` is public; docs/python.md shows its use. Importing this module is
cheap: each name is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gecko_qa.answer.answer import Answer
    from gecko_qa.answer.conversation import Context
    from gecko_qa.corpus.explainer import Explainer, Section, Source
    from gecko_qa.errors import (
        CorpusInvalid,
        DataError,
        EncoderFailed,
        GeckoQAError,
        IndexDamaged,
        IndexFormatUnknown,
        IndexMissing,
        IndexStale,
        IndexUnusable,
        QuestionRejected,
        UnknownChoice,
        UnknownConcept,
        UsageError,
    )
    from gecko_qa.layout import Layout
    from gecko_qa.library import Library
    from gecko_qa.passages import Passage
    from gecko_qa.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Context",
    "CorpusInvalid",
    "DataError",
    "EncoderFailed",
    "Explainer",
    "GeckoQAError",
    "IndexDamaged",
    "IndexFormatUnknown",
    "IndexMissing",
    "IndexStale",
    "IndexUnusable",
    "Layout",
    "Library",
    "Passage",
    "QuestionRejected",
    "Section",
    "Settings",
    "Source",
    "UnknownChoice",
    "UnknownConcept",
    "UsageError",
    "__version__",
]

# Where each public name is; those of the exceptions are in `errors`.
_MODULES = {
    "Answer": "answer.answer",
    "Context": "answer.conversation",
    "Explainer": "corpus.explainer",
    "Layout": "layout",
    "Library": "library",
    "Passage": "passages",
    "Section": "corpus.explainer",
    "Settings": "settings",
    "Source": "corpus.explainer",
}

if not TYPE_CHECKING:  # with it a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'errors')}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
