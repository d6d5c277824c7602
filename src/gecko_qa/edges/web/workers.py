"""Several processes that serve one socket, and the first one, which looks after them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from threading import Thread

from gecko_qa.edges.web.reloading import Say, on_hangup
from gecko_qa.edges.web.running import PartsOf, address_of, run
from gecko_qa.errors import DataError, GeckoQAError, UsageError, unforeseen
from gecko_qa.settings import Settings

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_MEMORY = "/dev/shm"  # noqa: S108  (mkdtemp makes a folder of our own there)
_MARGIN_SECONDS = 5.0
_FIRST_DELAY_SECONDS = 1.0
_LAST_DELAY_SECONDS = 30.0
_READY = ""
# No thread and no lock of the first process lives on in another.
_spawn = multiprocessing.get_context("spawn")


def check_workers(settings: Settings, *, watch: bool) -> None:
    """Raise UsageError where `settings` ask for workers that cannot be."""
    if settings.workers == 1:
        return
    if watch:
        raise UsageError("--watch needs one worker. Leave it out, or give --workers 1.")
    if sys.platform == "win32":
        raise UsageError("Windows has no way to stop workers. Give --workers 1.")


def run_workers(
    settings: Settings,
    listening: socket.socket,
    started: Callable[[str], None],
    *,
    parts_of: PartsOf,
    say: Say,
) -> None:
    """Serve on `listening` with as many processes as `settings` name until told to stop.

    `started` gets the address once all of them answer. Each does what `run` does, where `parts_of`
    and `say` come from, by name. One that ends is replaced. Raises DataError where one cannot start
    and none is left.
    """
    with _counting_together(), listening, _signals() as heard:
        begin = partial(_begin, settings, listening, parts_of, say)
        address = address_of(settings, listening)
        workers = Workers(begin, settings.workers, lambda: started(address), say)
        try:
            workers.look_after(heard)
            # Held open for workers to come; from here on connections are refused.
            listening.close()
        finally:
            workers.stop(heard, settings.timeout_seconds + _MARGIN_SECONDS)


@dataclass
class Worker:
    """A process that serves, and what it tells: that it is ready, or why it cannot be."""

    process: SpawnProcess
    told: Connection
    ready: bool = False
    fault: str = ""

    def listen(self) -> None:
        """Take what it has told."""
        try:
            if not self.ready and self.told.poll():
                self.fault = self.told.recv()
                self.ready = self.fault == _READY
        except (EOFError, OSError):  # It has ended without a word.
            return


class Workers:
    """The workers, `n` of them, each begun by `begin`."""

    def __init__(
        self, begin: Callable[[], Worker], n: int, started: Callable[[], None], say: Say
    ) -> None:
        self._begin = begin
        self._started = started
        self._say = say
        self._all_were_ready = False
        self._workers: list[Worker] = []
        # When those that are missing are to be begun.
        self._due = [time.monotonic()] * n
        self._delay = 0.0

    def look_after(self, heard: socket.socket) -> None:
        """Keep all of them running until a signal that `heard` gets says to stop."""
        while True:
            self._begin_due()
            self._wait(heard)
            for number in _numbers(heard):
                if number in (signal.SIGINT, signal.SIGTERM):
                    return
                self._reload()
            self._take_news()

    def stop(self, heard: socket.socket, seconds: float) -> None:
        """Let all of them finish what they answer, for `seconds`, or until another Ctrl+C."""
        for worker in self._workers:
            worker.process.terminate()
        over = time.monotonic() + seconds
        while running := [w.process.sentinel for w in self._workers if w.process.is_alive()]:
            wait([heard, *running], max(0.0, over - time.monotonic()))
            if time.monotonic() >= over or signal.SIGINT in _numbers(heard):
                break
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()

    def _begin_due(self) -> None:
        now = time.monotonic()
        for _ in [due for due in self._due if due <= now]:
            self._workers.append(self._begin())
        self._due = [due for due in self._due if due > now]

    def _wait(self, heard: socket.socket) -> None:
        """Wait until something happens, or is due."""
        ends = [worker.process.sentinel for worker in self._workers]
        told = [w.told for w in self._workers if not w.ready and not w.fault]
        seconds = max(0.0, min(self._due) - time.monotonic()) if self._due else None
        wait([heard, *ends, *told], seconds)

    def _take_news(self) -> None:
        for worker in self._workers:
            worker.listen()
        ended = [worker for worker in self._workers if not worker.process.is_alive()]
        self._workers = [worker for worker in self._workers if worker not in ended]
        for worker in ended:
            self._replace(worker)
        if not self._due and all(worker.ready for worker in self._workers):
            self._delay = 0.0
            if not self._all_were_ready:
                self._all_were_ready = True
                self._started()

    def _replace(self, worker: Worker) -> None:
        fault = worker.fault or f"It ended with status {worker.process.exitcode}."
        if not worker.ready and not (self._all_were_ready and self._workers):
            raise DataError(f"A worker cannot start. {fault}")
        self._say(f"A worker has ended, another takes its place. {fault}")
        # At once where it had served; later and later where it did not come to that.
        self._delay = (
            0.0
            if worker.ready
            else min(2 * self._delay or _FIRST_DELAY_SECONDS, _LAST_DELAY_SECONDS)
        )
        self._due.append(time.monotonic() + self._delay)

    def _reload(self) -> None:
        for worker in self._workers:
            # Another would die of it; it is about to read the newest index anyway.
            if worker.ready and worker.process.pid is not None:
                with contextlib.suppress(ProcessLookupError):  # It has just ended.
                    os.kill(worker.process.pid, signal.SIGHUP)


def _begin(settings: Settings, listening: socket.socket, parts_of: PartsOf, say: Say) -> Worker:
    told, tell = _spawn.Pipe(duplex=False)
    process = _spawn.Process(target=_work, args=(settings, listening, parts_of, say, tell))
    # Ctrl+C goes to all processes of a terminal: one that starts leaves it to the first to stop it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process.start()
    signal.signal(signal.SIGINT, before)
    tell.close()
    return Worker(process, told)


def _work(
    settings: Settings, listening: socket.socket, parts_of: PartsOf, say: Say, told: Connection
) -> None:
    """Be a worker."""
    Thread(target=_end_with_first, daemon=True).start()
    try:
        run(settings, listening, lambda _: told.send(_READY), parts_of=parts_of, say=say)
    except GeckoQAError as error:
        told.send(str(error))
        sys.exit(1)
    except Exception as error:
        if os.environ.get("GECKO_QA_DEBUG"):
            raise
        told.send(unforeseen(error))
        sys.exit(1)


def _end_with_first() -> None:
    """Stop when the first process is gone, however it went."""
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def _signals() -> Iterator[socket.socket]:
    """Yield a socket that the numbers of signals come from as bytes; see `signal.set_wakeup_fd`."""
    heard, told = socket.socketpair()
    with heard, told:
        heard.setblocking(False)
        told.setblocking(False)
        before = [(n, signal.signal(n, _ignore)) for n in (signal.SIGINT, signal.SIGTERM)]
        wakeup = signal.set_wakeup_fd(told.fileno())
        try:
            with on_hangup(_ignore):
                yield heard
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before:
                signal.signal(number, handler)


def _ignore(*_: object) -> None:
    """Take a signal, so that it does not end the process: what comes of it is the loop's."""


def _numbers(heard: socket.socket) -> bytes:
    try:
        return heard.recv(64)
    except BlockingIOError:
        return b""


@contextlib.contextmanager
def _counting_together() -> Iterator[None]:
    """Let the workers keep their figures in one folder; `Metrics` sums them."""
    # The files are mapped: where a disk is full, writing into one would end the process.
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="gecko-qa-", dir=memory)
    os.environ[METRICS_FOLDER] = folder
    try:
        yield
    finally:
        del os.environ[METRICS_FOLDER]
        shutil.rmtree(folder, ignore_errors=True)
