"""`gecko-qa eval`: how often the answers are right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gecko_qa.edges.cli.options import CorpusOption, IndexOption, settings_of


def evaluate_command(
    questions: Annotated[Path, typer.Argument(help="A file of questions with their concepts.")],
    out_of_scope: Annotated[
        Path | None,
        typer.Option("--out-of-scope", metavar="FILE", help="Questions that should be refused."),
    ] = None,
    misses: Annotated[
        bool, typer.Option("--misses", help="List each miss with what was found, and why.")
    ] = False,
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Measure how often questions lead to the right concept and section, or are rightly refused.

    Files are tab-separated, with a line of column names: id, question, kind, concepts. Shares come
    with 95 % bootstrap intervals, per kind and in all.

    Example: gecko-qa eval evaluation/heldout.tsv --out-of-scope evaluation/heldout_outside.tsv
    """
    from gecko_qa import evaluation
    from gecko_qa.edges.cli.progress import progress_bar
    from gecko_qa.edges.cli.render import out, print_table
    from gecko_qa.library import Library

    library = Library.open(settings_of(corpus=corpus, index=index))
    known = frozenset(explainer.slug for explainer in library.explainers)
    cases = evaluation.read_cases(questions, known)
    if out_of_scope is not None:
        cases = (*cases, *evaluation.read_cases(out_of_scope, known, outside=True))
    library.warm_up()
    with progress_bar() as progress:
        outcomes = evaluation.evaluate(cases, library, progress)
    print_table(evaluation.table(outcomes))
    if misses:
        for line in evaluation.misses(outcomes, library):
            out().print(line, soft_wrap=True)
