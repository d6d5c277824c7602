"""Which other sites' pages may read what the API answers: none, unless they are named."""

from __future__ import annotations

from collections.abc import Collection

from gecko_qa.gate.asgi import App, Receive, Scope, Send

API = "/api/v1/"
_A_DAY = 86_400


class CrossOrigin:
    """ASGI middleware: lets pages of `origins` read the API, and nothing else of the server.

    It goes outside whatever strips such headers. No reply depends on cookies, and none are taken.
    """

    def __init__(self, app: App, origins: Collection[str]) -> None:
        """Take `origins` such as https://example.org, exactly as browsers send them."""
        from starlette.middleware.cors import CORSMiddleware

        self._app = app
        self._open: App = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Retry-After", "Server-Timing"],
            max_age=_A_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        is_api = scope["type"] == "http" and scope["path"].startswith(API)
        await (self._open if is_api else self._app)(scope, receive, send)
