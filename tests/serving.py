"""Applications on ports of their own, for a real browser, and servers that are processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from gecko_qa.edges.web.running import bind
from gecko_qa.edges.web.server import create_app
from gecko_qa.library import Library
from gecko_qa.settings import Settings


def take_port() -> tuple[socket.socket, str]:
    """Return a socket that listens on a free port, and its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def serving(app: Any, listening: socket.socket, **options: Any) -> Iterator[None]:
    """Serve `app` on `listening`."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield
    server.should_exit = True
    thread.join(timeout=20)


@contextmanager
def site(library: Library) -> Iterator[str]:
    """Serve the pages and the chat over `library`, and yield their address."""
    listening = bind(Settings(port=0))
    listening.listen()
    with serving(create_app(library), listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


DEADLINE_SECONDS = 60
GECKO_QA = ("-m", "gecko_qa")


@dataclass
class Served:
    """A server that is a process of its own, and what it has said."""

    process: subprocess.Popen[str]
    address: str = ""
    lines: list[str] = field(default_factory=list)
    listener: threading.Thread = field(default_factory=threading.Thread)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    @property
    def where(self) -> tuple[str, int]:
        host, port = self.address.removeprefix("http://").split(":")
        return host, int(port)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=30)

    def refuses(self) -> bool:
        """Tell whether a new connection is refused."""
        try:
            socket.create_connection(self.where, timeout=10).close()
        except ConnectionError:
            return True
        return False

    def workers(self) -> list[int]:
        """Return the ids of its workers, oldest first; of Linux's own knowledge."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}")
        children = (tasks / "children").read_text().split()
        return [int(c) for c in children if "spawn_main" in Path(f"/proc/{c}/cmdline").read_text()]

    def end(self) -> int:
        """Wait for its end, take all that it said, and return its status."""
        code = self.process.wait(timeout=DEADLINE_SECONDS)
        self.listener.join(timeout=DEADLINE_SECONDS)
        return code

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.end()


@contextmanager
def serve(
    *arguments: str, program: Sequence[str] = GECKO_QA, **environment: str
) -> Iterator[Served]:
    """Start `gecko-qa serve` on a free port, and stop it in the end."""
    command = [sys.executable, *program, "serve", "--port", "0", *arguments]
    variables = {**os.environ, **environment}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=variables) as process:
        served = Served(process)
        assert process.stderr is not None
        for line in process.stderr:
            served.lines.append(line)
            if found := re.search(r"http://\S+", line):
                served.address = found.group()
                break
        else:
            pytest.fail(f"The server did not start: {served.said}")
        served.listener = threading.Thread(target=served.lines.extend, args=(process.stderr,))
        served.listener.start()
        try:
            yield served
        finally:
            if process.poll() is None:
                served.stop()


def until(holds: Callable[[], bool]) -> None:
    """Ask until it holds."""
    over = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < over, "It never came to hold."
