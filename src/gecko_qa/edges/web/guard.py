"""What a request may do, whatever serves it: ask for what there is, in few bytes and in time."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gecko_qa.edges.web.calls import PREDICT
from gecko_qa.errors import note_unforeseen
from gecko_qa.gate.admission import BUSY
from gecko_qa.gate.asgi import (
    App,
    Message,
    Receive,
    Refusal,
    Scope,
    Send,
    Telling,
    refuse,
    tell_plainly,
)
from gecko_qa.gate.clients import COST, SMALL_COST
from gecko_qa.library import Library
from gecko_qa.payload import MAX_BODY_BYTES

Problem = Callable[[str, bytes], str]


ASSETS = "/assets/"

# All that our pages and the chat's own page ask for. Gradio has many more routes, which hand out
# files, take them in, fetch addresses or queue work: whatever is not named here is not there.
ALLOWED = frozenset(
    (
        "/",
        "/config",
        "/theme.css",
        "/explainers",
        "/define",
        "/map",
        "/feedback",
        "/favicon.ico",
        PREDICT,
        "/static/js/iframeResizer.contentWindow.min.js",
    )
)
ALLOWED_BELOW = (
    ASSETS,
    "/explainers/",
    "/define/",
    "/gecko/",
)


_TOO_LARGE = Refusal(413, "The request is too large.")
_UNCLEAR = Refusal(400, "The request tells its length in two ways. Send it with one.")
_FAILED = Refusal(500, "The server could not finish this. Please try again later.")
_MAX_DIGITS = 20
MAX_HELD_BYTES = 64 * 1024 * 1024
"""Of all bodies together that have not come whole yet."""
_log = logging.getLogger(__name__)
_TOO_SLOW = Refusal(408, "The request did not come in time.")


@dataclass(frozen=True)
class Part:
    """What another edge adds to the server, at its `paths` and below its `folders`.

    `app` gives the application that serves them over a library. `asking` are the paths that answer
    questions, and `free` those that no limit holds up. `telling` says why a request is refused, and
    `refused` hears the status of each that is.
    `around` is middleware that goes outside all other.
    """

    app: Callable[[Library], App]
    paths: frozenset[str]
    folders: tuple[str, ...] = ()
    asking: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    telling: Telling = tell_plainly
    refused: Callable[[int], None] = lambda _: None
    around: Callable[[App], App] | None = None

    def holds(self, path: str) -> bool:
        """Tell whether `path` is one of its own."""
        return path in self.paths or path.startswith(self.folders)


def part_at(parts: Sequence[Part], path: str) -> Part | None:
    """Return which of `parts` has `path`, if any."""
    return next((part for part in parts if part.holds(path)), None)


def costs_of(parts: Sequence[Part]) -> Callable[[str], float]:
    """Return what a request to a path costs its client."""
    asking = frozenset((PREDICT,)).union(*(part.asking for part in parts))

    def cost_of(path: str) -> float:
        # A page loads many scripts at once, which are sent from memory and kept by browsers.
        return 0 if path.startswith(ASSETS) else COST if path in asking else SMALL_COST

    return cost_of


def free_of(parts: Sequence[Part]) -> Callable[[str], bool]:
    """Return what tells of a path whether no limit holds it up."""
    free = frozenset[str]().union(*(part.free for part in parts))
    return free.__contains__


class Guard:
    """ASGI middleware: knows the addresses, and bounds the body before anything parses it."""

    def __init__(
        self,
        app: App,
        missing_page: str,
        *,
        body_seconds: float,
        parts: Sequence[Part] = (),
        problem: Problem = lambda *_: "",
        telling: Telling = tell_plainly,
    ) -> None:
        """Answer with `missing_page`, as HTML, where there is nothing, `parts` apart.

        A body has to come within `body_seconds`. `problem` tells of a path and a body what is wrong
        with them, and nothing of all others.
        """
        self._app = app
        self._missing_page = missing_page
        self._body_seconds = body_seconds
        self._parts = parts
        self._problem = problem
        self._telling = telling
        self._n_held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._serve(scope, receive, send_noting)
        except Exception as error:
            note_unforeseen(_log, "A request", error)
            if not begun:
                await refuse(_FAILED, scope, send, self._telling)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if _is_unclear(scope):
            await refuse(_UNCLEAR, scope, send, self._telling)
            return
        if is_odd(path) or (part_at(self._parts, path) is None and not is_ours(path)):
            await refuse(Refusal(404, self._missing_page), scope, send, tell_plainly)
            return
        try:
            body = await self._body_of(scope, receive)
        except _Gone:
            return
        if isinstance(body, Refusal):
            await refuse(body, scope, send, self._telling)
            return
        if told := self._problem(path, body):
            await refuse(Refusal(422, told), scope, send, _tell_as_json)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _body_of(self, scope: Scope, receive: Receive) -> bytes | Refusal:
        """Return the whole body, or why it is not taken; raises _Gone where its client goes."""
        if _is_told_too_large(scope):
            return _TOO_LARGE
        try:
            async with asyncio.timeout(self._body_seconds):
                return await self._read(receive)
        except TimeoutError:
            return _TOO_SLOW

    async def _read(self, receive: Receive) -> bytes | Refusal:
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise _Gone
                part = message.get("body", b"")
                body += part
                self._n_held_bytes += len(part)
                if len(body) > MAX_BODY_BYTES:
                    return _TOO_LARGE
                if self._n_held_bytes > MAX_HELD_BYTES:
                    return BUSY
                if not message.get("more_body", False):
                    return bytes(body)
        finally:
            self._n_held_bytes -= len(body)


class _Gone(Exception):
    """The client has gone."""


def is_odd(path: str) -> bool:
    """Tell whether `path`, percent signs already decoded, is one that no page of ours asks for."""
    return ".." in path or "//" in path or "\\" in path or "\0" in path


def is_ours(path: str) -> bool:
    """Tell whether the pages or the chat have anything at `path`."""
    return path in ALLOWED or path.startswith(ALLOWED_BELOW)


def _is_unclear(scope: Scope) -> bool:
    """Tell whether the length of a request depends on who reads it.

    What stands before us may have read the other one, and then take what is left of this request
    for somebody else's.
    """
    names = [name for name, _ in scope["headers"]]
    return b"transfer-encoding" in names and b"content-length" in names


def _is_told_too_large(scope: Scope) -> bool:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return not told.isdigit() or int(told[:_MAX_DIGITS]) > MAX_BODY_BYTES


def _replay(body: bytes, receive: Receive) -> Receive:
    replayed = False

    async def replay() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def telling_of(parts: Sequence[Part]) -> Telling:
    """Return what tells of each refusal as the part does that has the path."""

    def tell(path: str, refusal: Refusal) -> tuple[str, str]:
        part = part_at(parts, path)
        if part:
            part.refused(refusal.status)
        telling = part.telling if part else _tell_as_json if path == PREDICT else tell_plainly
        return telling(path, refusal)

    return tell


def _tell_as_json(_: str, refusal: Refusal) -> tuple[str, str]:
    return json.dumps({"message": refusal.message}), "application/json"
