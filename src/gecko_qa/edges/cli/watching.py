"""What a save came to, as lines on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from gecko_qa.watching import Update

N_NAMES = 3


def print_update(update: Update) -> None:
    """Print a line on what was saved, and below it its faults, or what is against the style."""
    from gecko_qa.edges.cli.render import err

    for line in _lines(update):
        err().print(line)


def _lines(update: Update) -> Iterator[str]:
    more = len(update.changed) - N_NAMES
    names = ", ".join(update.changed[:N_NAMES]) + (f" and {more} more" if more > 0 else "")
    saved = f"{names}: " if names else ""
    if update.library is None:
        yield f"{saved}not used, the last good version is served. {update.fault}"
        yield from (f"  {problem}" for problem in update.problems)
        return
    yield f"{saved}served after {update.seconds:.1f} s, {update.n_encoded} texts encoded"
    for problem in update.style():
        yield f"  {problem.severity}: {problem}"
