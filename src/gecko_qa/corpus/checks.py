"""Checks across explainers, and the house rules on length and number."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from gecko_qa.corpus.explainer import Explainer, Section
from gecko_qa.corpus.problem import Problem
from gecko_qa.layout import BULLETS
from gecko_qa.words import count_words, folded_words

ASKS = (8, 12)
SOURCES = (2, 5)
OLD = datetime.timedelta(days=548)
"""An explainer that nobody has held against its sources for eighteen months is told."""
FIRST_YEAR = 1600
ANY_LENGTH = (1, sys.maxsize)
_BULLET = "- "
_ARXIV = re.compile(
    r"https://arxiv\.org/abs/(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})"
)
_MARKUP = re.compile(r"</?[a-zA-Z!]|\]\(|^```|`[^`\n]+`|\*\*", re.MULTILINE)


def check_names(explainers: Sequence[Explainer], folder: Path) -> Iterator[Problem]:
    """Yield a problem for each title or alias that folds to the same words as another."""
    owners: dict[tuple[str, ...], tuple[str, str]] = {}
    for explainer in explainers:
        for name in explainer.names:
            words = folded_words(name)
            path = folder / f"{explainer.slug}.md"
            if not words:
                yield Problem(path, 1, f"The name “{name}” has no word.", "Give it one.")
                continue
            if words not in owners:
                owners[words] = (explainer.slug, name)
                continue
            owner, other = owners[words]
            what = f"The name “{name}” is the same as “{other}” of {owner}."
            if owner != explainer.slug:
                yield Problem(path, 1, what, "Keep it where it is truly defined.")
            else:
                yield _style(path, 1, what, "Take it out: spellings are folded.")


def check_links(
    explainers: Sequence[Explainer], known: Collection[str], folder: Path
) -> Iterator[Problem]:
    """Yield a problem for each link to no explainer, to itself, or not answered by its pair.

    `known` holds the slugs of all files, those with errors too, so that one broken file does not
    break every file that points at it.
    """
    by_slug = {explainer.slug: explainer for explainer in explainers}
    for explainer in explainers:
        path = folder / f"{explainer.slug}.md"
        for key in ("related", "confused_with"):
            for slug in getattr(explainer, key):
                if slug == explainer.slug:
                    yield Problem(path, 1, f"“{key}” names the explainer itself.", "Take it out.")
                elif slug not in known:
                    what = f"“{key}” names “{slug}”, which no file of the corpus tells."
                    yield Problem(path, 1, what, "Write it, or mend the slug.")
        for slug in explainer.confused_with:
            other = by_slug.get(slug)
            if other is not None and explainer.slug not in other.confused_with:
                what = f"“confused_with” names “{slug}”, which does not name this one."
                yield Problem(path, 1, what, f"Add {explainer.slug} to {slug}.md.", "style")


def check_style(explainers: Sequence[Explainer], folder: Path) -> Iterator[Problem]:
    """Yield a "style" problem wherever a length or a number is outside the house rules."""
    for explainer in explainers:
        path = folder / f"{explainer.slug}.md"
        yield from _check_counts(explainer, path)
        for section in explainer.sections:
            check = _check_bullets if section.kind.role == "takeaways" else _check_words
            yield from check(section, path)
            yield from _check_markup(section, path)


def _check_counts(explainer: Explainer, path: Path) -> Iterator[Problem]:
    for what, n, (low, high) in (
        ("asks", len(explainer.asks), ASKS),
        ("sources", len(explainer.sources), SOURCES),
    ):
        if not low <= n <= high:
            yield _style(path, 1, f"“{what}” has {n} items.", f"Have {low} to {high}.")
    today = datetime.datetime.now(datetime.UTC).date()
    updated = explainer.updated or today
    if updated > today + datetime.timedelta(days=1):
        yield _style(path, 1, "“updated” lies in the future.", "Give the day of the last check.")
    if updated < today - OLD:
        what = f"It was last held against its sources on {updated}."
        yield Problem(path, 1, what, "Check it anew, above all why it matters now.", "warning")
    yield from _check_sources(explainer, path, today.year)


def _check_sources(explainer: Explainer, path: Path, this_year: int) -> Iterator[Problem]:
    urls = [source.url for source in explainer.sources]
    for source in explainer.sources:
        if not FIRST_YEAR <= source.year <= this_year + 1:
            yield _style(path, 1, f"“{source.title}” is of {source.year}.", "Mend the year.")
        if urls.count(source.url) > 1:
            yield _style(path, 1, f"“{source.url}” stands twice.", "Name each source once.")
        if "arxiv.org" in source.url and not _ARXIV.fullmatch(source.url):
            mend = "Link to https://arxiv.org/abs/ and the number, without a version."
            yield _style(path, 1, f"“{source.url}” is not the page of the paper.", mend)


def _check_words(section: Section, path: Path) -> Iterator[Problem]:
    low, high = section.kind.words or ANY_LENGTH
    n = count_words(section.text)
    if not low <= n <= high:
        what = f"“{section.kind.heading}” has {n} words."
        yield _style(path, section.line, what, f"Have {low} to {high}.")


def _check_bullets(section: Section, path: Path) -> Iterator[Problem]:
    low, high = section.kind.words or ANY_LENGTH
    lines = [(n, line) for n, line in enumerate(section.text.split("\n"), section.line) if line]
    if len(lines) != BULLETS:
        what = f"“{section.kind.heading}” has {len(lines)} lines."
        yield _style(path, section.line, what, f"Have {BULLETS} bullets, each on one line.")
    for number, line in lines:
        n = count_words(line.removeprefix(_BULLET))
        if not line.startswith(_BULLET):
            yield _style(path, number, "A takeaway is not a bullet.", "Begin it with “- ”.")
        elif not low <= n <= high:
            yield _style(path, number, f"The bullet has {n} words.", f"Have {low} to {high}.")


def _check_markup(section: Section, path: Path) -> Iterator[Problem]:
    found = _MARKUP.search(section.text)
    if found:
        line = section.line + section.text.count("\n", 0, found.start())
        what = f"“{section.kind.heading}” holds markup, which readers see as typed."
        yield _style(path, line, what, "Write plain text.")


def _style(path: Path, line: int, message: str, mend: str) -> Problem:
    return Problem(path, line, message, mend, "style")
