"""`gecko-qa export`: a corpus for others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gecko_qa.edges.cli.options import CorpusOption, settings_of

export_app = typer.Typer(
    help="Write a corpus as a site that needs no server, or as one JSON file.", no_args_is_help=True
)


@export_app.command()
def site(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an old export.")],
    base_url: Annotated[
        str,
        typer.Option("--base-url", metavar="URL", help="The address at which the site will stand."),
    ] = "",
    corpus: CorpusOption = None,
) -> None:
    """Write the explainers as a site of plain files, which any host serves from any folder.

    An export over an earlier one removes what that wrote, and touches nothing else.

    Example: gecko-qa export site site --base-url https://example.org/gecko/
    """
    from gecko_qa.book import book_of
    from gecko_qa.corpus.folder import valid_corpus
    from gecko_qa.edges.cli.render import out
    from gecko_qa.publishing.folder import write_files
    from gecko_qa.publishing.site import publish

    published = publish(book_of(valid_corpus(settings_of(corpus=corpus).corpus)), base_url)
    written = write_files(folder, published.files)
    size = sum(map(len, published.files.values())) / 1e6
    lines = [
        f"{len(published.files)} files, {size:.1f} MB in {folder}: {written.n_written} written, "
        f"{written.n_unchanged} unchanged, {written.n_removed} removed.",
        *(f"Left alone, since somebody changed it: {name}" for name in written.kept),
        *published.notes,
    ]
    out().print("\n".join(lines), soft_wrap=True)


@export_app.command("json")
def json_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the JSON goes.")],
    corpus: CorpusOption = None,
) -> None:
    """Write the whole corpus with its passages as one JSON file.

    Example: gecko-qa export json corpus.json
    """
    from gecko_qa.corpus.folder import valid_corpus
    from gecko_qa.edges.cli.render import out
    from gecko_qa.files import write_atomically
    from gecko_qa.publishing.records import corpus_json

    read = valid_corpus(settings_of(corpus=corpus).corpus)
    data = corpus_json(read)
    write_atomically(file, data)
    size = len(data) / 1e6
    out().print(f"{len(read.explainers)} explainers, {size:.1f} MB in {file}", soft_wrap=True)


@export_app.command()
def schema() -> None:
    """Print the JSON Schema of what `export json` writes.

    Example: gecko-qa export schema > corpus.schema.json
    """
    from gecko_qa.publishing.records import schema

    sys.stdout.write(schema().decode("utf-8"))
