"""A preview for an author: how an explainer checks and shows, and which questions lead to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gecko_qa.answer.answer import Answer
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.folder import Corpus, house_style, read_corpus
from gecko_qa.corpus.problem import Problem
from gecko_qa.errors import UsageError
from gecko_qa.index.build import held_index
from gecko_qa.index.keys import Key
from gecko_qa.index.load import Index, open_index
from gecko_qa.library import Library
from gecko_qa.settings import Settings

if TYPE_CHECKING:
    from gecko_qa.encoder.base import Vectors

N_NEAR = 120
"""So many asks of other explainers are tried: those nearest in meaning."""

Kind = Literal["title", "alias", "ask", "phrasing"]


@dataclass(frozen=True)
class Led:
    """Where a question leads: to the explainer `concept`, None where nothing covers it.

    `owner` is the explainer that it belongs to, `because` why the answer is what it is.
    """

    question: str
    kind: Kind
    owner: str
    concept: str | None
    because: str

    @property
    def stolen(self) -> bool:
        """Whether it leads to another explainer than its own."""
        return self.concept not in (None, self.owner)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return dict(vars(self))


@dataclass(frozen=True)
class Preview:
    """What an author sees of a file before it is in the corpus.

    `explainer` is None where faults keep it out; then nothing was asked. `own` tells where its own
    questions lead, `taken` which asks of others lead to it now and did not before, and `tried` how
    many of the `n_others` asks of others were asked.
    """

    slug: str
    explainer: Explainer | None
    problems: tuple[Problem, ...]
    own: tuple[Led, ...] = ()
    taken: tuple[Led, ...] = ()
    tried: int = 0
    n_others: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        e = self.explainer
        return {
            "slug": self.slug,
            "shown": None if e is None else _shown_json(e),
            "problems": [_problem_json(problem) for problem in self.problems],
            "questions": [led.to_json() for led in self.own],
            "taken": [led.to_json() for led in self.taken],
            "asks_of_others": {"tried": self.tried, "all": self.n_others},
        }


def preview(file: Path, settings: Settings) -> Preview:
    """Preview the explainer in `file`, which lies in the corpus or elsewhere. Writes nothing.

    Raises UsageError where it is no file of an explainer, CorpusInvalid where there is no corpus,
    and IndexUnusable where there is no index to begin with.
    """
    if file.suffix != ".md" or not file.is_file():
        raise UsageError(f"There is no explainer at {file}. Name a Markdown file, SLUG.md.")
    inside = file.resolve().parent == settings.corpus.resolve()
    corpus = read_corpus(settings.corpus, None if inside else file)
    explainer = corpus.by_slug.get(file.stem)
    problems = tuple(_problems(corpus, file))
    if explainer is None or any(problem.severity == "error" for problem in problems):
        return Preview(file.stem, None, problems)
    old = open_index(settings.index_folder, None, settings.threads)
    return _asked(Preview(file.stem, explainer, problems), old, held_index(corpus, old))


def _problems(corpus: Corpus, file: Path) -> Iterator[Problem]:
    for problem in (*corpus.problems, *house_style(corpus, {file.stem})):
        if problem.path in (file, corpus.folder / file.name):
            yield replace(problem, path=file)


def _asked(seen: Preview, old: Index, new: Index) -> Preview:
    library = Library(new)
    own = tuple(_own(library, seen.slug))
    near, n_others = _near(new, seen.slug)
    led = (_led(library, key.text, "ask", key.concept) for key in near)
    taken = tuple(found for found in led if found.concept == seen.slug)
    if seen.slug in old.by_slug:
        before = Library(old)
        taken = tuple(found for found in taken if not _led_before(before, found))
    return replace(seen, own=own, taken=taken, tried=len(near), n_others=n_others)


def _own(library: Library, slug: str) -> Iterator[Led]:
    explainer = library.explainer(slug)
    kinds: tuple[tuple[Kind, Sequence[str]], ...] = (
        ("title", (f"What is {explainer.title}?",)),
        ("alias", [f"What is {alias}?" for alias in explainer.aliases]),
        ("ask", explainer.asks),
        ("phrasing", library.index.wordings.phrasings.get(slug, ())),
    )
    for kind, questions in kinds:
        for question in questions:
            yield _led(library, question, kind, slug)


def _led(library: Library, question: str, kind: Kind, owner: str) -> Led:
    answer = library.ask(question)
    return Led(question, kind, owner, _concept(answer, owner), answer.because)


def _concept(answer: Answer, owner: str) -> str | None:
    """Return the concept that a question led to: its own where that is among them."""
    concepts = answer.concepts
    return owner if owner in concepts else next(iter(concepts), None)


def _led_before(library: Library, led: Led) -> bool:
    return led.owner in library.index.by_slug and led.concept in library.ask(led.question).concepts


def _near(index: Index, slug: str) -> tuple[tuple[Key, ...], int]:
    """Return the asks of others that lie nearest to any key of `slug`, and how many others are."""
    vectors: Vectors = index.vectors.reconstruct_n(0, len(index.keys))
    own = [row for row, key in enumerate(index.keys) if key.concept == slug]
    others = [
        row for row, key in enumerate(index.keys) if key.kind == "ask" and key.concept != slug
    ]
    if not others:
        return (), 0
    cosines = (vectors[others] @ vectors[own].T).max(axis=1)
    nearest = sorted(zip(-cosines, others, strict=True))[:N_NEAR]
    return tuple(index.keys[row] for _, row in nearest), len(others)


def _shown_json(explainer: Explainer) -> dict[str, Any]:
    return {
        "title": explainer.title,
        "definition": explainer.definition.text,
        "reading_minutes": explainer.reading_minutes,
        "words_deep": explainer.words_deep,
    }


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "severity": problem.severity,
        "message": problem.message,
        "mend": problem.mend,
    }
