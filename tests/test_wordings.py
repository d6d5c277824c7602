"""Wordings: what leads to an explainer beside its own text, and what leads nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builds import N_KEYS, Bench, assert_same_index
from commands import Cli
from factories import fake_index, write_wordings

from gecko_qa.corpus.folder import read_corpus, valid_corpus
from gecko_qa.corpus.wordings import MAX_FILE_BYTES, Wordings, read_wordings
from gecko_qa.errors import CorpusInvalid, IndexStale
from gecko_qa.index.build import ensure_index
from gecko_qa.index.keys import keys_of, leading_keys
from gecko_qa.index.load import open_index
from gecko_qa.library import Library

KNOWN = ("gecko-feet", "tree-frogs")
CLINGS = "Which animal clings with dry toes?"
HUGS = "Who hugs rainforest foliage?"
EGG = "How do I boil an egg?"
TSV, TXT = "phrasings.tsv", "outside.txt"
UNFIT = "The question has no words, over 300 characters or unprintable ones."


def told(folder: Path) -> list[tuple[str, int, str, str]]:
    """Return the file, line, message and severity of each problem."""
    _, problems = read_wordings(folder, KNOWN)
    return [(p.path.name, p.line, p.message, p.severity) for p in problems]


def test_a_folder_without_the_files_has_no_wordings(tmp_path: Path) -> None:
    assert read_wordings(tmp_path, KNOWN) == (Wordings({}, ()), ())


def test_phrasings_are_kept_by_slug_and_both_in_the_order_of_their_lines(tmp_path: Path) -> None:
    write_wordings(
        tmp_path,
        f"tree-frogs\t{HUGS}\ngecko-feet\tB first\ntree-frogs\tA second\ngecko-feet\tC last\n",
        f"{EGG}\nA loaf of bread\n",
    )
    wordings, problems = read_wordings(tmp_path, KNOWN)
    assert problems == ()
    assert list(wordings.phrasings.items()) == [
        ("gecko-feet", ("B first", "C last")),
        ("tree-frogs", (HUGS, "A second")),
    ]
    assert wordings.outside == (EGG, "A loaf of bread")


def test_comments_empty_lines_and_white_space_around_are_left_out(tmp_path: Path) -> None:
    write_wordings(
        tmp_path, f"# slug, tab, question\n\n \t \ntree-frogs\t  {HUGS}  ", f"#{EGG}\n\n  {EGG} \n"
    )
    wordings, problems = read_wordings(tmp_path, KNOWN)
    assert problems == ()
    assert wordings == Wordings({"tree-frogs": (HUGS,)}, (EGG,))


def test_windows_line_ends_and_a_byte_order_mark_are_no_text(tmp_path: Path) -> None:
    write_wordings(
        tmp_path, f"\ufeff# all\r\n\r\ntree-frogs\t{HUGS}\r\n", f"\ufeff{EGG}\r\nBread\r\n"
    )
    wordings, problems = read_wordings(tmp_path, KNOWN)
    assert problems == ()
    assert wordings == Wordings({"tree-frogs": (HUGS,)}, (EGG, "Bread"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tree-frogs Who hugs leaves?", "“tree-frogs Who hugs leaves?” has no tab."),
        ("x" * 61, f"“{'x' * 60}” has no tab."),
        (" # a comment begins its line", "“ # a comment begins its line” has no tab."),
        ("newts\tWho swims?", "“newts” is no explainer of the corpus."),
        ("Tree-frogs\tWho hugs?", "“Tree-frogs” is no explainer of the corpus."),
        ("tree-frogs \tWho hugs?", "“tree-frogs ” is no explainer of the corpus."),
        ("\tWho hugs?", "“” is no explainer of the corpus."),
        ("y" * 61 + "\tWho?", f"“{'y' * 60}” is no explainer of the corpus."),
        ("tree-frogs\t", UNFIT),
        ("tree-frogs\t?!", UNFIT),
        ("tree-frogs\t" + "x" * 301, UNFIT),
        ("tree-frogs\tWho hugs\tleaves?", UNFIT),
        ("tree-frogs\tWho hugs\rleaves?", UNFIT),
        ("tree-frogs\tWho hugs\x07 leaves?", UNFIT),
        ("tree-frogs\tWho hugs\u2028leaves?", UNFIT),
        ("tree-frogs\tWho hugs\u202eleaves?", UNFIT),
        (
            "tree-frogs\twho HUGS rainforest-foliage",
            f"“who HUGS rainforest-foliage” stands in {TSV} line 2 already.",
        ),
        (
            "gecko-feet\tWho hugs rainforest foliage",
            f"“Who hugs rainforest foliage” stands in {TSV} line 2 already.",
        ),
    ],
)
def test_a_line_with_a_fault_is_told_and_left_out(tmp_path: Path, line: str, message: str) -> None:
    write_wordings(tmp_path, f"# head\ntree-frogs\t{HUGS}\n\n{line}\ngecko-feet\t{CLINGS}\n")
    assert told(tmp_path) == [(TSV, 4, message, "style")]
    wordings, _ = read_wordings(tmp_path, KNOWN)
    assert wordings.phrasings == {"tree-frogs": (HUGS,), "gecko-feet": (CLINGS,)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("…", UNFIT),
        ("x" * 301, UNFIT),
        ("How do I boil\tan egg at home?", UNFIT),
        ("how do I boil an EGG", f"“how do I boil an EGG” stands in {TXT} line 1 already."),
        (CLINGS, f"“{CLINGS}” stands in {TSV} line 2 already."),
    ],
)
def test_a_sample_with_a_fault_is_told_and_left_out(
    tmp_path: Path, line: str, message: str
) -> None:
    write_wordings(tmp_path, f"\ngecko-feet\t{CLINGS}\n", f"{EGG}\n\n{line}\nBread\n")
    assert told(tmp_path) == [(TXT, 3, message, "style")]
    assert read_wordings(tmp_path, KNOWN)[0].outside == (EGG, "Bread")


def test_a_question_of_300_characters_is_read(tmp_path: Path) -> None:
    write_wordings(tmp_path, f"tree-frogs\t{'x' * 300}\n", "y" * 300)
    wordings, problems = read_wordings(tmp_path, KNOWN)
    assert problems == ()
    assert wordings == Wordings({"tree-frogs": ("x" * 300,)}, ("y" * 300,))


def test_every_fault_of_both_files_is_told_at_once(tmp_path: Path) -> None:
    write_wordings(tmp_path, "no tab\nnewts\tWho swims?\n", "?\n?\n")
    assert [(name, line) for name, line, _, _ in told(tmp_path)] == [
        (TSV, 1),
        (TSV, 2),
        (TXT, 1),
        (TXT, 2),
    ]


@pytest.mark.parametrize("name", [TSV, TXT])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_file_that_is_not_utf_8_is_an_error_with_its_line(
    tmp_path: Path, name: str, line_end: bytes
) -> None:
    write_wordings(tmp_path, f"tree-frogs\t{HUGS}\n", f"{EGG}\n")
    (tmp_path / name).write_bytes(line_end.join([b"# one", b"tree-frogs\tWho?", b"caf\xe9", b""]))
    assert told(tmp_path) == [(name, 3, "The file is not UTF-8.", "error")]


@pytest.mark.parametrize("name", [TSV, TXT])
def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not(
    tmp_path: Path, name: str
) -> None:
    # The comment ends in a letter of two bytes, which the limit of the greater file cuts.
    (tmp_path / name).write_bytes(b"#" * (MAX_FILE_BYTES - 2) + "é".encode())
    assert told(tmp_path) == []
    (tmp_path / name).write_bytes(b"#" * MAX_FILE_BYTES + "é".encode())
    assert told(tmp_path) == [(name, 1, "The file has more than 8388608 bytes.", "error")]


def test_a_corpus_carries_its_wordings_and_their_faults(small_corpus: Path) -> None:
    write_wordings(small_corpus, f"tree-frogs\t{HUGS}\nnewts\tWho swims?\n", f"{EGG}\n")
    corpus = valid_corpus(small_corpus)
    assert corpus.wordings == Wordings({"tree-frogs": (HUGS,)}, (EGG,))
    [problem] = corpus.problems
    assert str(problem) == (
        f"{small_corpus / TSV}:2: “newts” is no explainer of the corpus. Mend the slug."
    )


def test_wordings_that_cannot_be_read_keep_a_corpus_from_being_used(small_corpus: Path) -> None:
    (small_corpus / TXT).write_bytes(b"\xff")
    with pytest.raises(CorpusInvalid, match=r"outside\.txt:1: The file is not UTF-8"):
        valid_corpus(small_corpus)


def test_a_phrasing_of_an_explainer_with_faults_is_no_fault_of_its_own(small_corpus: Path) -> None:
    write_wordings(small_corpus, f"tree-frogs\t{HUGS}\n")
    (small_corpus / "tree-frogs.md").write_text("no front matter")
    assert {problem.path.name for problem in read_corpus(small_corpus).problems} == {
        "tree-frogs.md"
    }


def test_check_tells_a_fault_of_the_wordings(cli: Cli, small_corpus: Path) -> None:
    before = cli("check", "--corpus", str(small_corpus)).out
    write_wordings(small_corpus, "newts\tWho swims?\n")
    done = cli("check", "--corpus", str(small_corpus))
    assert done.code == 1
    fault = f"{small_corpus / TSV}:1: “newts” is no explainer of the corpus. Mend the slug."
    assert fault in done.out.splitlines()
    assert fault not in before


def test_the_repositorys_wordings_have_no_fault(n_explainers: int, library: Library) -> None:
    folder = Path(__file__).resolve().parent.parent / "corpus"
    slugs = {explainer.slug for explainer in library.explainers}
    assert len(slugs) == n_explainers
    wordings, problems = read_wordings(folder, slugs)
    assert problems == ()
    assert wordings.outside
    assert wordings == library.index.wordings


def test_wordings_are_keys_after_the_asks_and_after_everything(small_corpus: Path) -> None:
    write_wordings(small_corpus, f"gecko-feet\t{CLINGS}\ngecko-feet\tToes?\n", f"{EGG}\nBread\n")
    corpus = valid_corpus(small_corpus)
    keys = keys_of(corpus.explainers, corpus.wordings)
    assert len(keys) == N_KEYS + 4
    # Three names and two asks come before the phrasings of the first explainer.
    assert [(key.id, key.kind, key.concept, key.text) for key in (*keys[4:8], *keys[-2:])] == [
        ("gecko-feet#ask-1", "ask", "gecko-feet", "how do lizards walk on ceilings"),
        ("gecko-feet#phrasing-0", "phrasing", "gecko-feet", CLINGS),
        ("gecko-feet#phrasing-1", "phrasing", "gecko-feet", "Toes?"),
        ("gecko-feet#tldr", "passage", "gecko-feet", keys[7].text),
        ("#0", "outside", "", EGG),
        ("#1", "outside", "", "Bread"),
    ]
    assert leading_keys(keys) == keys[:-2]


def test_a_phrasing_leads_to_its_explainer_and_is_no_passage(
    small_corpus: Path, tmp_path: Path
) -> None:
    write_wordings(small_corpus, f"gecko-feet\t{CLINGS}\ntree-frogs\t{HUGS}\n", f"{EGG}\n")
    library = Library(fake_index(small_corpus, tmp_path / "index"))
    for question, slug in ((CLINGS, "gecko-feet"), (HUGS, "tree-frogs")):
        answer = library.ask(question)
        assert (answer.status, answer.concepts) == ("answered", (slug,))
        assert answer.because == f"closest phrasing: “{question}”"
        assert [passage.id for passage in answer.passages] == [f"{slug}#level-1"]
    assert not [p for p in library.index.passages.values() if CLINGS in p.text]


def test_a_sample_of_what_is_outside_is_refused(small_corpus: Path, tmp_path: Path) -> None:
    write_wordings(small_corpus, f"gecko-feet\t{CLINGS}\n", f"{EGG}\n")
    answer = Library(fake_index(small_corpus, tmp_path / "index")).ask(EGG)
    assert (answer.status, answer.concepts, answer.passages) == ("not_covered", (), ())
    assert EGG not in json.dumps(answer.to_json() | {"question": ""})


@pytest.mark.parametrize("name", [TSV, TXT])
def test_a_change_of_the_wordings_makes_the_index_stale(bench: Bench, name: str) -> None:
    write_wordings(bench.corpus, f"tree-frogs\t{HUGS}\n", f"{EGG}\n")
    bench.build()
    open_index(bench.index, bench.corpus).read_all()
    with (bench.corpus / name).open("a", encoding="utf-8") as file:
        file.write("# one line more\n")
    with pytest.raises(IndexStale, match=r"has changed since .*Run “gecko-qa index build”"):
        open_index(bench.index, bench.corpus)


def test_new_wordings_alone_are_encoded_and_the_index_equals_a_full_one(bench: Bench) -> None:
    bench.build()
    write_wordings(bench.corpus, f"tree-frogs\t{HUGS}\n", f"{EGG}\n")
    built = bench.build()
    # Both are questions, so they are encoded with the prompt of a query.
    assert sorted(bench.encoded) == [f"? {EGG}", f"? {HUGS}"]
    assert (built.n_encoded, built.n_reused, built.exported) == (2, N_KEYS, False)
    assert (built.manifest.n_keys, built.manifest.n_passages) == (N_KEYS + 2, 30)

    write_wordings(bench.corpus, f"gecko-feet\t{CLINGS}\ntree-frogs\t{HUGS}\n", f"{EGG}\n")
    assert (bench.build().n_encoded, bench.encoded) == (1, [f"? {CLINGS}"])
    whole = bench.index.with_name("whole")
    bench.build(whole)
    index = open_index(bench.index, bench.corpus)
    assert_same_index(index, open_index(whole, bench.corpus))
    assert index.wordings == Wordings({"gecko-feet": (CLINGS,), "tree-frogs": (HUGS,)}, (EGG,))


def test_wordings_that_are_gone_leave_the_index(bench: Bench) -> None:
    first = bench.build()
    write_wordings(bench.corpus, f"tree-frogs\t{HUGS}\n", f"{EGG}\n")
    assert bench.build().manifest.hash != first.manifest.hash
    for name in (TSV, TXT):
        (bench.corpus / name).unlink()
    built = ensure_index(bench.settings)
    assert built is not None
    assert (built.n_encoded, built.n_reused) == (0, N_KEYS)
    assert built.manifest.hash == first.manifest.hash


def test_a_fault_in_a_file_with_windows_line_ends_is_told_as_in_another(tmp_path: Path) -> None:
    write_wordings(tmp_path, f"tree-frogs\t{HUGS}\r\n\r\nno tab\r\n")
    assert told(tmp_path) == [(TSV, 3, "“no tab” has no tab.", "style")]
