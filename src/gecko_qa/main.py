"""Where the edges are put together, and where exceptions become exit codes."""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated

import typer

from gecko_qa.edges.cli.app import app
from gecko_qa.edges.cli.options import (
    CorpusOption,
    FeedbackOption,
    IndexOption,
    ModelOption,
    settings_of,
)
from gecko_qa.errors import GeckoQAError, IndexUnusable, UsageError, unforeseen
from gecko_qa.settings import Settings

EXIT_DATA = 1
EXIT_USAGE = 2
_BUILD = "gecko-qa index build"


@app.command()
def serve(
    corpus: CorpusOption = None,
    index: IndexOption = None,
    model: ModelOption = None,
    host: Annotated[
        str | None, typer.Option(help=f"The address to listen on; by default {Settings.host}.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help=f"The port; by default {Settings.port}."),
    ] = None,
    feedback: FeedbackOption = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many processes answer, so that more processor cores are used."
        ),
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show what you save, and what is wrong with it.")
    ] = False,
) -> None:
    """Start the chat in a browser; an index that is missing or stale is built first.

    With --watch, a saved explainer is checked, indexed and shown without a restart; while it has
    a fault, the last good version is served. Without, an index that is built meanwhile is served
    as soon as it stands.

    Ctrl+C lets answers that are under way finish; another one stops at once.

    Example: gecko-qa serve --port 7860
    """
    from gecko_qa.edges.cli.progress import progress_bar
    from gecko_qa.edges.cli.watching import print_update
    from gecko_qa.edges.web.running import bind, run
    from gecko_qa.edges.web.workers import METRICS_FOLDER, check_workers, run_workers
    from gecko_qa.index.build import ensure_index
    from gecko_qa.parts import parts_of
    from gecko_qa.watching import begin_watch

    settings = settings_of(
        corpus=corpus,
        index=index,
        model=model,
        host=host,
        port=port,
        feedback=feedback,
        workers=workers,
    )
    check_workers(settings, watch=watch)
    listening = bind(settings)
    with progress_bar() as progress:
        watched = begin_watch(settings, progress) if watch else None
        if watched is None:
            ensure_index(settings, progress)

    def started(address: str) -> None:
        _say(f"gecko-qa is at {address} (Ctrl+C stops it)")
        if open_page and _has_display():
            import webbrowser

            webbrowser.open(address)

    if settings.workers > 1:
        run_workers(settings, listening, started, parts_of=parts_of, say=_say)
        return
    # For prometheus_client: one process counts in memory, whatever is set for others.
    os.environ.pop(METRICS_FOLDER, None)
    run(
        settings,
        listening,
        started,
        parts_of=parts_of,
        watch=watched,
        tell=print_update,
        say=_say,
    )


@app.command()
def mcp(corpus: CorpusOption = None, index: IndexOption = None) -> None:
    """Serve the library to an AI assistant, as tools of the Model Context Protocol.

    It talks over standard input and output, and is started by the assistant: docs/mcp.md tells how.
    It stops when the input ends.

    Example: gecko-qa mcp --corpus corpus
    """
    from gecko_qa.library import Library

    library = Library.open(settings_of(corpus=corpus, index=index))
    library.warm_up()
    from gecko_qa.edges.mcp.server import run_stdio

    if sys.stdin.isatty():
        _say("Waiting for an assistant to talk to on standard input (Ctrl+C stops it).")
    run_stdio(library)


def _has_display() -> bool:
    """Tell whether a browser window can open: without one, a browser may seize the terminal."""
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 for data, 2 for usage."""
    for stream in (sys.stdout, sys.stderr):
        # What the terminal cannot show, such as a file's odd name, must not end the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # NumPy's threads wait for each other by spinning: on a busy machine one is quicker,
    # and the same numbers come out whatever the number of cores. Read when NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        app(args=arguments)
    except IndexUnusable as error:
        _say(str(error).replace(_BUILD, " ".join((_BUILD, *_folders(arguments)))))
        sys.exit(EXIT_DATA)
    except GeckoQAError as error:
        _say(str(error))
        sys.exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_DATA)
    except BrokenPipeError:
        # The reader of our output has gone, as in “gecko-qa ask … | head”: nothing to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(EXIT_DATA)
    except OSError as error:
        _say(f"The system refused: {error.strerror or error}. Free space, or write elsewhere.")
        sys.exit(EXIT_DATA)
    except Exception as error:
        if os.environ.get("GECKO_QA_DEBUG"):
            raise
        _say(_failure(error))
        sys.exit(EXIT_DATA)


def _failure(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"The package {error.name} is not installed. A server without it goes on answering; to "
            "build a new index or import pages, install everything: “pip install gecko-qa”."
        )
    return f"{unforeseen(error)} Set GECKO_QA_DEBUG=1 to see where, and please report it."


def _folders(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the options that name folders as they were given, so that advice repeats them."""
    for option, value in pairwise((*arguments, "")):
        name, _, joined = option.partition("=")
        if name in ("--corpus", "--index"):
            yield f"{name} {shlex.quote(joined or value)}"


def _say(message: str) -> None:
    from gecko_qa.edges.cli.render import err

    err().print(message)


if __name__ == "__main__":
    main()
