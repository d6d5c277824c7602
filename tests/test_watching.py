"""A watched corpus: each save gives the index that a full build gives, or tells what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builds import Bench
from factories import explainer_text, write_wordings

from gecko_qa.errors import CorpusInvalid
from gecko_qa.index.load import open_index
from gecko_qa.watching import PATIENCE, CorpusWatch, Update, Watch, begin_watch, state_of


@pytest.fixture
def watch(bench: Bench) -> Watch:
    return begin_watch(bench.settings)


def settled(watch: CorpusWatch) -> Update:
    """Return what comes of a change: one look to see it, and one to see that it is over."""
    assert watch.look() is None
    update = watch.look()
    assert update is not None
    return update


def add(bench: Bench) -> None:
    text = explainer_text("Sticky tape", asks=["What peels off?"], related=["gecko-feet"])
    (bench.corpus / "sticky-tape.md").write_text(text)


def remove(bench: Bench) -> None:
    (bench.corpus / "suction-cups.md").unlink()


def rename(bench: Bench) -> None:
    (bench.corpus / "suction-cups.md").rename(bench.corpus / "rubber-cups.md")


def edit(bench: Bench) -> None:
    bench.edit("tree-frogs", "soft toe pads", "very soft toe pads")


def by_another_file(bench: Bench) -> None:
    """Save as careful editors do: write beside, then rename."""
    path = bench.corpus / "tree-frogs.md"
    beside = bench.corpus / ".tree-frogs.md.swp"
    beside.write_text(path.read_text().replace("Mucus", "Slime"))
    beside.rename(path)


def word(bench: Bench) -> None:
    write_wordings(bench.corpus, "tree-frogs\tWho hugs wet leaves?\n", "Who boils eggs?\n")


def lay_out(bench: Bench) -> None:
    levels = '["TL;DR", "Level 1", {name = "Level 2", id = "deeper"}, "Level 3"]'
    (bench.corpus / "corpus.toml").write_text(
        f'levels = {levels}\ndefault_level = "level-1"\naudiences = ["Builder"]\n'
    )


@pytest.mark.parametrize("save", [add, remove, rename, edit, by_another_file, word, lay_out])
def test_a_save_gives_the_index_of_a_full_build(
    bench: Bench, watch: Watch, save: Callable[[Bench], None]
) -> None:
    save(bench)
    update = settled(watch.corpus)
    assert (update.fault, update.problems) == ("", ())
    assert update.library is not None
    whole = bench.build(bench.index.with_name("whole"), full=True).manifest
    built = update.library.index.manifest
    assert built.hash == whole.hash
    assert {n: e.sha256 for n, e in built.files.items()} == {
        n: e.sha256 for n, e in whole.files.items()
    }
    opened = open_index(bench.index, bench.corpus)
    assert opened.manifest == built
    opened.read_all()


def test_saves_one_after_another_keep_to_the_full_build(
    bench: Bench, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each goes on from what the one before holds in memory.
    monkeypatch.delattr("gecko_qa.watching.build_index")
    libraries = []
    for save in (edit, word, add, remove):
        save(bench)
        update = settled(watch.corpus)
        assert update.library is not None
        libraries.append(update.library)
    whole = bench.build(bench.index.with_name("whole"), full=True).manifest
    assert libraries[-1].hash == whole.hash
    assert len({library.hash for library in libraries}) == 4
    assert {id(library.index.encoder) for library in libraries} == {id(watch.library.index.encoder)}


def test_only_what_was_saved_is_encoded_and_nothing_exported(bench: Bench, watch: Watch) -> None:
    bench.encoded.clear()
    bench.exported.clear()
    edit(bench)
    update = settled(watch.corpus)
    assert (update.changed, update.n_encoded) == (("tree-frogs.md",), 1)
    text = "Tree frogs: Mucus and very soft toe pads hold frogs to wet leaves."
    assert (bench.encoded, bench.exported) == ([text], [])


def test_what_is_no_part_of_the_corpus_is_not_seen(bench: Bench, watch: Watch) -> None:
    for name in ("README.md", "_notes.md", ".tree-frogs.md.swp", "tree-frogs.md~", "4913"):
        (bench.corpus / name).write_text("x")
    assert [watch.corpus.look() for _ in range(3)] == [None] * 3


def test_a_file_that_is_still_being_written_is_waited_for(bench: Bench, watch: Watch) -> None:
    path = bench.corpus / "tree-frogs.md"
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    assert watch.corpus.look() is None
    path.write_text(text.replace("Mucus", "Slime"))
    update = settled(watch.corpus)
    assert update.library is not None
    assert watch.corpus.look() is None


def test_a_folder_that_never_rests_is_taken_as_it_is(bench: Bench, watch: Watch) -> None:
    path = bench.corpus / "tree-frogs.md"
    updates = []
    for n in range(PATIENCE):
        path.write_text(path.read_text().replace("Mucus", f"Mucus {n}"))
        updates.append(watch.corpus.look())
    assert [update is None for update in updates] == [True] * (PATIENCE - 1) + [False]


def test_a_fault_is_told_with_its_place_and_is_gone_when_it_is_mended(
    bench: Bench, watch: Watch
) -> None:
    before = (bench.index / "manifest.json").read_bytes()
    bench.edit("tree-frogs", "category: Testing", "categry: Testing")
    update = settled(watch.corpus)
    assert update.library is None
    [problem] = [p for p in update.problems if "categry" in p.message]
    assert (problem.path.name, problem.line) == ("tree-frogs.md", 3)
    assert (bench.index / "manifest.json").read_bytes() == before
    bench.edit("tree-frogs", "categry: Testing", "category: Trials")
    mended = settled(watch.corpus)
    assert mended.fault == ""
    assert mended.library is not None
    assert mended.library.explainer("tree-frogs").category == "Trials"


def test_a_corpus_toml_that_cannot_be_read_is_a_fault(bench: Bench, watch: Watch) -> None:
    (bench.corpus / "corpus.toml").write_text("levels = [\n")
    update = settled(watch.corpus)
    assert update.library is None
    assert "corpus.toml cannot be used" in update.fault


def test_a_folder_that_is_gone_is_a_fault_and_may_come_back(bench: Bench, watch: Watch) -> None:
    away = bench.corpus.with_name("away")
    bench.corpus.rename(away)
    update = settled(watch.corpus)
    assert "There is no corpus folder" in update.fault
    away.rename(bench.corpus)
    assert settled(watch.corpus).library is not None


def test_a_build_by_somebody_else_is_built_on(bench: Bench, watch: Watch) -> None:
    edit(bench)
    theirs = bench.build()
    update = settled(watch.corpus)
    assert update.library is not None
    assert update.library.hash == theirs.manifest.hash


def test_a_failure_of_ours_is_told_and_does_not_end_the_watch(
    bench: Bench, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no luck")

    with monkeypatch.context() as patch:
        patch.setattr("gecko_qa.watching.rebuild_index", fail)
        edit(bench)
        assert "RuntimeError: no luck" in settled(watch.corpus).fault
    bench.edit("tree-frogs", "Mucus", "Slime")
    assert settled(watch.corpus).fault == ""


def test_the_style_of_the_saved_file_alone_is_told(bench: Bench, watch: Watch) -> None:
    edit(bench)
    update = settled(watch.corpus)
    assert {problem.path.name for problem in update.style()} == {"tree-frogs.md"}


def test_a_watch_begins_with_the_last_good_version_of_a_corpus_with_faults(bench: Bench) -> None:
    bench.build()
    bench.edit("tree-frogs", "category: Testing", "categry: Testing")
    watch = begin_watch(bench.settings)
    assert watch.fault is not None
    assert {problem.path.name for problem in watch.fault.problems} == {"tree-frogs.md"}
    assert watch.library.explainer("tree-frogs").category == "Testing"
    assert watch.corpus.look() is None
    bench.edit("tree-frogs", "categry: Testing", "category: Trials")
    assert settled(watch.corpus).library is not None


def test_a_corpus_with_faults_and_no_index_is_refused(bench: Bench) -> None:
    bench.edit("tree-frogs", "category: Testing", "categry: Testing")
    with pytest.raises(CorpusInvalid, match="categry"):
        begin_watch(bench.settings)


def test_the_state_of_no_folder_is_empty(tmp_path: Path) -> None:
    assert state_of(tmp_path / "none") == {}
