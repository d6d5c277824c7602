"""A server that stops well: nobody is cut short."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from gecko_qa.gate.asgi import App
from gecko_qa.gate.connections import Connection

_MARGIN_SECONDS = 5


class Server(uvicorn.Server):
    """On SIGTERM or Ctrl+C takes no more connections, finishes its answers, and returns.

    It waits `timeout_seconds` for them at most, and after another Ctrl+C no longer.
    """

    def __init__(self, app: App, timeout_seconds: int, started: Callable[[], None]) -> None:
        """Serve `app`, and call `started` once it answers."""
        self._tell_started = started
        self._timeout_seconds = timeout_seconds
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            # What it warns of, such as requests that are none, would fill the log.
            log_level="error",
            # Whom to believe is a matter of the gate.
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=timeout_seconds + _MARGIN_SECONDS,
        )
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve on `sockets` until a signal says to stop; to be called from the main thread."""
        # The base class repeats the signal when it is done: nothing may come of that, or the
        # status of the process would tell that the signal killed it.
        with _handling(self.handle_exit):
            super().run(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to stop."""
        super().handle_exit(sig, frame)
        if self.force_exit and self._loop is not None:
            self._loop.call_soon_threadsafe(self._cut_short)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and wait for the requests that there are."""
        over = asyncio.get_running_loop().call_later(self._timeout_seconds, self._cut_short)
        await super().shutdown(sockets)
        over.cancel()

    def _cut_short(self) -> None:
        """End every connection, as if its reader had gone."""
        for connection in self.server_state.connections:
            connection.transport.abort()


@contextlib.contextmanager
def _handling(handle: Callable[..., None]) -> Iterator[None]:
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
