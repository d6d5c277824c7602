"""How long a reader waits for the page, in a real Chromium. Prints a Markdown table.

Run from the repository with an index built, on a machine that does nothing else:
python benchmarks/page.py [starts]
"""

from __future__ import annotations

import csv
import os
import platform
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, sync_playwright
from serving import serving

QUESTIONS = Path(__file__).parent.parent / "evaluation" / "heldout.tsv"
KINDS = ("definition", "compare")
N_QUESTIONS = 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DIALS = ("Level 2", "Level 3", "TL;DR", "Level 1", "Builder", "Investor", "Everyone")

# From the key or the click to the first moment after the browser has painted another answer: the
# task that follows the animation frame that follows the change.
CLOCK = """() => {
    let start = 0;
    let before = null;
    const link = () => document.querySelector("#gq-newest .gq-turn")?.dataset.link;
    window.painted = null;
    const begin = (event) => {
        if (event.type === "keydown" && event.key !== "Enter") return;
        start = performance.now();
        before = link();
        window.painted = null;
    };
    for (const type of ["keydown", "pointerdown"]) addEventListener(type, begin, true);
    new MutationObserver(() => {
        if (!link() || link() === before) return;
        requestAnimationFrame(() =>
            setTimeout(() => (window.painted ??= performance.now() - start)));
    }).observe(document.getElementById("gq-newest"), { childList: true, subtree: true });
}"""


def open_page(browser: Browser, address: str) -> tuple[Page, float, float]:
    """Open the chat and tell after how many milliseconds its question box stands there, and after
    how many it takes a question.
    """
    started = time.perf_counter()
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(address)
    page.get_by_label("Your question").wait_for()
    until_there = time.perf_counter() - started
    # What the browser keeps is first written when the page has opened.
    page.wait_for_function("localStorage.getItem('gecko-qa') !== null")
    until_usable = time.perf_counter() - started
    return page, until_there * 1000, until_usable * 1000


class Stopwatch:
    """Times what a reader does on a page: until the answer is painted, and the server's part."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(CLOCK)

    def ask(self, question: str) -> tuple[float, float]:
        box = self._page.get_by_label("Your question")
        box.fill(question)
        return self._time(lambda: box.press("Enter"))

    def turn(self, choice: str) -> tuple[float, float]:
        return self._time(self._page.get_by_label(choice, exact=True).click)

    def _time(self, act: Callable[[], None]) -> tuple[float, float]:
        with self._page.expect_event("requestfinished", _is_ours) as done:
            act()
        self._page.wait_for_function("window.painted !== null")
        painted: float = self._page.evaluate("window.painted")
        timing = done.value.timing
        return painted, timing["responseStart"] - timing["requestStart"]


def _is_ours(request: Request) -> bool:
    return request.url.split("?")[0].endswith("/predict")


def questions() -> list[str]:
    """Return questions that ask what something is or compare two, as many of the one kind as of
    the other, spread over the file.
    """
    with QUESTIONS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    chosen: list[str] = []
    for kind in KINDS:
        of_kind = [row["question"] for row in rows if row["kind"] == kind]
        per_kind = N_QUESTIONS // len(KINDS)
        step = max(len(of_kind) // per_kind, 1)
        chosen += of_kind[::step][:per_kind]
    return chosen


def row(what: str, milliseconds: list[float], aim: str) -> None:
    p95 = statistics.quantiles(milliseconds, n=20, method="inclusive")[18]
    print(
        f"| {what} | {len(milliseconds)} | {statistics.median(milliseconds):.0f} ms "
        f"| {p95:.0f} ms | {max(milliseconds):.0f} ms | {aim} |",
        flush=True,
    )


def main() -> None:
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    system = f"{platform.system()} {platform.machine()}"
    load = os.getloadavg()[0]
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        print(
            f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}, "
            f"Chromium {browser.version}, load {load:.1f} before\n"
        )
        print("| | n | median | p95 | longest | aim |\n| --- | --- | --- | --- | --- | --- |")
        opened = []
        for _ in range(max(starts - 1, 1)):
            with serving() as address:
                page, *times = open_page(browser, address)
                opened.append(times)
                # Left open, it would go on calling a server that is gone.
                page.context.close()
        with serving() as address:
            page, *times = open_page(browser, address)
            there, usable = zip(*opened, times, strict=True)
            row("server is up → page usable", list(usable), "≤ 1000 ms")
            row("of it until the question box stands there", list(there), "")
            watch = Stopwatch(page)
            asked = [watch.ask(question) for question in questions()]
            row("Enter → answer painted", [painted for painted, _ in asked], "p95 ≤ 350 ms")
            row("of it the server", [server for _, server in asked], "p95 ≤ 50 ms")
            watch.ask("What is RLHF?")
            turned = [watch.turn(choice) for choice in DIALS * 5]
            row("dial → answer painted", [painted for painted, _ in turned], "")
            row("of it the server", [server for _, server in turned], "≤ 100 ms")
        browser.close()


if __name__ == "__main__":
    main()
