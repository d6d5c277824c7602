"""What an import writes, and where: nothing twice, nothing over, nothing outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Cli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importing_samples import PAGE

from gecko_qa.corpus.folder import MAX_FILE_BYTES, explainer_files
from gecko_qa.errors import DataError, UsageError
from gecko_qa.importing import run, sources
from gecko_qa.importing.run import import_sources
from gecko_qa.importing.sources import find_sources
from gecko_qa.layout import DEFAULT_LAYOUT


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "from" / "page.txt"
    path.parent.mkdir()
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_page_is_written_once(cli: Cli, page: Path, into: Path) -> None:
    done = cli("import", str(page), "--into", str(into))
    assert done.code == 0
    assert f"{page} (explainer page) → {into / 'tide-tables.md'}: written\n" in done.out
    assert "  taken: title; category; tagline; TL;DR; Level 1;" in done.out
    assert "  missing: aliases; asks; related;" in done.out
    assert f"Run “gecko-qa check --corpus {into}” next." in done.out
    written = into / "tide-tables.md"
    before = (written.read_bytes(), written.stat().st_mtime_ns)
    again = cli("import", str(page), "--into", str(into))
    assert again.code == 0
    assert "0 written, 0 replaced, 1 unchanged, 0 left alone, 0 not imported." in again.out
    assert before == (written.read_bytes(), written.stat().st_mtime_ns)
    assert names(into) == ["tide-tables.md"]


def test_help_has_an_example(cli: Cli) -> None:
    done = cli("import", "--help")
    assert done.code == 0
    assert "Example: gecko-qa import" in done.out


def test_a_dry_run_writes_nothing(cli: Cli, page: Path, into: Path) -> None:
    done = cli("import", str(page), "--into", str(into), "--dry-run")
    assert done.code == 0
    assert "tide-tables.md: would be written\n" in done.out
    assert "1 would be written" in done.out
    assert not into.exists()


def test_a_file_that_is_there_is_left_alone_unless_replaced(
    cli: Cli, page: Path, into: Path
) -> None:
    into.mkdir()
    file = into / "tide-tables.md"
    file.write_text("mine")
    done = cli("import", str(page), "--into", str(into))
    assert done.code == 1
    assert "left alone. It is there with other content. --replace replaces it" in done.out
    assert file.read_text() == "mine"
    dry = cli("import", str(page), "--into", str(into), "--replace", "--dry-run")
    assert (dry.code, names(into)) == (0, ["tide-tables.md"])
    done = cli("import", str(page), "--into", str(into), "--replace")
    assert done.code == 0
    assert f"old file kept as {into / 'tide-tables.md.bak'}" in done.out
    assert (into / "tide-tables.md.bak").read_text() == "mine"
    assert file.read_text().startswith("---\ntitle: Tide Tables\n")
    file.write_text("mine again")
    cli("import", str(page), "--into", str(into), "--replace")
    assert (into / "tide-tables.md.bak").read_text() == "mine"
    assert (into / "tide-tables.md.bak2").read_text() == "mine again"
    # Backups are no explainers.
    assert [path.name for path in explainer_files(into)] == ["tide-tables.md"]
    assert cli("import", str(page), "--into", str(into), "--replace").code == 0
    assert len(names(into)) == 3


def test_the_report_as_json(cli: Cli, page: Path, into: Path) -> None:
    done = cli("import", str(page), "--into", str(into), "--json", "--category", "Seas")
    assert done.out.count("\n") == 1
    report = json.loads(done.out)
    (outcome,) = report["outcomes"]
    assert (report["dry_run"], report["left_out"]) == (False, [])
    assert (outcome["status"], outcome["format"]) == ("written", "explainer page")
    assert outcome["file"] == str(into / "tide-tables.md")
    assert outcome["converted"] == [
        "pauses “ · ” to “ – ” (3)",
        "the category Seas, as asked, for “Science” of the source",
    ]
    assert "category" not in outcome["taken"]
    assert "category: Seas\n" in (into / "tide-tables.md").read_text()


def test_text_of_a_source_is_printed_and_not_interpreted(
    cli: Cli, tmp_path: Path, into: Path
) -> None:
    source = tmp_path / "a.md"
    source.write_text("# [bold red]Tides[/]\n\nText.\n\n## [link=x]Odd :boom:\n\nMore.\n")
    done = cli("import", str(source), "--into", str(into))
    assert done.code == 0
    assert "the section “[link=x]Odd :boom:”, unknown" in done.out


def test_a_folder_of_documents(cli: Cli, tmp_path: Path, into: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "deep").mkdir(parents=True)
    (docs / ".git").mkdir()
    (docs / "one.md").write_text("# One\n\nText one.\n")
    (docs / "deep" / "two.html").write_text("<h1>Two</h1><p>Text two.</p>")
    (docs / "three.txt").write_text("Text three.")
    (docs / ".git" / "four.md").write_text("# Four\n\nText.\n")
    (docs / "five.csv").write_text("term,definition\nFive,Text.\n")
    (docs / "six.png").write_bytes(b"\x89PNG")
    (docs / "empty.md").write_text("")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "seven.md").write_text("# Seven\n\nText.\n")
    (docs / "linked").symlink_to(outside)
    (docs / "seven.md").symlink_to(outside / "seven.md")
    done = cli("import", str(docs), "--into", str(into))
    assert names(into) == ["one.md", "three.md", "two.md"]
    assert done.code == 1
    assert f"{docs / 'empty.md'}: not imported. It is empty.\n" in done.out
    assert f"left out: {docs}: 1 files (.csv, imported only when named themselves)" in done.out
    assert f"left out: {docs}: 1 files (.png)" in done.out
    assert f"left out: {docs}: 2 files (links)" in done.out


def test_one_name_for_two_is_told(tmp_path: Path, into: Path) -> None:
    for name, text in (("a", "One."), ("b", "Two."), ("c", "One.")):
        (tmp_path / f"{name}.md").write_text(f"# Tides\n\n{text}\n")
    (tmp_path / "d.md").write_text("# Tídes\n\nThree.\n")
    files = [tmp_path / f"{name}.md" for name in "abcd"]
    for written in ("written", "unchanged"):
        report = import_sources(files, into, DEFAULT_LAYOUT)
        assert [o.status for o in report.outcomes] == [written, "refused", "unchanged", written]
        assert "a.md (“Tides”) has the same name." in report.outcomes[1].why
        assert report.outcomes[3].path == into / "tides-2.md"
        guessed = next(n.items for n in report.outcomes[3].notes if n.kind == "guessed")
        assert guessed[-1] == "the name tides-2.md: “Tides” has tides.md"
        assert report.failed
    assert names(into) == ["tides-2.md", "tides.md"]


def test_a_link_in_the_corpus_is_not_written_through(page: Path, into: Path) -> None:
    into.mkdir()
    outside = page.parent / "outside.md"
    (into / "tide-tables.md").symlink_to(outside)
    (report,) = import_sources([page], into, DEFAULT_LAYOUT, replace_files=True).outcomes
    assert (report.status, outside.exists()) == ("refused", False)


def test_the_corpus_has_to_be_a_folder_and_sources_have_to_exist(page: Path, cli: Cli) -> None:
    assert cli("import", str(page), "--into", str(page)).code == 1
    done = cli("import", str(page.parent / "none.txt"), "--into", str(page.parent))
    assert done.code == 2
    assert "There is no file or folder" in done.err
    assert cli("import").code == 2
    done = cli("import", str(page), "--category", "x" * 81, "--into", str(page.parent))
    assert (done.code, done.err) == (
        2,
        "The category is 81 characters long; 80 are allowed.\n",
    )


def test_sizes_are_bounded(tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = tmp_path / "big.md"
    big.write_text("# Big\n\n" + "word " * (MAX_FILE_BYTES // 5 - 3))
    (outcome,) = import_sources([big], into, DEFAULT_LAYOUT, category="c" * 40).outcomes
    assert outcome.status == "refused"
    assert "an explainer has 262144 at most. Split it." in outcome.why
    bigger = tmp_path / "bigger.txt"
    bigger.write_text("word " * (MAX_FILE_BYTES // 5 + 1))
    (outcome,) = import_sources([bigger], into, DEFAULT_LAYOUT).outcomes
    assert outcome.why == "It has 262145 characters; 262144 are allowed. Split it."
    monkeypatch.setattr(run, "MAX_SOURCE_BYTES", 100)
    (outcome,) = import_sources([big], into, DEFAULT_LAYOUT).outcomes
    assert "has more than 100 bytes" in outcome.why
    monkeypatch.setattr(sources, "MAX_SOURCES", 0)
    with pytest.raises(DataError, match="There are 1 files to import; 0 are allowed"):
        find_sources([big])
    monkeypatch.setattr(sources, "MAX_SEEN", 0)
    with pytest.raises(DataError, match="holds more than 0 files"):
        find_sources([tmp_path])
    with pytest.raises(UsageError):
        find_sources([tmp_path / "none"])
    assert not into.exists()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, into: Path) -> None:
    source = tmp_path / "a.md"
    source.write_bytes(b"\x00\x01")
    (outcome,) = import_sources([source], into, DEFAULT_LAYOUT).outcomes
    assert (outcome.status, outcome.why) == ("refused", "It is not text.")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    title=st.text(min_size=1, max_size=20)
    | st.sampled_from(["../x", "/etc/passwd", "..", "a/b", "CON", "a\\b", "README", "_x", ".x"]),
    data=st.binary(max_size=60),
    ending=st.sampled_from([".md", ".txt", ".html", ".csv", ".json", ""]),
)
def test_nothing_is_written_outside_the_folder(
    tmp_path: Path, title: str, data: bytes, ending: str
) -> None:
    into = tmp_path / "into"
    named = tmp_path / "glossary.json"
    named.write_text(json.dumps([{"term": title, "definition": "Text."}]))
    other = tmp_path / f"other{ending}"
    other.write_bytes(data)
    report = import_sources([named, other], into, DEFAULT_LAYOUT, replace_files=True)
    for outcome in report.outcomes:
        assert outcome.path is None or outcome.path.parent == into
    other.unlink()
    kept = {"glossary.json", "into"} if into.exists() else {"glossary.json"}
    assert {path.name for path in tmp_path.iterdir()} <= kept
    if into.exists():
        assert all(path.is_file() for path in into.iterdir())
