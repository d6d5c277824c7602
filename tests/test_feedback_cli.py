"""The report on feedback, as authors read it in a terminal."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from commands import Cli

from gecko_qa.feedback.feedback import Feedback
from gecko_qa.feedback.store import FeedbackStore

RICE = Feedback(date(2026, 3, 4), "wanted", "How do I cook rice?", "not_covered", "1")
HARD = Feedback(
    date(2026, 3, 5),
    "too-technical",
    "What is RLHF?",
    "answered",
    "2",
    concepts=("rlhf",),
    line="What is a policy?",
)
FINE = Feedback(date(2026, 3, 6), "useful", "What is LoRA?", "answered", "1", ("lora",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with feedback of three days."""
    path = tmp_path / "notes.sqlite"
    store = FeedbackStore(path, 1024 * 1024)
    for note in (RICE, replace(RICE, question="how do i cook rice", line="basmati"), HARD, FINE):
        store.append(note)
    return path


def test_the_report_tells_what_is_wanted_and_what_was_marked(cli: Cli, file: Path) -> None:
    done = cli("feedback", "report", "--feedback", str(file))
    assert done.code == 0
    assert done.out.splitlines() == [
        f"4 pieces of feedback in {file}",
        "",
        "Asked and not covered",
        "  2 × How do I cook rice?",
        "      also: how do i cook rice",
        "      2026-03-04: “basmati”",
        "",
        "Marked, by concept",
        "  rlhf: 1 too technical",
        "      2026-03-05, too technical, “What is RLHF?”: “What is a policy?”",
        "  lora: 1 useful",
    ]


def test_the_report_as_json(cli: Cli, file: Path) -> None:
    done = cli("feedback", "report", "--feedback", str(file), "--json")
    assert done.code == 0
    assert done.out.count("\n") == 1
    found = json.loads(done.out)
    assert found["n"] == 4
    assert [(w["question"], w["n"]) for w in found["not_covered"]] == [("How do I cook rice?", 2)]
    assert [(c["concept"], c["verdicts"]) for c in found["concepts"]] == [
        ("rlhf", {"too-technical": 1}),
        ("lora", {"useful": 1}),
    ]


def test_the_report_can_begin_at_a_day_and_be_on_one_concept(cli: Cli, file: Path) -> None:
    late = cli("feedback", "report", "--feedback", str(file), "--since", "2026-03-06")
    assert late.out.splitlines()[2:] == ["Marked, by concept", "  lora: 1 useful"]
    one = cli("feedback", "report", "--feedback", str(file), "--concept", "rlhf")
    assert one.out.startswith("1 piece of feedback in ")
    assert "lora" not in one.out
    assert "rice" not in one.out


def test_where_nothing_is_it_says_so(cli: Cli, tmp_path: Path, file: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    for extra in (
        ["--feedback", str(tmp_path / "none.sqlite")],
        ["--feedback", str(empty)],
        ["--feedback", str(file), "--concept", "nobody"],
        ["--corpus", str(tmp_path / "corpus")],
    ):
        done = cli("feedback", "report", *extra)
        assert done.code == 0
        assert done.out.startswith(f"There is no feedback to report in {tmp_path}")
    found = json.loads(cli("feedback", "report", "--feedback", str(empty), "--json").out)
    assert found == {"n": 0, "not_covered": [], "concepts": []}
    assert not (tmp_path / "none.sqlite").exists()


def test_it_is_looked_for_beside_the_corpus(cli: Cli, tmp_path: Path) -> None:
    FeedbackStore(tmp_path / "feedback.sqlite", 1024 * 1024).append(FINE)
    done = cli("feedback", "report", "--corpus", str(tmp_path / "corpus"))
    assert "  lora: 1 useful\n" in done.out


ODD = "[bold]a[/bold] :smile: \x1b[31mred\x1b[0m \x9b31m bell\x07 \u202eback\u2066 two\nlines"


@pytest.mark.parametrize("kind", [[], ["--json"]])
def test_what_readers_wrote_does_nothing_to_the_terminal(
    cli: Cli, tmp_path: Path, kind: list[str]
) -> None:
    store = FeedbackStore(tmp_path / "odd.sqlite", 1024 * 1024)
    # Past the checks, as where another program wrote to the file.
    store.append(replace(RICE, question=ODD, line=ODD))
    store.append(replace(RICE, question=ODD + "!", line=ODD))
    store.append(replace(HARD, verdict=ODD, question=ODD, concepts=(ODD,), line=ODD))
    done = cli("feedback", "report", "--feedback", str(store.path), *kind)
    assert done.code == 0
    assert not {char for char in done.out if not char.isprintable() and char != "\n"}
    assert "[bold]a[/bold] :smile:" in done.out
    if not kind:
        # Nobody writes a line of the report's own.
        assert not [line for line in done.out.splitlines() if line.startswith("lines")]


def test_trouble_with_the_file_is_told_in_a_line(cli: Cli, tmp_path: Path) -> None:
    text = tmp_path / "diary.txt"
    text.write_text("Dear diary, " * 50)
    others = tmp_path / "others.sqlite"
    with closing(sqlite3.connect(others)) as connection:
        connection.execute("CREATE TABLE others (x)")
    for path, why in ((text, "not a file of feedback"), (others, "belongs to another program")):
        done = cli("feedback", "report", "--feedback", str(path))
        assert (done.code, done.out) == (1, "")
        assert why in done.err
        assert str(path) in done.err


def test_a_day_that_is_none_is_wrong_use(cli: Cli, file: Path) -> None:
    done = cli("feedback", "report", "--feedback", str(file), "--since", "yesterday")
    assert done.code == 2


def test_the_report_has_help_with_an_example(cli: Cli) -> None:
    done = cli("feedback", "report", "--help")
    assert done.code == 0
    assert "Example: gecko-qa feedback report" in done.out
