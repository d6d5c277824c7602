"""What a request may do, whatever serves it: ask for pages we know, in few bytes, unframed."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from gecko_qa.library import Library
from gecko_qa.payload import MAX_BODY_BYTES

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Problem = Callable[[str, bytes], str]
Headers = tuple[tuple[bytes, bytes], ...]


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
        "/gradio_api/run/predict",
        "/static/js/iframeResizer.contentWindow.min.js",
    )
)
ALLOWED_BELOW = (
    "/assets/",
    "/explainers/",
    "/define/",
    "/gecko/",
)

# Everything comes from here and nowhere else. Gradio's page needs inline scripts and eval too.
_POLICY = (
    "default-src 'self'; script-src 'self'{}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_CHAT = "/"
_POLICY_HEADER = b"content-security-policy"
_CHAT_POLICY = _POLICY.format(" 'unsafe-inline' 'unsafe-eval'").encode()
HEADERS = (
    (_POLICY_HEADER, _POLICY.format("").encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


_HTML = "text/html; charset=utf-8"
_TOO_LARGE = ("The request is too large.", _HTML)
_UNCLEAR = "The request tells its length in two ways. Send it with one."
_FAILED = "The server could not finish this. Please try again later."
_UNREAD = (400, 413)
_MAX_DIGITS = 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """What another edge adds to the server, at its `paths` and below its `folders`.

    `app` gives the application that serves them over a library. `too_large` is what it says, and
    as which media type, of a body over `MAX_BODY_BYTES`. `around` is middleware that goes outside
    the guard.
    """

    app: Callable[[Library], App]
    paths: frozenset[str]
    folders: tuple[str, ...] = ()
    too_large: tuple[str, str] = _TOO_LARGE
    around: Callable[[App], App] | None = None

    def holds(self, path: str) -> bool:
        """Tell whether `path` is one of its own."""
        return path in self.paths or path.startswith(self.folders)


def part_at(parts: Sequence[Part], path: str) -> Part | None:
    """Return which of `parts` has `path`, if any."""
    return next((part for part in parts if part.holds(path)), None)


class Guard:
    """ASGI middleware: knows the addresses, bounds the body before anything parses it, and sets
    our headers. No header that lets a page of another site read an answer gets out.
    """

    def __init__(
        self,
        app: App,
        missing_page: str,
        parts: Sequence[Part] = (),
        problem: Problem = lambda *_: "",
    ) -> None:
        """Answer with `missing_page`, as HTML, where there is nothing, `parts` apart.

        `problem` tells of a path and a body what is wrong with them, and nothing of all others.
        """
        self._app = app
        self._missing_page = missing_page
        self._parts = parts
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (k, v) for k, v in message.get("headers", []) if not _is_our_header(k.lower())
                ]
                message = {**message, "headers": [*kept, *_headers_of(scope["path"])]}
            await send(message)

        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send_with_headers(message)

        try:
            await self._serve(scope, receive, noting)
        except Exception as error:
            # Without its message, which may hold a reader's question.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("A request failed with %s:\n%s", type(error).__name__, where)
            if not started:
                await _refuse(noting, 500, _FAILED)

    async def _serve(self, scope: Scope, receive: Receive, send_with_headers: Send) -> None:
        path = scope["path"]
        names = [name for name, _ in scope["headers"]]
        if b"transfer-encoding" in names and b"content-length" in names:
            # What stands before us may have read the other, and then take what is left of this
            # request for somebody else's.
            await _refuse(send_with_headers, 400, _UNCLEAR)
            return
        part = part_at(self._parts, path)
        if is_odd(path) or (part is None and not is_ours(path)):
            await _refuse(send_with_headers, 404, self._missing_page)
            return
        body = None if _is_told_too_large(scope) else await _read(receive)
        if body is None:
            told, media_type = _TOO_LARGE if part is None else part.too_large
            await _refuse(send_with_headers, 413, told, media_type)
            return
        if told := self._problem(scope["path"], body):
            await _refuse(send_with_headers, 422, _told(told), "application/json")
            return
        await self._app(scope, _replay(body, receive), send_with_headers)


def is_odd(path: str) -> bool:
    """Tell whether `path`, percent signs already decoded, is one that no page of ours asks for."""
    return ".." in path or "//" in path or "\\" in path or "\0" in path


def is_ours(path: str) -> bool:
    """Tell whether the pages or the chat have anything at `path`."""
    return path in ALLOWED or path.startswith(ALLOWED_BELOW)


def _headers_of(path: str) -> Headers:
    if path != _CHAT:
        return HEADERS
    return ((_POLICY_HEADER, _CHAT_POLICY), *HEADERS[1:])


def _is_our_header(name: bytes) -> bool:
    ours = any(name == header for header, _ in HEADERS)
    return ours or name.startswith(b"access-control-")


def _is_told_too_large(scope: Scope) -> bool:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return not told.isdigit() or int(told[:_MAX_DIGITS]) > MAX_BODY_BYTES


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body, or None as soon as it is larger than `MAX_BODY_BYTES`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    replayed = False

    async def replay() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _told(message: str) -> str:
    return json.dumps({"message": message})


async def _refuse(send: Send, status: int, text: str, media_type: str = _HTML) -> None:
    headers = [(b"content-type", media_type.encode())]
    if status in _UNREAD:
        # Where the next request would begin is not known.
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode("utf-8")})
