"""How long it takes from a save to the page that shows it. Prints a Markdown table.

Run from the repository with an index built, on a machine that does nothing else:
python benchmarks/watch.py [saves]
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from serving import serving

from gecko_qa.settings import Settings

LIMIT_SECONDS = 60.0
REST_SECONDS = 3.0
"""Between saves: an author reads what came of one before the next."""


def shows(url: str, text: str) -> bool:
    with urllib.request.urlopen(url) as reply:
        return text in reply.read().decode()


def save(path: Path, text: str, url: str, mark: str) -> float:
    """Write `text` with `mark` in it and return the seconds until the page shows it."""
    path.write_text(text.replace("## TL;DR\n\n", f"## TL;DR\n\n{mark} ", 1), encoding="utf-8")
    started = time.perf_counter()
    while not shows(url, mark):
        if time.perf_counter() - started > LIMIT_SECONDS:
            raise SystemExit(f"{path.name} was saved, and the page does not show it.")
        time.sleep(0.02)
    return time.perf_counter() - started


def main() -> None:
    n_saves = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder) / "corpus", Path(folder) / "index"
        shutil.copytree(settings.corpus, corpus)
        shutil.copytree(settings.index_folder, index)
        files = sorted(corpus.glob("*.md"))
        seconds = []
        with serving("--watch", "--corpus", str(corpus), "--index", str(index)) as address:
            time.sleep(REST_SECONDS)
            for n in range(n_saves):
                path = files[n * len(files) // n_saves]
                url = f"{address}/explainers/{path.stem}"
                text = path.read_text(encoding="utf-8")
                seconds.append(save(path, text, url, f"Saved as number {n}."))
                time.sleep(REST_SECONDS)
    system = f"{platform.system()} {platform.machine()}"
    print(f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| explainers | saves | median | range |\n| --- | --- | --- | --- |")
    print(
        f"| {len(files)} | {n_saves} | {statistics.median(seconds):.2f} s "
        f"| {min(seconds):.2f}–{max(seconds):.2f} s |"
    )


if __name__ == "__main__":
    main()
