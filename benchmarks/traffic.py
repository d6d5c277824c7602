"""What readers and programs ask of the API, made up from a seed: the same seed, the same requests.

Real traffic repeats itself: questions are drawn by Zipf's law, so that few are asked often and most
hardly ever, and some of those who ask again have kept the answer and ask whether it still holds.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

EVALUATION = Path(__file__).parent.parent / "evaluation"
SHARES = {"ask": 0.70, "follow up": 0.10, "suggest": 0.12, "define": 0.08}
OUTSIDE = 0.1
"""Of the questions asked by address: on what the corpus does not cover."""
KEPT = 0.25
"""Of the requests by GET: ask whether what was kept still holds, if anything was."""
ZIPF = 1.0
LEVELS = {"": 50, "1": 15, "2": 15, "3": 10, "tldr": 10}
AUDIENCES = {"": 60, "builder": 15, "researcher": 10, "investor": 5, "curious": 10}


@dataclass(frozen=True)
class Wanted:
    """A request of one `kind`. `kept`: with If-None-Match, where an earlier reply is known."""

    kind: str
    path: str
    body: bytes = b""
    kept: bool = False


@dataclass(frozen=True)
class Talk:
    """A question, and those before it that it follows on from."""

    before: tuple[str, ...]
    question: str


def rows(name: str) -> list[dict[str, str]]:
    with (EVALUATION / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def questions() -> list[str]:
    """Return the held-out questions that stand alone."""
    return [row["question"] for row in rows("heldout.tsv") if not row["conversation"]]


def talks() -> list[Talk]:
    """Return the held-out questions that follow on from others."""
    found = [row for row in rows("heldout.tsv") if row["conversation"]]
    return [Talk(tuple(json.loads(row["conversation"])), row["question"]) for row in found]


class Drawn:
    """Draws from `things` by Zipf's law; which of them are asked most is drawn too."""

    def __init__(self, things: Sequence[str], chance: random.Random) -> None:
        self._things = chance.sample(things, len(things))
        weights = (1 / rank**ZIPF for rank in range(1, len(things) + 1))
        self._cumulative = list(itertools.accumulate(weights))
        self._chance = chance

    def one(self) -> str:
        (drawn,) = self._chance.choices(self._things, cum_weights=self._cumulative)
        return drawn


def traffic(names: Sequence[str], seed: int = 1) -> Iterator[Wanted]:
    """Yield requests without end. `names` are those of concepts, to define and to complete."""
    chance = random.Random(seed)
    inside = Drawn(questions(), chance)
    outside = Drawn([row["question"] for row in rows("heldout_outside.tsv")], chance)
    named = Drawn(names, chance)
    follow_ups = talks()
    kinds, shares = list(SHARES), list(SHARES.values())
    while True:
        (kind,) = chance.choices(kinds, shares)
        kept = chance.random() < KEPT
        if kind == "ask":
            question = (outside if chance.random() < OUTSIDE else inside).one()
            query = urlencode({"q": question, **_dials(chance)})
            yield Wanted(kind, f"/api/v1/ask?{query}", kept=kept)
        elif kind == "follow up":
            yield Wanted(kind, "/api/v1/ask", _body(chance.choice(follow_ups), _dials(chance)))
        elif kind == "suggest":
            name = named.one()
            typed = name[: chance.randint(1, len(name))]
            yield Wanted(kind, f"/api/v1/suggest?{urlencode({'q': typed})}", kept=kept)
        else:
            yield Wanted(kind, f"/api/v1/define/{quote(named.one(), safe='')}", kept=kept)


def _dials(chance: random.Random) -> dict[str, str]:
    (level,) = chance.choices(list(LEVELS), list(LEVELS.values()))
    (audience,) = chance.choices(list(AUDIENCES), list(AUDIENCES.values()))
    return {name: d for name, d in (("level", level), ("audience", audience)) if d}


def _body(talk: Talk, dials: dict[str, str]) -> bytes:
    before = [{"question": question} for question in talk.before]
    return json.dumps({"question": talk.question, "conversation": before, **dials}).encode()
