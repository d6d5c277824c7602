"""What breaks under an index: each file in each way, full disks, folders that nobody may write,
builds at once, clocks that jump. It is told, nothing broken is served, and what stood stands.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from inspect import signature as signature_of
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from builds import tiny_export
from factories import explainer_text, three_explainers, write_corpus, write_wordings
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from gecko_qa.corpus.folder import valid_corpus
from gecko_qa.errors import EncoderFailed, IndexStale, IndexUnusable
from gecko_qa.feedback.feedback import Feedback
from gecko_qa.feedback.report import report_on
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.hashing import canonical_json, digest
from gecko_qa.index import build
from gecko_qa.index.build import build_index, ensure_index
from gecko_qa.index.folder import read_manifest
from gecko_qa.index.load import Index, is_current, open_index
from gecko_qa.index.manifest import MANIFEST, parse_manifest
from gecko_qa.library import Library
from gecko_qa.limits import Limit
from gecko_qa.main import main
from gecko_qa.settings import Settings
from gecko_qa.watching import CorpusWatch, Update, begin_watch

QUESTION = "Why do frogs climb wet leaves?"
TOLD = "gecko-qa index build"
NOBODY = 65534
SURROGATES_TOO = st.characters(exclude_categories=())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(SURROGATES_TOO),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(SURROGATES_TOO), inner),
    max_leaves=8,
)
SPAWN = multiprocessing.get_context("spawn")


def signature(raw: dict[str, Any]) -> str:
    """Return the digest that a manifest with the content `raw` has to have."""
    with suppress(UnicodeError):
        return digest(canonical_json({k: v for k, v in raw.items() if k != "sha256"}))
    return ""


def other_export(model: str) -> build._EncoderFiles:
    """Return an encoder that gives the same vectors, of which every file is another."""
    from onnx import ModelProto

    files = tiny_export(model)
    graph = ModelProto.FromString(files.graph)
    graph.doc_string = "Another."
    return replace(
        files, graph=graph.SerializeToString(), tokenizer_json=files.tokenizer_json + b"\n"
    )


@dataclass(frozen=True)
class Built:
    """A corpus, its index, and the index of another one, of which every file is another."""

    corpus: Path
    index: Path
    other: Path
    model: Path

    @property
    def settings(self) -> Settings:
        return Settings(self.corpus, self.index, str(self.model))

    def copy(self, to: Path) -> Path:
        return Path(shutil.copytree(self.index, to))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The two indexes, made with a true encoder that is small."""
    folder = tmp_path_factory.mktemp("built")
    here = Built(*(folder / name for name in ("corpus", "index", "other", "model")))
    here.model.mkdir()
    (here.model / "config.json").write_text("{}")
    write_corpus(here.corpus, three_explainers())
    write_wordings(here.corpus, "tree-frogs\tWho hugs wet leaves?\n", "Who boils eggs?\n")
    others = write_corpus(
        folder / "others", {**three_explainers(), "sticky-tape": explainer_text("Sticky tape")}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "_export", other_export)
        build_index(valid_corpus(others), here.other, str(here.model))
        patch.setattr(build, "_export", tiny_export)
        build_index(valid_corpus(here.corpus), here.index, str(here.model))
        yield here


def answer_of(index: Path) -> str:
    """Return the answer that a new library of the folder `index` gives, as JSON."""
    answer = Library(open_index(index, None)).ask(QUESTION)
    return json.dumps(replace(answer, seconds=0.0).to_json())


def empty(path: Path, other: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def flip(place: Callable[[int], int]) -> Callable[[Path, Path], None]:
    def flip_a_bit(path: Path, other: Path) -> None:
        data = bytearray(path.read_bytes())
        data[place(len(data))] ^= 1
        path.write_bytes(bytes(data))

    return flip_a_bit


def swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def lose(path: Path, other: Path) -> None:
    path.unlink()


def put_a_folder(path: Path, other: Path) -> None:
    path.unlink()
    path.mkdir()


def link_elsewhere(path: Path, other: Path) -> None:
    path.unlink()
    path.symlink_to(other)


def link_nowhere(path: Path, other: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def link_endlessly(path: Path, other: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def put_a_pipe(path: Path, other: Path) -> None:
    path.unlink()
    os.mkfifo(path)


HARMS = {
    "empty": empty,
    "truncated": truncate,
    "lengthened": lengthen,
    "first bit flipped": flip(lambda n: 0),
    "middle bit flipped": flip(lambda n: n // 2),
    "last bit flipped": flip(lambda n: n - 1),
    "of another build": swap,
    "missing": lose,
    "a folder": put_a_folder,
    "a link to another build": link_elsewhere,
    "a link to nowhere": link_nowhere,
    "a link to a device": link_endlessly,
    "a pipe": put_a_pipe,
}


class TestAFileOfTheIndex:
    @pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
    def test_that_is_not_what_was_built_is_told_and_never_served(
        self, built: Built, tmp_path: Path, harm: Callable[[Path, Path], None]
    ) -> None:
        whole = answer_of(built.index)
        mine, others = (read_manifest(folder).files for folder in (built.index, built.other))
        assert mine.keys() == others.keys()
        same = {name for name in mine if mine[name].sha256 == others[name].sha256}
        assert same <= {"encoder.weights"}
        for n, name in enumerate(mine.keys() - same):
            folder = built.copy(tmp_path / str(n))
            harm(folder / mine[name].file, built.other / others[name].file)
            with pytest.raises(IndexUnusable, match=TOLD) as told:
                open_index(folder, built.corpus).read_all()
            assert mine[name].file in str(told.value)
            assert not is_current(folder, built.corpus)
            # What is not read for it does not matter to an answer.
            try:
                assert answer_of(folder) == whole
            except IndexUnusable as error:
                assert TOLD in str(error)

    @pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
    def test_is_made_anew_by_the_next_build(
        self, built: Built, tmp_path: Path, harm: Callable[[Path, Path], None]
    ) -> None:
        for name in ("vectors.faiss", "encoder.onnx"):
            folder = built.copy(tmp_path / name)
            harm(folder / name, built.other / name)
            elsewhere = {path: path.read_bytes() for path in built.other.iterdir()}
            assert ensure_index(replace(built.settings, index=folder)) is not None
            index = open_index(folder, built.corpus)
            index.read_all()
            assert index.manifest.hash == read_manifest(built.index).hash
            assert {path: path.read_bytes() for path in built.other.iterdir()} == elsewhere

    def test_may_lie_in_a_folder_that_is_a_link(self, built: Built, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(built.index)
        open_index(tmp_path / "link", built.corpus).read_all()
        assert answer_of(tmp_path / "link") == answer_of(built.index)

    def test_is_not_missed_once_a_library_is_warm(self, built: Built, tmp_path: Path) -> None:
        folder = built.copy(tmp_path / "index")
        library = Library(open_index(folder, built.corpus))
        library.warm_up()
        for path in folder.iterdir():
            path.unlink()
        answer = replace(library.ask(QUESTION), seconds=0.0)
        assert json.dumps(answer.to_json()) == answer_of(built.index)


class TestTheManifest:
    @pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
    def test_that_is_not_what_was_built_is_told(
        self, built: Built, tmp_path: Path, harm: Callable[[Path, Path], None]
    ) -> None:
        folder = built.copy(tmp_path / "index")
        harm(folder / MANIFEST, built.other / MANIFEST)
        with pytest.raises(IndexUnusable, match=TOLD):
            open_index(folder, built.corpus)
        with pytest.raises(IndexUnusable, match=TOLD):
            open_index(folder, None).read_all()

    @how(max_examples=150, deadline=None)
    @example(b'{"format": 4, "corpus": "\\ud800"}')
    @example(b'{"format": 4, "files": {"a": []}}')
    @given(data=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
    def test_of_any_bytes_is_told(self, data: bytes) -> None:
        with pytest.raises(IndexUnusable, match=TOLD):
            parse_manifest(data)

    @how(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_that_somebody_changed_and_signed_is_told_or_changes_nothing(
        self, built: Built, data: st.DataObject
    ) -> None:
        raw = json.loads((built.index / MANIFEST).read_bytes())
        place: Any = raw
        while isinstance(place, dict) and place:
            within, key = place, data.draw(st.sampled_from(sorted(place)))
            place = place[key]
            if data.draw(st.booleans()):
                break
        within[key] = data.draw(JSON)
        raw["sha256"] = signature(raw)
        try:
            index = Index(built.index, parse_manifest(json.dumps(raw).encode()))
            index.read_all()
        except IndexUnusable as error:
            assert TOLD in str(error)
        except EncoderFailed as error:
            assert TOLD in str(error)


class TestAServingLibrary:
    @pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
    @pytest.mark.parametrize("name", [MANIFEST, "vectors.faiss"])
    def test_stays_as_it_was_while_its_folder_is_broken_and_follows_once_it_is_mended(
        self, built: Built, tmp_path: Path, harm: Callable[[Path, Path], None], name: str
    ) -> None:
        corpus = Path(shutil.copytree(built.corpus, tmp_path / "corpus"))
        folder = built.copy(tmp_path / "index")
        settings = replace(built.settings, corpus=corpus, index=folder)
        watch = begin_watch(settings)
        watch.library.warm_up()
        whole = answer_of(folder)
        broken = built.copy(tmp_path / "broken")
        harm(broken / name, built.other / name)
        # In its place, as a copy that goes wrong puts it: servers map files, and to cut off one
        # that is mapped is to take their memory away.
        (folder / name).unlink()
        with suppress(FileNotFoundError):
            (broken / name).rename(folder / name)
        save(corpus, "Mucus", "Slime")
        update = settled(watch.corpus)
        if update.library is None:
            assert TOLD in update.fault or "cannot be written" in update.fault
            assert "that should not" not in update.fault
        else:
            assert "Slime" in json.dumps(update.library.ask(QUESTION, "2").to_json())
        kept = replace(watch.library.ask(QUESTION), seconds=0.0)
        assert json.dumps(kept.to_json()) == whole
        shutil.rmtree(folder)
        ensure_index(settings)
        save(corpus, "Slime", "Glue")
        mended = settled(watch.corpus).library
        assert mended is not None
        assert "Glue" in json.dumps(mended.ask(QUESTION, "2").to_json())


def save(corpus: Path, old: str, new: str) -> None:
    path = corpus / "tree-frogs.md"
    path.write_text(path.read_text().replace(old, new))


def settled(watch: CorpusWatch) -> Update:
    """Return what comes of a change: one look to see it, and one to see that it is over."""
    assert watch.look() is None
    update = watch.look()
    assert update is not None
    return update


class Ran(NamedTuple):
    """What a command of another process came to."""

    code: int
    err: str


def run_here(arguments: Sequence[str]) -> Ran:
    """Run the command line in this process, which is nobody else's."""
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        try:
            main(arguments)
        except SystemExit as end:
            return Ran(int(end.code or 0), said.getvalue())
    raise AssertionError("The command line did not exit.")


def in_little_room(commands: Sequence[Sequence[str]], rooms: Sequence[int], told: Any) -> None:
    """Run each of `commands` while no file may have more bytes than each of `rooms`, then freely.

    That is how a full disk looks: the system takes some bytes and refuses the rest.
    """
    build._export = tiny_export
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    for command in commands:
        for room in (*rooms, resource.RLIM_INFINITY):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
            told.send(run_here(command))


def as_nobody(work: Callable[..., Any], told: Any, *arguments: Any) -> None:
    """Run `work` with no right to write anywhere, and tell what it returned."""
    build._export = tiny_export
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    told.send(work(*arguments))


def in_a_process(work: Callable[..., None], *arguments: Any, n: int = 1) -> list[Any]:
    """Return the `n` things that `work(…, told)`, run in a fresh Python, tells."""
    hearing, telling = SPAWN.Pipe(duplex=False)
    child = SPAWN.Process(target=work, args=(*arguments, telling))
    child.start()
    telling.close()
    try:
        return [hearing.recv() for _ in range(n)]
    finally:
        child.join(60)
        assert child.exitcode == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of `folder` but locks, by its name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


ROOMS = (0, 300, 3000, 30_000)


class TestAFullDisk:
    def test_keeps_a_build_from_harming_the_index_that_stands(
        self, built: Built, tmp_path: Path
    ) -> None:
        corpus = Path(shutil.copytree(built.corpus, tmp_path / "corpus"))
        folder = built.copy(tmp_path / "index")
        save(corpus, "Mucus", "Slime")
        options = ["--corpus", str(corpus), "--index", str(folder), "--model", str(built.model)]
        before = contents(folder)
        commands = [["index", "build", *options, "--full"]]
        *refused, done = in_a_process(in_little_room, commands, ROOMS[:3], n=4)
        for ran in refused:
            assert ran.code == 1
            assert f"The index cannot be written to {folder}" in ran.err.replace("\n", " ")
            assert "Make room" in ran.err
        assert done.code == 0
        index = open_index(folder, corpus)
        index.read_all()
        assert "Slime" in index.passages["tree-frogs#level-2"].text
        # The index before stood all the while: its files are there for one build more.
        assert before.items() - contents(folder).items() == {(MANIFEST, before[MANIFEST])}

    def test_leaves_exports_and_imports_to_be_done_again(
        self, built: Built, tmp_path: Path
    ) -> None:
        page, into = tmp_path / "page.md", Path(shutil.copytree(built.corpus, tmp_path / "into"))
        page.write_text("# Gecko feet\n\n" + "They hold on. " * 40)
        site, file = tmp_path / "site", tmp_path / "corpus.json"
        file.write_text("the file before")
        own = (into / "gecko-feet.md").read_bytes()
        commands = [
            ["export", "json", str(file), "--corpus", str(built.corpus)],
            ["export", "site", str(site), "--corpus", str(built.corpus)],
            ["import", str(page), "--into", str(into), "--replace"],
        ]
        ran = in_a_process(in_little_room, commands, (0, 300), n=9)
        for one in (*ran[0:2], *ran[3:5], *ran[6:8]):
            assert one.code == 1
            assert "Free space, or write elsewhere." in one.err
        assert [one.code for one in ran[2::3]] == [0, 0, 0]
        assert len(json.loads(file.read_bytes())["explainers"]) == 3
        assert (site / "explainers" / "gecko-feet.html").is_file()
        assert "They hold on." in (into / "gecko-feet.md").read_text()
        # What was replaced was kept first, whole, each time that it was tried.
        kept = [path.read_bytes() for path in into.glob("gecko-feet.md.bak*")]
        assert kept
        assert set(kept) == {own}
        assert not list(tmp_path.rglob("*.part"))


class TestAFolderThatNobodyMayWrite:
    def test_is_served_and_a_build_says_what_to_do(self, built: Built, open_folder: Path) -> None:
        corpus = Path(shutil.copytree(built.corpus, open_folder / "corpus"))
        folder = built.copy(open_folder / "index")
        forbid(folder)
        (answer,) = in_a_process(as_nobody_answering, folder)
        assert answer == answer_of(built.index)
        (ran,) = in_a_process(as_nobody_building, corpus, folder)
        assert ran.code == 1
        said = " ".join(ran.err.split())
        assert f"The index cannot be written to {folder}: Permission denied." in said
        assert "allow writing, or name another folder with --index" in said
        assert contents(folder) == contents(built.index)

    def test_that_may_not_be_read_either_is_told(self, built: Built, open_folder: Path) -> None:
        names = [MANIFEST, *(entry.file for entry in read_manifest(built.index).files.values())]
        for name in names:
            (built.copy(open_folder / name) / name).chmod(0)
        (told,) = in_a_process(as_nobody_reading, built.index, open_folder, names)
        assert [name for name, error in zip(names, told, strict=True) if TOLD not in error] == []
        assert all("Permission denied" in error for error in told)


def forbid(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555)


def as_nobody_answering(folder: Path, told: Any) -> None:
    answer_of(folder)  # imports modules, which somebody may keep where nobody may look
    as_nobody(answer_of, told, folder)


def as_nobody_building(corpus: Path, folder: Path, told: Any) -> None:
    arguments = ["index", "build", "--corpus", str(corpus), "--index"]
    run_here([*arguments, str(corpus / "gecko-feet.md")])  # imports as well, and builds nothing
    as_nobody(run_here, told, [*arguments, str(folder)])


def as_nobody_reading(whole: Path, parent: Path, names: Sequence[str], told: Any) -> None:
    answer_of(whole)  # imports as well
    as_nobody(reading_errors, told, [parent / name for name in names])


def reading_errors(folders: Sequence[Path]) -> list[str]:
    """Return what reading each of `folders` whole is told, empty where it can be read."""
    errors = []
    for folder in folders:
        try:
            open_index(folder, None).read_all()
        except IndexUnusable as error:
            errors.append(str(error))
        else:
            errors.append("")
    return errors


def build_slowly(arguments: Sequence[str], go: Any, told: Any) -> None:
    """Build, wait within the build until `go` says so, and tell the start and the end."""

    def export(model: str) -> build._EncoderFiles:
        told.send("at work")
        go.recv()
        return tiny_export(model)

    build._export = export
    told.send(run_here(arguments))


class TestTwoBuilds:
    def test_at_once_are_one_build_and_a_word_to_wait(self, built: Built, tmp_path: Path) -> None:
        folder = tmp_path / "index"
        arguments = ["index", "build", "--corpus", str(built.corpus), "--index", str(folder)]
        arguments += ["--model", str(built.model)]
        hearing, telling = SPAWN.Pipe(duplex=False)
        may_go, go = SPAWN.Pipe(duplex=False)
        first = SPAWN.Process(target=build_slowly, args=(arguments, may_go, telling))
        first.start()
        assert hearing.recv() == "at work"
        (second,) = in_a_process(in_little_room, [arguments], ())
        assert second.code == 1
        assert "Another build is at work" in second.err
        assert "Wait for it to end." in " ".join(second.err.split())
        assert not (folder / MANIFEST).exists()
        go.send("go")
        assert hearing.recv().code == 0
        first.join(60)
        open_index(folder, built.corpus).read_all()
        assert contents(folder) == contents(built.index)


class TestAClockThatJumps:
    YEAR = 365 * 24 * 3600

    @pytest.mark.parametrize("seconds", [-YEAR, YEAR])
    def test_a_save_is_seen_whatever_its_time(
        self, built: Built, tmp_path: Path, seconds: int
    ) -> None:
        corpus = Path(shutil.copytree(built.corpus, tmp_path / "corpus"))
        settings = replace(built.settings, corpus=corpus, index=built.copy(tmp_path / "index"))
        watch = begin_watch(settings).corpus
        path = corpus / "tree-frogs.md"
        at = path.stat().st_mtime + seconds
        save(corpus, "Mucus", "Slime")
        os.utime(path, (at, at))
        library = settled(watch).library
        assert library is not None
        assert "Slime" in json.dumps(library.ask(QUESTION, "2").to_json())

    def test_an_index_is_stale_by_content_and_not_by_time(
        self, built: Built, tmp_path: Path
    ) -> None:
        corpus = Path(shutil.copytree(built.corpus, tmp_path / "corpus"))
        folder = built.copy(tmp_path / "index")
        path = corpus / "tree-frogs.md"
        at = path.stat().st_mtime
        for file in (*folder.iterdir(), path):
            os.utime(file, (at + self.YEAR, at - self.YEAR))
        open_index(folder, corpus).read_all()
        # As long as it was, and of the same time.
        save(corpus, "Mucus", "Slime")
        os.utime(path, (at + self.YEAR, at - self.YEAR))
        with pytest.raises(IndexStale, match=TOLD):
            open_index(folder, corpus)

    def test_an_answer_does_not_depend_on_it(
        self, built: Built, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = answer_of(built.index)
        monkeypatch.setattr(time, "time", lambda: 0.0)
        assert answer_of(built.index) == before

    def test_a_limit_does_not_go_by_it(self) -> None:
        assert signature_of(Limit).parameters["clock"].default is time.monotonic

    def test_feedback_of_days_out_of_order_is_kept_and_told(self, tmp_path: Path) -> None:
        store = FeedbackStore(tmp_path / "feedback.sqlite", 1024 * 1024)
        days = [date(2026, 3, 4), date(2025, 3, 4), date(2027, 3, 4)]
        notes = tuple(Feedback(day, "wanted", "Rice?", "not_covered", "1") for day in days)
        for note in notes:
            store.append(note)
        assert store.read() == notes
        (wanted,) = report_on(store.read()).to_json()["not_covered"]
        assert wanted["days"] == ["2025-03-04", "2027-03-04"]


class TestFeedbackBeforeItIsAcknowledged:
    def test_has_been_written_through_to_the_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        did: list[str] = []

        class Watched(sqlite3.Connection):
            def execute(self, statement: str, *more: Any) -> sqlite3.Cursor:
                done = super().execute(statement, *more)
                if statement == "COMMIT":
                    did.append("COMMIT")
                    did.extend(str(row[0]) for row in super().execute("PRAGMA synchronous"))
                return done

        monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Watched))
        store = FeedbackStore(tmp_path / "feedback.sqlite", 1024 * 1024)
        for _ in range(2):
            store.append(Feedback(date(2026, 3, 4), "useful", "Why?", "answered", "1"))
        # 2 is FULL and 3 EXTRA: the log, or the file, is synchronized before a commit returns.
        assert did == ["COMMIT", "3", "COMMIT", "3"]
        with closing(sqlite3.connect(store.path)) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
