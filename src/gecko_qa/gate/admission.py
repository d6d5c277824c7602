"""How many requests are answered and wait at a time, and for how long."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from gecko_qa.gate.asgi import (
    App,
    Message,
    Receive,
    Refusal,
    Scope,
    Send,
    Telling,
    has_gone,
    refuse,
    retry_after,
    tell_plainly,
)

N_AT_ONCE = max(4, os.cpu_count() or 1)
"""More than the cores: some wait for the disk, and none should wait for a long one alone."""
BUSY = Refusal(
    503, "The server has too much to do just now. Please try again in a second.", retry_after(1)
)
_TOO_SLOW = Refusal(503, "That took too long. Please try again in a second.", retry_after(1))


class Admission:
    """What lets requests in, shared by all of a server's.

    At most `max_waiting` are in at a time, and `N_AT_ONCE` of them are worked on.
    """

    def __init__(self, max_waiting: int, timeout_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self._most = max_waiting
        self._n = 0
        self._turns = asyncio.Semaphore(N_AT_ONCE)

    @property
    def is_full(self) -> bool:
        """Whether no further request is let in."""
        return self._n >= self._most

    def let_in(self, app: App, scope: Scope, receive: Receive, send: Send) -> asyncio.Task[None]:
        """Return the work of `app` on a request, which begins once it is its turn."""
        self._n += 1
        work = asyncio.create_task(self._in_turn(app, scope, receive, send))
        work.add_done_callback(self._let_out)
        return work

    async def _in_turn(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._turns:
            if not has_gone(scope):
                await app(scope, receive, send)

    def _let_out(self, work: asyncio.Task[None]) -> None:
        self._n -= 1
        if not work.cancelled():
            # Of one that was late nobody asks, and asyncio would write down what it failed with.
            work.exception()


class Admitted:
    """ASGI middleware: answers 503 where too many wait already, and to what takes too long."""

    def __init__(
        self,
        app: App,
        admission: Admission,
        is_free: Callable[[str], bool] = lambda _: False,
        telling: Telling = tell_plainly,
    ) -> None:
        """Let paths that are free in at any time, and let them take theirs."""
        self._app = app
        self._admission = admission
        self._is_free = is_free
        self._telling = telling

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or self._is_free(scope["path"]):
            await self._app(scope, receive, send)
        elif self._admission.is_full:
            await refuse(BUSY, scope, send, self._telling)
        else:
            await self._serve_in_time(scope, receive, send)

    async def _serve_in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        at_work = begun = late = False

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal at_work
            at_work = True
            await self._app(scope, receive, send)

        async def send_in_time(message: Message) -> None:
            nonlocal begun
            if not late:
                begun = True
                await send(message)

        work = self._admission.let_in(app, scope, receive, send_in_time)
        try:
            done, _ = await asyncio.wait({work}, timeout=self._admission.timeout_seconds)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if done:
            work.result()
            return
        late = not begun
        # A thread cannot be stopped: work that is under way keeps its place until it is through.
        if begun or not at_work:
            work.cancel()
        if late:
            await refuse(_TOO_SLOW, scope, send, self._telling)
