"""The commands. Each turns its arguments into one call of the library and prints what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gecko_qa import __version__
from gecko_qa.edges.cli.eval import evaluate_command
from gecko_qa.edges.cli.export import export_app
from gecko_qa.edges.cli.feedback import feedback_app
from gecko_qa.edges.cli.importing import import_command
from gecko_qa.edges.cli.index import index_app
from gecko_qa.edges.cli.options import (
    AudienceOption,
    CorpusOption,
    IndexOption,
    JsonOption,
    LevelOption,
    configured,
    settings_of,
)
from gecko_qa.edges.cli.previewing import preview_command
from gecko_qa.edges.cli.starting import init_command, new_command

app = typer.Typer(
    help="Ask a library of explainers. Answers are its own passages, word for word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(index_app, name="index")
app.add_typer(feedback_app, name="feedback")
app.add_typer(export_app, name="export")
app.command("eval")(evaluate_command)
app.command("import")(import_command)
app.command("new")(new_command)
app.command("init")(init_command)
app.command("preview")(preview_command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Ask a library of explainers. Answers are its own passages, word for word."""


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    level: LevelOption = None,
    audience: AudienceOption = None,
    corpus: CorpusOption = None,
    index: IndexOption = None,
    as_typed: Annotated[
        bool, typer.Option("--as-typed", help="Correct no slips of the pen.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Answer a question with the passages that fit best.

    Example: gecko-qa ask "What is RLHF?" --level 2 --audience builder
    """
    from gecko_qa.answer.answer import answer_json
    from gecko_qa.edges.cli.render import print_answer, print_line
    from gecko_qa.library import Library

    library = Library.open(settings_of(corpus=corpus, index=index))
    answer = library.ask(question, level, audience, as_typed=as_typed)
    if json:
        print_line(answer_json(answer))
    else:
        print_answer(answer, library)


@app.command()
def define(
    term: Annotated[str, typer.Argument(help="A concept, by any of its names.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Print the definition of a concept.

    Example: gecko-qa define RLHF
    """
    from gecko_qa.edges.cli.render import print_definition, print_json
    from gecko_qa.library import Library
    from gecko_qa.showing import definition_json

    library = Library.open(settings_of(corpus=corpus, index=index))
    explainer = library.define(term)
    if json:
        print_json(definition_json(explainer))
    else:
        print_definition(explainer, library.definition(explainer.slug))


@app.command()
def batch(
    questions: Annotated[Path, typer.Argument(help="A file with one JSON object a line.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the answers go.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
) -> None:
    """Answer every question of a file, one JSON object a line, in the same order.

    A line is {"id", "question", "level"?, "audience"?, "as_typed"?}, and may have a
    "conversation": a list of the turns before, each {"question", "level"?, "audience"?}. One that
    cannot be answered gets {"id", "error"} in its place, and the exit status is 1.

    Example: gecko-qa batch questions.jsonl --out answers.jsonl
    """
    from gecko_qa.batch import answer_file
    from gecko_qa.edges.cli.render import err
    from gecko_qa.library import Library

    n_answered, errors = answer_file(
        questions, out, Library.open(settings_of(corpus=corpus, index=index))
    )
    for error in errors:
        err().print(f"{questions}: {error}")
    err().print(f"{n_answered} answers in {out}")
    if errors:
        raise typer.Exit(1)


@app.command()
def check(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write a page with the corpus at a glance."),
    ] = None,
) -> None:
    """Check every explainer and report all faults at once, with file, line and mend.

    Faults make the exit status 1; warnings do not. Where the index is current, explainers and
    levels that say nearly the same are told too.

    Example: gecko-qa check --corpus corpus --report report.html
    """
    from gecko_qa.edges.cli.render import out
    from gecko_qa.inspection import inspect_corpus

    found = inspect_corpus(settings_of(corpus=corpus, index=index))
    for problem in found.problems:
        kind = "warning: " if problem.severity == "warning" else ""
        out().print(f"{kind}{problem}", soft_wrap=True)
    if report is not None:
        from gecko_qa.edges.cli.report import write_report

        write_report(found, report)
        out().print(f"The report is in {report}", soft_wrap=True)
    if not found.compared:
        out().print("Likeness was not checked: there is no current index.")
    n_warnings = len(found.problems) - found.n_faults
    out().print(
        f"{len(found.corpus.explainers)} explainers read, {found.n_faults} faults, "
        f"{n_warnings} warnings."
    )
    if found.n_faults:
        raise typer.Exit(1)


@app.command()
def config(
    corpus: CorpusOption = None, index: IndexOption = None, json: JsonOption = False
) -> None:
    """Show each setting and where it came from.

    Options are stronger than environment variables (GECKO_QA_CORPUS and so on), and these than the
    file gecko-qa.toml where you are.

    Example: gecko-qa config --json
    """
    from gecko_qa.edges.cli.render import out, print_json

    found = configured(corpus=corpus, index=index)
    shown = {
        name: {"value": value, "from": found.origins[name]} for name, value in found.shown().items()
    }
    if json:
        print_json(shown)
        return
    for name, told in shown.items():
        out().print(f"{name} = {told['value']}  ({told['from']})", soft_wrap=True)
