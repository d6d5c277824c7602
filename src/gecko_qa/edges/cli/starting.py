"""`gecko-qa new` and `gecko-qa init`: the first files of an author."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gecko_qa.edges.cli.options import CorpusOption, own_corpus


def new_command(
    title: Annotated[str, typer.Argument(metavar="CONCEPT", help="The concept's name.")],
    corpus: CorpusOption = None,
) -> None:
    """Write an empty explainer into the corpus, with notes on what goes where.

    Example: gecko-qa new "Vector database"
    """
    from gecko_qa.corpus.starting import new_explainer
    from gecko_qa.edges.cli.render import out

    path = new_explainer(title, own_corpus(corpus, "--corpus"), date.today())
    out().print(f"{path} is there to be filled in.", soft_wrap=True)


def init_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Make a corpus with one example, and a file that names its levels and audiences.

    Example: gecko-qa init recipes
    """
    from gecko_qa.corpus.starting import new_corpus
    from gecko_qa.edges.cli.render import out

    for path in new_corpus(folder):
        out().print(f"{path} written", soft_wrap=True)
    out().print(f"Open the chat with “gecko-qa serve --corpus {folder}”.", soft_wrap=True)
