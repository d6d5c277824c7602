"""How a server ends: whole answers, no new connections, and nothing that holds it up."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
from builds import Bench
from serving import DEADLINE_SECONDS, Served, serve, until

BODY = json.dumps({"question": "Why do frogs climb wet leaves?", "level": "2"}).encode()
TRACES = ("Traceback", "ASGI", "Exception")


def connect(served: Served, head: bytes, rest: bytes = b"") -> socket.socket:
    connection = socket.create_connection(served.where, timeout=DEADLINE_SECONDS)
    connection.sendall(head + b"\r\nHost: localhost\r\n\r\n" + rest)
    return connection


def begin_asking(served: Served) -> socket.socket:
    """Send all of a question but its last byte, which the server waits for."""
    length = b"\r\nContent-Type: application/json\r\nContent-Length: %d" % len(BODY)
    asking = connect(served, b"POST /api/v1/ask HTTP/1.1" + length, BODY[:-1])
    # Another one is answered later than this was heard.
    assert served.get("/healthz").status_code == 200
    return asking


def open_page(served: Served) -> socket.socket:
    """Ask as an open page has, and keep the connection as its browser does."""
    page = connect(served, b"GET /healthz HTTP/1.1")
    heard = b""
    while b"ok" not in heard:
        heard += page.recv(4096)
    return page


def all_of(connection: socket.socket) -> bytes:
    """Read until the other side has closed."""
    heard, over = b"", time.monotonic() + DEADLINE_SECONDS
    with connection:
        while part := connection.recv(65536):
            heard += part
            assert time.monotonic() < over, "It never ended."
    return heard


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGTERM, "1"), (signal.SIGINT, "1"), (signal.SIGTERM, "2")]
)
def test_answers_under_way_are_finished_and_pages_hold_nothing_up(
    bench: Bench, tmp_path: Path, number: int, workers: str
) -> None:
    bench.build()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    patient = {"GECKO_QA_TIMEOUT_SECONDS": "600", "TMPDIR": str(temporary)}
    with serve(*bench.folders, "--workers", workers, **patient) as served:
        page, asking = open_page(served), begin_asking(served)
        served.process.send_signal(number)
        assert all_of(page) == b""
        until(served.refuses)
        asking.sendall(BODY[-1:])
        reply = all_of(asking)
        assert served.end() == 0
    assert reply.startswith(b"HTTP/1.1 200 OK")
    answer = json.loads(reply.split(b"\r\n\r\n", 1)[1])
    assert answer["concepts"] == ["tree-frogs"]
    assert list(temporary.glob("gecko-qa-*")) == []
    assert not any(trace in served.said for trace in TRACES), served.said


def test_a_request_that_never_ends_is_waited_for_no_longer_than_is_set(bench: Bench) -> None:
    bench.build()
    with serve(*bench.folders, GECKO_QA_TIMEOUT_SECONDS="1") as served:
        asking = begin_asking(served)
        assert served.stop(signal.SIGTERM) == 0
        asking.close()
    assert "Traceback" not in served.said


@pytest.mark.parametrize("workers", ["1", "2"])
def test_another_ctrl_c_stops_at_once(bench: Bench, workers: str) -> None:
    bench.build()
    with serve(*bench.folders, "--workers", workers, GECKO_QA_TIMEOUT_SECONDS="600") as served:
        asking = begin_asking(served)
        served.process.send_signal(signal.SIGINT)
        until(served.refuses)
        assert served.stop(signal.SIGINT) == 0
        asking.close()
    assert "Traceback" not in served.said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="There are no such terminals.")
def test_it_ends_with_the_terminal_that_it_was_started_from(bench: Bench) -> None:
    bench.build()
    child, terminal = pty.fork()
    if not child:
        # These tests may run where it is ignored, as “nohup” has it.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        program = [sys.executable, "-m", "gecko_qa", "serve", "--port", "0", *bench.folders]
        os.execv(sys.executable, program)
    said = b""
    while b"Ctrl+C stops it" not in said:
        said += os.read(terminal, 4096)
    os.close(terminal)
    statuses: list[int] = []

    def has_ended() -> bool:
        ended, status = os.waitpid(child, os.WNOHANG)
        statuses.append(status)
        return ended == child

    try:
        until(has_ended)
    except AssertionError:
        os.kill(child, signal.SIGKILL)
        raise
    assert os.waitstatus_to_exitcode(statuses[-1]) == 0
