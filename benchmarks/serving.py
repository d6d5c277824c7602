"""A server for a benchmark to ask."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Server:
    """A server that runs: its address, its process, and the lines that it has said since."""

    address: str
    pid: int
    said: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])


@contextmanager
def started(*options: str) -> Iterator[Server]:
    """Start a server and yield it at the moment it says that it is up."""
    command = [sys.executable, "-m", "gecko_qa", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                found = re.search(r"gecko-qa is at (http://\S+)", line)
                if found:
                    server = Server(found.group(1), process.pid)
                    # Somebody has to read what it says, or it waits once the pipe is full.
                    reading = (server.said.extend, (process.stderr,))
                    threading.Thread(target=reading[0], args=reading[1], daemon=True).start()
                    yield server
                    return
            raise SystemExit("The server did not start.")
        finally:
            process.terminate()


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """Start a server and yield its address at the moment it says so."""
    with started(*options) as server:
        yield server.address
