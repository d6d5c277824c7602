"""Which of Gradio's files the chat's page loads, read out of the files themselves.

Gradio's page finds out file by file what to load next; named in the page, all of it comes at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_ENTRY = re.compile(r"<script type=\"module\"[^>]*/([\w.-]+\.js)\"")
# What the bundler writes: the files that a module may come to need, and behind each import at run
# time the places, in that list, of those that this one needs.
_FILES = re.compile(r"__vite__mapDeps=[^\[]*\[([^\]]*)\]")
_IMPORT = r"import\(`\./([\w.-]+)`\)[^`\[]{0,80}\[([\d,]*)\]"
_BLOCKS = r"(?=import\(`\./Blocks-)"


def preloads(frontend: Path, kinds: Iterable[str]) -> list[str]:
    """Return the names of Gradio's assets, below `frontend`, that a page of components of `kinds`
    loads and does not name itself.

    What cannot be made out is left out: the page then finds it as it would have anyway.
    """
    assets = frontend / "assets"
    page = _text(frontend / "index.html")
    entry = _ENTRY.search(page)
    if entry is None:
        return []
    first = list(dict.fromkeys(_imported(assets / entry.group(1))))
    wanted = "|".join([_BLOCKS, *map(_component, kinds)])
    later = [name for module in first for name in _imported(assets / module, wanted)]
    names = dict.fromkeys([*first, *later])
    return [name for name in names if name not in page and (assets / name).is_file()]


def _component(kind: str) -> str:
    return rf"\b{re.escape(kind)}:\{{[^{{}}]*?component:[^`]{{0,40}}"


def _imported(module: Path, before: str = "") -> list[str]:
    """Return what `module` imports at run time, where `before` stands before the import, and
    what that needs in turn.
    """
    text = _text(module)
    listed = _FILES.search(text)
    files = re.findall(r"\"\./([^\"]+)\"", listed.group(1)) if listed else []
    names: list[str] = []
    for found in re.finditer(f"(?:{before}){_IMPORT}", text):
        places = [int(place) for place in found.group(2).split(",") if place]
        names += [found.group(1), *(files[place] for place in places if place < len(files))]
    return names


def _text(file: Path) -> str:
    readable = file.suffix in {".js", ".html"} and file.is_file()
    return file.read_text(encoding="utf-8") if readable else ""
