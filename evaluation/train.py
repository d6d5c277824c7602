"""Learn the weights of the evidence from the training questions, and ablate each piece of it.

Run from the repository with an index built: python evaluation/train.py [--ablate] [--write]
Only train.tsv and train_outside.tsv are read. The held-out files are for looking at the result.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from gecko_qa.answer import beside
from gecko_qa.answer.resolving import N_CANDIDATES
from gecko_qa.evaluation import Case, read_cases
from gecko_qa.library import Library
from gecko_qa.retrieval import weights as weights_module
from gecko_qa.retrieval.concepts import SIGNS
from gecko_qa.retrieval.evidence import FEATURES
from gecko_qa.retrieval.weights import Weights, probability
from gecko_qa.settings import Settings
from gecko_qa.words import folded_words

HERE = Path(__file__).parent
FOLDS = 5
RANK_PENALTY = 1e-3
LOGISTIC_PENALTY = 1e-3
FALSE_REFUSALS = 0.06
"""Share of the training questions that may be refused, in cross-validation: it sets the bar. About
as many questions on AI that no explainer covers are then answered."""
SUPERFLUOUS = 0.03
"""Share of the questions about one concept that may get another beside it, in cross-validation: it
sets the bar of what is asked about beside the first."""


def read(library: Library) -> tuple[list[Case], list[Case]]:
    """Return the questions that are covered and those that are not.

    None with a conversation, none of small talk, without a topic or with a slip of the pen.
    """
    known = frozenset(explainer.slug for explainer in library.explainers)
    cases = [c for c in read_cases(HERE / "train.tsv", known) if not c.conversation]
    cases = [c for c in cases if c.kind not in ("smalltalk", "bare", "typo")]
    outside = list(read_cases(HERE / "train_outside.tsv", known, outside=True))
    return [c for c in cases if c.sides], [c for c in cases if not c.sides] + outside


def fit_rank(tables: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return weights, none below 0, that make the right concepts likely in a softmax over scores.

    Conditional logit. Source: McFadden, Conditional Logit Analysis of Qualitative Choice
    Behavior, 1974.
    """

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        scores = tables @ w
        exps = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = exps / exps.sum(axis=1, keepdims=True)
        likely = (shares * right).sum(axis=1) + 1e-12
        toward = shares * right / likely[:, None]
        slope = np.einsum("ij,ijk->k", shares - toward, tables) / len(tables)
        return float(-np.log(likely).mean() + RANK_PENALTY * w @ w / 2), slope + RANK_PENALTY * w

    n = tables.shape[2]
    return minimize(loss, np.ones(n), jac=True, method="L-BFGS-B", bounds=[(0, None)] * n).x


def fit_logistic(signs: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the weights and the offset of a logistic regression, both groups weighing the same."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    x = np.column_stack([(signs - mean) / spread, np.ones(len(signs))])
    y = np.where(true, 1.0, -1.0)
    of = np.where(true, 0.5 / true.sum(), 0.5 / (~true).sum())

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margins = y * (x @ w)
        slope = -x.T @ (of * y / (1 + np.exp(margins)))
        penalty = LOGISTIC_PENALTY * np.append(w[:-1], 0.0)
        return float(of @ np.logaddexp(0, -margins) + penalty @ w / 2), slope + penalty

    w = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    return w[:-1] / spread, float(w[-1] - (w[:-1] * mean / spread).sum())


def folds(n: int) -> np.ndarray:
    """Return the fold of each of `n` rows."""
    return np.random.default_rng(0).permutation(n) % FOLDS


def at(tables: np.ndarray, right: np.ndarray, w: np.ndarray, k: int) -> np.ndarray:
    order = np.argsort(-(tables @ w), axis=1)[:, :k]
    return np.take_along_axis(right, order, axis=1).any(axis=1)


def cross_validate_rank(tables: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Return concept@1 and concept@3 of questions that the weights were not learned from."""
    fold = folds(len(tables))
    found = np.zeros((len(tables), 2), dtype=bool)
    for n in range(FOLDS):
        w = fit_rank(tables[fold != n], right[fold != n])
        for column, k in enumerate((1, 3)):
            found[fold == n, column] = at(tables[fold == n], right[fold == n], w, k)
    return tuple(found.mean(axis=0))


def cross_validate_logistic(
    signs: np.ndarray, true: np.ndarray, question: np.ndarray | None = None
) -> np.ndarray:
    """Return each row's log-odds by weights that were not learned from its question.

    `question` gives the number of each row's question; by default each row is one.
    """
    question = np.arange(len(signs)) if question is None else question
    fold = folds(question.max() + 1)[question]
    odds = np.zeros(len(signs))
    for n in range(FOLDS):
        w, offset = fit_logistic(signs[fold != n], true[fold != n])
        odds[fold == n] = signs[fold == n] @ w + offset
    return odds


def false_answers(odds: np.ndarray, covered: np.ndarray) -> tuple[float, float]:
    """Return the share of uncovered questions answered at `FALSE_REFUSALS`, and that bar."""
    bar = float(np.quantile(odds[covered], FALSE_REFUSALS))
    return float((odds[~covered] >= bar).mean()), bar


def read_beside(
    library: Library, cases: list[Case]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what tells of each candidate beside the first, where the first is right.

    A row a candidate: its signs, whether it is asked about too, and the number of its question;
    and for each question whether it asks about one concept alone.
    """
    signs, asked, question, single = [], [], [], []
    for case in cases:
        ranking = library.ranker.rank(case.question, N_CANDIDATES)
        first = ranking.hits[0].id
        told = library.beside.signs(folded_words(case.question), ranking)
        others = [side for side in case.sides if first not in side]
        if not told or len(others) == len(case.sides):
            continue
        for slug, of in told.items():
            signs.append([of[name] for name in beside.SIGNS])
            asked.append(any(slug in side for side in others))
            question.append(len(single))
        single.append(not others)
    return np.array(signs), np.array(asked), np.array(question), np.array(single)


def second_concepts(
    odds: np.ndarray, asked: np.ndarray, question: np.ndarray, single: np.ndarray
) -> tuple[float, float]:
    """Return the share of the second concepts found at `SUPERFLUOUS`, and that bar."""
    best = np.full(len(single), -np.inf)
    np.maximum.at(best, question, odds)
    bar = float(np.quantile(best[single], 1 - SUPERFLUOUS))
    return float((odds[asked] >= bar).mean()), bar


def main() -> None:
    library = Library.open(Settings())
    slugs = [explainer.slug for explainer in library.explainers]
    inside, outside = read(library)
    every = inside
    witness = library.witness
    # What is asked for by its name alone is found without any weight.
    inside, outside = (
        [case for case in cases if not witness.testify(case.question).by_name]
        for cases in (inside, outside)
    )
    single = [case for case in inside if len(case.sides) == 1]
    tables = np.array([witness.testify(case.question).table for case in single], dtype=np.float64)
    right = np.array([[slug in case.covered for slug in slugs] for case in single])
    rank = fit_rank(tables, right)
    first, third = cross_validate_rank(tables, right)
    print(f"{len(single)} questions, cross-validated: concept@1 {first:.3f}, @3 {third:.3f}")
    for name, weight in zip(FEATURES, rank, strict=True):
        print(f"  {name} {weight:.2f}")

    learned = Weights(dict(zip(FEATURES, map(float, rank.round(3)), strict=True)), {}, 0.0, 0.5)
    ranker = Library(library.index, learned).ranker
    asked = [*inside, *outside]
    signs = np.array([[ranker.rank(c.question, 1).signs[s] for s in SIGNS] for c in asked])
    covered = np.array([bool(case.sides) for case in asked])
    cover, offset = fit_logistic(signs, covered)
    share, bar = false_answers(cross_validate_logistic(signs, covered), covered)
    print(
        f"{len(asked)} questions: {share:.3f} of the uncovered answered at {FALSE_REFUSALS} refused"
    )
    for name, weight in zip(SIGNS, cover, strict=True):
        print(f"  {name} {weight:.2f}")

    signs_beside, too, question, alone = read_beside(Library(library.index, learned), every)
    weights_beside, offset_beside = fit_logistic(signs_beside, too)
    found, bar_beside = second_concepts(
        cross_validate_logistic(signs_beside, too, question), too, question, alone
    )
    print(
        f"{len(alone)} questions: {found:.3f} of the second concepts found at {SUPERFLUOUS} of the "
        "questions about one with another"
    )
    for name, weight in zip(beside.SIGNS, weights_beside, strict=True):
        print(f"  {name} {weight:.2f}")

    if "--ablate" in sys.argv:
        ablate(tables, right, signs, covered)
        ablate_beside(signs_beside, too, question, alone)
    if "--write" in sys.argv:
        weights = Weights(
            learned.rank,
            dict(zip(SIGNS, map(float, cover.round(3)), strict=True)),
            round(offset, 3),
            round(probability(bar), 3),
            dict(zip(beside.SIGNS, map(float, weights_beside.round(3)), strict=True)),
            round(offset_beside, 3),
            round(probability(bar_beside), 3),
        )
        path = Path(weights_module.__file__).with_name(weights_module.WEIGHTS_FILE)
        path.write_text(weights.dumps(), encoding="utf-8")
        print(f"written: {path.name}")


def ablate(tables: np.ndarray, right: np.ndarray, signs: np.ndarray, covered: np.ndarray) -> None:
    """Print what is left without each piece, and what each piece does alone."""
    print("\n| evidence | without it @1 | @3 | alone @1 | @3 |\n| --- | --- | --- | --- | --- |")
    for n, name in enumerate(FEATURES):
        kept = [m for m in range(len(FEATURES)) if m != n]
        without = cross_validate_rank(tables[:, :, kept], right)
        alone = cross_validate_rank(tables[:, :, [n]], right)
        print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in (*without, *alone)) + " |")
    print("\n| sign | false answers without it | alone |\n| --- | --- | --- |")
    for n, name in enumerate(SIGNS):
        kept = [m for m in range(len(SIGNS)) if m != n]
        values = [
            false_answers(cross_validate_logistic(signs[:, of], covered), covered)[0]
            for of in (kept, [n])
        ]
        print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in values) + " |")


def ablate_beside(
    signs: np.ndarray, asked: np.ndarray, question: np.ndarray, single: np.ndarray
) -> None:
    """Print how many second concepts are found without each sign, and by it alone."""
    print("\n| sign | second concepts without it | alone |\n| --- | --- | --- |")
    for n, name in enumerate(beside.SIGNS):
        kept = [m for m in range(len(beside.SIGNS)) if m != n]
        values = [
            second_concepts(
                cross_validate_logistic(signs[:, of], asked, question), asked, question, single
            )[0]
            for of in (kept, [n])
        ]
        print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in values) + " |")


if __name__ == "__main__":
    main()
