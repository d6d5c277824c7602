"""A folder of explainers: what is read, how it is decoded, and its identity."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from factories import explainer_text, write_corpus

from gecko_qa.corpus.folder import (
    MAX_FILE_BYTES,
    corpus_hash,
    explainer_files,
    read_corpus,
    valid_corpus,
)
from gecko_qa.errors import CorpusInvalid

DATA = explainer_text("Geckö feet").encode()


def told(folder: Path) -> list[tuple[str, int, str]]:
    """Return the file, line and message of each problem."""
    return [(p.path.name, p.line, p.message) for p in read_corpus(folder).problems]


def test_explainers_are_read_in_the_order_of_their_names(small_corpus: Path) -> None:
    corpus = valid_corpus(small_corpus)
    slugs = ["gecko-feet", "suction-cups", "tree-frogs"]
    assert [explainer.slug for explainer in corpus.explainers] == slugs
    assert list(corpus.by_slug) == slugs
    assert corpus.texts["tree-frogs"] == (small_corpus / "tree-frogs.md").read_text("utf-8")


def test_readme_drafts_hidden_files_folders_and_other_kinds_are_passed_over(tmp_path: Path) -> None:
    for name in ("README.md", "_draft.md", ".hidden.md", "notes.txt", "a.md", "b.md"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.md").mkdir()
    assert [file.name for file in explainer_files(tmp_path)] == ["a.md", "b.md"]


@pytest.mark.parametrize("name", ["nowhere", "file.md"])
def test_a_corpus_that_is_no_folder_is_refused_with_the_way_out(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.md").touch()
    with pytest.raises(CorpusInvalid, match=f"no corpus folder at .*{name}. Name one with --corpu"):
        read_corpus(tmp_path / name)


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    assert told(tmp_path) == [(tmp_path.name, 1, "The corpus is empty.")]
    with pytest.raises(CorpusInvalid, match="from being used: 1"):
        valid_corpus(tmp_path)


def test_more_than_5000_files_are_refused(tmp_path: Path) -> None:
    for number in range(5001):
        (tmp_path / f"{number}.md").touch()
    with pytest.raises(CorpusInvalid, match="holds 5001 files; 5000 are allowed"):
        explainer_files(tmp_path)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + DATA)
    assert valid_corpus(tmp_path).texts["a"] == DATA.decode()


def test_windows_line_ends_are_read_as_plain_newlines(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(DATA.replace(b"\n", b"\r\n"))
    corpus = valid_corpus(tmp_path)
    assert corpus.texts["a"] == DATA.decode()
    section = corpus.by_slug["a"].section("takeaways-researcher")
    assert section.text == "- Researchers read about Geckö feet first.\n- Then they doubt it."
    assert corpus.texts["a"][section.start :].startswith(section.text)
    assert section.line == 41


def test_a_lone_carriage_return_is_no_line_end(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(DATA.replace(b"doubt", b"\rdoubt"))
    assert told(tmp_path) == [("a.md", 42, "The character U+000D is not text.")]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path, line_end: bytes) -> None:
    data = DATA.replace(b"At level one", b"At level \xe9ne").replace(b"\n", line_end)
    (tmp_path / "a.md").write_bytes(data)
    assert told(tmp_path) == [("a.md", 23, "The file is not UTF-8.")]


def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(DATA + b" " * (MAX_FILE_BYTES - len(DATA)))
    (tmp_path / "b.md").write_bytes(DATA + b" " * (MAX_FILE_BYTES - len(DATA) + 1))
    fault = ("b.md", 1, "The file has 262145 bytes; 262144 are allowed.")
    assert told(tmp_path) == [fault]
    assert list(read_corpus(tmp_path).by_slug) == ["a"]


def test_a_file_whose_name_is_no_slug_is_told(tmp_path: Path) -> None:
    (tmp_path / "Gecko feet.md").write_bytes(DATA)
    assert told(tmp_path) == [("Gecko feet.md", 1, "“Gecko feet.md” is not a slug.")]


def test_a_file_whose_name_is_not_utf_8_is_told(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.md")).write_bytes(DATA)
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    try:
        problems = told(tmp_path)
    except CorpusInvalid:
        return
    assert len(problems) == 1


def test_use_of_a_faulty_corpus_is_refused_with_five_faults_shown_and_all_carried(
    tmp_path: Path,
) -> None:
    write_corpus(tmp_path, dict.fromkeys("abcdefg", "no front matter"))
    with pytest.raises(CorpusInvalid) as refused:
        valid_corpus(tmp_path)
    lines = str(refused.value).splitlines()
    assert lines[0] == f"Faults that keep {tmp_path} from being used: 7."
    assert lines[5].startswith(f"  {tmp_path / 'e.md'}:1: There is no front matter.")
    assert lines[6:] == ["  … and 2 more.", "Run “gecko-qa check” to see all of them."]
    assert [p.path.stem for p in refused.value.problems] == list("abcdefg")


def test_a_corpus_is_used_in_spite_of_faults_of_style(tmp_path: Path) -> None:
    write_corpus(
        tmp_path, {"a": explainer_text("A", confused_with=["b"]), "b": explainer_text("B")}
    )
    [problem] = valid_corpus(tmp_path).problems
    assert problem.severity == "style"


def test_the_hash_is_of_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"x")
    (tmp_path / "README.md").write_bytes(b"not counted")
    inner = hashlib.sha256(b"x").hexdigest()
    outer = hashlib.sha256(f'{{"a.md":"sha256:{inner}"}}'.encode()).hexdigest()
    assert corpus_hash(tmp_path) == f"sha256:{outer}"


def test_the_hash_knows_neither_order_of_writing_nor_folder(tmp_path: Path) -> None:
    files = {"a": "one", "b": "two", "c": "three"}
    forth = write_corpus(tmp_path / "forth", files)
    back = write_corpus(tmp_path / "back", dict(reversed(files.items())))
    assert corpus_hash(forth) == corpus_hash(back)


@pytest.mark.parametrize(
    "other", [{"a": "onE", "b": "two"}, {"a": "one", "c": "two"}, {"a": "two", "b": "one"}, {}]
)
def test_the_hash_changes_with_a_byte_a_name_or_a_file(
    tmp_path: Path, other: dict[str, str]
) -> None:
    before = write_corpus(tmp_path / "before", {"a": "one", "b": "two"})
    assert corpus_hash(before) != corpus_hash(write_corpus(tmp_path / "after", other))


@pytest.mark.parametrize("name", ["phrasings.tsv", "outside.txt"])
def test_the_hash_changes_with_the_wordings(small_corpus: Path, name: str) -> None:
    hashes = {corpus_hash(small_corpus)}
    for text in ("", "# one\n", "# two\n"):
        (small_corpus / name).write_text(text)
        hashes.add(corpus_hash(small_corpus))
    assert len(hashes) == 4


def test_the_hash_knows_no_other_files(small_corpus: Path) -> None:
    before = corpus_hash(small_corpus)
    for name in ("words.txt", "phrasings.txt", "outside.tsv", "README.md", "LICENSE"):
        (small_corpus / name).write_text("anything")
    assert corpus_hash(small_corpus) == before


def test_a_corpus_carries_the_hash_of_its_folder(small_corpus: Path) -> None:
    assert read_corpus(small_corpus).hash == corpus_hash(small_corpus)
