"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gecko_qa.configuration import Configured, configure
from gecko_qa.errors import UsageError
from gecko_qa.settings import PACKAGED_MODEL, Settings

CorpusOption = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        metavar="DIR",
        help="The folder that holds the explainers; by default “corpus” where you are, or else the "
        "one that came with the package.",
    ),
]
IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index", metavar="DIR", help="The index's folder; by default “index” beside the corpus."
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME_OR_DIR",
        help="A sentence-transformers model: a folder, or a name on a hub. By default the model of "
        f"the index that stands there, or else {PACKAGED_MODEL}.",
    ),
]
LevelOption = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="How deep, by the id that the corpus gives a level: tldr, 1, 2 or 3 where its "
        "corpus.toml names no others.",
    ),
]
AudienceOption = Annotated[
    str | None,
    typer.Option(
        "--audience",
        metavar="AUDIENCE",
        help="For whom, by the id that the corpus gives an audience, or everyone: researcher, "
        "builder, investor or curious where its corpus.toml names no others.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]

FeedbackOption = Annotated[
    Path | None,
    typer.Option(
        "--feedback",
        metavar="FILE",
        help="The file of feedback; by default “feedback.sqlite” beside the corpus.",
    ),
]


def configured(**options: object) -> Configured:
    """Return the settings that hold with `options`, those of a command; see `configure`."""
    return configure(options, os.environ, Path.cwd())


def settings_of(**options: object) -> Settings:
    """Return the settings that hold with `options`."""
    return configured(**options).settings


def own_corpus(folder: Path | None, option: str) -> Path:
    """Return the corpus to write to: `folder`, or that of the settings.

    Raises UsageError, which names the `option`, instead of the one that came with the package.
    """
    settings = settings_of(corpus=folder)
    if settings.packaged:
        raise UsageError(f"There is no corpus here. Name its folder with {option} DIR.")
    return settings.corpus
