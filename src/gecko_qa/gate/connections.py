"""Connections: how many the system lets us hold, and how long one may neither ask nor read."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from gecko_qa.gate.asgi import note_gone

HEAD_SECONDS = 10.0
"""A request's head has to be here so long after its connection, or after its first byte."""
UNREAD_SECONDS = 30.0
"""A reply that its reader takes nothing of for so long is given up; on Linux alone."""
MAX_FILES = 65_536


class Connection(H11Protocol):
    """uvicorn's connection, which ends where no request comes and where no reply is read.

    By itself uvicorn waits for ever.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        _give_up_unread(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head, if it is one."""
        super().data_received(data)
        if self._is_answering:
            self._end_waiting()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._is_answering:
            note_gone(self.scope["state"])
        self._end_waiting()
        super().connection_lost(exc)

    @property
    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_SECONDS, self._expire)

    def _end_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _expire(self) -> None:
        self._waiting = None
        if not self._is_answering:
            self.transport.close()


def _give_up_unread(transport: asyncio.Transport) -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        milliseconds = round(UNREAD_SECONDS * 1000)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, milliseconds)


def allow_many_files() -> None:
    """Let this process hold as many connections as the system lets it, within reason."""
    try:
        import resource
    except ImportError:  # There is no such limit on Windows.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
