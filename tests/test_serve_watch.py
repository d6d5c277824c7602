"""`gecko-qa serve --watch`, as a process of its own: what an author saves is what readers get."""

from __future__ import annotations

import ast
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any

import httpx
import pytest
from browsing import visit
from builds import Bench
from playwright.sync_api import Browser, expect

DEADLINE_SECONDS = 60
HEAVY = ("torch", "sentence_transformers", "transformers", "onnx")
PROGRAM = (
    "import sys\nfrom gecko_qa.main import main\n"
    "try:\n    main(sys.argv[1:])\nexcept (SystemExit, KeyboardInterrupt):\n    pass\n"
    f"print('loaded', [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
)


@dataclass
class Serving:
    """A server of its own, and what it has said."""

    process: subprocess.Popen[str]
    address: str
    said: list[str]
    listener: Thread

    def get(self, path: str) -> str:
        return httpx.get(self.address + path, timeout=30).text

    def news(self, slug: str = "") -> Any:
        return httpx.get(f"{self.address}/gecko/watch?slug={slug}", timeout=30).json()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        self.listener.join(timeout=30)


def until(holds: Callable[[], bool]) -> None:
    """Ask until it holds."""
    over = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < over, "It never came to hold."


@pytest.fixture
def serving(bench: Bench) -> Iterator[Serving]:
    bench.build()
    folders = ["--corpus", str(bench.corpus), "--index", str(bench.index)]
    command = [sys.executable, "-c", PROGRAM, "serve", "--watch", "--port", "0", *folders]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                break
        else:
            pytest.fail(f"The server did not start: {''.join(said)}")
        listener = Thread(target=lambda: said.extend(process.stderr or ()))
        listener.start()
        serving = Serving(process, found.group(), said, listener)
        yield serving
        if process.poll() is None:
            serving.stop()


def test_a_save_is_served_a_fault_is_told_and_a_mended_file_is_served(
    bench: Bench, serving: Serving
) -> None:
    page = "/explainers/tree-frogs"
    bench.edit("tree-frogs", "Mucus and soft", "Glue and soft")
    until(lambda: "Glue and soft" in serving.get(page))
    bench.edit("tree-frogs", "category: Testing", "categry: <b>Testing</b>")
    until(lambda: bool(serving.news()["fault"]))
    assert any("tree-frogs.md, line 3: Unknown key" in p for p in serving.news()["problems"])
    assert "Glue and soft" in serving.get(page)
    bench.edit("tree-frogs", "categry: <b>Testing</b>", "category: Trials")
    until(lambda: "Trials" in serving.get(page))
    until(lambda: serving.news()["fault"] == "")
    assert serving.news()["problems"] == []
    serving.stop()
    said = "".join(serving.said)
    assert re.search(r"tree-frogs\.md: served after [\d.]+ s, 1 texts encoded", said)
    assert "tree-frogs.md: not used, the last good version is served." in said
    assert "Traceback" not in said
    assert ast.literal_eval(said.split("loaded")[-1].strip()) == []


def test_open_pages_show_what_is_saved(bench: Bench, serving: Serving, browser: Browser) -> None:
    with visit(browser, serving.address) as chat:
        box = chat.get_by_label("Your question")
        box.fill("a question that nobody has asked yet")
        reading = chat.context.new_page()
        reading.goto(f"{serving.address}/explainers/tree-frogs")
        bench.edit("tree-frogs", "Mucus and soft", "Glue and soft")
        expect(reading.get_by_text("Glue and soft toe pads")).to_be_attached()
        banner = chat.locator("#gq-watch")
        expect(banner).to_contain_text("The corpus has changed: tree-frogs.")
        expect(box).to_have_value("a question that nobody has asked yet")
        bench.edit("tree-frogs", "category: Testing", "<img src=x>: Testing")
        for page in (chat, reading):
            told = page.locator("#gq-watch")
            expect(told).to_contain_text("The last save cannot be used.")
            expect(told).to_contain_text("tree-frogs.md, line 3")
            expect(told.locator("img")).to_have_count(0)
        expect(reading.get_by_text("Glue and soft toe pads")).to_be_attached()
        bench.edit("tree-frogs", "<img src=x>: Testing", "category: Testing")
        expect(reading.locator("#gq-watch")).to_be_hidden()
        expect(box).to_have_value("a question that nobody has asked yet")
