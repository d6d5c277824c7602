"""The library: a corpus and its index behind one door, which every edge comes through."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import Answerer, Known, context_after
from gecko_qa.answer.beside import Beside
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.marking import Marker
from gecko_qa.answer.passing import PassingMentions
from gecko_qa.answer.question import ask_question, clean_question
from gecko_qa.answer.resolving import Resolver
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.errors import UnknownChoice
from gecko_qa.index.keys import leading_keys
from gecko_qa.index.load import Index, open_index
from gecko_qa.layout import Layout
from gecko_qa.names import NameIndex
from gecko_qa.passages import Passage
from gecko_qa.retrieval.concepts import ConceptRanker
from gecko_qa.retrieval.dense import DenseRetriever
from gecko_qa.retrieval.evidence import Witness
from gecko_qa.retrieval.frame import facet_words, frame_words
from gecko_qa.retrieval.lexical import LexicalRetriever
from gecko_qa.retrieval.weights import Weights, packaged_weights
from gecko_qa.settings import Settings
from gecko_qa.spelling import Speller

N_ALIKE = 3


class Library:
    """Questions, definitions and explainers of one corpus. Safe to use from several threads."""

    def __init__(self, index: Index, weights: Weights | None = None) -> None:
        """Take the `weights` of the evidence, None for those of the package."""
        self.index = index
        self._weights = weights

    @classmethod
    def open(cls, settings: Settings) -> Library:
        """Open the index that `settings` name; raises IndexUnusable, which says what to run."""
        return cls(open_index(settings.index_folder, settings.corpus, settings.threads))

    @property
    def layout(self) -> Layout:
        """The corpus's levels and audiences."""
        return self.index.layout

    @property
    def hash(self) -> str:
        """Identity of the index."""
        return self.index.manifest.hash

    @property
    def explainers(self) -> tuple[Explainer, ...]:
        """Every explainer, by slug."""
        return self.index.explainers

    def warm_up(self) -> None:
        """Read and check every part of the index now, so that the first question is quick."""
        self.index.read_all()
        self._speller.prepare()
        self.ask("What does this corpus tell?")

    def ask(
        self,
        question: str,
        level: str | None = None,
        audience: str | None = None,
        *,
        context: Context | None = None,
        as_typed: bool = False,
        firm: Collection[str] = (),
    ) -> Answer:
        """Answer `question` at `level` (None: the default) for `audience` (None: everyone).

        `context` is what a conversation carries so far; see `context_after`. `as_typed` keeps
        slips of the pen from being mended; `firm` names the dials ("level", "audience") that hold
        against the question's words. Raises QuestionRejected and UnknownChoice for what
        cannot be asked, and IndexDamaged where a part of the index that was not read before is
        not intact.
        """
        asked = ask_question(question, self.layout, level, audience, as_typed=as_typed, firm=firm)
        return self._answerer.answer(asked, context)

    def converse(
        self, turns: Iterable[tuple[str, str | None, str | None]], context: Context | None = None
    ) -> Context | None:
        """Ask `turns` (question, level, audience) in order; return what is carried after them.

        Raises as `ask` does.
        """
        for question, level, audience in turns:
            context = context_after(self.ask(question, level, audience, context=context), context)
        return context

    def explainer(self, slug: str) -> Explainer:
        """Return the explainer `slug`; raises UnknownChoice."""
        found = self.index.by_slug.get(slug)
        if found is None:
            raise UnknownChoice(f"There is no explainer “{slug[:80]}”.")
        return found

    def define(self, term: str) -> Explainer:
        """Return the explainer that `term` is a name of; raises UnknownChoice, QuestionRejected.

        Needs no encoder. The message of UnknownChoice offers names that look alike.
        """
        slug = self._names.exact(clean_question(term))
        if slug is None:
            near = self.names_like(term, least=0.6)
            offer = f" Did you mean {', '.join(near)}?" if near else ""
            raise UnknownChoice(f"There is no definition of “{term[:80]}”.{offer}")
        return self.explainer(slug)

    def definition(self, slug: str) -> Passage:
        """Return the shallowest passage of the explainer `slug`; raises UnknownChoice."""
        return self.passage(f"{slug}#{self.explainer(slug).definition.kind.id}")

    def passage(self, passage_id: str) -> Passage:
        """Return the passage `passage_id`; raises UnknownChoice."""
        found = self.index.passages.get(passage_id)
        if found is None:
            raise UnknownChoice(f"There is no passage “{passage_id[:120]}”.")
        return found

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
        return NameIndex(self._named, self._common)

    @cached_property
    def _plain_names(self) -> NameIndex:
        """Names as they are written: in running text "trained" is no mention of "training"."""
        return NameIndex(self._named, self._common, forms=False)

    @property
    def _named(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(e.slug, e.names) for e in self.explainers]

    @cached_property
    def _all_names(self) -> list[str]:
        return [name for explainer in self.explainers for name in explainer.names]

    @property
    def _common(self) -> frozenset[str]:
        return frame_words() | facet_words()

    @cached_property
    def _terms(self) -> dict[str, tuple[tuple[int, int, str], ...]]:
        return {}

    @cached_property
    def _answerer(self) -> Answerer:
        index = self.index
        known = Known(index.by_slug, index.passages, index.layout, index.manifest.hash)
        passing = PassingMentions(index.passages, self._lexical)
        marker = Marker(index.by_slug, self._concept_lexical, self.terms)
        resolver = Resolver(self.ranker, self.beside, self.layout)
        return Answerer(known, resolver, self._speller, passing, marker)

    @cached_property
    def _speller(self) -> Speller:
        texts = [key.text for key in leading_keys(self.index.keys)]
        return Speller(self._all_names, lambda: texts, self._uses)

    def _uses(self, word: str) -> bool:
        """Tell whether the corpus has the folded `word`, or it is one that every question may."""
        return word in frame_words() or word in self.index.vocabulary

    @cached_property
    def _lexical(self) -> LexicalRetriever:
        ids = [key.id for key in leading_keys(self.index.keys)]
        return LexicalRetriever(ids, self.index.lexical)

    @cached_property
    def _concept_lexical(self) -> LexicalRetriever:
        return LexicalRetriever(self._slugs, self.index.concept_lexical)

    @cached_property
    def ranker(self) -> ConceptRanker:
        """What ranks concepts for a question."""
        return ConceptRanker(self._slugs, self.index.keys, self.witness, self._learned)

    @cached_property
    def beside(self) -> Beside:
        """What tells whether a question asks about more than its first concept."""
        return Beside(self.index.by_slug, self.witness.weight, self._learned)

    @property
    def _learned(self) -> Weights:
        return self._weights or packaged_weights()

    @cached_property
    def witness(self) -> Witness:
        """What gathers the evidence that the ranker weighs."""
        index = self.index
        return Witness(
            self._slugs,
            index.keys,
            dense=DenseRetriever([key.id for key in index.keys], index.vectors, index.encoder),
            lexical=self._lexical,
            concept_lexical=self._concept_lexical,
            probes=index.probes,
            names=self._names,
        )

    @cached_property
    def _slugs(self) -> tuple[str, ...]:
        return tuple(explainer.slug for explainer in self.explainers)
