"""A build killed at any moment: the old index stands, or the new one does."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from builds import N_KEYS, Bench, assert_same_index, tiny_export
from factories import write_wordings

from gecko_qa.answer.answer import Answer
from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.errors import IndexMissing
from gecko_qa.index import build
from gecko_qa.index.build import build_index
from gecko_qa.index.load import Index, open_index
from gecko_qa.library import Library


def _build_until(file: str, moment: str, corpus: Path, index: Path, model: Path) -> None:
    """Build, and be killed when the first `file` is `moment` ("before", "after") its writing."""
    build._export = tiny_export
    put = Path.replace

    def deadly(part: Path, target: Path) -> Path:
        here = Path(target).name.startswith(file)
        if here and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = put(part, target)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    Path.replace = deadly  # type: ignore[method-assign, assignment]
    build_index(valid_corpus(corpus), index, str(model))


def answer_of(index: Index) -> Answer:
    return replace(Library(index).ask("Why do frogs climb wet leaves?"), seconds=0.0)


def kill_a_build(bench: Bench, file: str, moment: str) -> None:
    work = (file, moment, bench.corpus, bench.index, bench.model)
    child = multiprocessing.get_context("spawn").Process(target=_build_until, args=work)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("file", "moment"),
    [
        ("explainers", "before"),
        ("vectors", "after"),
        ("vocabulary", "after"),
        ("lexical-vocabulary", "before"),
        ("lexical-concepts", "before"),
        ("manifest-previous.json", "after"),
        ("manifest.json", "before"),
    ],
)
def test_a_killed_build_leaves_the_old_index_answering(
    bench: Bench, file: str, moment: str
) -> None:
    old = bench.build()
    answer = answer_of(open_index(bench.index, bench.corpus))
    bench.edit("tree-frogs", "Mucus", "Slime")
    kill_a_build(bench, file, moment)

    index = open_index(bench.index, None)
    index.read_all()
    assert index.manifest.hash == old.manifest.hash
    assert answer_of(index) == answer

    assert bench.build().n_encoded == 1
    whole = bench.index.with_name("whole")
    bench.build(whole)
    assert_same_index(open_index(bench.index, bench.corpus), open_index(whole, bench.corpus))
    assert not list(bench.index.glob(".*.part"))


@pytest.mark.parametrize(("file", "moment"), [("wordings", "after"), ("probes", "before")])
def test_a_build_for_new_wordings_that_is_killed_leaves_the_old_ones(
    bench: Bench, file: str, moment: str
) -> None:
    write_wordings(bench.corpus, "tree-frogs\tWho hugs wet leaves?\n", "Who boils eggs?\n")
    old = bench.build()
    write_wordings(bench.corpus, "tree-frogs\tWho hugs dry leaves?\n", "Who boils eggs?\n")
    kill_a_build(bench, file, moment)

    index = open_index(bench.index, None)
    index.read_all()
    assert index.manifest.hash == old.manifest.hash
    assert index.wordings.phrasings == {"tree-frogs": ("Who hugs wet leaves?",)}
    assert bench.build().n_encoded == 1


def test_a_build_killed_after_its_manifest_has_made_the_new_index(bench: Bench) -> None:
    old = bench.build()
    bench.edit("tree-frogs", "Mucus", "Slime")
    kill_a_build(bench, "manifest.json", "after")
    index = open_index(bench.index, bench.corpus)
    index.read_all()
    assert index.manifest.hash != old.manifest.hash
    assert index.passages["tree-frogs#level-2"].text.startswith("Slime")


def test_a_first_build_that_is_killed_leaves_no_index(bench: Bench) -> None:
    kill_a_build(bench, "manifest.json", "before")
    with pytest.raises(IndexMissing):
        open_index(bench.index, bench.corpus)
    assert bench.build().n_encoded == N_KEYS


def test_readers_of_the_index_before_can_still_read_it(bench: Bench) -> None:
    bench.build()
    early = open_index(bench.index, bench.corpus)
    bench.edit("tree-frogs", "Mucus", "Slime")
    bench.build()
    early.read_all()
    assert early.passages["tree-frogs#level-2"].text.startswith("Mucus")
