"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gecko_qa.settings import PACKAGED_MODEL, Settings

CorpusOption = Annotated[
    Path, typer.Option("--corpus", metavar="DIR", help="The folder that holds the explainers.")
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

DEFAULT_CORPUS = Settings().corpus
