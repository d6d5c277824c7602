"""`gecko-qa new` and `gecko-qa init`."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from commands import Cli
from hypothesis import given
from hypothesis import strategies as st

from gecko_qa import settings as settings_module
from gecko_qa.corpus.folder import check_corpus, valid_corpus
from gecko_qa.corpus.layout_file import read_layout
from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.corpus.starting import explainer_template, new_corpus, new_explainer
from gecko_qa.errors import CorpusInvalid, DataError, UsageError
from gecko_qa.layout import DEFAULT_LAYOUT, Choice, Layout

TODAY = datetime.date(2026, 11, 24)


def test_a_new_corpus_passes_every_check(tmp_path: Path) -> None:
    written = new_corpus(tmp_path / "birds")
    assert {path.name for path in written} == {
        "corpus.toml",
        "readability-formula.md",
        "words.txt",
    }
    assert check_corpus(tmp_path / "birds").problems == ()


def test_the_corpus_file_of_a_new_corpus_tells_the_defaults(tmp_path: Path) -> None:
    new_corpus(tmp_path / "birds")
    layout = read_layout(tmp_path / "birds")
    assert layout.title == "My explainers"
    assert layout.sections == DEFAULT_LAYOUT.sections
    assert layout.default_level == DEFAULT_LAYOUT.default_level


def test_init_leaves_a_folder_with_files_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = cli("init", str(tmp_path))
    assert done.code == 1
    assert "is not empty. Name a new folder." in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert cli("init", str(tmp_path / "mine.txt")).code == 1


def test_init_tells_what_it_wrote_and_what_comes_next(cli: Cli, tmp_path: Path) -> None:
    done = cli("init", str(tmp_path / "birds"))
    assert done.code == 0
    assert "readability-formula.md written" in done.out
    assert f"gecko-qa serve --corpus {tmp_path / 'birds'}" in done.out


def test_a_new_explainer_is_kept_out_until_something_is_written(tmp_path: Path) -> None:
    new_corpus(tmp_path)
    path = new_explainer("  Tide   tables ", tmp_path, TODAY)
    assert path == tmp_path / "tide-tables.md"
    assert [e.slug for e in valid_corpus(tmp_path).explainers] == ["readability-formula"]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("## TL;DR\n", "## TL;DR\n\nThey tell the tides.\n"))
    (explainer,) = (e for e in valid_corpus(tmp_path).explainers if e.slug == "tide-tables")
    assert (explainer.title, explainer.updated) == ("Tide tables", TODAY)
    # What is still empty is no section of it.
    assert [section.kind.id for section in explainer.sections] == ["tldr"]


def test_the_notes_become_keys_when_their_marks_are_taken_off(tmp_path: Path) -> None:
    text = explainer_template("Tides", DEFAULT_LAYOUT, TODAY)
    before, notes = text.split("fill them in.\n")
    notes = notes.replace("\n#   - What is it?", "\n#   - What is it?\n", 1).replace("\n\n", "\n")
    keys, rest = notes.split("updated:")
    uncommented = keys.replace("# ", "", 1).replace("\n# ", "\n")
    filled = f"{before}fill them in.\n{uncommented}updated:{rest}"
    filled = filled.replace("## TL;DR\n", "## TL;DR\n\nThey rise.\n")
    parsed = parse_explainer(filled, Path("tides.md"), DEFAULT_LAYOUT)
    assert parsed.explainer is not None
    assert parsed.explainer.asks == ("What is it?",)
    assert parsed.explainer.sources[0].year == TODAY.year
    assert parsed.explainer.related == ("slugs-of-neighbours",)


def test_a_new_explainer_has_the_sections_of_its_corpus(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text('levels = ["Beginner", "Expert"]\naudiences = []\n')
    text = new_explainer("Tides", tmp_path, TODAY).read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Beginner",
        "## Expert",
        "## Why this matters now",
        "## Gecko's take",
    ]
    assert "#   Beginner: as many as it takes" in text


@given(st.text(min_size=1, max_size=80))
def test_any_title_gives_a_file_that_parses_to_it(title: str) -> None:
    title = " ".join(title.split())
    if not title or not title.isprintable():
        return
    text = explainer_template(title, Layout((Choice("1", "One"),), (), "1"), TODAY)
    parsed = parse_explainer(text + "\nA text.\n", Path("a.md"), DEFAULT_LAYOUT)
    assert not any("title" in problem.message for problem in parsed.problems)


def test_links_and_phrasings_of_a_draft_wait_for_it(tmp_path: Path) -> None:
    new_corpus(tmp_path)
    new_explainer("Tide tables", tmp_path, TODAY)
    example = tmp_path / "readability-formula.md"
    text = example.read_text(encoding="utf-8")
    example.write_text(text.replace("related: []", "related: [tide-tables]"), encoding="utf-8")
    (tmp_path / "phrasings.tsv").write_text("tide-tables\twhen is the water high\n")
    corpus = valid_corpus(tmp_path)
    assert corpus.explainers[0].related == ()
    assert corpus.wordings.phrasings == {}
    messages = [problem.message for problem in corpus.problems]
    assert "There is no level, so it is left out." in messages


def test_a_corpus_of_drafts_alone_is_empty(tmp_path: Path) -> None:
    new_explainer("Tides", tmp_path, TODAY)
    with pytest.raises(CorpusInvalid, match="The corpus is empty"):
        valid_corpus(tmp_path)


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = new_explainer("Tides", tmp_path, TODAY)
    path.write_text("mine")
    with pytest.raises(DataError, match="is there already"):
        new_explainer("tides", tmp_path, TODAY)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("title", ["", " ", "x" * 81, "a\x07b"])
def test_what_cannot_be_a_title_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(UsageError, match="A title is a line of 1 to 80 characters"):
        new_explainer(title, tmp_path, TODAY)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_into_the_corpus_of_the_package(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = tmp_path / "package"
    packaged.mkdir()
    monkeypatch.setattr(settings_module, "_PACKAGED_CORPUS", packaged)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text("# Tides\n\nThey rise and fall.\n")
    for command, option in ((("new", "Tides"), "--corpus"), (("import", "page.md"), "--into")):
        done = cli(*command)
        assert done.code == 2
        assert f"Name its folder with {option} DIR." in done.err
    assert not list(packaged.iterdir())


def test_without_a_folder_new_says_how_to_make_one(cli: Cli, tmp_path: Path) -> None:
    done = cli("new", "Tides", "--corpus", str(tmp_path / "none"))
    assert done.code == 1
    assert "Make a corpus with “gecko-qa init DIR”." in done.err
