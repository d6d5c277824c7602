"""Checks of the prose itself: spelling, repetition, readability, unexplained terms."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from gecko_qa.corpus.explainer import Explainer, Section
from gecko_qa.corpus.problem import Problem
from gecko_qa.corpus.prose import grade, ngrams
from gecko_qa.layout import Layout
from gecko_qa.names import NameIndex
from gecko_qa.words import folded_words

WORDS_FILE = "words.txt"
PLAIN_TERMS_FILE = "plain-terms.txt"
REPEATED_WORDS = 7
"""So many words in a row may stand in one place of the corpus only."""
GRADE_SLACK = 1.0
"""A level may be easier than the one before it by so many years of school, not more."""

_WORD = re.compile(r"(?<![\w'’./-])[a-z]{2,}(?![\w'’/])")


def check_prose(
    explainers: Sequence[Explainer],
    all_of_them: Sequence[Explainer],
    folder: Path,
    layout: Layout,
) -> Iterator[Problem]:
    """Yield what is wrong, or doubtful ("warning"), in the prose of `explainers`.

    They are some of `all_of_them`, whose names and words they are held against.
    """
    yield from _check_spelling(explainers, folder)
    asked = {folder / f"{explainer.slug}.md" for explainer in explainers}
    yield from (p for p in _check_repetition(all_of_them, folder) if p.path in asked)
    named = ((explainer.slug, explainer.names) for explainer in all_of_them)
    names = NameIndex(named, forms=False)
    plain = {folded_words(term) for term in accepted_lines(folder / PLAIN_TERMS_FILE)}
    for explainer in explainers:
        path = folder / f"{explainer.slug}.md"
        yield from _check_grades(explainer, path)
        for section in explainer.sections:
            if section.kind.level == layout.plainest:
                yield from _check_terms(explainer, section, names, plain, path)


def accepted_lines(path: Path) -> frozenset[str]:
    """Return the lines of a list that the corpus keeps, comments (#) apart; none without one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(line.partition("#")[0].strip() for line in text.splitlines()) - {""}


def _check_spelling(explainers: Sequence[Explainer], folder: Path) -> Iterator[Problem]:
    from spellchecker import SpellChecker

    places: dict[str, tuple[Path, int]] = {}
    accepted = accepted_lines(folder / WORDS_FILE)
    for explainer in explainers:
        own = {word for name in explainer.names for word in name.lower().replace("-", " ").split()}
        for section in explainer.sections:
            for found in _WORD.finditer(section.text):
                if found.group() not in own and found.group() not in accepted:
                    line = _line(section, found.start())
                    places.setdefault(found.group(), (folder / f"{explainer.slug}.md", line))
    for word in sorted(SpellChecker().unknown(places)):
        path, line = places[word]
        mend = f"Mend it, or accept it in {folder / WORDS_FILE}."
        yield Problem(path, line, f"“{word}” is in no dictionary.", mend, "style")


def _check_repetition(explainers: Sequence[Explainer], folder: Path) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], Section] = {}
    owner: dict[int, str] = {}
    for explainer in explainers:
        for section in explainer.sections:
            owner[id(section)] = explainer.slug
            told = False
            for words in ngrams(section.text, REPEATED_WORDS):
                first = seen.setdefault(words, section)
                if first is section or told:
                    continue
                told = True
                where = f"{owner[id(first)]}, “{first.kind.heading}”"
                what = f"“{' '.join(words)} …” stands in {where} too."
                path = folder / f"{explainer.slug}.md"
                yield Problem(path, section.line, what, "Say it in other words.", "style")


def _check_grades(explainer: Explainer, path: Path) -> Iterator[Problem]:
    for easier, harder in itertools.pairwise(explainer.depths):
        below, above = grade(easier.text), grade(harder.text)
        if above < below - GRADE_SLACK:
            what = (
                f"“{harder.kind.heading}” (grade {above:.1f}) reads easier than "
                f"“{easier.kind.heading}” (grade {below:.1f})."
            )
            yield Problem(path, harder.line, what, "Simplify the one before it.", "warning")


def _check_terms(
    explainer: Explainer,
    section: Section,
    names: NameIndex,
    plain: Set[tuple[str, ...]],
    path: Path,
) -> Iterator[Problem]:
    """Yield where the plainest level names what it does not link to, plain terms apart."""
    told = {explainer.slug, *explainer.related, *explainer.confused_with}
    for mention in names.mentions(folded_words(section.text)):
        if mention.concept in told or folded_words(mention.name) in plain:
            continue
        told.add(mention.concept)
        what = f"{section.kind.heading} says “{mention.name}” and does not link to "
        what += f"{mention.concept}."
        yield Problem(path, section.line, what, "Explain, link or avoid it.", "warning")


def _line(section: Section, offset: int) -> int:
    return section.line + section.text.count("\n", 0, offset)
