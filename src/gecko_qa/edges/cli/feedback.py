"""`gecko-qa feedback`: what readers said, for the authors."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gecko_qa.edges.cli.options import CorpusOption, FeedbackOption, JsonOption, settings_of

if TYPE_CHECKING:
    from gecko_qa.feedback.report import Marked, Report, Wanted

feedback_app = typer.Typer(help="What readers said of answers.", no_args_is_help=True)


@feedback_app.callback()
def _root() -> None:
    """What readers said of answers."""


@feedback_app.command()
def report(
    feedback: FeedbackOption = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help="From this day on."),
    ] = None,
    concept: Annotated[
        str | None, typer.Option("--concept", metavar="SLUG", help="On answers about this alone.")
    ] = None,
    corpus: CorpusOption = None,
    json: JsonOption = False,
) -> None:
    """Tell what was asked and not covered, most wanted first, and what was marked, by concept.

    Example: gecko-qa feedback report --since 2026-01-01
    """
    from gecko_qa.edges.cli.render import out
    from gecko_qa.feedback.report import report_on
    from gecko_qa.feedback.store import FeedbackStore

    settings = settings_of(corpus=corpus, feedback=feedback)
    store = FeedbackStore(settings.feedback_file, settings.feedback_bytes)
    found = report_on(store.read(), since.date() if since else None, concept)
    if json:
        # In ASCII, so that no character of a reader's reaches the terminal as it is.
        typer.echo(json_.dumps(found.to_json()))
        return
    for line in _lines(found, store.path):
        # On one line each, so that what a reader wrote is never taken for the report's own.
        out().print(line.replace("\n", " "), soft_wrap=True)


def _lines(found: Report, path: Path) -> Iterator[str]:
    if not found.n:
        yield f"There is no feedback to report in {path}."
        return
    yield f"{found.n} {'piece' if found.n == 1 else 'pieces'} of feedback in {path}"
    if found.wanted:
        yield from ("", "Asked and not covered")
    for wanted in found.wanted:
        yield from _wanted_lines(wanted)
    if found.marked:
        yield from ("", "Marked, by concept")
    for marked in found.marked:
        yield from _marked_lines(marked)


def _wanted_lines(wanted: Wanted) -> Iterator[str]:
    yield f"  {len(wanted.notes)} × {wanted.wordings[0]}"
    for wording in wanted.wordings[1:]:
        yield f"      also: {wording}"
    for note in wanted.notes:
        if note.line:
            yield f"      {note.day}: “{note.line}”"


def _marked_lines(marked: Marked) -> Iterator[str]:
    counts = ", ".join(f"{n} {_name(verdict)}" for verdict, n in marked.verdicts.items())
    yield f"  {marked.concept or 'no concept'}: {counts}"
    for note in marked.notes:
        if note.line:
            yield f"      {note.day}, {_name(note.verdict)}, “{note.question}”: “{note.line}”"


def _name(verdict: str) -> str:
    from gecko_qa.feedback.feedback import VERDICTS

    return VERDICTS.get(verdict, verdict)
