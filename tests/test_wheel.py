"""The wheel: it carries the corpus, and runs from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gecko_qa.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel would install."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_wheel_carries_the_corpus_and_all_files_of_the_package(unpacked: Path) -> None:
    assert files_of(unpacked / "gecko_qa" / "data" / "corpus") == files_of(REPOSITORY / "corpus")
    source = files_of(REPOSITORY / "src" / "gecko_qa")
    source = {name: data for name, data in source.items() if "__pycache__" not in name}
    packed = files_of(unpacked / "gecko_qa")
    assert source.items() <= packed.items()
    assert "py.typed" in packed


def test_it_answers_from_any_folder_with_its_index_in_the_users_cache(
    unpacked: Path, settings: Settings, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: v for name, v in os.environ.items() if "GECKO_QA" not in name}
        environment |= {
            "PYTHONPATH": str(unpacked),
            "XDG_CACHE_HOME": str(cache),
            "XDG_DATA_HOME": str(tmp_path / "data"),
        }
        command = [sys.executable, "-m", "gecko_qa", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    missing = run("define", "RLHF")
    assert missing.returncode == 1
    index = cache / "gecko-qa" / "index"
    assert f"There is no index in {index}." in missing.stderr.replace("\n", " ")
    index.parent.mkdir(parents=True)
    # It is the same corpus, so the repository's index is what a build would give.
    index.symlink_to(settings.index_folder.resolve(), target_is_directory=True)
    defined = run("define", "RLHF")
    assert (defined.returncode, defined.stderr) == (0, "")
    assert defined.stdout.startswith("RLHF › TL;DR\n")
    assert not (tmp_path / "index").exists()
