"""The library: a corpus and its index behind one door, which every edge comes through."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import Answerer, Known, context_after
from gecko_qa.answer.beside import Beside
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.marking import Marker
from gecko_qa.answer.passing import PassingMentions
from gecko_qa.answer.question import ask_question, clean_question
from gecko_qa.answer.resolving import Resolver
from gecko_qa.answer.steps import standing_asks
from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.errors import UsageError
from gecko_qa.index.keys import leading_keys
from gecko_qa.index.load import Index, open_index
from gecko_qa.retrieval.concepts import ConceptRanker
from gecko_qa.retrieval.dense import DenseRetriever
from gecko_qa.retrieval.evidence import Witness
from gecko_qa.retrieval.frame import frame_words
from gecko_qa.retrieval.lexical import LexicalRetriever
from gecko_qa.retrieval.weights import Weights, packaged_weights
from gecko_qa.settings import Settings
from gecko_qa.spelling import Speller
from gecko_qa.suggestions import Suggester, Suggestion

COMPARED = range(2, 5)
"""How many concepts can be compared."""
N_EXAMPLES = 4
N_OWN_ASKS = 3


class Library(Book):
    """Questions, definitions and explainers of one corpus.

    Safe to use from several threads. What is read of the index stays: a build afterwards, which
    replaces files and never writes into one, changes nothing. Other processes share the large ones.
    """

    def __init__(self, index: Index, weights: Weights | None = None) -> None:
        """Take the `weights` of the evidence, None for those of the package."""
        super().__init__(index)
        self.index = index
        self._weights = weights

    @classmethod
    def open(cls, corpus: str | os.PathLike[str] | Settings, *, build: bool = False) -> Library:
        """Open the index of the folder `corpus`, or of what settings name.

        `build` builds it first where it is missing, damaged or older than the corpus, which takes
        seconds to minutes and needs torch. Raises IndexUnusable, which says what to run,
        CorpusInvalid where there is no corpus or it has faults, and whatever `build_index` raises.
        """
        settings = corpus if isinstance(corpus, Settings) else Settings(corpus=Path(corpus))
        if build:
            from gecko_qa.index.build import ensure_index

            ensure_index(settings)
        return cls(open_index(settings.index_folder, settings.corpus, settings.threads))

    @property
    def hash(self) -> str:
        """Identity of the index."""
        return self.index.manifest.hash

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

        The question has at most 1,000 characters; levels and audiences are the ids of those in
        `layout`. What nothing covers is answered too: see `Answer.status`. `context` is what a
        conversation carries so far; see `converse`. `as_typed` keeps slips of the pen from being
        mended; `firm` names the dials ("level", "audience") that hold against the question's
        words. Raises QuestionRejected and UnknownChoice for what cannot be asked, and
        IndexDamaged where a part of the index that was not read before is not intact.
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

    def compare(
        self, concepts: Sequence[str], level: str | None = None, audience: str | None = None
    ) -> Answer:
        """Answer how `concepts`, two to four by any of their names, differ, in their order.

        It is the answer to "A vs B": what nothing covers stands in its `missing`, or else nothing
        is covered. Raises UsageError for another number of them, and as `ask` does.
        """
        if len(concepts) not in COMPARED:
            raise UsageError(
                f"There are {len(concepts)} concepts to compare. Name "
                f"{COMPARED.start} to {COMPARED.stop - 1}."
            )
        return self.ask(" vs ".join(map(clean_question, concepts)), level, audience)

    def own_asks(self, explainer: Explainer) -> tuple[str, ...]:
        """Return up to three questions that `explainer` asks itself and is an answer to.

        They are asked to find out, the first time that they are wanted.
        """
        found = self._own_asks.get(explainer.slug)
        if found is None:
            asks = standing_asks(explainer)
            home = (ask for ask in asks if explainer.slug in self.ask(ask).concepts)
            found = self._own_asks[explainer.slug] = tuple(islice(home, N_OWN_ASKS))
        return found

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """Up to four questions of the corpus's own, spread over it, that it is sure to answer."""
        step = max(len(self.explainers) // N_EXAMPLES, 1)
        asks = [(*e.asks, f"What is {e.title}?")[0] for e in self.explainers[::step]]
        return tuple(ask for ask in asks if self.ask(ask).status == "answered")[:N_EXAMPLES]

    def suggest(self, text: str, k: int) -> tuple[Suggestion, ...]:
        """Return up to `k` concepts with a name that `text` is a part of; see `Suggester`."""
        return self._suggester.suggest(text, k)

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self._named)

    @cached_property
    def _own_asks(self) -> dict[str, tuple[str, ...]]:
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
