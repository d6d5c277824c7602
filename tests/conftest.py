"""Fixtures: a small corpus with a fake encoder, and the real corpus with the real one."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
from builds import bench  # noqa: F401  (a fixture)
from commands import Cli
from factories import fake_index, three_explainers, write_corpus

from gecko_qa.index.build import ensure_index
from gecko_qa.index.load import Index
from gecko_qa.library import Library
from gecko_qa.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent


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
