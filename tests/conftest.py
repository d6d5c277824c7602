"""Fixtures: a small corpus with a fake encoder, and the real corpus with the real one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from builds import bench  # noqa: F401  (a fixture)
from commands import Cli
from factories import fake_index, three_explainers, write_corpus

from gecko_qa.index.build import ensure_index
from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A folder with three explainers."""
    return write_corpus(tmp_path / "corpus", three_explainers())


@pytest.fixture
def small_index(small_corpus: Path, tmp_path: Path) -> Index:
    """The index of `small_corpus`, made with a fake encoder."""
    return fake_index(small_corpus, tmp_path / "index")


@pytest.fixture
def small_library(small_index: Index) -> Library:
    """The library of `small_index`."""
    return Library(small_index)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line."""
    return Cli(capsys)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The repository's corpus and its real index, built here if it is not current."""
    settings = Settings(corpus=REPOSITORY / "corpus")
    ensure_index(settings)
    return settings


@pytest.fixture(scope="session")
def n_explainers(settings: Settings) -> int:
    """How many explainers the repository's corpus has."""
    return len(list(settings.corpus.glob("*.md")))


@pytest.fixture(scope="session")
def library(settings: Settings) -> Library:
    """The library of the repository's corpus."""
    return Library.open(settings)


@pytest.fixture(scope="session")
def address(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, started as a reader starts it, on a free port."""
    command = [sys.executable, "-m", "gecko_qa", "serve", "--port", "0"]
    command += ["--corpus", str(settings.corpus)]
    command += ["--feedback", str(tmp_path_factory.mktemp("feedback") / "feedback.sqlite")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = ""
        for line in server.stderr:
            said += line
            found = re.search(r"http://\S+", line)
            if found:
                yield found.group()
                break
        else:
            pytest.fail(f"The server did not start: {said}")
        server.terminate()
        server.wait(timeout=20)


# Of a module and not of the session: while it is open, an event loop runs in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "There is no Chromium. Run “make test”, which installs one."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
