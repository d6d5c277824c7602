"""`gecko-qa serve --watch`, as a process of its own: what an author saves is what readers get."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import visit
from builds import Bench
from playwright.sync_api import Browser, expect
from serving import Served, serve, until

HEAVY = ("torch", "sentence_transformers", "transformers", "onnx")
PROGRAM = (
    "import sys\nfrom gecko_qa.main import main\n"
    "try:\n    main(sys.argv[1:])\nexcept (SystemExit, KeyboardInterrupt):\n    pass\n"
    f"print('loaded', [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
)


@pytest.fixture
def serving(bench: Bench) -> Iterator[Served]:
    bench.build()
    with serve("--watch", *bench.folders, program=["-c", PROGRAM]) as served:
        yield served


def news(serving: Served, slug: str = "") -> Any:
    return serving.get(f"/gecko/watch?slug={slug}").json()


def test_a_save_is_served_a_fault_is_told_and_a_mended_file_is_served(
    bench: Bench, serving: Served
) -> None:
    page = "/explainers/tree-frogs"
    bench.edit("tree-frogs", "Mucus and soft", "Glue and soft")
    until(lambda: "Glue and soft" in serving.get(page).text)
    bench.edit("tree-frogs", "category: Testing", "categry: <b>Testing</b>")
    until(lambda: bool(news(serving)["fault"]))
    assert any("tree-frogs.md, line 3: Unknown key" in p for p in news(serving)["problems"])
    assert "Glue and soft" in serving.get(page).text
    bench.edit("tree-frogs", "categry: <b>Testing</b>", "category: Trials")
    until(lambda: "Trials" in serving.get(page).text)
    until(lambda: news(serving)["fault"] == "")
    assert news(serving)["problems"] == []
    serving.stop()
    said = serving.said
    assert re.search(r"tree-frogs\.md: served after [\d.]+ s, 1 texts encoded", said)
    assert "tree-frogs.md: not used, the last good version is served." in said
    assert "Traceback" not in said
    assert ast.literal_eval(said.split("loaded")[-1].strip()) == []


def test_open_pages_show_what_is_saved(bench: Bench, serving: Served, browser: Browser) -> None:
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
