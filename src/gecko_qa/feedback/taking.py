"""Feedback as it comes over HTTP: who may send it, what it says, and whether it is kept."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import date

from gecko_qa.errors import FeedbackUnusable, UsageError
from gecko_qa.feedback.feedback import Feedback, check_feedback
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.library import Library
from gecko_qa.limits import A_MINUTE, Limit
from gecko_qa.payload import parse_object, refuse_unknown, text, text_or_none, texts

NEEDED = ("verdict", "question", "status", "level")
OPTIONAL = ("concepts", "audience", "answer", "index", "line")
THANKS = "Thank you. The authors will see this."
NOT_KEPT = "Your feedback cannot be kept just now. Please try again later."
TOO_MUCH = "Many are sending feedback just now. Please try again in a moment."
FOREIGN = "Feedback is taken from our own pages alone."
FEEDBACK_A_MINUTE = 30
"""Of all readers together, so that nobody fills the disk."""
_log = logging.getLogger(__name__)


def feedback_limit() -> Limit:
    """Return a limit on how much feedback is taken."""
    return Limit(FEEDBACK_A_MINUTE, A_MINUTE)


def is_json(headers: Mapping[str, str]) -> bool:
    """Tell whether a request, its headers' names in lower case, says that it brings JSON."""
    return headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"


def is_from_here(headers: Mapping[str, str], origins: Collection[str] = ()) -> bool:
    """Tell whether a request comes from a page of ours, of `origins`, or from none, as a script's.

    A browser says which in headers that pages cannot set: `Sec-Fetch-Site` where the connection
    is safe, else `Origin`.
    """
    origin = headers.get("origin")
    if origin is not None and origin in origins:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return origin is None or origin.partition("://")[2] == headers.get("host")


def parse_feedback(body: bytes, library: Library, day: date) -> Feedback:
    """Return the feedback that `body`, a JSON object, gives on `day`; raises UsageError."""
    said = parse_object(body)
    refuse_unknown(said, (*NEEDED, *OPTIONAL))
    missing = [key for key in NEEDED if key not in said]
    if missing:
        raise UsageError(f"“{missing[0]}” is missing.")
    return check_feedback(
        library,
        day,
        verdict=text(said["verdict"], "verdict"),
        question=text(said["question"], "question"),
        status=text(said["status"], "status"),
        level=text(said["level"], "level"),
        concepts=texts(said.get("concepts", []), "concepts"),
        audience=text_or_none(said.get("audience"), "audience"),
        answer=text_or_none(said.get("answer"), "answer"),
        index=text_or_none(said.get("index"), "index"),
        line=text_or_none(said.get("line"), "line") or "",
    )


def keep(feedback: Feedback, store: FeedbackStore | None) -> bool:
    """Keep `feedback` and tell whether it could be kept; `store` None keeps nothing.

    Waits for the disk.
    """
    if store is None:
        return False
    try:
        store.append(feedback)
    except FeedbackUnusable as error:
        # For whoever runs the server: it names the file and the reason, and nothing that was sent.
        _log.warning("%s", error)
        return False
    return True
