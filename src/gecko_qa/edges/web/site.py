"""The site: an application over a library that can be replaced while it serves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from gecko_qa.gate.asgi import Receive, Scope, Send
from gecko_qa.library import Library

if TYPE_CHECKING:
    from fastapi import FastAPI

Current = Callable[[], Library]
"""Gives the library that is served now. A request asks once, and ends with what it began with."""
Face = tuple[object, ...]


class Site:
    """An ASGI application. Nothing in it holds on to a library, so one that was replaced is gone
    with the last request that it answers.

    Gradio lays a page out once. Where another library gives it another `face`, such as other dials,
    an application is built anew and takes the place of the one before, which ends with its last
    request.
    """

    def __init__(
        self,
        library: Library,
        build: Callable[[Current], FastAPI],
        face: Callable[[Library], Face],
    ) -> None:
        self._library = library
        self._build = build
        self._face_of = face
        self._face = face(library)
        self._running = _Running(build(self.current))
        self._loop: asyncio.AbstractEventLoop | None = None

    def current(self) -> Library:
        """Return the library that is served now."""
        return self._library

    def replace(self, library: Library) -> None:
        """Serve `library` from now on.

        To be called from one thread at a time, and never from the server's own.
        """
        self._library = library
        face = self._face_of(library)
        if face == self._face:
            return
        successor = _Running(self._build(self.current))
        if self._loop is None:
            self._running = successor
        else:
            asyncio.run_coroutine_threadsafe(self._switch(successor), self._loop).result()
        self._face = face

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the server's own life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._running(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._running.start()
        self._loop = asyncio.get_running_loop()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._loop = None
        await self._running.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _switch(self, successor: _Running) -> None:
        await successor.start()
        before, self._running = self._running, successor
        before.retire()


class _Running:
    """An application and its lifespan, which ends with the last request after it was retired."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._n_requests = 0
        self._retired = False
        self._over = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._n_requests += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._n_requests -= 1
            self._end_if_idle()

    async def start(self) -> None:
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Entered and left in one task, as the task groups within it ask.
        self._life = asyncio.create_task(self._live(ready))
        await ready

    def retire(self) -> None:
        self._retired = True
        self._end_if_idle()

    async def stop(self) -> None:
        self._over.set()
        if self._life is not None:
            await self._life

    async def _live(self, ready: asyncio.Future[None]) -> None:
        try:
            async with self._app.router.lifespan_context(self._app):
                ready.set_result(None)
                await self._over.wait()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

    def _end_if_idle(self) -> None:
        if self._retired and not self._n_requests:
            self._over.set()
