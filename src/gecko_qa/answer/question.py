"""The question as it came from outside: checked before anything works on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from gecko_qa.errors import QuestionRejected
from gecko_qa.layout import Layout

MAX_QUESTION_CHARS = 1000


@dataclass(frozen=True)
class Question:
    """What a reader asks, and the dials: `audience` None is everyone.

    `as_typed` keeps slips of the pen from being mended. `firm` names the dials, "level" and
    "audience", that hold against the question's words.
    """

    text: str
    level: str
    audience: str | None = None
    as_typed: bool = False
    firm: frozenset[str] = frozenset()


def ask_question(
    text: str,
    layout: Layout,
    level: str | None = None,
    audience: str | None = None,
    *,
    as_typed: bool = False,
    firm: Collection[str] = (),
) -> Question:
    """Return a question fit to be answered; `level` None is the layout's default.

    Raises QuestionRejected for text that is empty, over `MAX_QUESTION_CHARS` or holds control
    characters, and UnknownChoice for a level or audience that the layout lacks.
    """
    return Question(
        text=clean_question(text),
        level=layout.check_level(layout.default_level if level is None else level),
        audience=layout.check_audience(audience),
        as_typed=as_typed,
        firm=frozenset(firm),
    )


def clean_question(text: str) -> str:
    """Return `text` in NFC with runs of white space as one space; raises QuestionRejected."""
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionRejected(
            f"The question has {len(text)} characters; {MAX_QUESTION_CHARS} are allowed. "
            "Shorten it."
        )
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(plain) > MAX_QUESTION_CHARS:
        raise QuestionRejected(
            f"The question has {len(plain)} characters once its accents are composed; "
            f"{MAX_QUESTION_CHARS} are allowed. Shorten it."
        )
    for char in plain:
        if unicodedata.category(char) in ("Cc", "Cs"):
            raise QuestionRejected(
                f"The question holds the control character U+{ord(char):04X}. Remove it."
            )
    if not any(char.isalnum() for char in plain):
        raise QuestionRejected("The question has no words. Ask about a concept.")
    return plain
