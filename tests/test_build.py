"""Builds: only what has changed is encoded, and the old index stands until the new one does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from builds import N_KEYS, Bench, assert_same_index, rows
from factories import write_wordings

from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.errors import CorpusInvalid, IndexMissing, IndexStale
from gecko_qa.index.build import build_index, ensure_index
from gecko_qa.index.load import open_index
from gecko_qa.settings import Settings


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_first_build_exports_once_and_encodes_every_key(bench: Bench) -> None:
    built = bench.build()
    assert (built.n_encoded, built.n_reused, built.exported) == (N_KEYS, 0, True)
    assert (len(bench.encoded), bench.exported) == (N_KEYS, [str(bench.model)])
    assert (built.manifest.n_explainers, built.manifest.n_passages) == (3, 30)


def test_each_row_is_the_vector_of_its_own_key_and_a_question_is_a_query(bench: Bench) -> None:
    write_wordings(bench.corpus, "tree-frogs\tWho hugs wet leaves?\n", "Who boils eggs?\n")
    bench.build()
    index = open_index(bench.index, bench.corpus)
    assert len(index.keys) == N_KEYS + 2
    for key, row in zip(index.keys, rows(index), strict=True):
        text = f"? {key.text}" if key.kind in ("ask", "phrasing", "outside") else key.text
        encoded = index.encoder.encode_passages([text])[0]
        np.testing.assert_allclose(row, encoded, rtol=0, atol=1e-6)


def test_an_unchanged_corpus_encodes_nothing_and_gives_the_same_index(bench: Bench) -> None:
    first, before = bench.build(), files_of(bench.index)
    again = bench.build()
    assert (again.n_encoded, again.n_reused, again.exported) == (0, N_KEYS, False)
    assert bench.encoded == []
    assert again.manifest == first.manifest
    files = files_of(bench.index)
    assert files == before


def test_an_edit_encodes_the_changed_texts_alone_and_equals_a_full_build(bench: Bench) -> None:
    bench.build()
    bench.edit("tree-frogs", "soft toe pads", "very soft toe pads")
    bench.edit("tree-frogs", "Why do frogs climb wet leaves?", "How do frogs climb?")
    built = bench.build()
    assert bench.encoded == [
        "? How do frogs climb?",
        "Tree frogs: Mucus and very soft toe pads hold frogs to wet leaves.",
    ]
    assert (built.n_encoded, built.n_reused, built.exported) == (2, N_KEYS - 2, False)
    whole = bench.index.with_name("whole")
    assert bench.build(whole).n_encoded == N_KEYS
    assert_same_index(open_index(bench.index, bench.corpus), open_index(whole, bench.corpus))


def test_an_explainer_that_is_gone_leaves_the_index(bench: Bench) -> None:
    bench.build()
    (bench.corpus / "suction-cups.md").unlink()
    built = bench.build()
    assert (built.n_encoded, built.manifest.n_keys, built.manifest.n_passages) == (0, 28, 20)
    whole = bench.index.with_name("whole")
    bench.build(whole)
    index = open_index(bench.index, bench.corpus)
    assert_same_index(index, open_index(whole, bench.corpus))
    assert set(index.by_slug) == {"gecko-feet", "tree-frogs"}
    assert not [key for key in index.keys if key.concept == "suction-cups"]


def test_full_reuses_nothing_and_gives_the_same_index(bench: Bench) -> None:
    first = bench.build()
    full = bench.build(full=True)
    assert (full.n_encoded, full.exported) == (N_KEYS, True)
    assert full.manifest.hash == first.manifest.hash


def test_a_model_whose_files_have_changed_is_exported_again(bench: Bench) -> None:
    bench.build()
    (bench.model / "config.json").write_text('{"changed": true}')
    built = bench.build()
    assert (built.n_encoded, built.exported) == (N_KEYS, True)


@pytest.mark.parametrize(
    "name",
    [
        "vectors.faiss",
        "encoder.onnx",
        "encoder.weights",
        "wordings.json",
        "probes.npy",
        "manifest.json",
    ],
)
def test_nothing_of_a_damaged_index_is_reused(bench: Bench, name: str) -> None:
    first = bench.build()
    entry = first.manifest.files.get(name)
    path = bench.index / (entry.file if entry else name)
    path.write_bytes(path.read_bytes()[:-1])
    built = bench.build()
    assert (built.n_encoded, built.exported) == (N_KEYS, True)
    assert built.manifest.hash == first.manifest.hash
    open_index(bench.index, bench.corpus).read_all()


def test_an_index_of_an_older_format_is_built_anew(bench: Bench) -> None:
    first = bench.build()
    path = bench.index / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 1}))
    built = ensure_index(bench.settings)
    assert built is not None
    assert (built.n_encoded, built.exported) == (N_KEYS, True)
    assert built.manifest.hash == first.manifest.hash
    assert ensure_index(bench.settings) is None


def test_an_index_of_another_text_is_told(bench: Bench) -> None:
    bench.build()
    bench.edit("tree-frogs", "Mucus", "Slime")
    with pytest.raises(IndexStale, match=r"has changed since .*Run “gecko-qa index build”"):
        open_index(bench.index, bench.corpus)
    bench.build()
    passage = open_index(bench.index, bench.corpus).passages["tree-frogs#level-2"]
    assert passage.text.startswith("Slime")


def test_an_index_stands_alone_without_its_corpus(bench: Bench) -> None:
    bench.build()
    shutil.rmtree(bench.corpus)
    open_index(bench.index, bench.corpus).read_all()
    assert ensure_index(bench.settings) is None


def test_a_missing_index_is_told_with_what_to_run(bench: Bench) -> None:
    with pytest.raises(IndexMissing, match=r"no index in .*Run “gecko-qa index build”"):
        open_index(bench.index, bench.corpus)


def test_ensure_index_builds_only_where_it_has_to(bench: Bench) -> None:
    built = [ensure_index(bench.settings) for _ in range(2)]
    bench.edit("tree-frogs", "Mucus", "Slime")
    built += [ensure_index(bench.settings) for _ in range(2)]
    (bench.index / "tokenizer.json").write_bytes(b"{}")
    built += [ensure_index(bench.settings) for _ in range(2)]
    assert [b and b.n_encoded for b in built] == [N_KEYS, None, 1, None, N_KEYS, None]


def test_ensure_index_builds_for_the_model_that_the_settings_name(bench: Bench) -> None:
    bench.build()
    other = bench.model.with_name("other-model")
    shutil.copytree(bench.model, other)
    built = ensure_index(Settings(bench.corpus, bench.index, str(other)))
    assert built is not None
    assert built.manifest.encoder.model == str(other)


def test_a_corpus_with_faults_leaves_the_old_index(bench: Bench) -> None:
    bench.build()
    before = files_of(bench.index)
    bench.edit("tree-frogs", 'title: "Tree frogs"\n', "")
    with pytest.raises(CorpusInvalid, match=r"(?s)used: 1.*“title” is missing.*gecko-qa check"):
        ensure_index(bench.settings)
    assert files_of(bench.index) == before


def test_an_explainer_that_lacks_keys_and_sections_is_built_with_what_it_has(bench: Bench) -> None:
    text = "---\ntitle: Tree frogs\n---\n\n## Level 2\n\nMucus holds frogs.\n"
    (bench.corpus / "tree-frogs.md").write_text(text, encoding="utf-8")
    built = bench.build()
    assert (built.manifest.n_explainers, built.manifest.n_passages) == (3, 21)
    index = open_index(bench.index, bench.corpus)
    assert [key.text for key in index.keys if key.concept == "tree-frogs"] == [
        "Tree frogs",
        "Tree frogs: Mucus holds frogs.",
    ]
    assert index.by_slug["tree-frogs"].updated is None


def test_progress_tells_how_much_is_encoded(bench: Bench) -> None:
    told: list[tuple[str, int, int]] = []
    build_index(
        valid_corpus(bench.corpus),
        bench.index,
        str(bench.model),
        progress=lambda *what: told.append(what),
    )
    assert [t for t in told if t[0] == "Encoding texts"] == [
        ("Encoding texts", 32, 40),
        ("Encoding texts", 40, 40),
    ]
    assert told[-1] == ("Writing the index", 1, 1)
