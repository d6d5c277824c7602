"""What a request may do, whatever serves it: ask for pages we know, in few bytes, unframed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Problem = Callable[[str, bytes], str]

MAX_BODY_BYTES = 256 * 1024

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
    )
)
ALLOWED_BELOW = (
    "/assets/",
    "/static/",
    "/gradio_api/heartbeat/",
    "/explainers/",
    "/define/",
    "/gecko/",
)

# Gradio's page needs inline scripts and eval; everything else comes from here and nowhere else.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HTML = b"text/html; charset=utf-8"
HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class Guard:
    """ASGI middleware: knows the addresses, bounds the body before anything parses it, and sets
    our headers. No header that lets a page of another site read an answer gets out.
    """

    def __init__(self, app: App, missing_page: str, problem: Problem = lambda *_: "") -> None:
        """Answer with `missing_page`, as HTML, where there is nothing.

        `problem` tells of a path and a body what is wrong with them, and nothing of all others.
        """
        self._app = app
        self._missing_page = missing_page.encode("utf-8")
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
                kept = [(k, v) for k, v in message.get("headers", []) if not _is_ours(k.lower())]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        if not is_allowed(scope["path"]):
            await _refuse(send_with_headers, 404, self._missing_page)
            return
        body = await _read(receive)
        if body is None:
            await _refuse(send_with_headers, 413, b"The request is too large.")
            return
        if told := self._problem(scope["path"], body):
            await _refuse(send_with_headers, 422, _told(told), b"application/json")
            return
        await self._app(scope, _replay(body, receive), send_with_headers)


def is_allowed(path: str) -> bool:
    """Tell whether anything is to be had at `path`, percent signs already decoded."""
    if ".." in path or "//" in path or "\\" in path or "\0" in path:
        return False
    return path in ALLOWED or path.startswith(ALLOWED_BELOW)


def _is_ours(name: bytes) -> bool:
    ours = any(name == header for header, _ in HEADERS)
    return ours or name.startswith(b"access-control-")


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


def _told(message: str) -> bytes:
    return json.dumps({"message": message}).encode("ascii")


async def _refuse(send: Send, status: int, text: bytes, kind: bytes = _HTML) -> None:
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
