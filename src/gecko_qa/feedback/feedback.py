"""One piece of feedback: what a reader says of an answer, and nothing of the reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from gecko_qa.answer.answer import Status
from gecko_qa.answer.question import clean_question
from gecko_qa.errors import UnknownChoice, UnknownConcept, UsageError
from gecko_qa.library import Library

WANTED = "wanted"
VERDICTS = {
    "useful": "useful",
    "too-technical": "too technical",
    "too-simple": "too simple",
    "wrong-concept": "wrong concept",
    "out-of-date": "out of date",
    "something-missing": "something missing",
    WANTED: "asked of the authors",
}
"""What can be said of an answer, with its name in reports. The last is for what is not covered."""

STATUSES: tuple[str, ...] = get_args(Status)
MAX_LINE_CHARS = 500
MAX_CONCEPTS = 8
_ANSWER = re.compile(r"[0-9a-f]{16}")
_INDEX = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Feedback:
    """What a reader said on `day` of the answer to `question`, or of there being none.

    `verdict` is one of `VERDICTS`. `status`, `concepts`, `level`, `audience` (None: everyone) and
    `answer`, an id, are those of the answer, `index` the identity of the index that gave it.
    `line` is what the reader added, empty for nothing. There is no finer time than the day, and
    nothing that tells one reader from another.
    """

    day: date
    verdict: str
    question: str
    status: str
    level: str
    concepts: tuple[str, ...] = ()
    audience: str | None = None
    answer: str | None = None
    index: str | None = None
    line: str = ""

    @property
    def not_covered(self) -> bool:
        """Whether it tells of something that the corpus lacks."""
        return self.verdict == "wanted" or self.status == "not_covered"


def check_feedback(
    library: Library,
    day: date,
    *,
    verdict: str,
    question: str,
    status: str,
    level: str,
    concepts: Sequence[str] = (),
    audience: str | None = None,
    answer: str | None = None,
    index: str | None = None,
    line: str = "",
) -> Feedback:
    """Return feedback fit to be kept; `index` None is the library's own.

    Raises UsageError where a value is none that an answer of `library` can have, where there are
    more than `MAX_CONCEPTS` concepts, or where `line` is over `MAX_LINE_CHARS` or holds control
    characters.
    """
    if len(concepts) > MAX_CONCEPTS:
        raise UsageError(f"There are {len(concepts)} concepts; {MAX_CONCEPTS} are allowed.")
    return Feedback(
        day=day,
        verdict=_one_of("verdict", verdict, VERDICTS),
        question=clean_question(question),
        status=_one_of("status", status, STATUSES),
        level=library.layout.check_level(level),
        concepts=_concepts(library, concepts),
        audience=library.layout.check_audience(audience),
        answer=_shaped("answer", answer, _ANSWER),
        index=library.hash if index is None else _shaped("index", index, _INDEX),
        line=_clean_line(line),
    )


def _concepts(library: Library, slugs: Sequence[str]) -> tuple[str, ...]:
    """Return `slugs`, each once; raises UnknownChoice."""
    try:
        return tuple(dict.fromkeys(library.explainer(slug).slug for slug in slugs))
    except UnknownConcept as error:
        # A choice among others here: what was asked for is not the explainer.
        raise UnknownChoice(str(error)) from None


def _one_of(what: str, value: str, choices: Sequence[str] | dict[str, str]) -> str:
    if value not in choices:
        raise UsageError(f"There is no such {what}. Choose one of: {', '.join(choices)}.")
    return value


def _shaped(what: str, value: str | None, shape: re.Pattern[str]) -> str | None:
    if value is not None and not shape.fullmatch(value):
        raise UsageError(f"“{what}” is not what an answer says it is.")
    return value


def _clean_line(line: str) -> str:
    """Return `line` in NFC with runs of white space as one space; raises UsageError."""
    if len(line) > MAX_LINE_CHARS:
        raise UsageError(
            f"The line has {len(line)} characters; {MAX_LINE_CHARS} are allowed. Shorten it."
        )
    plain = " ".join(line.split())
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in plain):
        raise UsageError("The line holds a control character. Remove it.")
    return unicodedata.normalize("NFC", plain)
