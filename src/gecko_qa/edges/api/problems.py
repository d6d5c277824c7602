"""What went wrong, as RFC 9457 tells it; the one place where exceptions become HTTP statuses."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from gecko_qa.edges.api.exchange import Reply
from gecko_qa.errors import (
    DataError,
    FeedbackUnusable,
    GeckoQAError,
    NotJson,
    QuestionRejected,
    UnknownChoice,
    UnknownConcept,
    UsageError,
    note_unforeseen,
)
from gecko_qa.feedback import taking
from gecko_qa.gate.asgi import Refusal
from gecko_qa.payload import MAX_BODY_BYTES, json_line

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A kind of problem. Its `type` is for good: programs go by it."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI that names it, relative to the server."""
        return f"/problems/{self.name}"


NOT_JSON = Kind("not-json", 400, "The body is not a JSON object")
PASSWORD = Kind("password-needed", 401, "A password is needed")
UNCLEAR = Kind("unclear-length", 400, "The request tells its length in two ways")
FOREIGN = Kind("foreign-page", 403, "A page of another site sent this")
NOT_FOUND = Kind("not-found", 404, "There is nothing here")
UNKNOWN_CONCEPT = Kind("unknown-concept", 404, "There is no such concept")
NOT_ALLOWED = Kind("method-not-allowed", 405, "The method is not allowed here")
TOO_SLOW = Kind("too-slow", 408, "The request did not come in time")
TOO_LARGE = Kind("too-large", 413, "The body is too large")
NOT_OF_ITS_KIND = Kind("unsupported-media-type", 415, "The body is not sent as JSON")
TOO_MANY = Kind("too-many-requests", 429, "Too much is sent just now")
REJECTED = Kind("question-rejected", 422, "The question cannot be asked")
UNKNOWN_CHOICE = Kind("unknown-choice", 422, "There is no such choice")
INVALID = Kind("invalid-request", 422, "The request is not as it has to be")
FAILED = Kind("internal-error", 500, "Something failed that should not")
NOT_KEPT = Kind("feedback-not-kept", 503, "Feedback cannot be kept just now")
BUSY = Kind("busy", 503, "The server has too much to do just now")
UNAVAILABLE = Kind("unavailable", 503, "The library cannot be read just now")

KINDS = (
    NOT_JSON,
    UNCLEAR,
    PASSWORD,
    FOREIGN,
    NOT_FOUND,
    UNKNOWN_CONCEPT,
    NOT_ALLOWED,
    TOO_SLOW,
    TOO_LARGE,
    NOT_OF_ITS_KIND,
    REJECTED,
    UNKNOWN_CHOICE,
    INVALID,
    TOO_MANY,
    FAILED,
    NOT_KEPT,
    BUSY,
    UNAVAILABLE,
)
# Of what is refused before it gets here.
_KIND_OF_STATUS = {
    kind.status: kind for kind in (UNCLEAR, PASSWORD, TOO_SLOW, TOO_LARGE, TOO_MANY, FAILED, BUSY)
}
# The first that an exception is one of.
_KIND_OF: tuple[tuple[type[GeckoQAError], Kind], ...] = (
    (NotJson, NOT_JSON),
    (QuestionRejected, REJECTED),
    (UnknownConcept, UNKNOWN_CONCEPT),
    (UnknownChoice, UNKNOWN_CHOICE),
    (UsageError, INVALID),
    (FeedbackUnusable, NOT_KEPT),
    (DataError, UNAVAILABLE),
)
# Always the same: what some errors say names files of the server.
DETAILS = {
    NOT_KEPT: taking.NOT_KEPT,
    UNAVAILABLE: "The library's files cannot be read just now. Please try again later.",
    TOO_LARGE: f"At most {MAX_BODY_BYTES} bytes are taken. Send less.",
    FAILED: "The server could not finish this. Please try again later.",
}


class Refused(Exception):
    """A request that is refused with a problem."""

    def __init__(self, kind: Kind, detail: str, wait_seconds: int = 0) -> None:
        """Take after how many seconds to try again, 0 where that is not known."""
        super().__init__(detail)
        self.kind = kind
        self.headers = (("Retry-After", str(wait_seconds)),) if wait_seconds else ()


def problem(kind: Kind, detail: str, *headers: tuple[str, str]) -> Reply:
    """Return the reply that tells a problem of `kind`."""
    told = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": detail}
    # A detail may repeat halves of characters that a request held.
    text = json_line(told).encode("utf-8", "replace").decode("utf-8")
    return Reply(text, kind.status, MEDIA_TYPE, (("Cache-Control", "no-store"), *headers))


def telling(_: str, refusal: Refusal) -> tuple[str, str]:
    """Return a refusal as a problem, and its media type."""
    kind = _KIND_OF_STATUS[refusal.status]
    told = problem(kind, DETAILS.get(kind) or refusal.message)
    return told.text, told.media_type


def problem_of(error: Exception) -> Reply:
    """Return the reply to a request that ended in `error`; of one unforeseen it tells nothing."""
    if isinstance(error, Refused):
        return problem(error.kind, str(error), *error.headers)
    kind = next((kind for type_, kind in _KIND_OF if isinstance(error, type_)), FAILED)
    if isinstance(error, DataError):
        _log.error("%s", error)
    elif kind is FAILED:
        note_unforeseen(_log, "A request", error)
    return problem(kind, DETAILS.get(kind) or str(error))
