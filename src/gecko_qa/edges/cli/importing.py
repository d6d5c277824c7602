"""`gecko-qa import`: texts of other makes into a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gecko_qa.edges.cli.options import JsonOption, own_corpus

if TYPE_CHECKING:
    from gecko_qa.importing.report import Outcome, Report

MAX_NAMES = 5
"""How many explainers of one source are named where the same is said of all."""
_WOULD = {"written": "would be written", "replaced": "would be replaced"}
_SAID = {"exists": "left alone", "refused": "not imported"}


def import_command(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Files or folders: pages copied as text, HTML, Markdown, text, or a glossary as "
            "CSV, TSV or JSON.",
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="DIR",
            help="The corpus that gets the explainers; by default “corpus” where you are.",
        ),
    ] = None,
    category: Annotated[
        str, typer.Option("--category", metavar="NAME", help="The category of all of them.")
    ] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace files that are there, and keep a copy (.bak)."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and write nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Turn texts of other makes into explainers, and tell what was taken, guessed and missing.

    A file that is there with other content is left alone; that, and a source that cannot be
    imported, makes the exit status 1.

    Example: gecko-qa import page.txt glossary.csv docs --into corpus --dry-run
    """
    from gecko_qa.corpus.layout_file import read_layout
    from gecko_qa.edges.cli.render import print_json
    from gecko_qa.importing.run import import_sources

    folder = own_corpus(into, "--into")
    report = import_sources(
        sources,
        folder,
        read_layout(folder),
        category=category,
        replace_files=replace,
        dry_run=dry_run,
    )
    if json:
        print_json(report.to_json())
    else:
        _print_report(report, folder)
    if report.failed:
        raise typer.Exit(1)


def _print_report(report: Report, into: Path) -> None:
    from gecko_qa.edges.cli.render import out

    console = out()
    alike = groupby(report.outcomes, key=lambda o: (o.source, o.format, o.status, o.why, o.notes))
    for _, group in alike:
        for line in _lines(list(group), report.dry_run):
            console.print(line, soft_wrap=True)
    for what in report.left_out:
        console.print(f"left out: {what}", soft_wrap=True)
    done = "would be written" if report.dry_run else "written"
    console.print(
        f"{report.count('written')} {done}, {report.count('replaced')} replaced, "
        f"{report.count('unchanged')} unchanged, {report.count('exists')} left alone, "
        f"{report.count('refused')} not imported."
    )
    if any(note.kind == "missing" for outcome in report.outcomes for note in outcome.notes):
        console.print("docs/corpus-format.md tells for whom each missing part is, and how long.")
    if report.count("written", "replaced") and not report.dry_run:
        console.print(f"Run “gecko-qa check --corpus {into}” next.", soft_wrap=True)


def _lines(outcomes: Sequence[Outcome], dry_run: bool) -> list[str]:
    """Return what is said of explainers of one source that fared alike."""
    first = outcomes[0]
    said = (_WOULD if dry_run else {}) | _SAID
    status = said.get(first.status, first.status)
    head = f"{first.source} ({first.format})" if first.format else first.source
    paths = [str(outcome.path) for outcome in outcomes if outcome.path is not None]
    more = f" and {len(paths) - MAX_NAMES} more" if len(paths) > MAX_NAMES else ""
    target = f" → {', '.join(paths[:MAX_NAMES])}{more}" if paths else ""
    lines = [f"{head}{target}: {status}" + (f". {first.why}" if first.why else "")]
    lines += [f"  old file kept as {o.backup}" for o in outcomes if o.backup is not None]
    lines += [f"  {note.kind}: {'; '.join(note.items)}" for note in first.notes]
    return lines
