"""What servers of one index hold in memory, each alone and all together. Linux only.

Run from the repository with an index built: python benchmarks/memory.py
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from gecko_qa.library import Library
from gecko_qa.settings import Settings

HELD = "--hold"
N_QUESTIONS = 10


def hold() -> None:
    """Open the library as a server does, ask, say how long it took, and wait to be told to end."""
    started = time.perf_counter()
    library = Library.open(Settings())
    library.warm_up()
    seconds = time.perf_counter() - started
    for explainer in library.explainers[:N_QUESTIONS]:
        library.ask(f"How does {explainer.title} work?")
    print(seconds, flush=True)
    sys.stdin.read()


def mib(text: str, *fields: str) -> float:
    """Return the sum of `fields`, in MiB, over all that the kernel tells of mappings in `text`."""
    found = re.findall(rf"^(?:{'|'.join(fields)}):\s+(\d+) kB", text, re.MULTILINE)
    return sum(map(int, found)) / 1024


def row(n_processes: int) -> None:
    command = [sys.executable, __file__, HELD]
    with ExitStack() as stack:
        held = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(n_processes)
        ]
        seconds = [float(process.stdout.readline()) for process in held if process.stdout]
        maps = [Path(f"/proc/{process.pid}/smaps").read_text() for process in held]
        private = max(mib(text, "Private_Clean", "Private_Dirty") for text in maps)
        anonymous = max(mib(text, "Anonymous") for text in maps)
        resident = max(mib(text, "Rss") for text in maps)
        together = sum(mib(text, "Pss") for text in maps)
        for process in held:
            process.communicate("")
    print(
        f"| {n_processes} | {private:.0f} | {anonymous:.0f} | {resident:.0f} | {together:.0f} "
        f"| {max(seconds):.2f} s |",
        flush=True,
    )


def main() -> None:
    if HELD in sys.argv:
        hold()
        return
    print("| processes | private | of it not of a file | resident | all together | ready after |")
    print("| --- | --- | --- | --- | --- | --- |")
    for n_processes in (1, 2, 4):
        row(n_processes)


if __name__ == "__main__":
    main()
