"""Measures of prose, and the checks that stand on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from factories import explainer_text, write_corpus

from gecko_qa.corpus.folder import read_corpus
from gecko_qa.corpus.prose import grade, ngrams, sentences, syllables
from gecko_qa.corpus.prose_checks import check_prose


def told(
    folder: Path, files: dict[str, str], severity: str = "style"
) -> list[tuple[str, int, str]]:
    """Return the slug, line and message of each problem of that severity."""
    corpus = read_corpus(write_corpus(folder, files))
    assert corpus.problems == ()
    found = check_prose(corpus.explainers, corpus.explainers, folder, corpus.layout)
    return [(p.path.stem, p.line, p.message) for p in found if p.severity == severity]


@pytest.mark.parametrize(
    ("word", "n"),
    [("cat", 1), ("model", 2), ("made", 1), ("table", 2), ("trainee", 2), ("the", 1), ("nth", 1)],
)
def test_syllables_are_groups_of_vowels_without_a_silent_e(word: str, n: int) -> None:
    assert syllables(word) == n


@pytest.mark.parametrize(
    ("text", "n"), [("One.", 1), ("One. Two! Three? Four", 3), ("It is 3.5 long.", 1), ("", 1)]
)
def test_sentences_end_at_marks_before_white_space(text: str, n: int) -> None:
    assert sentences(text) == n


def test_the_grade_is_the_formulas() -> None:
    # Six words, one sentence, seven syllables: 0.39 * 6 + 11.8 * 7 / 6 - 15.59.
    assert grade("The cat sat on the table.") == pytest.approx(0.5167, abs=1e-4)
    assert grade("") == 0.0


def test_ngrams_stay_within_a_sentence() -> None:
    assert list(ngrams("A b c. D e", 2)) == [("a", "b"), ("b", "c"), ("d", "e")]


def test_a_word_of_no_dictionary_is_a_fault_unless_it_is_accepted_or_a_name(
    tmp_path: Path,
) -> None:
    text = explainer_text(
        "Gloops", sections={"Level 2": "All fine here.\nMany gloops and a wrongg flurbish thing."}
    )
    fault = ("a", 28, "“wrongg” is in no dictionary.")
    other = ("a", 28, "“flurbish” is in no dictionary.")
    assert told(tmp_path, {"a": text}) == [other, fault]
    (tmp_path / "words.txt").write_text("# accepted\nflurbish\n")
    assert told(tmp_path, {"a": text}) == [fault]


def test_names_in_capitals_and_hyphens_are_not_spelled(tmp_path: Path) -> None:
    text = explainer_text("A", sections={"Level 2": "Xqzt and q-value and GPTx."})
    assert told(tmp_path, {"a": text}) == []


def test_seven_words_that_stand_twice_are_a_fault_where_they_stand_again(tmp_path: Path) -> None:
    one = explainer_text("A", sections={"Level 1": "One two three four five six seven eight."})
    again = "But one two three four five six seven nine."
    fault = ("b", 27, "“one two three four five six seven …” stands in a, “Level 1” too.")
    sections = {
        heading: f"Other {heading.lower().split()[0]} b."
        for heading in ("TL;DR", "Level 1", "Level 3", "Why this matters now", "Gecko's take")
    }
    two = explainer_text("B", sections={**sections, "Level 2": again})
    assert fault in told(tmp_path, {"a": one, "b": two})
    short = explainer_text("B", sections={**sections, "Level 2": "One two three four five six."})
    assert fault not in told(tmp_path, {"a": one, "b": short})


def test_a_level_that_reads_easier_than_the_one_before_is_a_warning(tmp_path: Path) -> None:
    hard = "Extraordinarily sophisticated institutional considerations necessitate deliberation."
    text = explainer_text("A", sections={"Level 1": hard, "Level 2": "A cat sat."})
    (slug, line, message), *_ = told(tmp_path, {"a": text}, "warning")
    assert (slug, line) == ("a", 27)
    assert message.startswith("“Level 2” (grade -2.6) reads easier than “Level 1” (grade ")


def test_a_term_of_another_at_level_1_is_a_warning_unless_it_is_linked(tmp_path: Path) -> None:
    says = {"Level 1": "Some use tree frogs for this."}
    files = {"a": explainer_text("A", sections=says), "tree-frogs": explainer_text("Tree frogs")}
    warning = ("a", 23, "Level 1 says “Tree frogs” and does not link to tree-frogs.")
    assert warning in told(tmp_path, files, "warning")
    files["a"] = explainer_text("A", sections=says, related=["tree-frogs"])
    assert warning not in told(tmp_path, files, "warning")


def test_a_plain_term_may_stand_at_level_1(tmp_path: Path) -> None:
    says = {"Level 1": "Some use tree frogs for this."}
    files = {"a": explainer_text("A", sections=says), "tree-frogs": explainer_text("Tree frogs")}
    (tmp_path / "plain-terms.txt").write_text("# known to all\ntree frog\n")
    assert [m for _, _, m in told(tmp_path, files, "warning") if "does not link" in m] == []
