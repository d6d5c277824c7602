"""Previews: where an explainer's questions lead, and what it takes from others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builds import Bench
from commands import Cli
from factories import explainer_text

from gecko_qa.errors import UsageError
from gecko_qa.previewing import Preview, preview

TAPE = explainer_text(
    "Sticky tape",
    aliases=["adhesive tape"],
    asks=["What is sticky tape?", "What is Hylidae?"],
)
LADDER = explainer_text("Wet leaves", aliases=["frogs climb"], asks=["What are wet leaves?"])


def drafted(bench: Bench, name: str, text: str) -> Preview:
    path = bench.corpus.parent / name
    path.write_text(text)
    return preview(path, bench.settings)


@pytest.fixture(autouse=True)
def built(bench: Bench) -> None:
    bench.build()


def test_a_draft_is_asked_its_own_questions(bench: Bench) -> None:
    seen = drafted(bench, "sticky-tape.md", TAPE)
    assert [(led.kind, led.question) for led in seen.own] == [
        ("title", "What is Sticky tape?"),
        ("alias", "What is adhesive tape?"),
        ("ask", "What is sticky tape?"),
        ("ask", "What is Hylidae?"),
    ]
    assert [led.concept for led in seen.own[:3]] == ["sticky-tape"] * 3


def test_an_ask_that_another_explainer_steals_is_told_with_the_reason(bench: Bench) -> None:
    seen = drafted(bench, "sticky-tape.md", TAPE)
    [stolen] = [led for led in seen.own if led.stolen]
    assert (stolen.question, stolen.owner, stolen.concept, stolen.because) == (
        "What is Hylidae?",
        "sticky-tape",
        "tree-frogs",
        "matched the alias Hylidae",
    )


def test_an_ask_that_a_draft_takes_from_another_is_told(bench: Bench) -> None:
    bench.edit("tree-frogs", "Why do frogs climb wet leaves?", "What is frogs climb?")
    seen = drafted(bench, "wet-leaves.md", LADDER)
    assert [(led.question, led.owner) for led in seen.taken] == [
        ("What is frogs climb?", "tree-frogs")
    ]
    assert (seen.tried, seen.n_others) == (4, 4)


def test_what_it_took_before_is_not_told_again(bench: Bench) -> None:
    bench.edit("tree-frogs", "Why do frogs climb wet leaves?", "What is frogs climb?")
    path = bench.corpus / "wet-leaves.md"
    path.write_text(LADDER)
    assert len(preview(path, bench.settings).taken) == 1
    bench.build()
    assert preview(path, bench.settings).taken == ()


def test_a_changed_file_takes_the_place_of_the_one_of_its_name(bench: Bench) -> None:
    text = (bench.corpus / "tree-frogs.md").read_text().replace("Hylidae", "Tape frogs")
    seen = drafted(bench, "tree-frogs.md", text)
    assert not [problem for problem in seen.problems if problem.severity == "error"]
    assert ("alias", "What is Tape frogs?", "tree-frogs") in [
        (led.kind, led.question, led.concept) for led in seen.own
    ]


def test_a_preview_writes_and_exports_nothing(bench: Bench) -> None:
    def state() -> dict[Path, bytes]:
        files = [*bench.index.iterdir(), *bench.corpus.iterdir()]
        return {path: path.read_bytes() for path in files}

    before = state()
    bench.exported.clear()
    drafted(bench, "sticky-tape.md", TAPE)
    assert state() == before
    assert bench.exported == []


def test_known_questions_are_not_encoded_again(bench: Bench) -> None:
    bench.encoded.clear()
    preview(bench.corpus / "gecko-feet.md", bench.settings)
    assert "? Why do geckos stick to glass?" not in bench.encoded
    assert "? What is Gecko feet?" in bench.encoded


def test_faults_keep_it_from_being_asked(bench: Bench, cli: Cli) -> None:
    broken = bench.corpus.parent / "sticky-tape.md"
    broken.write_text(TAPE.replace("category", "categry"))
    done = cli("preview", str(broken), "--corpus", str(bench.corpus))
    assert done.code == 1
    assert "sticky-tape.md:3: Unknown key “categry”" in " ".join(done.out.split())
    assert "stays out of the corpus" in done.out


def test_a_name_of_another_explainer_is_a_fault(bench: Bench) -> None:
    seen = drafted(bench, "sticky-tape.md", TAPE.replace("adhesive tape", "setae"))
    assert seen.explainer is None
    [fault] = [problem for problem in seen.problems if problem.severity == "error"]
    assert "is the same as “setae” of gecko-feet" in fault.message
    assert fault.path == bench.corpus.parent / "sticky-tape.md"


def test_the_command_tells_how_it_shows_and_what_was_tried(bench: Bench, cli: Cli) -> None:
    path = bench.corpus.parent / "sticky-tape.md"
    path.write_text(TAPE)
    done = cli("preview", str(path), "--corpus", str(bench.corpus))
    assert done.code == 0
    assert "Sticky tape · 1 minute to read" in done.out
    assert "Sticky tape is a thing that tests talk about." in done.out
    assert "1 of 2 questions by ask lead here." in done.out
    assert "“What is Hylidae?” leads to tree-frogs (matched the alias Hylidae)" in done.out


def test_the_same_as_json(bench: Bench, cli: Cli) -> None:
    path = bench.corpus.parent / "sticky-tape.md"
    path.write_text(TAPE)
    told = json.loads(cli("preview", str(path), "--corpus", str(bench.corpus), "--json").out)
    assert told["slug"] == "sticky-tape"
    assert told["shown"]["reading_minutes"] == 1
    assert told["questions"][-1] == {
        "question": "What is Hylidae?",
        "kind": "ask",
        "owner": "sticky-tape",
        "concept": "tree-frogs",
        "because": "matched the alias Hylidae",
    }
    assert told["asks_of_others"] == {"tried": 4, "all": 4}


@pytest.mark.parametrize("name", ["none.md", "notes.txt", "."])
def test_what_is_no_explainer_is_refused(bench: Bench, name: str) -> None:
    (bench.corpus.parent / "notes.txt").write_text("x")
    with pytest.raises(UsageError, match="There is no explainer at"):
        preview(bench.corpus.parent / name, bench.settings)


def test_only_the_nearest_asks_of_others_are_tried(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gecko_qa.previewing.N_NEAR", 1)
    bench.edit("tree-frogs", "Why do frogs climb wet leaves?", "What is frogs climb?")
    seen = drafted(bench, "wet-leaves.md", LADDER)
    assert (seen.tried, seen.n_others) == (1, 4)
