"""The command line: what it prints, and with which exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Cli
from factories import explainer_text, write_corpus

from gecko_qa import __version__
from gecko_qa.settings import Settings


@pytest.fixture
def here(settings: Settings) -> tuple[str, str]:
    """The option that names the repository's corpus, its index being current."""
    return ("--corpus", str(settings.corpus))


def test_ask_prints_the_passages_and_their_sources(cli: Cli, here: tuple[str, str]) -> None:
    done = cli("ask", "What is RLHF?", "--level", "2", "--audience", "builder", *here)
    assert done.code == 0
    # It is asked for by its name alone, so its definition comes first.
    headings = ["RLHF › TL;DR", "RLHF › Level 2", "RLHF › Builder"]
    assert [line for line in done.out.splitlines() if "›" in line] == headings
    assert done.out.startswith(f"{headings[0]}\n")
    assert "\nWhy this: matched the title RLHF.\n" in done.out
    assert "Sources of RLHF, updated 20" in done.out
    assert "https://arxiv.org/abs/2203.02155" in done.out


def test_ask_as_json_is_one_line(cli: Cli, here: tuple[str, str]) -> None:
    done = cli("ask", "What is RLHF?", "--level", "tldr", "--json", *here)
    answer = json.loads(done.out)
    assert done.out.count("\n") == 1
    assert answer["concepts"] == ["rlhf"]
    assert [passage["id"] for passage in answer["passages"]] == ["rlhf#tldr"]


def test_ask_tells_what_is_not_covered_and_what_is_near(cli: Cli, here: tuple[str, str]) -> None:
    done = cli("ask", "How do I cook rice?", *here)
    assert done.code == 0
    assert done.out.startswith("No explainer covers this.\nNearest: ")


def test_a_slip_of_the_pen_is_mended_and_the_first_line_says_so(
    cli: Cli, here: tuple[str, str]
) -> None:
    done = cli("ask", "how does quantizaton work", *here)
    first, second = done.out.splitlines()[:2]
    assert first == "Showing quantization. For “quantizaton” add --as-typed."
    assert second == "Quantization › Level 1"
    answer = json.loads(cli("ask", "how does quantizaton work", "--json", *here).out)
    assert answer["question"] == "how does quantizaton work"
    assert answer["correction"] == {
        "question": "how does quantization work",
        "words": [{"typed": "quantizaton", "read": "quantization"}],
    }


def test_a_question_without_slips_is_not_told_to_have_any(cli: Cli, here: tuple[str, str]) -> None:
    done = cli("ask", "how does quantization work", *here)
    assert "--as-typed" not in done.out
    assert done.out.startswith("Quantization › Level 1\n")


def test_as_typed_mends_nothing(cli: Cli, here: tuple[str, str]) -> None:
    done = cli("ask", "how does quantizaton work", "--as-typed", *here)
    assert done.code == 0
    assert "Showing" not in done.out
    asked = ("ask", "how does quantizaton work", "--json", *here)
    mended, kept = (json.loads(cli(*asked, *extra).out) for extra in ((), ("--as-typed",)))
    assert kept["correction"] is None
    assert kept["id"] != mended["id"]


def test_define_prints_the_definition(cli: Cli, here: tuple[str, str]) -> None:
    done = cli("define", "rlhf", *here)
    assert done.code == 0
    assert done.out.startswith("RLHF › TL;DR\n")
    as_json = json.loads(cli("define", "RLHF", "--json", *here).out)
    assert (as_json["concept"], as_json["title"]) == ("rlhf", "RLHF")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", "  "), "The question has no words."),
        (("ask", "x" * 10_000), "The question has 10000 characters; 1000 are allowed."),
        (("ask", "bell \x07"), "the control character U+0007"),
        (("ask", "RLHF", "--level", "9"), "Choose one of: tldr, 1, 2, 3."),
        (("ask", "RLHF", "--audience", "poet"), "Choose one of: researcher, builder,"),
        (("define", "lorra"), "Did you mean LoRA"),
        (("define", "no such thing at all"), "There is no definition of"),
    ],
)
def test_wrong_use_exits_with_2(
    cli: Cli, here: tuple[str, str], arguments: tuple[str, ...], message: str
) -> None:
    done = cli(*arguments, *here)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize("arguments", [("ask",), ("ask", "a", "--nope"), ("nope",), ("batch", "x")])
def test_wrong_options_exit_with_2(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments).code == 2


@pytest.mark.parametrize("command", [("ask", "x"), ("define", "x"), ("index", "verify")])
def test_without_an_index_it_says_what_to_run(
    cli: Cli, small_corpus: Path, command: tuple[str, ...]
) -> None:
    done = cli(*command, "--corpus", str(small_corpus))
    assert done.code == 1
    assert "There is no index in" in done.err
    assert f"Run “gecko-qa index build --corpus {small_corpus}”." in done.err


@pytest.mark.parametrize("command", [("check",), ("ask", "x"), ("define", "x"), ("index", "build")])
def test_without_a_corpus_it_says_so(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    done = cli(*command, "--corpus", str(tmp_path / "none"))
    assert done.code == 1
    assert "There is no corpus folder at" in done.err


def test_check_reports_every_fault_at_once(cli: Cli, tmp_path: Path) -> None:
    folder = write_corpus(
        tmp_path / "corpus",
        {
            "one": explainer_text("One", related=["nowhere"]),
            "two": explainer_text("Two", leave_out=["Level 2"]),
        },
    )
    (folder / "three.md").write_bytes(b"---\ntitle: caf\xe9\n")
    done = cli("check", "--corpus", str(folder))
    assert done.code == 1
    assert f"{folder / 'one.md'}:1: “related” names “nowhere”" in done.out
    assert "The section “## Level 2” is missing." in done.out
    assert f"{folder / 'three.md'}:2: The file is not UTF-8." in done.out


def test_check_is_content_with_the_corpus(
    cli: Cli, here: tuple[str, str], n_explainers: int
) -> None:
    done = cli("check", *here)
    assert done.code == 0
    told = rf"^{n_explainers} explainers read, 0 faults, \d+ warnings\.$"
    assert re.search(told, done.out, re.MULTILINE)


def test_index_info_and_verify_name_the_same_index(
    cli: Cli, here: tuple[str, str], n_explainers: int
) -> None:
    info = json.loads(cli("index", "info", "--json", *here).out)
    assert info["counts"]["explainers"] == n_explainers
    assert info["encoder"]["dimensions"] == 384
    verified = cli("index", "verify", *here)
    assert verified.code == 0
    assert info["index"] in verified.out


def test_batch_writes_answers_and_exits_with_1_if_any_line_failed(
    cli: Cli, here: tuple[str, str], tmp_path: Path
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "a", "question": "What is LoRA?"}\n')
    out = tmp_path / "answers.jsonl"
    assert cli("batch", str(questions), "--out", str(out), *here).code == 0
    assert json.loads(out.read_text())["concepts"] == ["lora"]

    questions.write_text('{"id": "a", "question": ""}\n')
    done = cli("batch", str(questions), "--out", str(out), *here)
    assert done.code == 1
    assert "line 1: The question has no words." in done.err


def test_a_batch_line_may_carry_its_conversation(
    cli: Cli, here: tuple[str, str], tmp_path: Path
) -> None:
    asked = [
        {"id": "alone", "question": "Why does it matter now?"},
        {
            "id": "after",
            "question": "Why does it matter now?",
            "conversation": [{"question": "What is LoRA?"}],
        },
        {
            "id": "deeper",
            "question": "Go deeper.",
            "conversation": [{"question": "What is LoRA?", "level": "2"}],
        },
        {"id": "bad", "question": "And?", "conversation": ["What is LoRA?"]},
    ]
    questions, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions.write_text("".join(json.dumps(line) + "\n" for line in asked))
    done = cli("batch", str(questions), "--out", str(out), *here)
    assert done.code == 1
    assert "line 4: “conversation” has to be a list of objects, each with a question." in done.err
    alone, after, deeper, bad = map(json.loads, out.read_text().splitlines())
    assert (alone["status"], alone["concepts"]) == ("needs_context", [])
    assert (after["status"], after["concepts"], after["follows"]) == (
        "answered",
        ["lora"],
        ["lora"],
    )
    assert [passage["id"] for passage in after["passages"]] == ["lora#level-1", "lora#why-now"]
    # One step from the level of the turn before.
    assert [passage["id"] for passage in deeper["passages"]] == ["lora#level-3"]
    assert list(bad) == ["id", "error"]


def test_ask_gives_the_same_json_as_batch_but_for_id_and_seconds(
    cli: Cli, here: tuple[str, str], tmp_path: Path
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "a", "question": "DPO vs RLHF", "level": "3"}\n')
    out = tmp_path / "answers.jsonl"
    cli("batch", str(questions), "--out", str(out), *here)
    batched = json.loads(out.read_text())
    asked = json.loads(cli("ask", "DPO vs RLHF", "--level", "3", "--json", *here).out)
    for answer in (batched, asked):
        del answer["id"], answer["seconds"]
    assert batched == asked


@pytest.mark.parametrize(
    "command",
    [
        ("ask",),
        ("define",),
        ("batch",),
        ("check",),
        ("import",),
        ("config",),
        ("init",),
        ("new",),
        ("eval",),
        ("export", "site"),
        ("export", "json"),
        ("export", "schema"),
        ("feedback", "report"),
        ("import",),
        ("serve",),
        ("mcp",),
        ("index", "build"),
        ("index", "verify"),
        ("index", "info"),
    ],
)
def test_every_command_has_help_with_an_example(cli: Cli, command: tuple[str, ...]) -> None:
    done = cli(*command, "--help")
    assert done.code == 0
    assert f"Example: gecko-qa {' '.join(command)}" in done.out


def test_the_version_is_the_packages(cli: Cli) -> None:
    assert cli("--version").out == f"{__version__}\n"


def test_an_unforeseen_failure_is_told_without_a_traceback(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("gecko_qa.library.Library.open", broken)
    done = cli("define", "RLHF")
    assert done.code == 1
    assert "Something failed that should not: RuntimeError: no such luck." in done.err


def test_a_package_that_only_building_needs_is_named_where_it_is_missing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr("gecko_qa.library.Library.open", missing)
    done = cli("define", "RLHF")
    assert done.code == 1
    assert "The package torch is not installed." in done.err
    assert "report" not in done.err


def test_the_module_runs_too_and_an_empty_corpus_is_a_fault(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gecko_qa", "check", "--corpus", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "The corpus is empty." in done.stdout
