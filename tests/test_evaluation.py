"""Evaluation: questions read from a file, metrics by hand, and what the command prints."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from builds import Bench
from commands import Cli

from gecko_qa.answer.answer import Answer, Status
from gecko_qa.answer.question import Question
from gecko_qa.errors import DataError, UsageError
from gecko_qa.evaluation import (
    MAX_FILE_BYTES,
    METRICS,
    Case,
    Outcome,
    Share,
    evaluate,
    misses,
    read_cases,
    seconds,
    share,
    table,
)
from gecko_qa.index.build import silent
from gecko_qa.library import Library
from gecko_qa.passages import Passage

KNOWN = frozenset(("gecko-feet", "tree-frogs", "suction-cups"))
HEAD = "id\tquestion\tkind\tconcepts\tsection\tconversation\n"
NAMES = [name for name, _, _ in METRICS]


def cases_of(folder: Path, *rows: str, head: str = HEAD, outside: bool = False) -> tuple[Case, ...]:
    path = folder / "questions.tsv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_cases(path, KNOWN, outside=outside)


def sides(*of: str) -> tuple[frozenset[str], ...]:
    """Return the sides `of`, the concepts of one parted by spaces."""
    return tuple(frozenset(side.split()) for side in of)


@pytest.mark.parametrize(
    ("concepts", "expected"),
    [
        ("gecko-feet", sides("gecko-feet")),
        ("gecko-feet|tree-frogs", sides("gecko-feet", "tree-frogs")),
        ("gecko-feet/tree-frogs", sides("gecko-feet tree-frogs")),
        (
            "suction-cups|gecko-feet/tree-frogs",
            sides("suction-cups", "gecko-feet tree-frogs"),
        ),
        ("-", ()),
        ("-|gecko-feet", sides("gecko-feet")),
        ("gecko-feet|gecko-feet", sides("gecko-feet")),
        # What the corpus lacks is left out.
        ("newts|gecko-feet", sides("gecko-feet")),
        ("newts/gecko-feet", sides("gecko-feet")),
    ],
)
def test_concepts_are_read_as_sides(
    tmp_path: Path, concepts: str, expected: tuple[frozenset[str], ...]
) -> None:
    [case] = cases_of(tmp_path, f"a\tWhy?\twhy\t{concepts}\t\t")
    assert case == Case("a", "Why?", "why", expected, "", ())


def test_a_row_with_no_concept_of_the_corpus_is_left_out(tmp_path: Path) -> None:
    rows = ("a\tWhy?\twhy\tnewts\t\t", "b\tWhy?\twhy\tnewts|olms/efts\t\t", "c\tWhy?\twhy\t-\t\t")
    assert [case.id for case in cases_of(tmp_path, *rows)] == ["c"]


def test_a_section_and_a_conversation_are_read(tmp_path: Path) -> None:
    [case] = cases_of(
        tmp_path, 'a\tAnd why now?\tfollow\tgecko-feet\twhy-now\t["What are setae?", "“Go on”"]'
    )
    assert case.section == "why-now"
    assert case.conversation == ("What are setae?", "“Go on”")


def test_columns_may_be_left_out_stand_in_any_order_and_be_more(tmp_path: Path) -> None:
    head = "kind\tnote\tconcepts\tquestion\tid\n"
    [case] = cases_of(tmp_path, 'why\tnew\tgecko-feet\tA "quoted" why?\ta', head=head)
    assert case == Case("a", 'A "quoted" why?', "why", sides("gecko-feet"), "", ())


def test_fields_at_the_end_of_a_row_may_be_left_out(tmp_path: Path) -> None:
    [case] = cases_of(tmp_path, "a\tWhy?\twhy\tgecko-feet")
    assert case == Case("a", "Why?", "why", sides("gecko-feet"), "", ())


def test_questions_outside_have_no_sides_whatever_their_concepts(tmp_path: Path) -> None:
    head = "id\tquestion\tkind\n"
    assert cases_of(tmp_path, "a\tBoil an egg?\tfar", head=head, outside=True) == (
        Case("a", "Boil an egg?", "far", (), "", ()),
    )
    [case] = cases_of(tmp_path, "a\tBoil?\tfar\tgecko-feet", outside=True)
    assert case.sides == ()


def test_windows_line_ends_and_a_byte_order_mark_are_no_text(tmp_path: Path) -> None:
    text = f"{HEAD}a\tWhy?\twhy\tgecko-feet\t\t\n".replace("\n", "\r\n")
    path = tmp_path / "questions.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_cases(path, KNOWN) == (Case("a", "Why?", "why", sides("gecko-feet"), "", ()),)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("a\t\twhy\tgecko-feet\t\t", "line 3: the row has no question, or more fields than col"),
        ("a", "line 3: the row has no question, or more fields than columns."),
        ("a\tWhy?\twhy\tgecko-feet\t\t\tmore", "line 3: the row has no question, or more fields"),
        ("a\tWhy?\twhy\tgecko-feet\t\tGo on", "line 3: the conversation is not JSON."),
        ('a\tWhy?\twhy\tgecko-feet\t\t["Go on"', "line 3: the conversation is not JSON."),
        ('a\tWhy?\twhy\tgecko-feet\t\t"Go on"', "line 3: the conversation is not a list of que"),
        ("a\tWhy?\twhy\tgecko-feet\t\t{}", "line 3: the conversation is not a list of questions."),
        ("a\tWhy?\twhy\tgecko-feet\t\t[1]", "line 3: the conversation is not a list of questions."),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, row: str, error: str
) -> None:
    with pytest.raises(UsageError) as refused:
        cases_of(tmp_path, "fine\tWhy?\twhy\tgecko-feet\t\t", row)
    assert str(refused.value).startswith(f"{tmp_path / 'questions.tsv'}, {error}")


@pytest.mark.parametrize(
    ("head", "outside", "lacking"),
    [
        ("", False, "concepts, id, kind, question"),
        ("id\tquestion\tkind\n", False, "concepts"),
        ("id,question,kind,concepts\n", False, "concepts, id, kind, question"),
        ("question\tconcepts\n", True, "id, kind"),
    ],
)
def test_columns_that_are_lacking_are_told(
    tmp_path: Path, head: str, outside: bool, lacking: str
) -> None:
    with pytest.raises(UsageError, match=f"questions.tsv lacks the columns: {lacking}\\.$"):
        cases_of(tmp_path, head=head, outside=outside)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("nowhere.tsv", None, "nowhere.tsv cannot be read: No such file or directory."),
        (".", None, "cannot be read: Is a directory."),
        ("a.tsv", b"caf\xe9", "a.tsv is not UTF-8. Save it as UTF-8."),
        ("a.tsv", b"x" * (MAX_FILE_BYTES + 1), "a.tsv has more than 16777216 bytes. Split it."),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, name: str, data: bytes | None, error: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=error):
        read_cases(tmp_path / name, KNOWN)


def answer(
    status: Status = "answered",
    concepts: tuple[str, ...] = (),
    candidates: tuple[str, ...] = (),
    passages: tuple[str, ...] = (),
    took: float = 0.5,
) -> Answer:
    """Return an answer as the metrics see it; `passages` are ids."""
    return Answer(
        id="0",
        question="Why?",
        status=status,
        intent="explain",
        level="1",
        audience=None,
        concepts=concepts,
        passages=tuple(
            Passage(p, p.split("#")[0], p.split("#")[1], None, None, "text", 0) for p in passages
        ),
        definition=None,
        because="matched" if status == "answered" else "",
        correction=None,
        follows=(),
        also=(),
        missing=(),
        nearest=(),
        mentioned=(),
        candidates=candidates or concepts,
        message="" if status == "answered" else "No explainer covers this.",
        index="sha256:i",
        seconds=took,
        asked=Question("Why?", "1"),
        after=None,
        marks=(None,) * len(passages),
    )


def case(*of: str, kind: str = "why", section: str = "") -> Case:
    return Case("c", "Why?", kind, sides(*of), section, ())


A, B, C, D = "abcd"

# A case, its answer, and by hand: concept@1, concept@3, mrr, all found, section, false refusals,
# false answers; None where the case does not count.
BY_HAND = [
    (case(A), answer(concepts=(A,)), (1, 1, 1, None, None, 0, None)),
    (case(A), answer(concepts=(B,), candidates=(B, A)), (0, 1, 1 / 2, None, None, 0, None)),
    (case(A), answer(concepts=(B,), candidates=(B, C, A)), (0, 1, 1 / 3, None, None, 0, None)),
    (case(A), answer(concepts=(B,), candidates=(B, C, D, A)), (0, 0, 1 / 4, None, None, 0, None)),
    (case(A), answer(concepts=(B,)), (0, 0, 0, None, None, 0, None)),
    (case(A), answer("not_covered", candidates=(A, B)), (1, 1, 1, None, None, 1, None)),
    (case(A), answer("needs_context"), (0, 0, 0, None, None, 1, None)),
    (case(A), answer("small_talk"), (0, 0, 0, None, None, 1, None)),
    (case("a b"), answer(concepts=(B,)), (1, 1, 1, None, None, 0, None)),
    (case(A, B), answer(concepts=(A, B)), (1, 1, 1, 1, None, 0, None)),
    (case(A, B), answer(concepts=(B, C), candidates=(B, C, A)), (1, 1, 1, 0, None, 0, None)),
    (case(A, B), answer(concepts=(C,), candidates=(C, B)), (0, 1, 1 / 2, 0, None, 0, None)),
    (case("a b", "c d"), answer(concepts=(D, A)), (1, 1, 1, 1, None, 0, None)),
    (case("a b", "c d"), answer(concepts=(A, B)), (1, 1, 1, 0, None, 0, None)),
    (case(), answer(concepts=(A,)), (None, None, None, None, None, None, 1)),
    (case(), answer("not_covered", candidates=(A,)), (None, None, None, None, None, None, 0)),
    (case(), answer("small_talk"), (None, None, None, None, None, None, 0)),
    (
        case(A, section="take"),
        answer(concepts=(A,), passages=("a#level-1", "a#take")),
        (1, 1, 1, None, 1, 0, None),
    ),
    (
        case(A, section="take"),
        answer(concepts=(A,), passages=("a#level-1",)),
        (1, 1, 1, None, 0, 0, None),
    ),
    (
        # The section is shown, but of another concept.
        case(A, section="take"),
        answer(concepts=(A, B), passages=("a#level-1", "b#take")),
        (1, 1, 1, None, 0, 0, None),
    ),
]


@pytest.mark.parametrize(("asked", "given", "by_hand"), BY_HAND)
def test_each_metric_of_one_outcome_is_as_by_hand(
    asked: Case, given: Answer, by_hand: tuple[float | None, ...]
) -> None:
    outcome = Outcome(asked, given)
    found = [value(outcome) if counts(outcome) else None for _, counts, value in METRICS]
    assert found == list(by_hand)


def test_the_columns_are_the_metrics_in_order() -> None:
    assert NAMES == [
        "concept@1",
        "concept@3",
        "mrr",
        "all found",
        "section",
        "false refusals",
        "false answers",
    ]


@pytest.mark.parametrize("n", range(len(NAMES)), ids=NAMES)
def test_a_share_is_the_mean_over_the_outcomes_that_count(n: int) -> None:
    values = [by_hand[n] for _, _, by_hand in BY_HAND if by_hand[n] is not None]
    found = share([Outcome(asked, given) for asked, given, _ in BY_HAND], METRICS[n])
    assert found.n == len(values)
    assert found.mean == pytest.approx(sum(v for v in values if v is not None) / len(values))


def outcomes_at(*places: int) -> list[Outcome]:
    """Return outcomes that find their concept at each of `places`, 0 for not at all."""
    found = [(B, C, D, "e", "f") if place == 0 else (*"xyzwv"[: place - 1], A) for place in places]
    return [Outcome(case(A), answer(concepts=f[:1], candidates=f)) for f in found]


@pytest.mark.parametrize("places", [(1, 0), (1, 0, 0, 0, 0, 0), (1, 1, 2, 3, 0, 4, 1), (2, 1) * 50])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_interval_contains_the_mean_and_is_the_same_each_time(
    places: tuple[int, ...], n: int
) -> None:
    outcomes = outcomes_at(*places)
    found = share(outcomes, METRICS[n])
    assert 0 <= found.low <= found.mean <= found.high <= 1
    assert share(outcomes, METRICS[n]) == found


def test_the_interval_narrows_with_more_outcomes_as_the_normal_one_does() -> None:
    # Half of n right: the standard error is √(¼ / n), 95 % of a normal lies within 1.96 of it.
    for n, half_width in ((100, 0.098), (2500, 0.0196)):
        found = share(outcomes_at(*(1, 0) * (n // 2)), METRICS[0])
        assert found.mean == 0.5
        assert found.mean - found.low == pytest.approx(half_width, rel=0.15)
        assert found.high - found.mean == pytest.approx(half_width, rel=0.15)


@pytest.mark.parametrize(("places", "mean"), [((1, 1, 1), 1.0), ((0, 0), 0.0), ((1,), 1.0)])
def test_outcomes_that_are_all_alike_leave_no_width(places: tuple[int, ...], mean: float) -> None:
    assert share(outcomes_at(*places), METRICS[0]) == Share(mean, mean, mean, len(places))


def test_a_share_of_nothing_is_a_dash() -> None:
    assert share([], METRICS[0]) == Share(0.0, 0.0, 0.0, 0)
    assert str(share([], METRICS[0])) == "–"
    assert str(Share(2 / 3, 0.251, 1.0, 3)) == "0.667 (0.25–1.00)"


def test_seconds_are_the_median_and_the_95th_percentile() -> None:
    # 0.00, 0.01, …, 1.00: the percentiles are the numbers themselves.
    outcomes = [Outcome(case(A), answer(concepts=(A,), took=n / 100)) for n in range(101)]
    assert seconds(outcomes) == ("0.5000", "0.9500")


def test_the_table_has_a_row_a_kind_and_one_for_all() -> None:
    outcomes = [
        Outcome(case(A, kind="why"), answer(concepts=(A,))),
        Outcome(case(A, B, kind="compare"), answer(concepts=(A, B))),
        Outcome(case(kind="far"), answer("not_covered")),
    ]
    one, none, dash = "1.000 (1.00–1.00)", "0.000 (0.00–0.00)", "–"
    time = ["0.5000", "0.5000"]
    assert table(outcomes) == [
        ["kind", "n", *NAMES, "p50 s", "p95 s"],
        ["compare", "1", one, one, one, one, dash, none, dash, *time],
        ["far", "1", dash, dash, dash, dash, dash, dash, none, *time],
        ["why", "1", one, one, one, dash, dash, none, dash, *time],
        ["all", "3", one, one, one, one, dash, none, none, *time],
    ]


FEET, FROGS, CUPS = "gecko-feet", "tree-frogs", "suction-cups"


@pytest.mark.parametrize(
    ("asked", "given", "line"),
    [
        (
            case(FEET),
            answer(concepts=(FROGS,), candidates=(FROGS, FEET)),
            "c [why] found at 2: “Why?” expected gecko-feet; found tree-frogs (matched); "
            "nearest tree-frogs, gecko-feet; ",
        ),
        (
            case(FEET),
            answer(concepts=(FROGS,)),
            "c [why] not found: “Why?” expected gecko-feet; found tree-frogs (matched); "
            "nearest tree-frogs; ",
        ),
        (
            case(FEET),
            answer("not_covered", candidates=(FEET, FROGS)),
            "c [why] false refusal: “Why?” expected gecko-feet; found not_covered "
            "(No explainer covers this.); nearest gecko-feet, tree-frogs; ",
        ),
        (
            case(f"{FEET} {FROGS}", CUPS),
            answer(concepts=(FEET,)),
            "c [why] not all found: “Why?” expected gecko-feet/tree-frogs|suction-cups; "
            "found gecko-feet (matched); nearest gecko-feet; ",
        ),
        (
            case(FEET, section="take"),
            answer(concepts=(FEET,), passages=("gecko-feet#level-1",)),
            "c [why] section not shown: “Why?” expected gecko-feet take; "
            "found gecko-feet (matched); nearest gecko-feet; ",
        ),
        (
            case(kind="far"),
            answer(concepts=(FEET,)),
            "c [far] false answer: “Why?” expected a refusal; found gecko-feet (matched); "
            "nearest gecko-feet; ",
        ),
    ],
)
def test_a_miss_tells_what_was_expected_found_and_why(
    small_library: Library, asked: Case, given: Answer, line: str
) -> None:
    [told] = misses([Outcome(asked, given)], small_library)
    assert told.startswith(line)
    evidence = told.removeprefix(line).split("; ")
    wanted = dict.fromkeys((given.candidates[0], *sorted(asked.covered)))
    assert [part.split(": ")[0] for part in evidence[:-1]] == list(wanted)
    ranking = small_library.ranker.rank("Why?", 3)
    for concept, part in zip(wanted, evidence, strict=False):
        first, value = next(iter(ranking.evidence[concept].items()))
        assert part.startswith(f"{concept}: {first} {value:.2f} ")
    assert evidence[-1].startswith(f"chance {ranking.chance:.2f} of score ")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (case(FEET), answer(concepts=(FEET,))),
        (case(f"{FEET} {FROGS}"), answer(concepts=(FROGS,))),
        (case(FEET, CUPS), answer(concepts=(CUPS, FEET))),
        (case(FEET, section="take"), answer(concepts=(FEET,), passages=("gecko-feet#take",))),
        (case(), answer("not_covered")),
        (case(), answer("needs_context")),
    ],
)
def test_what_is_right_is_no_miss(small_library: Library, asked: Case, given: Answer) -> None:
    assert list(misses([Outcome(asked, given)], small_library)) == []


def test_every_case_is_asked_after_its_own_conversation(small_library: Library) -> None:
    told: list[tuple[str, int, int]] = []
    cases = [
        Case("1", "What are setae?", "define", sides(FEET), "", ()),
        Case("2", "Why does it matter now?", "follow", sides(FROGS), "why-now", ("Tree frogs",)),
        Case("3", "Why does it matter now?", "follow", (), "", ()),
    ]
    found = evaluate(cases, small_library, lambda *what: told.append(what))
    assert [outcome.case for outcome in found] == cases
    assert [(o.answer.status, o.answer.concepts) for o in found] == [
        ("answered", (FEET,)),
        ("answered", (FROGS,)),
        ("needs_context", ()),
    ]
    assert found[1].section_shown
    assert told == [("Asking", n, 3) for n in (1, 2, 3)]


def test_asking_again_gives_the_same_outcomes(small_library: Library) -> None:
    cases = [Case("1", "What are setae?", "define", sides(FEET), "", ())]
    once, again = (evaluate(cases, small_library, silent) for _ in range(2))
    assert [replace(o.answer, seconds=0.0) for o in once] == [
        replace(o.answer, seconds=0.0) for o in again
    ]


@pytest.fixture
def built(bench: Bench) -> tuple[str, ...]:
    """The options that name the small corpus, which has an index with a true encoder."""
    bench.build()
    return ("--corpus", str(bench.corpus), "--index", str(bench.index))


ROWS = (
    "a\tWhat are setae?\tdefine\tgecko-feet\t\t",
    "b\tDifference between tree frogs and suction cups\tcompare\ttree-frogs|suction-cups\t\t",
    'c\tWhy does it matter now?\tfollow\ttree-frogs\twhy-now\t["What are tree frogs?"]',
    "d\tWhat are suction cups?\tdefine\tgecko-feet\t\t",
    "e\tWhat is a newt?\tdefine\tnewts\t\t",
)


def written(folder: Path, name: str, head: str, *rows: str) -> str:
    path = folder / name
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(path)


def test_the_command_prints_a_table_of_kinds(
    cli: Cli, built: tuple[str, ...], tmp_path: Path
) -> None:
    done = cli("eval", written(tmp_path, "q.tsv", HEAD, *ROWS), *built)
    assert done.code == 0
    head, compare, define, follow, together = (line.split() for line in done.out.splitlines())
    assert head[:3] == ["kind", "n", "concept@1"]
    # The row about newts is left out; the one about suction cups is wrong on purpose.
    assert compare[:3] == ["compare", "1", "1.000"]
    assert define[:3] == ["define", "2", "0.500"]
    assert follow[:3] == ["follow", "1", "1.000"]
    assert together[:3] == ["all", "4", "0.750"]


def test_the_command_lists_misses_where_it_is_asked_to(
    cli: Cli, built: tuple[str, ...], tmp_path: Path
) -> None:
    questions = written(tmp_path, "q.tsv", HEAD, *ROWS)
    done = cli("eval", questions, "--misses", *built)
    [miss] = done.out.splitlines()[5:]
    assert re.match(r"d \[define\] found at [23]: ", miss)
    assert "“What are suction cups?” expected gecko-feet; found suction-cups" in miss
    assert "d [define]" not in cli("eval", questions, *built).out


def test_the_command_counts_questions_outside(
    cli: Cli, built: tuple[str, ...], tmp_path: Path
) -> None:
    inside = written(tmp_path, "q.tsv", HEAD, ROWS[0])
    head = "id\tquestion\tkind\n"
    outside = written(tmp_path, "o.tsv", head, "o1\tWhat are tree frogs?\tnear", "o2\tAnd?\tvague")
    done = cli("eval", inside, "--out-of-scope", outside, "--misses", *built)
    head_cells, *rows = (re.split(" {2,}", line) for line in done.out.splitlines()[:5])
    at = head_cells.index("false answers")
    assert {row[0]: row[at] for row in rows} == {
        "define": "–",
        "near": "1.000 (1.00–1.00)",
        "vague": "0.000 (0.00–0.00)",
        "all": "0.500 (0.00–1.00)",
    }
    [miss] = done.out.splitlines()[5:]
    assert miss.startswith("o1 [near] false answer: “What are tree frogs?” expected a refusal; ")


@pytest.mark.parametrize(
    ("text", "code", "error"),
    [
        ("id\tquestion\n", 2, "q.tsv lacks the columns: concepts, kind."),
        (f"{HEAD}a\t\twhy\tgecko-feet\n", 2, "q.tsv, line 2: the row has no question"),
        (f"{HEAD}a\t?!\twhy\tgecko-feet\n", 2, "The question has no words."),
    ],
)
def test_the_command_tells_a_file_that_cannot_be_used(
    cli: Cli, built: tuple[str, ...], tmp_path: Path, text: str, code: int, error: str
) -> None:
    done = cli("eval", written(tmp_path, "q.tsv", text), *built)
    assert (done.code, done.out) == (code, "")
    assert error in done.err


def test_the_command_tells_a_file_that_is_not_there(
    cli: Cli, built: tuple[str, ...], tmp_path: Path
) -> None:
    done = cli("eval", str(tmp_path / "none.tsv"), *built)
    assert (done.code, done.out) == (1, "")
    assert "none.tsv cannot be read: No such file or directory." in done.err


def test_the_command_without_an_index_says_what_to_run(
    cli: Cli, small_corpus: Path, tmp_path: Path
) -> None:
    done = cli("eval", written(tmp_path, "q.tsv", HEAD), "--corpus", str(small_corpus))
    assert done.code == 1
    assert "Run “gecko-qa index build --corpus " in done.err


@pytest.mark.parametrize("name", ["heldout", "train"])
def test_the_repositorys_questions_can_be_read(library: Library, name: str) -> None:
    folder = Path(__file__).resolve().parent.parent / "evaluation"
    known = frozenset(explainer.slug for explainer in library.explainers)
    inside = read_cases(folder / f"{name}.tsv", known)
    outside = read_cases(folder / f"{name}_outside.tsv", known, outside=True)
    n_rows = [
        len((folder / file).read_text(encoding="utf-8").splitlines()) - 1
        for file in (f"{name}.tsv", f"{name}_outside.tsv")
    ]
    assert [len(inside), len(outside)] == n_rows
    sections = {case.section for case in inside} - {""}
    assert sections <= {kind.id for kind in library.layout.sections}
    assert {case.id for case in inside}.isdisjoint(case.id for case in outside)
