"""Evaluation: how often a library leads readers right, over questions with their concepts.

The questions' columns are `id`, `question`, `kind`, `concepts` (`a|b` for a comparison, `a/b` where
either is right, `-` for what is deliberately not covered) and, where they are wanted, `section`
(the section that has to be shown) and `conversation` (a JSON list of the questions before).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gecko_qa.answer.answer import Answer
from gecko_qa.errors import DataError, UsageError
from gecko_qa.files import read_bounded
from gecko_qa.index.build import Progress
from gecko_qa.library import Library

UNCOVERED = "-"
_UNUSABLE = "the row has no question, or more fields than columns."
N_RESAMPLES = 1000
_SEED = 20260101
MAX_FILE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Case:
    """A question and what it should lead to.

    `sides` holds one set of concepts for each thing that is asked about, any of the set being
    right; it is empty where refusing is right.
    """

    id: str
    question: str
    kind: str
    sides: tuple[frozenset[str], ...]
    section: str
    conversation: tuple[str, ...]

    @property
    def covered(self) -> frozenset[str]:
        """Every concept that is right."""
        return frozenset().union(*self.sides)


@dataclass(frozen=True)
class Outcome:
    """A case and the answer it got."""

    case: Case
    answer: Answer

    @property
    def place(self) -> int:
        """The rank, from 1, of the first right candidate, 0 for none."""
        right = (n for n, c in enumerate(self.answer.candidates, 1) if c in self.case.covered)
        return next(right, 0)

    @property
    def answered(self) -> bool:
        """Whether passages were shown."""
        return self.answer.status == "answered"

    @property
    def all_found(self) -> bool:
        """Whether the answer draws on each thing that was asked about."""
        shown = frozenset(self.answer.concepts)
        return all(shown & side for side in self.case.sides)

    @property
    def section_shown(self) -> bool:
        """Whether the section that was asked for is shown, of a right concept."""
        return any(
            p.section == self.case.section and p.concept in self.case.covered
            for p in self.answer.passages
        )


@dataclass(frozen=True)
class Share:
    """A mean over `n` outcomes with the ends of its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.2f}–{self.high:.2f})" if self.n else "–"


Metric = tuple[str, Callable[[Outcome], bool], Callable[[Outcome], float]]

METRICS: tuple[Metric, ...] = (
    ("concept@1", lambda o: bool(o.case.sides), lambda o: float(o.place == 1)),
    ("concept@3", lambda o: bool(o.case.sides), lambda o: float(0 < o.place <= 3)),  # noqa: PLR2004
    ("mrr", lambda o: bool(o.case.sides), lambda o: 1 / o.place if o.place else 0.0),
    ("all found", lambda o: len(o.case.sides) > 1, lambda o: float(o.all_found)),
    ("section", lambda o: bool(o.case.section), lambda o: float(o.section_shown)),
    ("false refusals", lambda o: bool(o.case.sides), lambda o: float(not o.answered)),
    ("false answers", lambda o: not o.case.sides, lambda o: float(o.answered)),
)
"""Name, which outcomes count, and what each counts for. The reciprocal rank is 0 beyond the
candidates that an answer has."""


def read_cases(path: Path, known: frozenset[str], *, outside: bool = False) -> tuple[Case, ...]:
    """Read a file of questions; of one that is `outside` the corpus, every one should be refused.

    Raises DataError where the file cannot be read, and UsageError, with the line, for a row that
    cannot be used. Concepts that the corpus lacks are left out; a row with no other is too.
    """
    try:
        text = read_bounded(path, MAX_FILE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    # Split by hand: in tab-separated lines nothing is quoted, and only a newline ends a line.
    head, *lines = text.replace("\r\n", "\n").split("\n")
    columns = head.split("\t")
    needed = {"id", "question", "kind"} | (set() if outside else {"concepts"})
    if lacking := needed - set(columns):
        raise UsageError(f"{path} lacks the columns: {', '.join(sorted(lacking))}.")
    cases = []
    for n, line in enumerate(lines, start=2):
        if line.strip():
            fields = line.split("\t")
            if len(fields) > len(columns):
                raise UsageError(f"{path}, line {n}: {_UNUSABLE}")
            cases.append(_case(dict(zip(columns, fields)), f"{path}, line {n}", known, outside))  # noqa: B905
    return tuple(case for case in cases if case is not None)


def _case(row: dict[str, str], where: str, known: frozenset[str], outside: bool) -> Case | None:
    if not row.get("question"):
        raise UsageError(f"{where}: {_UNUSABLE}")
    sides: tuple[frozenset[str], ...] = ()
    if not outside:
        named = [side for side in row.get("concepts", "").split("|") if side != UNCOVERED]
        sides = tuple(dict.fromkeys(frozenset(side.split("/")) & known for side in named))
        sides = tuple(side for side in sides if side)
        if named and not sides:
            return None
    try:
        conversation = json.loads(row.get("conversation") or "[]")
    except (ValueError, RecursionError):
        raise UsageError(f"{where}: the conversation is not JSON.") from None
    if not isinstance(conversation, list) or not all(isinstance(t, str) for t in conversation):
        raise UsageError(f"{where}: the conversation is not a list of questions.")
    return Case(
        id=row.get("id", ""),
        question=row["question"],
        kind=row.get("kind", ""),
        sides=sides,
        section=row.get("section") or "",
        conversation=tuple(conversation),
    )


def evaluate(cases: Sequence[Case], library: Library, progress: Progress) -> tuple[Outcome, ...]:
    """Ask every case; raises what `Library.ask` raises."""
    outcomes = []
    for n, case in enumerate(cases, start=1):
        context = library.converse((question, None, None) for question in case.conversation)
        outcomes.append(Outcome(case, library.ask(case.question, context=context)))
        progress("Asking", n, len(cases))
    return tuple(outcomes)


def table(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Return rows of text: the head, a row a kind, and all of them together."""
    kinds = sorted({outcome.case.kind for outcome in outcomes})
    groups = [(kind, [o for o in outcomes if o.case.kind == kind]) for kind in kinds]
    rows = [["kind", "n", *(name for name, _, _ in METRICS), "p50 s", "p95 s"]]
    for kind, of_kind in (*groups, ("all", list(outcomes))):
        shares = (str(share(of_kind, metric)) for metric in METRICS)
        rows.append([kind, str(len(of_kind)), *shares, *seconds(of_kind)])
    return rows


def share(outcomes: Sequence[Outcome], metric: Metric) -> Share:
    """Return the mean of `metric` with its 95 % percentile bootstrap interval.

    Source: Efron, Bootstrap Methods: Another Look at the Jackknife, 1979. The resamples are drawn
    with a fixed seed, so that the same outcomes give the same interval.
    """
    import numpy as np

    _, counts, value = metric
    values = np.array([value(outcome) for outcome in outcomes if counts(outcome)])
    if not len(values):
        return Share(0.0, 0.0, 0.0, 0)
    draws = np.random.default_rng(_SEED).integers(0, len(values), (N_RESAMPLES, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), (0.025, 0.975))
    return Share(float(values.mean()), float(low), float(high), len(values))


def seconds(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """Return the median and the 95th percentile of the answers' seconds."""
    import numpy as np

    taken = [outcome.answer.seconds for outcome in outcomes]
    if not taken:
        return "–", "–"
    return f"{np.quantile(taken, 0.5):.4f}", f"{np.quantile(taken, 0.95):.4f}"


def misses(outcomes: Sequence[Outcome], library: Library) -> Iterator[str]:
    """Yield what went wrong, a line each: asked, expected, found, and the evidence for it."""
    for outcome in outcomes:
        case, answer = outcome.case, outcome.answer
        wrong = _wrong(outcome)
        if wrong:
            expected = "|".join("/".join(sorted(side)) for side in case.sides) or "a refusal"
            found = ", ".join(answer.concepts) or answer.status
            why = answer.because or answer.message
            yield (
                f"{case.id} [{case.kind}] {wrong}: “{case.question}” expected {expected}"
                f"{' ' + case.section if case.section else ''}; found {found} ({why}); "
                f"nearest {', '.join(answer.candidates[:3])}; {_evidence(outcome, library)}"
            )


def _wrong(outcome: Outcome) -> str:
    case = outcome.case
    if not case.sides:
        return "false answer" if outcome.answered else ""
    if not outcome.answered:
        return "false refusal"
    if outcome.place != 1:
        return f"found at {outcome.place}" if outcome.place else "not found"
    if not outcome.all_found:
        return "not all found"
    return "" if not case.section or outcome.section_shown else "section not shown"


def _evidence(outcome: Outcome, library: Library) -> str:
    """Return the features of the first candidate and of the expected one, and the signs."""
    ranking = library.ranker.rank(outcome.case.question, len(library.explainers))
    wanted = dict.fromkeys((*outcome.answer.candidates[:1], *sorted(outcome.case.covered)))
    told = [f"{c}: {_numbers(ranking.evidence[c])}" for c in wanted if c in ranking.evidence]
    return "; ".join((*told, f"chance {ranking.chance:.2f} of {_numbers(ranking.signs)}"))


def _numbers(values: Mapping[str, float]) -> str:
    return " ".join(f"{name} {value:.2f}" for name, value in values.items())
