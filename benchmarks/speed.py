"""How long things take, as whole processes and warm. Prints a Markdown table.

Run from the repository with an index built: python benchmarks/speed.py [runs]
"""

from __future__ import annotations

import csv
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gecko_qa.library import Library
from gecko_qa.settings import Settings

HERE = Path(__file__).parent
COMMAND = [sys.executable, "-m", "gecko_qa"]


def process(arguments: list[str]) -> tuple[float, float]:
    """Run a process to its end: wall seconds, peak resident MiB."""
    started = time.perf_counter()
    child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(arguments)} exited with {child.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def row(what: str, runs: list[tuple[float, float]]) -> None:
    seconds = [wall for wall, _ in runs]
    memory = max(mib for _, mib in runs)
    print(
        f"| {what} | {len(runs)} | {statistics.median(seconds):.2f} s "
        f"| {min(seconds):.2f}–{max(seconds):.2f} s | {memory:.0f} MiB |",
        flush=True,
    )


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    system = f"{platform.system()} {platform.machine()}"
    print(f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(
        "| whole process | runs | median | range | peak memory |\n| --- | --- | --- | --- | --- |"
    )
    ask = [*COMMAND, "ask", "What is RLHF?", "--json"]
    process(ask)
    row("python -c pass", [process([sys.executable, "-c", "pass"]) for _ in range(runs)])
    importing = [sys.executable, "-c", "import gecko_qa.library"]
    row("import gecko_qa.library", [process(importing) for _ in range(runs)])
    row("gecko-qa define RLHF", [process([*COMMAND, "define", "RLHF"]) for _ in range(runs)])
    row("gecko-qa ask “What is RLHF?”", [process(ask) for _ in range(runs)])
    row("index build, nothing changed", [process([*COMMAND, "index", "build"]) for _ in range(3)])
    with tempfile.TemporaryDirectory() as folder:
        full = [*COMMAND, "index", "build", "--full", "--index", folder]
        row("index build --full", [process(full) for _ in range(3)])

    library = Library.open(Settings())
    library.warm_up()
    path = HERE.parent / "evaluation" / "heldout.tsv"
    with path.open(encoding="utf-8") as file:
        questions = [
            r["question"] for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    times = []
    for _ in range(3):
        for question in questions:
            started = time.perf_counter()
            library.ask(question, level="2", audience="builder")
            times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=100)
    print(
        f"\nWarm answers, one thread, {len(times)}: p50 {cuts[49]:.1f} ms, "
        f"p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms"
    )


if __name__ == "__main__":
    main()
