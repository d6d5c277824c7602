"""A server that stops well: nobody is cut short, and nothing that never ends holds it up."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

import uvicorn

from gecko_qa.edges.web.guard import App, Message, Receive, Scope, Send

ENDLESS = "/gradio_api/heartbeat/"
"""Each page of the chat that is open keeps a stream below this address."""
_MARGIN_SECONDS = 5


class Server(uvicorn.Server):
    """On SIGTERM or Ctrl+C takes no more connections, finishes its answers, and returns.

    It waits `timeout_seconds` for them at most, and after another Ctrl+C no longer.
    """

    def __init__(self, app: App, timeout_seconds: int, started: Callable[[], None]) -> None:
        """Serve `app`, and call `started` once it answers."""
        self._streams = Streams(app)
        self._tell_started = started
        self._timeout_seconds = timeout_seconds
        config = uvicorn.Config(
            self._streams,
            log_level="warning",
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
        self._streams.end()
        over = asyncio.get_running_loop().call_later(self._timeout_seconds, self._cut_short)
        await super().shutdown(sockets)
        over.cancel()

    def _cut_short(self) -> None:
        """End every connection, as if its reader had gone."""
        for connection in self.server_state.connections:
            connection.transport.abort()


class Streams:
    """ASGI middleware that can `end` what never ends by itself, as if its reader had gone."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._open: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(ENDLESS):
            await self._app(scope, receive, send)
            return
        left_open = False

        async def tell(message: Message) -> None:
            nonlocal left_open
            await send(message)
            left_open = message["type"] == "http.response.start" or message.get("more_body", False)

        stream = asyncio.ensure_future(_whole(self._app(scope, receive, tell)))
        self._open.add(stream)
        try:
            await asyncio.wait([stream])
        finally:
            self._open.discard(stream)
            stream.cancel()
        if not stream.cancelled():
            stream.result()
        elif left_open:
            await send({"type": "http.response.body"})

    def end(self) -> None:
        """End all that are open."""
        for stream in self._open:
            stream.cancel()


async def _whole(serving: Awaitable[None]) -> None:
    await serving


@contextlib.contextmanager
def _handling(handle: Callable[..., None]) -> Iterator[None]:
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
