"""Feedback as it comes from our own pages: a request to a status and a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gecko_qa.errors import UsageError
from gecko_qa.feedback import taking
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.library import Library


def take_feedback(
    headers: Mapping[str, str],
    body: bytes,
    library: Library,
    store: FeedbackStore | None,
    day: date,
) -> tuple[int, str]:
    """Keep what a request says, sent on `day`; return the status and the message to answer with.

    Waits for the disk. `store` None keeps nothing.
    """
    if not taking.is_from_here(headers):
        return 403, taking.FOREIGN
    if not taking.is_json(headers):
        return 415, "Feedback is taken as application/json."
    try:
        feedback = taking.parse_feedback(body, library, day)
    except UsageError as error:
        return 422, str(error)
    return (201, taking.THANKS) if taking.keep(feedback, store) else (503, taking.NOT_KEPT)
