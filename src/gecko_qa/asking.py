"""A question as programs ask it: an object with its fields, and the answer as JSON."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gecko_qa.answer.answer import Answer
from gecko_qa.errors import UsageError
from gecko_qa.library import Library
from gecko_qa.payload import flag, json_line, name_or_none, refuse_unknown, text_or_none

MAX_TURNS = 50
TURN_FIELDS = ("question", "level", "audience")
_NOTED = ("question", "level", "audience", "status", "concepts")
_log = logging.getLogger(__name__)
FIELDS = (*TURN_FIELDS, "as_typed", "conversation")


class Turn(NamedTuple):
    """A question with its dials, None for the default level and for everyone."""

    question: str
    level: str | None = None
    audience: str | None = None


@dataclass(frozen=True)
class Asked:
    """A turn, and those before it, oldest first. None of it is checked against a library yet."""

    turn: Turn
    as_typed: bool = False
    conversation: tuple[Turn, ...] = ()


def read_asked(said: Mapping[str, Any], *, strict: bool = False) -> Asked:
    """Return what the JSON object `said` asks.

    It is `{"question", "level"?, "audience"?, "as_typed"?, "conversation"?}`, the last a list of
    the turns before, oldest first, each `{"question", "level"?, "audience"?}`. Raises UsageError
    where a field is not of its kind, where there are more than `MAX_TURNS` turns and, if `strict`,
    where there is a field of another name.
    """
    turns = _conversation(said)
    if strict:
        refuse_unknown(said, FIELDS)
        for turn in turns:
            refuse_unknown(turn, TURN_FIELDS)
    as_typed = flag(said.get("as_typed", False), "as_typed")
    return Asked(_turn(said), as_typed, tuple(_turn(turn) for turn in turns))


def answer_asked(asked: Asked, library: Library) -> Answer:
    """Return the answer of `library`; raises as `Library.ask` does."""
    context = library.converse(asked.conversation)
    return library.ask(*asked.turn, context=context, as_typed=asked.as_typed)


def note_asked(answer: Answer) -> None:
    """Write down what a reader asked and what came of it, where the log takes questions."""
    if _log.isEnabledFor(logging.INFO):
        told = answer.to_json()
        _log.info("%s", json_line({name: told[name] for name in _NOTED}).rstrip())


def _conversation(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    turns = said.get("conversation")
    if turns is None:
        return []
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise UsageError("“conversation” has to be a list of objects, each with a question.")
    if len(turns) > MAX_TURNS:
        raise UsageError(f"The conversation has {len(turns)} turns; {MAX_TURNS} are allowed.")
    return turns


def _turn(said: Mapping[str, Any]) -> Turn:
    return Turn(
        text_or_none(said.get("question"), "question") or "",
        name_or_none(said.get("level"), "level"),
        name_or_none(said.get("audience"), "audience"),
    )
