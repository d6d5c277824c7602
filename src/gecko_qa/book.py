"""The book: explainers to read and to look up, which is all of a library that needs no index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from gecko_qa.answer.question import clean_question
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.corpus.folder import Corpus
from gecko_qa.errors import UnknownChoice, UnknownConcept
from gecko_qa.layout import Layout
from gecko_qa.names import NameIndex
from gecko_qa.passages import Passage, corpus_passages
from gecko_qa.retrieval.frame import facet_words, frame_words

N_ALIKE = 3


class Text(Protocol):
    """What a book is made of, read when it is first asked for."""

    @property
    def layout(self) -> Layout: ...  # noqa: D102
    @property
    def explainers(self) -> tuple[Explainer, ...]: ...  # noqa: D102
    @property
    def by_slug(self) -> Mapping[str, Explainer]: ...  # noqa: D102
    @property
    def passages(self) -> Mapping[str, Passage]: ...  # noqa: D102


@dataclass(frozen=True)
class _Read:
    """A corpus as the text of a book."""

    layout: Layout
    explainers: tuple[Explainer, ...]
    by_slug: Mapping[str, Explainer]
    passages: Mapping[str, Passage]


class Book:
    """The explainers of one corpus. Safe to use from several threads."""

    def __init__(self, text: Text) -> None:
        self._text = text

    @property
    def layout(self) -> Layout:
        """The corpus's levels and audiences."""
        return self._text.layout

    @property
    def explainers(self) -> tuple[Explainer, ...]:
        """Every explainer, by slug."""
        return self._text.explainers

    @property
    def by_slug(self) -> Mapping[str, Explainer]:
        """Explainers by slug."""
        return self._text.by_slug

    def explainer(self, slug: str) -> Explainer:
        """Return the explainer `slug`; raises UnknownConcept."""
        found = self.by_slug.get(slug)
        if found is None:
            raise UnknownConcept(f"There is no explainer “{slug[:80]}”.")
        return found

    def passage(self, passage_id: str) -> Passage:
        """Return the passage `passage_id`; raises UnknownChoice."""
        found = self._text.passages.get(passage_id)
        if found is None:
            raise UnknownChoice(f"There is no passage “{passage_id[:120]}”.")
        return found

    def definition(self, slug: str) -> Passage:
        """Return the shallowest passage of the explainer `slug`; raises UnknownConcept."""
        return self.passage(f"{slug}#{self.explainer(slug).definition.kind.id}")

    def define(self, term: str) -> Explainer:
        """Return the explainer that `term` is a name of; raises UnknownConcept, QuestionRejected.

        Needs no encoder. The message of UnknownConcept offers names that look alike.
        """
        slug = self._names.exact(clean_question(term))
        if slug is None:
            near = self.names_like(term, least=0.6)
            offer = f" Did you mean {', '.join(near)}?" if near else ""
            raise UnknownConcept(f"There is no definition of “{term[:80]}”.{offer}")
        return self.explainer(slug)

    def terms(self, passage: Passage) -> tuple[tuple[int, int, str], ...]:
        """Return where `passage` names other explainers, each once, at its first mention.

        Start and end in characters of its text, and the explainer's slug, in order.
        """
        found = self._terms.get(passage.id)
        if found is None:
            first: dict[str, tuple[int, int, str]] = {}
            for place in self._plain_names.places(passage.text):
                first.setdefault(place[2], place)
            first.pop(passage.concept, None)
            found = self._terms[passage.id] = tuple(first.values())
        return found

    def own_asks(self, explainer: Explainer) -> tuple[str, ...]:
        """Return questions that `explainer` is sure to answer: none where nothing answers."""
        return ()

    def names_like(self, term: str, least: float = 0.75) -> tuple[str, ...]:
        """Return up to three names that look like `term`, the likest first.

        `least` is the share of letters in common, from 0 to 1, by the normalized indel distance.
        """
        from rapidfuzz import fuzz, process

        found = process.extract(
            term,
            self._all_names,
            processor=str.casefold,
            scorer=fuzz.ratio,
            limit=N_ALIKE,
            score_cutoff=100 * least,
        )
        return tuple(name for name, _, _ in found)

    @cached_property
    def _names(self) -> NameIndex:
        """Every name, by which questions find their concepts."""
        return NameIndex(self._named, _common())

    @cached_property
    def _all_names(self) -> list[str]:
        """Every name as it is written."""
        return [name for explainer in self.explainers for name in explainer.names]

    @cached_property
    def _plain_names(self) -> NameIndex:
        """Names as they are written: in running text "trained" is no mention of "training"."""
        return NameIndex(self._named, _common(), forms=False)

    @property
    def _named(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every slug with its names."""
        return [(e.slug, e.names) for e in self.explainers]

    @cached_property
    def _terms(self) -> dict[str, tuple[tuple[int, int, str], ...]]:
        return {}


def book_of(corpus: Corpus) -> Book:
    """Return `corpus` as a book; raises CorpusInvalid as `corpus_passages` does."""
    passages = {passage.id: passage for passage in corpus_passages(corpus)}
    return Book(_Read(corpus.layout, corpus.explainers, corpus.by_slug, passages))


def _common() -> frozenset[str]:
    return frame_words() | facet_words()
