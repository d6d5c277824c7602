"""Ways of ranking, side by side, on the same corpus and the same questions.

Run from the repository with an index built:
python benchmarks/retrieval.py [QUESTIONS.tsv OUTSIDE.tsv]; without files, the held-out ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gecko_qa.evaluation import Case, read_cases
from gecko_qa.index.keys import leading_keys
from gecko_qa.library import Library
from gecko_qa.retrieval.dense import DenseRetriever
from gecko_qa.retrieval.fusion import GroupedRows, reciprocal_rank_fusion
from gecko_qa.retrieval.lexical import LexicalRetriever
from gecko_qa.settings import Settings

EVALUATION = Path(__file__).parent.parent / "evaluation"
Scores = Callable[[str], np.ndarray]


class Baselines:
    """A score a concept: the best of its passages, or of all its keys."""

    def __init__(self, library: Library) -> None:
        index = library.index
        keys = leading_keys(index.keys)
        ids = [key.id for key in keys]
        self.slugs = [explainer.slug for explainer in library.explainers]
        numbers = {slug: n for n, slug in enumerate(self.slugs)}
        groups = np.array([numbers[key.concept] for key in keys])
        passages = np.array([key.kind == "passage" for key in keys])
        self.kept = {True: passages, False: np.ones(len(keys), dtype=bool)}
        self.grouped = {
            only: GroupedRows(groups[kept], len(self.slugs)) for only, kept in self.kept.items()
        }
        all_ids = [key.id for key in index.keys]
        self.dense_retriever = DenseRetriever(all_ids, index.vectors, index.encoder)
        self.lexical_retriever = LexicalRetriever(ids, index.lexical)

    def dense(self, question: str, passages: bool) -> np.ndarray:
        scores = self.dense_retriever.scores(question)[: len(self.kept[True])]
        return self.grouped[passages].best(scores[self.kept[passages]])

    def lexical(self, question: str, passages: bool) -> np.ndarray:
        scores = self.lexical_retriever.scores(question)
        return self.grouped[passages].best(scores[self.kept[passages]])

    def rrf(self, question: str, passages: bool) -> np.ndarray:
        lists = [self.dense(question, passages), self.lexical(question, passages)]
        return reciprocal_rank_fusion(lists)

    def weighted(self, question: str, passages: bool) -> np.ndarray:
        """Half dense, half BM25 over the question's best."""
        bm25 = self.lexical(question, passages)
        return 0.5 * self.dense(question, passages) + 0.5 * bm25 / max(bm25.max(), 1e-9)


def share(hits: list[bool]) -> str:
    return f"{np.mean(hits):.2f}" if hits else "–"


def measure(orders: dict[str, list[str]], cases: list[Case]) -> list[str]:
    """concept@1 and @3 of questions about one thing, both of two among the first two."""
    single = [c for c in cases if len(c.sides) == 1]
    pairs = [c for c in cases if len(c.sides) == 2]
    at = lambda c, k: bool(c.covered & set(orders[c.id][:k]))  # noqa: E731
    both = [all(side & set(orders[c.id][:2]) for side in c.sides) for c in pairs]
    return [share([at(c, 1) for c in single]), share([at(c, 3) for c in single]), share(both)]


def false_answers(signal: Callable[[str], float], cases: list[Case], outside: list[Case]) -> str:
    """Share of `outside` at or above the signal's 5th percentile over `cases`."""
    bar = np.quantile([signal(case.question) for case in cases], 0.05)
    return share([signal(case.question) >= bar for case in outside])


def main() -> None:
    names = sys.argv[1:3] or [EVALUATION / "heldout.tsv", EVALUATION / "heldout_outside.tsv"]
    library = Library.open(Settings())
    known = frozenset(explainer.slug for explainer in library.explainers)
    cases = [c for c in read_cases(Path(names[0]), known) if c.sides and not c.conversation]
    outside = list(read_cases(Path(names[1]), known, outside=True))
    base = Baselines(library)
    scores: dict[str, Scores] = {
        "BM25, passages": lambda q: base.lexical(q, True),
        "BM25, all keys": lambda q: base.lexical(q, False),
        "dense (FAISS flat), passages": lambda q: base.dense(q, True),
        "dense (FAISS flat), all keys": lambda q: base.dense(q, False),
        "RRF of both, passages": lambda q: base.rrf(q, True),
        "RRF of both, all keys": lambda q: base.rrf(q, False),
        "half dense, half BM25, all keys": lambda q: base.weighted(q, False),
    }
    n_single = sum(len(case.sides) == 1 for case in cases)
    n_pairs = sum(len(case.sides) == 2 for case in cases)
    print(f"{n_single} questions about one concept, {n_pairs} about two, {len(outside)} outside\n")
    print("| ranking | concept@1 | concept@3 | both of two @2 | false answers at 5 % refused |")
    print("| --- | --- | --- | --- | --- |")
    for name, score in scores.items():
        orders = {
            c.id: [base.slugs[n] for n in np.argsort(-score(c.question), kind="stable")]
            for c in cases
        }
        top = false_answers(lambda q, s=score: float(s(q).max()), cases, outside)
        print(f"| {name} | {' | '.join(measure(orders, cases))} | {top} |")
    orders = {c.id: list(library.ask(c.question).candidates) for c in cases}
    ranker = library.ranker
    chance = false_answers(lambda q: ranker.rank(q, 1).chance, cases, outside)
    print(f"| gecko-qa | {' | '.join(measure(orders, cases))} | {chance} |")


if __name__ == "__main__":
    main()
