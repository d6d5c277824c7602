"""Several processes that serve one address: they share the work, and one may die."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import socket
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from builds import Bench
from commands import Cli
from serving import Served, serve, until

from gecko_qa.edges.web import workers
from gecko_qa.edges.web.guard import Part
from gecko_qa.edges.web.running import PartsOf, bind
from gecko_qa.edges.web.workers import Worker, Workers, run_workers
from gecko_qa.errors import DataError
from gecko_qa.limits import Limit
from gecko_qa.settings import Settings

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="This needs Linux.")

ASK = "/api/v1/ask?q=Why+do+frogs+climb+wet+leaves%3F&level=2"
ASKED = re.compile(r'gecko_qa_requests_total\{route="/api/v1/ask",status="200"\} (\d+)\.0')


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    bench.build()
    with serve(*bench.folders, "--workers", "2") as served:
        yield served


def indexes(served: Served, n: int) -> set[str]:
    """Ask `n` times, on new connections, and return the indexes that answered."""
    replies = [served.get(ASK) for _ in range(n)]
    assert {reply.status_code for reply in replies} == {200}
    return {reply.json()["index"] for reply in replies}


def test_one_that_is_killed_is_replaced_and_its_figures_stay(served: Served) -> None:
    assert served.said.count("http://") == 1
    before = served.workers()
    assert len(before) == 2
    indexes(served, 10)
    os.kill(before[0], signal.SIGKILL)
    indexes(served, 10)
    until(lambda: len(served.workers()) == 2 and before[0] not in served.workers())
    os.kill(before[1], signal.SIGKILL)
    # None but the new one is left.
    indexes(served, 10)
    found = ASKED.search(served.get("/metrics").text)
    assert found is not None
    assert found[1] == "30"
    assert served.stop(signal.SIGTERM) == 0
    assert served.said.count("A worker has ended, another takes its place.") == 2


def test_all_of_them_serve_a_new_index_and_hear_a_hangup(bench: Bench, served: Served) -> None:
    (first,) = indexes(served, 4)
    bench.edit("tree-frogs", "Mucus", "Slime")
    second = bench.build().manifest.hash
    until(lambda: served.said.count("A new index is served") == 2)
    assert first != second
    assert indexes(served, 10) == {second}
    (line,) = [n for n in served.get("/metrics").text.splitlines() if "gecko_qa_index_info{" in n]
    assert second in line
    served.process.send_signal(signal.SIGHUP)
    until(lambda: served.said.count("The index is the one that is served.") == 2)
    assert served.stop() == 0
    assert "Traceback" not in served.said


def test_they_end_with_the_first_process_however_it_ends(served: Served) -> None:
    children = served.workers()
    served.process.kill()
    until(served.refuses)
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def act(what: str, told: Connection) -> None:
    """Be a worker that does `what`, a fault to tell or how to serve."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    told.send("" if what.startswith("serve") else what)
    if what == "serve":
        signal.pause()


def looked_after(script: Sequence[str], n: int) -> list[str]:
    """Look after `n` workers, each doing the next of the `script`, and return what was said.

    Once the last has been begun, they are told to stop.
    """
    said: list[str] = []
    parts = iter(script)
    heard, telling = socket.socketpair()
    heard.setblocking(False)
    spawn = multiprocessing.get_context("spawn")

    def begin() -> Worker:
        what = next(parts)
        told, tell = spawn.Pipe(duplex=False)
        process = spawn.Process(target=act, args=(what, tell))
        process.start()
        tell.close()
        return Worker(process, told)

    def say(line: str) -> None:
        said.append(line.removeprefix("A worker has ended, another takes its place. "))
        if len(said) == len(script) - n + 1:
            telling.send(bytes([signal.SIGTERM]))

    looking = Workers(begin, n, lambda: said.append("all answer"), say)
    with heard, telling:
        try:
            looking.look_after(heard)
        except DataError as error:
            said.append(str(error))
        finally:
            looking.stop(heard, 60)
    return said


def test_one_that_cannot_start_is_tried_again_while_another_serves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "_FIRST_DELAY_SECONDS", 0.001)
    said = looked_after(["serve", "serve and end", "No luck.", "Still none.", "serve"], 2)
    assert said == ["all answer", "It ended with status 0.", "No luck.", "Still none."]


def test_when_none_is_left_and_none_can_start_it_gives_up() -> None:
    said = looked_after(["serve and end", "No luck.", "serve"], 1)
    told = ["all answer", "It ended with status 0.", "A worker cannot start. No luck."]
    assert said == told


def broken_parts(*_: object) -> Sequence[Part]:
    raise ValueError("parts")


def no_parts(_: Settings, __: Limit) -> Sequence[Part]:
    raise DataError("There are no parts.")


@pytest.mark.parametrize(
    ("parts_of", "why"),
    [(no_parts, "There are no parts."), (broken_parts, "Something failed that should not: Value")],
)
def test_where_none_can_start_it_is_told_and_not_tried_for_ever(
    bench: Bench, capfd: pytest.CaptureFixture[str], parts_of: PartsOf, why: str
) -> None:
    bench.build()
    settings = Settings(bench.corpus, bench.index, port=0, workers=2)
    started: list[str] = []
    with pytest.raises(DataError, match=f"A worker cannot start. {why}"):
        run_workers(settings, bind(settings), started.append, parts_of=parts_of, say=print)
    assert started == []
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_watched_corpus_has_one_worker(cli: Cli) -> None:
    done = cli("serve", "--watch", "--workers", "2", "--port", "0")
    assert (done.code, "--watch needs one worker." in done.err) == (2, True)
