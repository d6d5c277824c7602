"""The learned numbers: what each piece of evidence weighs, kept as JSON that a person can read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files

WEIGHTS_FILE = "weights.json"


@dataclass(frozen=True)
class Weights:
    """Weights by the evidence's name.

    `rank` weighs a concept's evidence into its score (see `evidence.FEATURES`), `cover` the first
    concept's into the log-odds that the corpus answers the question (see `concepts.SIGNS`), to
    which `offset` is added. It is taken as answered from a probability of `bar` on. `beside`,
    `beside_offset` and `beside_bar` tell alike whether a question asks about another concept
    beside the first (see `answer.beside.SIGNS`); by default it never does.
    """

    rank: Mapping[str, float]
    cover: Mapping[str, float]
    offset: float
    bar: float
    beside: Mapping[str, float] = field(default_factory=dict)
    beside_offset: float = 0.0
    beside_bar: float = 1.0

    def dumps(self) -> str:
        """Return the weights as JSON, a number a line."""
        return json.dumps(asdict(self), indent=2) + "\n"


def probability(odds: float) -> float:
    """Return the probability that the log-odds `odds` stand for."""
    return 1.0 / (1.0 + math.exp(-max(min(odds, 50.0), -50.0)))


def parse_weights(text: str) -> Weights:
    """Read what `Weights.dumps` wrote."""
    return Weights(**json.loads(text))


@cache
def packaged_weights() -> Weights:
    """Return the weights that ship with the package; `evaluation/train.py` makes them."""
    return parse_weights((files(__package__) / WEIGHTS_FILE).read_text(encoding="utf-8"))
