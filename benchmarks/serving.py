"""A server for a benchmark to ask."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """Start a server and yield its address at the moment it says so."""
    command = [sys.executable, "-m", "gecko_qa", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            for line in server.stderr:
                found = re.search(r"gecko-qa is at (http://\S+)", line)
                if found:
                    yield found.group(1)
                    return
            raise SystemExit("The server did not start.")
        finally:
            server.terminate()
