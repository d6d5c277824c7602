"""Write the lock files from pyproject.toml: `make lock`, with UPGRADE=1 for newer versions.

Each lock names every package with its version and the digests of its files:

- requirements-dev.lock: all that the project is developed with,
- requirements.lock: what building, serving and importing need,
- requirements-serve.lock: what a server needs whose index is built elsewhere.

torch stands in none of them: which of its builds is right, for a CPU or a GPU, only a machine
knows. scripts/setup.sh installs it last.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

DEV, ALL, SERVE = "requirements-dev.lock", "requirements.lock", "requirements-serve.lock"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    lock = project["tool"]["gecko-qa"]["lock"]
    # The project is installed without build isolation, by a build backend from the lock.
    backend = project["build-system"]["requires"]
    _compile(DEV, backend, lock["gpu-only"], "--all-extras", *upgrade)
    _compile(ALL, backend, lock["gpu-only"], "--constraints", DEV)
    _compile(SERVE, [], lock["gpu-only"] + lock["not-for-serving"], "--constraints", DEV)


def _compile(name: str, also: Sequence[str], without: Sequence[str], *options: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        excludes = Path(folder) / "excludes.txt"
        excludes.write_text("\n".join(without), encoding="utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-"),
                *("--quiet", "--output-file", name, "--python", sys.executable),
                # One version of each package for every Python and system: the one that is tested.
                *("--universal", "--python-version", "3.11", "--fork-strategy", "fewest"),
                # A wheel is unpacked; anything else would run code to install.
                *("--generate-hashes", "--only-binary", ":all:"),
                *("--no-emit-package", "torch", "--excludes", str(excludes)),
                *("--annotation-style", "line", "--custom-compile-command", "make lock"),
                *options,
            ],
            input="\n".join(also),
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"{name} was not written. uv says above why.")


if __name__ == "__main__":
    main()
