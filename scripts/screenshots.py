"""Draw the README's screenshots: `python scripts/screenshots.py` from the project's folder.

Starts the server on a free port, asks, and writes docs/images/. Needs the development install and
a Chromium, as the tests do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path("docs/images")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]


def main() -> None:
    """Write both pictures."""
    command = [sys.executable, "-m", "gecko_qa", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        try:
            draw(address)
        finally:
            server.terminate()


def draw(address: str) -> None:
    """Draw the pages of the server at `address`."""
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/?q=LoRA+vs+QLoRA&level=2")
        page.wait_for_selector("#gq-newest .gq-turn")
        page.screenshot(path=IMAGES / "chat.png")
        page.goto(f"{address}/map")
        page.wait_for_selector("svg a")
        page.screenshot(path=IMAGES / "map.png")
        browser.close()


if __name__ == "__main__":
    main()
