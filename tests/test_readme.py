"""The README's commands, run as a stranger would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gecko_qa.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent


def commands() -> list[str]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line]


def test_every_gecko_qa_command_of_the_readme_works(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "corpus").symlink_to(settings.corpus)
    (tmp_path / "index").symlink_to(settings.index_folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = [line for line in commands() if not line.startswith("make ")]
    assert len(ran) == 19
    for line in ran:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
    answer = json.loads((tmp_path / "answers.jsonl").read_text(encoding="utf-8"))
    assert answer["concepts"] == ["hallucination"]


def test_the_readme_names_the_two_commands_and_make_has_them() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for line in commands():
        if line.startswith("make "):
            assert f"\n{line.removeprefix('make ')}:" in makefile
    assert {"make run", "make test"} <= set(commands())


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "benchmarks/README.md",
        *(f"docs/{page.name}" for page in sorted((REPOSITORY / "docs").glob("*.md"))),
    ],
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = REPOSITORY / page
    for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{page} links to {target}"


def test_the_readme_counts_the_explainers() -> None:
    n_explainers = len(list((REPOSITORY / "corpus").glob("*.md")))
    assert f"`corpus/` holds {n_explainers} of them" in (REPOSITORY / "README.md").read_text()
