"""HTTP/1.1 by hand: a client that costs little, since it shares the cores with the server."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
from collections import deque
from dataclasses import dataclass
from typing import cast

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_NO_BODY = (204, 304)
IDLE_SECONDS = 3.0
"""Below the server's own: no request goes out on a connection that is just being closed."""


class Broken(Exception):
    """The connection ended before the reply did."""


@dataclass(frozen=True)
class Reply:
    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        found = re.search(rb"\r\n" + name + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found.group(1) if found else b""

    @property
    def text(self) -> str:
        packed = self.header(b"content-encoding") == b"gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


def request_bytes(
    method: str, path: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """Return a request as browsers send it: compressed replies are welcome."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("ascii") + _END + body


def read_reply(received: bytes | bytearray) -> tuple[Reply, int] | None:
    """Return the reply that `received` begins with and its length, None until it is there."""
    end = received.find(_END)
    if end < 0:
        return None
    head = bytes(received[:end])
    status = int(head[9:12])
    start = end + len(_END)
    found = _LENGTH.search(head)
    if found is None and status not in _NO_BODY:
        raise Broken(f"a reply {status} without its length")
    stop = start + (int(found.group(1)) if found and status not in _NO_BODY else 0)
    if len(received) < stop:
        return None
    return Reply(status, head, bytes(received[start:stop])), stop


class Connection(asyncio.Protocol):
    """One connection, and one request at a time."""

    def __init__(self) -> None:
        self.open = False
        self.used = False
        self.idle_since = 0.0
        self._lost = asyncio.Event()
        self._received = bytearray()
        self._reply: asyncio.Future[Reply] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.open = True
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._reply is None or self._reply.done():
            return
        try:
            found = read_reply(self._received)
        except (Broken, ValueError) as error:
            self._reply.set_exception(Broken(str(error)))
            self.close()
            return
        if found is not None:
            reply, length = found
            del self._received[:length]
            self._reply.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self._lost.set()
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(Broken(str(exc or "closed before the reply")))

    async def send(self, request: bytes) -> Reply:
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        reply = await self._reply
        self.used = True
        if _CLOSING.search(reply.head):
            self.close()
        return reply

    @property
    def status(self) -> int | None:
        """The status of a reply that nobody waited for, None where there is none."""
        return int(self._received[9:12]) if self._received[9:12].isdigit() else None

    def write(self, data: bytes) -> None:
        """Send what may be less than a request, and wait for nothing."""
        self._transport.write(data)

    async def wait_closed(self, seconds: float) -> None:
        """Wait until the server closes it, for `seconds` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._lost.wait()

    def close(self) -> None:
        self.open = False
        self._transport.close()


class Client:
    """As many connections as there are requests under way, kept alive in between."""

    def __init__(self, port: int, idle_seconds: float = IDLE_SECONDS) -> None:
        self.n_connections = 0
        self._port = port
        self._idle_seconds = idle_seconds
        # The one that has rested longest goes first: many readers, none of whom asks at once again.
        self._idle: deque[Connection] = deque()

    async def send(self, request: bytes) -> Reply:
        """Return the reply; raises Broken, and OSError where there is no connection to be had."""
        connection = self._kept() or await self._connect()
        try:
            reply = await connection.send(request)
        except Broken:
            # As browsers do: a kept connection may have been closed at this moment.
            if not connection.used:
                raise
            connection = await self._connect()
            reply = await connection.send(request)
        except asyncio.CancelledError:
            connection.close()
            raise
        if connection.open:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        return reply

    def close(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def _kept(self) -> Connection | None:
        latest = asyncio.get_running_loop().time() - self._idle_seconds
        while self._idle:
            connection = self._idle.popleft()
            if connection.open and connection.idle_since >= latest:
                return connection
            connection.close()
        return None

    async def _connect(self) -> Connection:
        self.n_connections += 1
        return await connect(self._port)


async def connect(port: int) -> Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    return connection
