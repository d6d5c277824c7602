"""Headers of every reply: what a page may load, who may frame it, who may read it."""

from __future__ import annotations

from collections.abc import Sequence

from gecko_qa.gate.asgi import App, Headers, Message, Receive, Scope, Send

# Everything comes from here and nowhere else. Gradio's page needs inline scripts and eval too.
_POLICY = (
    "default-src 'self'; script-src 'self'{}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors {}"
)
_CHAT = "/"
_SCRIPTS_OF_THE_CHAT = " 'unsafe-inline' 'unsafe-eval'"
_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_UNFRAMED = (b"x-frame-options", b"DENY")
_OURS = frozenset((b"content-security-policy", *(name for name, _ in (*_HEADERS, _UNFRAMED))))
_FOR_OTHER_SITES = b"access-control-"


class SecurityHeaders:
    """ASGI middleware: sets our headers, whatever sets others of their names.

    No header that lets a page of another site read an answer gets out.
    """

    def __init__(self, app: App, framed_by: Sequence[str] = ()) -> None:
        """Let pages of `framed_by`, such as https://example.org, show ours in a frame."""
        self._app = app
        self._chat = _headers(_SCRIPTS_OF_THE_CHAT, framed_by)
        self._others = _headers("", framed_by)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        headers = self._chat if scope.get("path") == _CHAT else self._others

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message.get("headers", []) if not _is_ours(k.lower())]
                message = {**message, "headers": [*kept, *headers]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _headers(scripts: str, framed_by: Sequence[str]) -> Headers:
    policy = _POLICY.format(scripts, " ".join(framed_by) or "'none'")
    # The older header knows no list of sites.
    unframed = () if framed_by else (_UNFRAMED,)
    return ((b"content-security-policy", policy.encode()), *_HEADERS, *unframed)


def _is_ours(name: bytes) -> bool:
    return name in _OURS or name.startswith(_FOR_OTHER_SITES)
