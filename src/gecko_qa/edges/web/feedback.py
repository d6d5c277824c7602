"""Feedback as it comes over the web: a request to a value, or a reason why not."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gecko_qa.edges.web.limit import Limit
from gecko_qa.errors import FeedbackUnusable, UsageError
from gecko_qa.feedback.feedback import Feedback, check_feedback
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.library import Library

_NEEDED = ("verdict", "question", "status", "level")
_OPTIONAL = ("concepts", "audience", "answer", "index", "line")
_THANKS = "Thank you. The authors will see this."
_NOT_KEPT = "Your feedback cannot be kept just now. Please try again later."
_TOO_MUCH = "Many are sending feedback just now. Please try again in a moment."
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What to answer: a status, a message, and after how many seconds to try again, 0 for never."""

    status: int
    message: str
    wait_seconds: int = 0


def take_feedback(
    headers: Mapping[str, str],
    body: bytes,
    library: Library,
    store: FeedbackStore | None,
    day: date,
    *,
    limit: Limit,
) -> Taken:
    """Keep what a request says, sent on `day`, as far as `limit` lets it; return what to answer.

    Waits for the disk. `store` None keeps nothing.
    """
    if not is_from_here(headers):
        return Taken(403, "Feedback is taken from our own pages alone.")
    if not is_json(headers):
        return Taken(415, "Feedback is taken as application/json.")
    try:
        feedback = parse_feedback(body, library, day)
    except UsageError as error:
        return Taken(422, str(error))
    if wait := limit.take():
        return Taken(429, _TOO_MUCH, wait)
    return _keep(feedback, store)


def _keep(feedback: Feedback, store: FeedbackStore | None) -> Taken:
    if store is None:
        return Taken(503, _NOT_KEPT)
    try:
        store.append(feedback)
    except FeedbackUnusable as error:
        # For whoever runs the server: it names the file and the reason, and nothing that was sent.
        _log.warning("%s", error)
        return Taken(503, _NOT_KEPT)
    return Taken(201, _THANKS)


def is_json(headers: Mapping[str, str]) -> bool:
    """Tell whether a request, its headers' names in lower case, says that it brings JSON."""
    return headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes from a page of ours, or from none, as a script's does.

    A browser says which in headers that pages cannot set: `Sec-Fetch-Site` where the connection
    is safe, else `Origin`.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def parse_feedback(body: bytes, library: Library, day: date) -> Feedback:
    """Return the feedback that `body`, a JSON object, gives on `day`; raises UsageError."""
    said = _parse(body)
    if not set(said) <= {*_NEEDED, *_OPTIONAL}:
        raise UsageError(f"There is an unknown field. Known are: {', '.join(_NEEDED + _OPTIONAL)}.")
    missing = [key for key in _NEEDED if key not in said]
    if missing:
        raise UsageError(f"“{missing[0]}” is missing.")
    return check_feedback(
        library,
        day,
        verdict=_text(said["verdict"], "verdict"),
        question=_text(said["question"], "question"),
        status=_text(said["status"], "status"),
        level=_text(said["level"], "level"),
        concepts=_texts(said.get("concepts", []), "concepts"),
        audience=_text_or_none(said.get("audience"), "audience"),
        answer=_text_or_none(said.get("answer"), "answer"),
        index=_text_or_none(said.get("index"), "index"),
        line=_text_or_none(said.get("line"), "line") or "",
    )


def _parse(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UsageError("That is not JSON. Send one object.") from None
    if not isinstance(said, dict):
        raise UsageError("That is not a JSON object. Send one.")
    return said


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"“{key}” has to be text.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise UsageError(f"“{key}” is not valid Unicode.")
    return value


def _text_or_none(value: object, key: str) -> str | None:
    return None if value is None else _text(value, key)


def _texts(value: object, key: str) -> list[str]:
    if not isinstance(value, list):
        raise UsageError(f"“{key}” has to be a list.")
    return [_text(item, key) for item in value]
