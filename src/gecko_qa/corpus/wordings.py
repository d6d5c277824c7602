"""How readers word what a corpus answers, and samples of what it does not: two files beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gecko_qa.corpus.problem import Problem
from gecko_qa.words import folded_words

PHRASINGS_FILE = "phrasings.tsv"
OUTSIDE_FILE = "outside.txt"
WORDING_FILES = (PHRASINGS_FILE, OUTSIDE_FILE)
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_LINE_CHARS = 300


@dataclass(frozen=True)
class Wordings:
    """Further questions that lead to each explainer, by slug, and questions that lead nowhere.

    Neither is ever shown as an answer.
    """

    phrasings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outside: tuple[str, ...] = ()


def read_wordings(folder: Path, known: Collection[str]) -> tuple[Wordings, tuple[Problem, ...]]:
    """Read the wordings of the corpus in `folder`, and their faults; none where there is no file.

    A line of `phrasings.tsv` is a slug, a tab and a question; one of `outside.txt` a question.
    Empty lines and lines that begin with # are left out, and so is a line with a fault. `known`
    holds the slugs that may be named.
    """
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], str] = {}
    phrasings: dict[str, list[str]] = {}
    path = folder / PHRASINGS_FILE
    for n, line in _lines(path, problems):
        slug, tab, text = line.partition("\t")
        if not tab:
            what = f"“{line[:60]}” has no tab."
            problems.append(Problem(path, n, what, "Write slug, tab, question.", "style"))
        elif slug not in known:
            what = f"“{slug[:60]}” is no explainer of the corpus."
            problems.append(Problem(path, n, what, "Mend the slug.", "style"))
        elif _is_fit(text.strip(), path, n, seen, problems):
            phrasings.setdefault(slug, []).append(text.strip())
    outside = tuple(
        line.strip()
        for n, line in _lines(folder / OUTSIDE_FILE, problems)
        if _is_fit(line.strip(), folder / OUTSIDE_FILE, n, seen, problems)
    )
    kept = {slug: tuple(texts) for slug, texts in sorted(phrasings.items())}
    return Wordings(kept, outside), tuple(problems)


def _lines(path: Path, problems: list[Problem]) -> list[tuple[int, str]]:
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            what = f"The file has more than {MAX_FILE_BYTES} bytes."
            problems.append(Problem(path, 1, what, "Shorten it."))
            return []
        text = data.decode("utf-8-sig")
    except OSError as error:
        what = f"The file cannot be read: {error.strerror or 'unknown reason'}."
        problems.append(Problem(path, 1, what, "Allow it."))
        return []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(Problem(path, line, "The file is not UTF-8.", "Save it as UTF-8."))
        return []
    lines = enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
    return [(n, line) for n, line in lines if line.strip() and not line.startswith("#")]


def _is_fit(
    text: str, path: Path, n: int, seen: dict[tuple[str, ...], str], problems: list[Problem]
) -> bool:
    words = folded_words(text)
    if not words or len(text) > MAX_LINE_CHARS or not text.isprintable():
        what = f"The question has no words, over {MAX_LINE_CHARS} characters or unprintable ones."
        problems.append(Problem(path, n, what, "Mend it, or take it out.", "style"))
        return False
    if words in seen:
        what = f"“{text[:60]}” stands in {seen[words]} already."
        problems.append(Problem(path, n, what, "Take one out.", "style"))
        return False
    seen[words] = f"{path.name} line {n}"
    return True
