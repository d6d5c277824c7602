"""Every exception that gecko-qa raises on purpose.

GeckoQAError
├── UsageError            the caller asked for something that cannot be
│   ├── NotJson           what was sent cannot be read as a JSON object
│   ├── QuestionRejected  empty, too long, or not text
│   ├── SettingRejected   a setting that does not exist, or with a value it cannot have
│   └── UnknownChoice     a level, audience or passage that does not exist
│       └── UnknownConcept  a concept that does not exist
└── DataError             what lies on disk cannot be used
    ├── CorpusInvalid     explainers with faults; carries them all
    ├── EncoderFailed     a model that cannot be loaded, exported or trusted
    ├── FeedbackUnusable  the file of feedback cannot be read or written
    └── IndexUnusable
        ├── IndexMissing
        ├── IndexStale
        ├── IndexDamaged
        └── IndexFormatUnknown

Only the edges turn these into exit codes and HTTP statuses.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

    from gecko_qa.corpus.problem import Problem


class GeckoQAError(Exception):
    """A failure with a message for a person: what happened and what to do next."""


class UsageError(GeckoQAError):
    """The caller asked for something that cannot be."""


class NotJson(UsageError):
    """What was sent cannot be read as a JSON object."""


class QuestionRejected(UsageError):
    """The question is empty, too long, or not text."""


class SettingRejected(UsageError):
    """A setting does not exist, or cannot have the value that was given."""


class UnknownChoice(UsageError):
    """A level, audience, concept or passage was named that does not exist."""


class UnknownConcept(UnknownChoice):
    """A concept was named that does not exist."""


class DataError(GeckoQAError):
    """Files on disk cannot be used as they are."""


class CorpusInvalid(DataError):
    """The corpus has faults; `problems` holds every one of them."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class EncoderFailed(DataError):
    """A model cannot be loaded, exported or trusted."""


class FeedbackUnusable(DataError):
    """The file of feedback cannot be read or written; the message says why."""


class IndexUnusable(DataError):
    """The index cannot answer; the message says what to run."""


class IndexMissing(IndexUnusable):
    """There is no index in the folder."""


class IndexStale(IndexUnusable):
    """The corpus has changed since the index was built."""


class IndexDamaged(IndexUnusable):
    """A file of the index is missing, or its bytes are not those that were built."""


class IndexFormatUnknown(IndexUnusable):
    """The index was written in a format that this version does not read."""


def unforeseen(error: Exception) -> str:
    """Return what to tell of an error that no code of ours raises on purpose."""
    return f"Something failed that should not: {type(error).__name__}: {error}."


def note_unforeseen(log: logging.Logger, what: str, error: Exception) -> None:
    """Write in `log` that `what` failed, with the kind of `error` and where it was raised.

    Its message is left out: it may hold a reader's question.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed with %s:\n%s", what, type(error).__name__, where)
