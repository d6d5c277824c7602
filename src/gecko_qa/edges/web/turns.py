"""A turn of a conversation as the text of an address, and what the reader's browser keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import parse_qs, urlencode

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.intent import Intent
from gecko_qa.answer.question import Question, ask_question
from gecko_qa.errors import UnknownChoice
from gecko_qa.hashing import short_hash
from gecko_qa.layout import EVERYONE
from gecko_qa.library import Library

MAX_TURNS = 20
MAX_COUNT = 1_000_000
MAX_QUERY_CHARS = 16_000
MAX_CARRIED = 6
_MAX_FIELDS = 40
_DIALS = ("level", "audience")
_HASH_CHARS = 12
_HASH = re.compile(rf"[0-9a-f]{{{_HASH_CHARS}}}")
# What an answer with passages told: nothing is carried over from any other.
_TOLD = tuple(i for i in get_args(Intent) if i not in ("small_talk", "follow_up"))


@dataclass(frozen=True)
class Turn:
    """A question with its dials and what it followed on from; `seen` is a hash of the text that
    answered it, or empty.
    """

    asked: Question
    context: Context | None = None
    seen: str = ""

    def query(self) -> str:
        """Return the turn as the query of an address, which `read_turn` reads back."""
        asked = self.asked
        fields = {
            "q": asked.text,
            "level": asked.level,
            "audience": asked.audience or EVERYONE,
            "typed": "1" if asked.as_typed else "",
            "firm": ".".join(sorted(asked.firm)),
            **_context_fields(self.context),
            "text": self.seen,
        }
        return urlencode({name: value for name, value in fields.items() if value})

    def as_typed(self) -> Turn:
        """Return the turn that asks the same with its slips of the pen left as they are."""
        return Turn(replace(self.asked, as_typed=True), self.context)


def turn_of(answer: Answer) -> Turn:
    """Return the turn that `answer` answers."""
    return Turn(answer.asked, answer.after, text_hash(answer))


def text_hash(answer: Answer) -> str:
    """Return a hash of the passages of `answer`: another where their text has changed."""
    shown = [[passage.id, passage.text] for passage in answer.passages]
    return short_hash(shown, _HASH_CHARS)


def read_turn(query: str, library: Library) -> Turn | None:
    """Return the turn that the `query` of an address tells, None where it asks nothing.

    What is carried and no longer there is left off. Raises QuestionRejected and UnknownChoice.
    """
    fields = _fields(query)
    if "q" not in fields:
        return None
    asked = ask_question(
        fields["q"],
        library.layout,
        fields.get("level"),
        fields.get("audience"),
        as_typed=fields.get("typed") == "1",
        firm=[dial for dial in _DIALS if dial in fields.get("firm", "").split(".")],
    )
    seen = fields.get("text", "")
    seen = seen if _HASH.fullmatch(seen) else ""
    return Turn(asked, read_context(fields, library), seen)


def read_context(fields: dict[str, str], library: Library) -> Context | None:
    """Return what `fields` carry over, None where it is nothing that the library has."""
    about = fields.get("about", "").split(".")
    concepts = tuple(dict.fromkeys(slug for slug in about if slug in library.index.by_slug))
    intent = next((i for i in _TOLD if i == fields.get("told")), None)
    try:
        level = library.layout.check_level(fields.get("depth", ""))
    except UnknownChoice:
        return None
    # Bounded, since an address may name every concept, and each is shown.
    return Context(concepts[:MAX_CARRIED], intent, level) if concepts and intent else None


@dataclass(frozen=True)
class Memory:
    """What the reader's browser keeps between turns, and nobody else.

    `turns` are queries of addresses, oldest first, the last of `count` asked so far; `carried` is
    what the next question may follow on from, in the same form; `let_go` tells that the reader
    took it away. `level` and `audience` are the dials.
    """

    turns: tuple[str, ...] = ()
    count: int = 0
    carried: str = ""
    let_go: bool = False
    level: str = ""
    audience: str = EVERYONE

    @classmethod
    def read(cls, kept: object) -> Memory:
        """Return what `kept`, which came from a browser, tells; what makes no sense is nothing."""
        if not isinstance(kept, dict):
            return cls()
        turns = kept.get("turns")
        texts = [text for turn in turns if (text := _text(turn))] if isinstance(turns, list) else []
        carried, level, audience = (_text(kept.get(n)) for n in ("carried", "level", "audience"))
        count = kept.get("count")
        asked = int(count) if isinstance(count, int) and 0 <= count <= MAX_COUNT else 0
        return cls(
            tuple(texts[-MAX_TURNS:]),
            max(asked, len(texts[-MAX_TURNS:])),
            carried,
            bool(kept.get("let_go")),
            level,
            audience,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `read` reads."""
        return {
            "turns": list(self.turns),
            "count": self.count,
            "carried": self.carried,
            "let_go": self.let_go,
            "level": self.level,
            "audience": self.audience,
        }

    def context(self, library: Library) -> Context | None:
        """Return what the next question may follow on from."""
        return read_context(_fields(self.carried), library)

    def carrying(self, context: Context | None, *, let_go: bool = False) -> Memory:
        """Return the same with `context` for the next question."""
        return replace(self, carried=urlencode(_context_fields(context)), let_go=let_go)

    def with_turn(self, turn: Turn, *, in_place: bool = False) -> Memory:
        """Return the same with `turn` as the newest, instead of the newest where `in_place`."""
        before = self.turns[:-1] if in_place else self.turns
        count = self.count if in_place else self.count + 1
        return replace(self, turns=(*before, turn.query())[-MAX_TURNS:], count=count)


def _context_fields(context: Context | None) -> dict[str, str]:
    if context is None:
        return {}
    return {"about": ".".join(context.concepts), "told": context.intent, "depth": context.level}


def _fields(query: str) -> dict[str, str]:
    """Return the fields of a query, the first of each name; none where it is out of all bounds."""
    if len(query) > MAX_QUERY_CHARS:
        return {}
    try:
        parsed = parse_qs(query.removeprefix("?"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in parsed.items()}


def _text(value: object) -> str:
    """Return `value` where it is text that can be written down again, within bounds, else none."""
    if not isinstance(value, str) or len(value) > MAX_QUERY_CHARS:
        return ""
    return "" if any("\ud800" <= char <= "\udfff" for char in value) else value
