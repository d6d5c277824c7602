"""The import rules: one way down, edges apart, heavy things late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from gecko_qa.settings import Settings

SOURCE = Path(__file__).resolve().parent.parent / "src" / "gecko_qa"

# From the bottom up: a module imports from its own layer and those before it, never after.
LAYERS = (
    (
        "errors",
        "words",
        "names",
        "spelling",
        "suggestions",
        "hashing",
        "payload",
        "files",
        "limits",
        "layout",
    ),
    ("settings", "configuration"),
    ("gate",),
    ("corpus",),
    ("concept_map",),
    ("importing",),
    ("passages",),
    ("encoder",),
    ("index",),
    ("similarity",),
    ("inspection",),
    ("retrieval",),
    ("answer",),
    ("book",),
    ("library",),
    (
        "asking",
        "showing",
        "listing",
        "batch",
        "evaluation",
        "feedback",
        "watching",
        "renewing",
        "previewing",
    ),
    ("html",),
    ("publishing",),
    ("edges",),
    ("parts",),
    ("main", "__main__"),
)
OUTER = {"edges", "gate", "parts", "main", "__main__"}
HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "gradio",
    "fastapi",
    "onnx",
    "scipy",
    "mcp",
)
LATE = (
    *HEAVY,
    "numpy",
    "faiss",
    "bm25s",
    "onnxruntime",
    "tokenizers",
    "rich.console",
    "rapidfuzz",
    "trafilatura",
    "lxml",
    "markdown_it",
    "spellchecker",
)


def modules() -> list[Path]:
    found = sorted(SOURCE.rglob("*.py"))
    assert len(found) > 60
    return found


def place(name: str) -> tuple[int, str]:
    part = name.removeprefix("gecko_qa.").split(".")[0]
    return next((n, part) for n, layer in enumerate(LAYERS) if part in layer)


def imports(path: Path) -> list[str]:
    """Names of what the module imports when it runs, at its top or later, types apart."""
    names: list[str] = []
    for node in ast.walk(_without_type_checking(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.append(node.module or "")
    return names


def _without_type_checking(tree: ast.Module) -> ast.Module:
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return tree


def ours(path: Path) -> list[str]:
    return [name for name in imports(path) if name.startswith("gecko_qa.")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_one_way(path: Path) -> None:
    relative = path.relative_to(SOURCE).with_suffix("")
    if relative.name == "__init__" and len(relative.parts) == 1:
        # It stands below all: what it names of theirs it imports when it is asked for.
        assert ours(path) == []
        return
    here, _ = place(".".join(relative.parts))
    for name in ours(path):
        there, _ = place(name)
        assert there <= here, f"{relative} imports {name}, which lies above it"


def test_no_layer_is_forgotten() -> None:
    parts = {p.relative_to(SOURCE).parts[0].removesuffix(".py") for p in modules()}
    assert parts - {"__init__"} == {name for layer in LAYERS for name in layer}


def test_edges_never_import_each_other() -> None:
    for edge in ("api", "cli", "mcp", "web"):
        for path in sorted((SOURCE / "edges" / edge).rglob("*.py")):
            others = [n for n in ours(path) if n.startswith("gecko_qa.edges.")]
            assert all(n.startswith(f"gecko_qa.edges.{edge}") for n in others), (path, others)


def test_the_core_knows_no_library_of_the_edges_and_the_gate() -> None:
    for path in modules():
        if not OUTER & {*path.parts, path.stem}:
            top = {name.split(".")[0] for name in imports(path)}
            assert not top & {
                "gradio",
                "fastapi",
                "mcp",
                "mcp_types",
                "starlette",
                "prometheus_client",
                "typer",
                "rich",
                "uvicorn",
            }, path
            assert "jinja2" not in top or "html" in path.parts, path


def test_importing_the_package_imports_nothing_of_it() -> None:
    program = "import sys\nimport gecko_qa\nprint([name for name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = ast.literal_eval(done.stdout)
    assert [name for name in loaded if name.startswith("gecko_qa")] == ["gecko_qa"]
    assert not set(LATE).intersection(loaded)


def loaded_by(arguments: list[str]) -> set[str]:
    """Run the command line in a fresh Python and return which of `LATE` it imported."""
    program = (
        "import sys\n"
        "from gecko_qa.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print([name for name in {LATE!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ast.literal_eval(done.stderr.strip().splitlines()[-1]))


def test_asking_imports_nothing_that_builds_or_shows_pages(settings: Settings) -> None:
    loaded = loaded_by(["ask", "What is RLHF?", "--corpus", str(settings.corpus), "--json"])
    # bm25s brings scipy; nothing else heavy may come.
    assert loaded & {*HEAVY} <= {"scipy"}
    assert {"onnxruntime", "tokenizers", "faiss"} <= loaded


def test_defining_imports_no_encoder(settings: Settings) -> None:
    loaded = loaded_by(["define", "RLHF", "--corpus", str(settings.corpus), "--json"])
    assert loaded & set(LATE) <= {"rich.console"}


def test_building_an_unchanged_index_imports_no_torch(settings: Settings) -> None:
    loaded = loaded_by(["index", "build", "--corpus", str(settings.corpus)])
    assert not loaded & {"torch", "sentence_transformers", "gradio"}


def test_exporting_needs_no_encoder_and_no_index(settings: Settings, tmp_path: Path) -> None:
    at = ["--corpus", str(settings.corpus)]
    loaded = loaded_by(["export", "site", str(tmp_path / "site"), *at])
    assert loaded & set(LATE) <= {"numpy", "rich.console"}
    loaded = loaded_by(["export", "json", str(tmp_path / "corpus.json"), *at])
    assert loaded & set(LATE) <= {"rich.console"}
