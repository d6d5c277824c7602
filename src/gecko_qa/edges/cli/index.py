"""`gecko-qa index`: build, verify, info."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gecko_qa.edges.cli.options import (
    CorpusOption,
    IndexOption,
    JsonOption,
    ModelOption,
    settings_of,
)

if TYPE_CHECKING:
    from gecko_qa.index.manifest import Manifest

index_app = typer.Typer(
    help="Build the index of a corpus, check it, or tell what is in it.", no_args_is_help=True
)


@index_app.command()
def build(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    model: ModelOption = None,
    full: Annotated[bool, typer.Option("--full", help="Reuse nothing of the old index.")] = False,
) -> None:
    """Build the index. What has not changed is not encoded again.

    Example: gecko-qa index build --corpus corpus
    """
    from gecko_qa.corpus.folder import valid_corpus
    from gecko_qa.edges.cli.progress import progress_bar
    from gecko_qa.edges.cli.render import out
    from gecko_qa.index.build import build_index, model_of

    settings = settings_of(corpus=corpus, index=index, model=model)
    folder = settings.index_folder
    with progress_bar() as progress:
        built = build_index(
            valid_corpus(settings.corpus),
            folder,
            model_of(folder, settings.model),
            full=full,
            progress=progress,
        )
    manifest = built.manifest
    out().print(
        f"{manifest.n_explainers} explainers, {manifest.n_passages} passages, "
        f"{built.n_encoded} texts encoded, {built.n_reused} reused.\n"
        f"Index {manifest.hash} in {folder}",
        soft_wrap=True,
    )


@index_app.command()
def verify(corpus: CorpusOption = None, index: IndexOption = None) -> None:
    """Check that every file of the index is intact, complete and of the present corpus.

    Example: gecko-qa index verify
    """
    from gecko_qa.edges.cli.render import out
    from gecko_qa.index.load import open_index

    settings = settings_of(corpus=corpus, index=index)
    opened = open_index(settings.index_folder, settings.corpus)
    opened.read_all()
    out().print(
        f"The index is whole: {len(opened.manifest.files)} files, {opened.manifest.hash}",
        soft_wrap=True,
    )


@index_app.command()
def info(corpus: CorpusOption = None, index: IndexOption = None, json: JsonOption = False) -> None:
    """Tell what the index holds: counts, encoder, files.

    Example: gecko-qa index info --json
    """
    from gecko_qa.edges.cli.render import print_json
    from gecko_qa.index.folder import read_manifest

    folder = settings_of(corpus=corpus, index=index).index_folder
    manifest = read_manifest(folder)
    if json:
        print_json({"index": manifest.hash, **manifest.to_json()})
    else:
        _print_info(folder, manifest)


def _print_info(folder: Path, manifest: Manifest) -> None:
    from gecko_qa.edges.cli.render import out

    lines = [
        f"Index {manifest.hash} in {folder}",
        f"Corpus {manifest.corpus_hash}",
        f"explainers: {manifest.n_explainers}",
        f"passages: {manifest.n_passages}",
        f"keys: {manifest.n_keys}",
    ]
    lines += [f"encoder {what}: {v}" for what, v in manifest.encoder.to_json().items() if v]
    lines += [
        f"file {name}: {entry.n_bytes} bytes, {entry.sha256}"
        for name, entry in manifest.files.items()
    ]
    out().print("\n".join(lines), soft_wrap=True)
