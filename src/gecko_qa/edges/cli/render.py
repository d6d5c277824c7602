"""Answers, definitions and reports as terminal text. Corpus text is printed, never interpreted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from gecko_qa.answer.answer import Answer
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.library import Library
from gecko_qa.passages import Passage
from gecko_qa.payload import json_line


class _PlainConsole(Console):
    """A console that takes the sting out of control characters in the text it is given."""

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401  (as rich has it)
        super().print(*(_plain(o) if isinstance(o, str) else o for o in objects), **options)


def _plain(text: str) -> str:
    return "".join(
        c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def out() -> Console:
    """Return a console on standard output that reads no markup from what it prints."""
    return _PlainConsole(markup=False, highlight=False, emoji=False)


def err() -> Console:
    """Return the same on standard error."""
    return _PlainConsole(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_json(value: Any) -> None:  # noqa: ANN401  (whatever JSON holds)
    """Print `value` as one line of JSON."""
    print_line(json_line(value))


def print_line(line: str) -> None:
    """Print `line`, which has its end, as it is."""
    sys.stdout.write(line)


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print `rows` of cells, the head first, in columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out().print("  ".join(cells).rstrip(), soft_wrap=True)


def print_answer(answer: Answer, library: Library) -> None:
    """Print how the question was read, passages under concept › section, then the sources."""
    console = out()
    if answer.correction is not None:
        read = ", ".join(read for _, read in answer.correction.words)
        typed = ", ".join(f"“{typed}”" for typed, _ in answer.correction.words)
        console.print(Text(f"Showing {read}. For {typed} add --as-typed.", style="italic"))
    if answer.message:
        console.print(answer.message)
    for passage in answer.mentioned:
        explainer = library.explainer(passage.concept)
        console.print(f"  {explainer.title} › {explainer.section(passage.section).kind.heading}")
    if answer.nearest:
        console.print(f"Nearest: {_titles(answer.nearest, library)}.")
    if answer.definition is not None and answer.definition not in answer.passages:
        print_passage(console, library.explainer(answer.definition.concept), answer.definition)
    for passage in answer.passages:
        print_passage(console, library.explainer(passage.concept), passage)
    if answer.also:
        console.print(f"It may also be about: {_titles(answer.also, library)}.")
    if answer.because:
        console.print(Text(f"Why this: {answer.because}.", style="dim"))
    for slug in dict.fromkeys(p.concept for p in answer.passages):
        print_sources(console, library.explainer(slug))


def _titles(slugs: Sequence[str], library: Library) -> str:
    return ", ".join(library.explainer(slug).title for slug in slugs)


def print_definition(explainer: Explainer, passage: Passage) -> None:
    """Print a definition under its concept's name, and its other names."""
    console = out()
    print_passage(console, explainer, passage)
    if explainer.aliases:
        console.print(Text("Also called: " + ", ".join(explainer.aliases), style="dim"))


def print_passage(console: Console, explainer: Explainer, passage: Passage) -> None:
    """Print one passage under its heading."""
    heading = explainer.section(passage.section).kind.heading
    style = "bold yellow" if passage.section == "take" else "bold green"
    console.print(Text(f"{explainer.title} › {heading}", style=style))
    console.print(Padding(Text(passage.text), (0, 0, 1, 2)))


def print_sources(console: Console, explainer: Explainer) -> None:
    """Print what an explainer stands on, and its date, where it names anything."""
    if not explainer.sources:
        return
    dated = f", updated {explainer.updated.isoformat()}" if explainer.updated else ""
    console.print(Text(f"Sources of {explainer.title}{dated}", style="dim"))
    for line in _source_lines(explainer):
        console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2)))


def _source_lines(explainer: Explainer) -> Iterator[str]:
    for source in explainer.sources:
        yield f"{source.authors} ({source.year}). {source.title}. {source.url}"
