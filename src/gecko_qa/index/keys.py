"""Keys: every text that can lead to an explainer, or tell that none fits: a row of vectors each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.wordings import Wordings
from gecko_qa.passages import passages_of

KeyKind = Literal["name", "ask", "phrasing", "passage", "outside"]
QUESTION_KINDS = frozenset(("ask", "phrasing", "outside"))


@dataclass(frozen=True)
class Key:
    """A text that leads to `concept`, "" for one that leads nowhere. Its place is its row."""

    id: str
    kind: KeyKind
    concept: str
    text: str


def keys_of(explainers: Sequence[Explainer], wordings: Wordings) -> tuple[Key, ...]:
    """Return the keys of all explainers, in order, and after them those that lead nowhere."""
    leading = (key for e in explainers for key in _keys(e, wordings.phrasings.get(e.slug, ())))
    outside = (Key(f"#{n}", "outside", "", text) for n, text in enumerate(wordings.outside))
    return (*leading, *outside)


def leading_keys(keys: Sequence[Key]) -> tuple[Key, ...]:
    """Return those of `keys` that lead to an explainer: all but the last ones."""
    return tuple(key for key in keys if key.kind != "outside")


def rows_by_concept(keys: Sequence[Key]) -> dict[str, list[int]]:
    """Return the rows of each concept's keys, in order; those that lead nowhere under ""."""
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key.concept, []).append(row)
    return rows


def _keys(explainer: Explainer, phrasings: Sequence[str]) -> Iterator[Key]:
    slug = explainer.slug
    for n, name in enumerate(explainer.names):
        yield Key(f"{slug}#name-{n}", "name", slug, name)
    for n, ask in enumerate(explainer.asks):
        yield Key(f"{slug}#ask-{n}", "ask", slug, ask)
    for n, phrasing in enumerate(phrasings):
        yield Key(f"{slug}#phrasing-{n}", "phrasing", slug, phrasing)
    for passage in passages_of(explainer):
        # A passage seldom repeats its title, and a reader's question seldom leaves it out.
        yield Key(passage.id, "passage", slug, f"{explainer.title}: {passage.text}")
