"""An index that is replaced while it is served: the new one is, a damaged one is not."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import httpx
import pytest
from builds import Bench
from serving import Served, serve, until

from gecko_qa import renewing
from gecko_qa.index.folder import MANIFEST
from gecko_qa.index.load import open_index
from gecko_qa.library import Library
from gecko_qa.renewing import IndexWatch, Renewal

ASK = "/api/v1/ask?q=Why+do+frogs+climb+wet+leaves%3F&level=2"
EXPLAINERS = "explainers.json"


@pytest.fixture
def watch(bench: Bench) -> IndexWatch:
    bench.build()
    return IndexWatch(bench.settings, Library(open_index(bench.index, bench.corpus)))


def rebuilt(bench: Bench, new: str) -> str:
    """Build an index with a word in place of “Mucus”, and return its hash."""
    bench.edit("tree-frogs", "Mucus", new)
    return bench.build().manifest.hash


class TestLooking:
    def test_an_index_that_stays_is_no_news(self, bench: Bench, watch: IndexWatch) -> None:
        assert watch.look() is None
        assert watch.look() is None
        assert watch.look(asked=True) == Renewal()
        (bench.index / MANIFEST).touch()
        assert watch.look() is None

    def test_another_index_is_opened_with_the_encoder_of_the_one_before(
        self, bench: Bench, watch: IndexWatch
    ) -> None:
        before = open_index(bench.index, bench.corpus)
        watch = IndexWatch(bench.settings, Library(before))
        new = rebuilt(bench, "Slime")
        renewal = watch.look()
        assert renewal is not None
        assert renewal.library is not None
        assert renewal.library.hash == new
        assert renewal.library.index.encoder is before.encoder
        assert (
            "Slime" in renewal.library.ask("Why do frogs climb wet leaves?", "2").passages[0].text
        )
        assert watch.look() is None

    def test_one_that_was_built_before_the_first_look_is_seen(
        self, bench: Bench, watch: IndexWatch
    ) -> None:
        rebuilt(bench, "Slime")
        renewal = watch.look()
        assert renewal is not None
        assert renewal.library is not None

    def test_a_damaged_one_is_told_once_and_served_when_it_is_mended(
        self, bench: Bench, watch: IndexWatch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rebuilt(bench, "Slime")
        entry = open_index(bench.index, None).manifest.files[EXPLAINERS]
        intact = (bench.index / entry.file).read_bytes()
        (bench.index / entry.file).write_bytes(intact[:-9])
        renewal = watch.look()
        assert renewal is not None
        assert renewal.library is None
        assert f"The index's file {entry.file} is damaged." in renewal.fault
        with monkeypatch.context() as nothing_is_opened:
            nothing_is_opened.delattr(renewing, "open_index")
            assert watch.look() is None
        (bench.index / "vectors.faiss").touch()
        assert watch.look() is None
        assert watch.look(asked=True) == renewal
        # As a copy does that brings the manifest first.
        (bench.index / entry.file).write_bytes(intact)
        mended = watch.look()
        assert mended is not None
        assert mended.library is not None

    def test_a_missing_and_a_stale_one_are_told(self, bench: Bench, watch: IndexWatch) -> None:
        assert watch.look() is None
        manifest = (bench.index / MANIFEST).read_bytes()
        (bench.index / MANIFEST).unlink()
        renewal = watch.look()
        assert renewal is not None
        assert "There is no index" in renewal.fault
        bench.edit("tree-frogs", "Mucus", "Slime")
        (bench.index / MANIFEST).write_bytes(manifest)
        renewal = watch.look()
        assert renewal is not None
        assert "has changed since the index" in renewal.fault

    def test_the_one_before_that_comes_back_is_told(self, bench: Bench, watch: IndexWatch) -> None:
        manifest = (bench.index / MANIFEST).read_bytes()
        (bench.index / MANIFEST).write_bytes(b"{")
        assert watch.look() != Renewal()
        (bench.index / MANIFEST).write_bytes(manifest)
        assert watch.look() == Renewal()
        assert watch.look() is None


class Readers:
    """Threads that ask all the time, each on a connection of its own."""

    def __init__(self, served: Served) -> None:
        self.replies: list[tuple[int, str]] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(served,)) for _ in range(2)]

    def _ask(self, served: Served) -> None:
        with httpx.Client(base_url=served.address, timeout=30) as client:
            while not self._over.is_set():
                reply = client.get(ASK)
                self.replies.append((reply.status_code, reply.json().get("index", "")))

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def has_read(self, index: str) -> bool:
        return any(read == index for _, read in self.replies[-4:])


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    bench.build()
    with serve(*bench.folders) as served:
        yield served


def test_no_request_fails_while_indexes_are_replaced(bench: Bench, served: Served) -> None:
    first = served.get("/readyz").json()["index"]
    with Readers(served) as readers:
        second = rebuilt(bench, "Slime")
        until(lambda: readers.has_read(second))
        bench.edit("tree-frogs", "Slime", "Glue")
        (bench.corpus / "corpus.toml").write_text('audiences = ["Keeper"]\n')
        third = bench.build().manifest.hash
        until(lambda: readers.has_read(third))
    assert {status for status, _ in readers.replies} == {200}
    assert {read for _, read in readers.replies} == {first, second, third}
    assert "Glue and soft" in served.get("/explainers/tree-frogs").text
    assert served.stop() == 0
    assert served.said.count("A new index is served") == 2
    assert "Traceback" not in served.said


def test_a_damaged_index_is_told_and_the_one_before_serves_on(bench: Bench, served: Served) -> None:
    first = served.get("/readyz").json()["index"]
    (bench.index / MANIFEST).write_bytes(b"{}")
    until(lambda: "The new index is not used" in served.said)
    assert served.get("/readyz").json()["index"] == served.get(ASK).json()["index"] == first
    second = rebuilt(bench, "Slime")
    until(lambda: served.get("/readyz").json()["index"] == second)
    assert served.said.count("The new index is not used") == 1


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="There is no such signal.")
def test_a_hangup_makes_it_look_and_say_what_it_saw(bench: Bench, served: Served) -> None:
    served.process.send_signal(signal.SIGHUP)
    until(lambda: "The index is the one that is served." in served.said)
    bench.edit("tree-frogs", "Mucus", "Slime")
    served.process.send_signal(signal.SIGHUP)
    until(lambda: "has changed since the index" in served.said)
    assert served.get(ASK).status_code == 200
    assert served.stop(signal.SIGTERM) == 0
