"""The names of an ASGI application's parts, and requests that are refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

HTML = "text/html; charset=utf-8"
_GONE = "gecko_qa.gone"
_OF_A_BODY = frozenset((b"content-length", b"transfer-encoding"))
HEALTH = frozenset(("/healthz", "/readyz"))
"""What tells whoever watches the server that it runs: free of limits and of the password."""


@dataclass(frozen=True)
class Refusal:
    """Why a request is not answered, and what it is told beside that."""

    status: int
    message: str
    headers: Headers = ()


Telling = Callable[[str, Refusal], tuple[str, str]]
"""Gives the text and the media type of a refusal at a path."""


def tell_plainly(_: str, refusal: Refusal) -> tuple[str, str]:
    """Tell the message and nothing else."""
    return refusal.message, HTML


def retry_after(seconds: int) -> Headers:
    """Return the header that tells when to try again."""
    return ((b"retry-after", b"%d" % seconds),)


def note_gone(state: MutableMapping[str, Any]) -> None:
    """Note in the state of a request's scope that its client has gone: nobody reads the answer."""
    state[_GONE] = True


def has_gone(scope: Scope) -> bool:
    """Tell whether the client of a request has gone."""
    return _GONE in scope.get("state", {})


async def refuse(refusal: Refusal, scope: Scope, send: Send, telling: Telling) -> None:
    """Send `refusal`. A connection ends with it where some of the request may still come."""
    text, media_type = telling(scope["path"], refusal)
    body = text.encode("utf-8")
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *refusal.headers,
    ]
    if any(name in _OF_A_BODY for name, _ in scope["headers"]):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
