"""Headers of every reply: what a page may load, who may frame it, who may read it."""

from __future__ import annotations

from gecko_qa.gate.asgi import App, Headers, Message, Receive, Scope, Send

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
_FOR_OTHER_SITES = b"access-control-"


class SecurityHeaders:
    """ASGI middleware: sets our headers, whatever sets others of their names.

    No header that lets a page of another site read an answer gets out.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message.get("headers", []) if not _is_ours(k.lower())]
                message = {**message, "headers": [*kept, *_headers_of(scope)]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _headers_of(scope: Scope) -> Headers:
    if scope.get("path") != _CHAT:
        return HEADERS
    return ((_POLICY_HEADER, _CHAT_POLICY), *HEADERS[1:])


def _is_ours(name: bytes) -> bool:
    ours = any(name == header for header, _ in HEADERS)
    return ours or name.startswith(_FOR_OTHER_SITES)
