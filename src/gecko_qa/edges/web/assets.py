"""Gradio's scripts and styles, sent from memory: compressed once, and named in the page."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gecko_qa.gate.asgi import App, Message, Receive, Scope, Send

PREFIX = "/assets/"
_TYPES = {".css": b"text/css; charset=utf-8", ".js": b"text/javascript; charset=utf-8"}
# Each name carries a digest of the file, so a browser that has it need never ask again.
_CACHE = (b"cache-control", b"public, max-age=31536000, immutable")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent to those who take gzip and to those who do not."""

    body: bytes
    packed: bytes


class Assets:
    """ASGI middleware: sends the scripts and styles of `folder`, has the page at the root load
    those called `ahead` at once, and leaves all else outside `/assets/` to `app`.
    """

    def __init__(self, app: App, folder: Path, ahead: Sequence[str] = ()) -> None:
        self._app = app
        self._paths = {path.name: path for path in folder.glob("*") if path.suffix in _TYPES}
        self._read = {name: _read(self._paths[name]) for name in ahead}
        self._links = "".join(map(_link, ahead)).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        path = scope["path"] if scope["type"] == "http" else ""
        name = path.removeprefix(PREFIX)
        if name in self._paths and scope["method"] in {"GET", "HEAD"}:
            await self._send(name, scope, send)
        elif name not in self._paths and path.startswith(PREFIX):
            await _miss(send)
        elif path == "/" and scope["method"] == "GET":
            await self._app(scope, receive, self._linking(send))
        else:
            await self._app(scope, receive, send)

    async def _send(self, name: str, scope: Scope, send: Send) -> None:
        if name not in self._read:
            self._read[name] = _read(self._paths[name])
        asset = self._read[name]
        body = asset.body
        headers = [(b"content-type", _TYPES[self._paths[name].suffix]), _CACHE]
        if len(asset.packed) < len(body) and _takes_gzip(scope):
            body = asset.packed
            # On what is sent as it is, the compression of other replies puts the second.
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = body if scope["method"] == "GET" else b""
        await send({"type": "http.response.body", "body": sent})

    def _linking(self, send: Send) -> Send:
        """Return what sends a page on with our links at the end of its head."""

        async def link(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message["headers"] if k != b"content-length"]
                message = {**message, "headers": kept}
            elif message["type"] == "http.response.body":
                body = message.get("body", b"").replace(b"</head>", self._links + b"</head>", 1)
                message = {**message, "body": body}
            await send(message)

        return link


async def _miss(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"There is no such file."})


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0))


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _link(name: str) -> str:
    kind = 'rel="preload" as="style"' if name.endswith(".css") else 'rel="modulepreload"'
    return f'<link {kind} crossorigin href=".{PREFIX}{name}">'
