"""The answer: a value that every surface shows in its own way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from gecko_qa.answer.conversation import Context
from gecko_qa.answer.intent import Intent
from gecko_qa.answer.question import Question
from gecko_qa.answer.sentences import Span
from gecko_qa.passages import Passage
from gecko_qa.payload import json_line
from gecko_qa.spelling import Correction

Status = Literal["answered", "not_covered", "needs_context", "small_talk"]


@dataclass(frozen=True)
class Answer:
    """What the corpus says to a question.

    `concepts` is what the answer is about, a comparison's in the asked order, and empty unless
    answered; so is `passages`, in the order of reading, the first at the level of the answer.
    `level` and `audience` are those used: the dials', unless the question's words ask for others.
    `marks` gives for each passage where the sentence that answers best starts and ends in its
    text, None where none stands out.
    `definition` is the shallowest passage of a concept that was asked for by its name alone.
    `because` says in plain words why this concept. `correction` is how the question was read
    where it had slips of the pen; `follows` are the concepts carried over from the conversation;
    `also` another that fits about as well; `missing` the sides of a comparison that nothing
    covers. `candidates` holds those of the answer and then the nearest, best first, none for
    small talk; `nearest` those offered where nothing is covered, and `mentioned` the passages
    that use its term in passing.
    `message` is what to tell the reader beside the passages. `seconds` is the time it took, and
    the one field that differs between equal questions to equal indexes. `asked` is the
    question with its dials, `after` what the conversation carried when it was asked.
    """

    id: str
    question: str
    status: Status
    intent: Intent
    level: str
    audience: str | None
    concepts: tuple[str, ...]
    passages: tuple[Passage, ...]
    definition: Passage | None
    because: str
    correction: Correction | None
    follows: tuple[str, ...]
    also: tuple[str, ...]
    missing: tuple[str, ...]
    nearest: tuple[str, ...]
    mentioned: tuple[Passage, ...]
    candidates: tuple[str, ...]
    message: str
    index: str
    seconds: float
    asked: Question
    after: Context | None
    marks: tuple[Span | None, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as a JSON object; docs/answers.md describes each field."""
        return {
            "id": self.id,
            "question": self.question,
            "status": self.status,
            "intent": self.intent,
            "level": self.level,
            "audience": self.audience,
            "concepts": list(self.concepts),
            "passages": [
                _passage_json(passage, rank, mark)
                for rank, (passage, mark) in enumerate(
                    zip(self.passages, self.marks, strict=True), start=1
                )
            ],
            "definition": None if self.definition is None else self.definition.id,
            "because": self.because,
            "correction": None if self.correction is None else self.correction.to_json(),
            "follows": list(self.follows),
            "also": list(self.also),
            "missing": list(self.missing),
            "nearest": list(self.nearest),
            "mentioned": [passage.id for passage in self.mentioned],
            "candidates": list(self.candidates),
            "message": self.message,
            "index": self.index,
            "seconds": round(self.seconds, 6),
        }

    def timed(self, seconds: float) -> Answer:
        """Return the same answer with its time."""
        return replace(self, seconds=seconds)


def answer_json(answer: Answer, *, timed: bool = True) -> str:
    """Return the line of JSON that every surface gives of `answer`, without `seconds` if not timed.

    Untimed, equal questions to equal indexes give equal bytes.
    """
    told = answer.to_json()
    if not timed:
        del told["seconds"]
    return json_line(told)


def _passage_json(passage: Passage, rank: int, mark: Span | None) -> dict[str, Any]:
    return {
        "id": passage.id,
        "concept": passage.concept,
        "section": passage.section,
        "level": passage.level,
        "audience": passage.audience,
        "text": passage.text,
        "rank": rank,
        "mark": None if mark is None else list(mark),
    }
