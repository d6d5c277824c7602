"""`gecko-qa preview`: what readers will get of an explainer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gecko_qa.edges.cli.options import CorpusOption, IndexOption, JsonOption, settings_of

if TYPE_CHECKING:
    from gecko_qa.corpus.explainer import Explainer
    from gecko_qa.previewing import Led, Preview


def preview_command(
    file: Annotated[Path, typer.Argument(help="An explainer, in the corpus or elsewhere.")],
    corpus: CorpusOption = None,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Show how an explainer checks and shows, and which questions lead to it. Writes nothing.

    Its own questions are asked of the corpus with it, and so are those asks of other explainers
    that lie nearest. Faults that keep it out make the exit status 1.

    Example: gecko-qa preview corpus/rlhf.md
    """
    from gecko_qa.edges.cli.render import out, print_json
    from gecko_qa.previewing import preview

    seen = preview(file, settings_of(corpus=corpus, index=index))
    if json:
        print_json(seen.to_json())
    else:
        for line in _lines(seen):
            out().print(line, soft_wrap=True)
    if seen.explainer is None:
        raise typer.Exit(1)


def _lines(seen: Preview) -> Iterator[str]:
    for problem in seen.problems:
        yield f"{problem.severity}: {problem}"
    if seen.explainer is None:
        yield f"{seen.slug} stays out of the corpus until its errors are mended."
        return
    yield from _shown(seen.explainer)
    for kind, n in Counter(led.kind for led in seen.own).items():
        led = [found for found in seen.own if found.kind == kind]
        n_here = sum(found.concept == seen.slug for found in led)
        yield f"{n_here} of {n} questions by {kind} lead here."
        yield from (_missed(found) for found in led if found.concept != seen.slug)
    yield f"Asks of other explainers that it takes: {len(seen.taken)}."
    yield from (f"  “{led.question}” of {led.owner} ({led.because})" for led in seen.taken)
    if seen.tried < seen.n_others:
        yield f"Of {seen.n_others} asks of others, the {seen.tried} nearest in meaning were tried."


def _shown(explainer: Explainer) -> Iterator[str]:
    n = explainer.reading_minutes
    minutes = "1 minute" if n == 1 else f"{n} minutes"
    yield f"{explainer.title} · {minutes} to read · {explainer.words_deep} words deep"
    yield f"  {explainer.definition.text}"


def _missed(led: Led) -> str:
    where = f"leads to {led.concept} ({led.because})" if led.stolen else "is not covered"
    return f"  “{led.question}” {where}"
