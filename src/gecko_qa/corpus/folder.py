"""A folder of explainers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from gecko_qa.corpus.checks import check_links, check_names, check_style
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.layout_file import LAYOUT_FILE, read_layout
from gecko_qa.corpus.parse import parse_explainer
from gecko_qa.corpus.problem import Problem
from gecko_qa.corpus.prose_checks import check_prose
from gecko_qa.corpus.wordings import WORDING_FILES, Wordings, read_wordings
from gecko_qa.errors import CorpusInvalid
from gecko_qa.hashing import canonical_json, digest
from gecko_qa.layout import Layout

MAX_FILE_BYTES = 256 * 1024
MAX_FILES = 5000


@dataclass(frozen=True)
class Corpus:
    """Explainers that parsed, the text each was cut from, and every fault of the folder.

    `texts` maps a slug to its file's text, Windows line ends read as plain newlines.
    """

    folder: Path
    layout: Layout
    explainers: tuple[Explainer, ...]
    texts: dict[str, str]
    problems: tuple[Problem, ...]
    hash: str
    wordings: Wordings

    @cached_property
    def by_slug(self) -> dict[str, Explainer]:
        """Explainers by slug."""
        return {explainer.slug: explainer for explainer in self.explainers}


def explainer_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of `folder` that hold explainers, sorted by name.

    Raises CorpusInvalid where the folder does not exist or holds too many files.
    """
    if not folder.is_dir():
        raise CorpusInvalid(
            f"There is no corpus folder at {folder}. Name one with --corpus DIR, "
            "or run the command from the folder that holds it."
        )
    files = sorted(p for p in folder.glob("*.md") if holds_explainer(p.name) and p.is_file())
    if len(files) > MAX_FILES:
        raise CorpusInvalid(f"{folder} holds {len(files)} files; {MAX_FILES} are allowed.")
    return tuple(files)


def holds_explainer(name: str) -> bool:
    """Tell whether a file of this `name` is read as an explainer."""
    return name.endswith(".md") and not name.startswith((".", "_")) and name != "README.md"


def corpus_hash(folder: Path) -> str:
    """Return the identity of what an index is built from: names and bytes. Parses nothing."""
    others = (folder / name for name in (*WORDING_FILES, LAYOUT_FILE))
    files = (*explainer_files(folder), *(path for path in others if path.is_file()))
    try:
        return digest(canonical_json({_name(file): digest(file.read_bytes()) for file in files}))
    except OSError as error:
        raise CorpusInvalid(f"{folder} cannot be read: {error.strerror}.") from None


def _name(file: Path) -> str:
    """Return the file's name as text, whatever bytes it is made of."""
    return file.name.encode("utf-8", "backslashreplace").decode("utf-8")


def read_corpus(folder: Path, draft: Path | None = None) -> Corpus:
    """Read and check every explainer of `folder`; faults are collected, not raised.

    A `draft` is a file elsewhere that takes the place of the one of its name, or comes beside
    them. Raises CorpusInvalid where there is no such folder, or its corpus.toml cannot be used.
    """
    identity = corpus_hash(folder)
    layout = read_layout(folder)
    explainers: list[Explainer] = []
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    files = explainer_files(folder)
    if draft is not None:
        files = tuple(sorted({*files, folder / draft.name}))
    for path in files:
        drafted = draft is not None and path.name == draft.name
        text = _read_text(draft if draft is not None and drafted else path, problems)
        if text is None:
            continue
        parsed = parse_explainer(text, path, layout)
        problems.extend(parsed.problems)
        if parsed.explainer is not None:
            explainers.append(parsed.explainer)
            texts[path.stem] = text
    known = {path.stem for path in files}
    problems.extend(check_names(explainers, folder))
    problems.extend(check_links(explainers, known, folder))
    broken = {problem.path.stem for problem in problems if problem.severity == "error"}
    if not explainers and not broken:
        problems.append(Problem(folder, 1, "The corpus is empty.", "Add an explainer."))
    drafts = known - broken - texts.keys()
    wordings, wording_problems = read_wordings(folder, known - drafts)
    problems.extend(wording_problems)
    found = tuple(_without_links(explainer, drafts) for explainer in explainers)
    return Corpus(folder, layout, found, texts, _in_order(problems), identity, wordings)


def _without_links(explainer: Explainer, drafts: Collection[str]) -> Explainer:
    """Return `explainer` without its links to `drafts`, which readers cannot follow yet."""
    if not drafts:
        return explainer
    return replace(
        explainer,
        related=tuple(slug for slug in explainer.related if slug not in drafts),
        confused_with=tuple(slug for slug in explainer.confused_with if slug not in drafts),
    )


def check_corpus(folder: Path) -> Corpus:
    """Read `folder` and hold it against the house style as well; raises as `read_corpus`."""
    corpus = read_corpus(folder)
    return replace(corpus, problems=_in_order((*corpus.problems, *house_style(corpus))))


def house_style(corpus: Corpus, only: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Return what of `corpus` is against the house style, or doubtful.

    `only` are the slugs of the explainers to look at, None for all of them.
    """
    asked = [e for e in corpus.explainers if only is None or e.slug in only]
    told = (
        *check_style(asked, corpus.folder),
        *check_prose(asked, corpus.explainers, corpus.folder, corpus.layout),
    )
    return _in_order(told)


def valid_corpus(folder: Path) -> Corpus:
    """Read `folder`; raises CorpusInvalid, with every problem, where there is any error."""
    corpus = read_corpus(folder)
    errors = [problem for problem in corpus.problems if problem.severity == "error"]
    if errors:
        raise CorpusInvalid(
            f"Faults that keep {folder} from being used: {len(errors)}.\n"
            + "\n".join(f"  {problem}" for problem in _first(errors))
            + "\nRun “gecko-qa check” to see all of them.",
            errors,
        )
    return corpus


def _read_text(path: Path, problems: list[Problem]) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        problems.append(Problem(path, 1, f"The file cannot be read: {reason}.", "Allow it."))
        return None
    if len(data) > MAX_FILE_BYTES:
        size = f"The file has {len(data)} bytes; {MAX_FILE_BYTES} are allowed."
        problems.append(Problem(path, 1, size, "Shorten it."))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(Problem(path, line, "The file is not UTF-8.", "Save it as UTF-8."))
        return None
    return text.replace("\r\n", "\n")


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (str(p.path), p.line, p.message)))


def _first(problems: list[Problem], n: int = 5) -> Iterator[str]:
    yield from (str(problem) for problem in problems[:n])
    if len(problems) > n:
        yield f"… and {len(problems) - n} more."
