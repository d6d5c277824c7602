"""Feedback as it comes from our own pages: a request to a status and a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gecko_qa.errors import UsageError
from gecko_qa.feedback import taking
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.library import Library
from gecko_qa.limits import Limit


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
    if not taking.is_from_here(headers):
        return Taken(403, taking.FOREIGN)
    if not taking.is_json(headers):
        return Taken(415, "Feedback is taken as application/json.")
    try:
        feedback = taking.parse_feedback(body, library, day)
    except UsageError as error:
        return Taken(422, str(error))
    if wait := limit.take():
        return Taken(429, taking.TOO_MUCH, wait)
    kept = taking.keep(feedback, store)
    return Taken(201, taking.THANKS) if kept else Taken(503, taking.NOT_KEPT)
