"""A corpus looked over: its faults and warnings, and its figures at a glance."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.folder import Corpus, check_corpus
from gecko_qa.corpus.problem import Problem
from gecko_qa.corpus.prose import grade
from gecko_qa.errors import IndexUnusable
from gecko_qa.index.load import open_index
from gecko_qa.settings import Settings
from gecko_qa.similarity import check_similarity
from gecko_qa.words import count_words


@dataclass(frozen=True)
class Row:
    """Figures of one explainer: words and Flesch–Kincaid grade of each level, and its links."""

    explainer: Explainer
    words: dict[str, int]
    grades: dict[str, float]
    n_links_in: int

    @property
    def thin(self) -> tuple[str, ...]:
        """What there is little of: few asks, aliases, sources, or links from others."""
        e = self.explainer
        spots = (
            ("asks", len(e.asks), 8),
            ("aliases", len(e.aliases), 2),
            ("sources", len(e.sources), 3),
            ("links to it", self.n_links_in, 2),
        )
        return tuple(f"{n} {what}" for what, n, enough in spots if n < enough)


@dataclass(frozen=True)
class Inspection:
    """What was found. `compared` tells whether an index was there to compare texts with."""

    corpus: Corpus
    problems: tuple[Problem, ...]
    compared: bool

    @property
    def n_faults(self) -> int:
        """Problems that fail the check."""
        return sum(problem.severity != "warning" for problem in self.problems)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Figures of every explainer, by slug."""
        links = Counter(
            slug
            for explainer in self.corpus.explainers
            for slug in {*explainer.related, *explainer.confused_with}
        )
        return tuple(_row(explainer, links[explainer.slug]) for explainer in self.corpus.explainers)

    def oldest(self, n: int = 10) -> tuple[tuple[datetime.date, str], ...]:
        """The `n` explainers that were held against their sources longest ago."""
        dated = ((e.updated, e.slug) for e in self.corpus.explainers if e.updated is not None)
        return tuple(sorted(dated)[:n])


def inspect_corpus(settings: Settings) -> Inspection:
    """Check the corpus, and its likenesses where the index is current; raises CorpusInvalid."""
    corpus = check_corpus(settings.corpus)
    try:
        index = open_index(settings.index_folder, settings.corpus)
        likenesses = tuple(check_similarity(index, settings.corpus))
        compared = True
    except IndexUnusable:
        likenesses, compared = (), False
    return Inspection(corpus, (*corpus.problems, *likenesses), compared)


def _row(explainer: Explainer, n_links_in: int) -> Row:
    levels = [s for s in explainer.sections if s.kind.role == "level"]
    return Row(
        explainer=explainer,
        words={s.kind.heading: count_words(s.text) for s in levels},
        grades={s.kind.heading: grade(s.text) for s in levels},
        n_links_in=n_links_in,
    )
