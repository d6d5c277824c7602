"""Applications on ports of their own, for a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from gecko_qa.edges.web.server import bind, create_app
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
