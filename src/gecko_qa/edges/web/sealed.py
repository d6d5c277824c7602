"""What Gradio gets of a request: what its work needs, and nothing else that it would act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gecko_qa.gate.asgi import App, Receive, Scope, Send

if TYPE_CHECKING:
    from fastapi import FastAPI

# From others it would tell the page where to send questions to, such as X-Forwarded-Host, or which
# bytes of a file to send, or which other site may read them. Behind a proxy that ends TLS the page
# has to be told to ask by https, whether or not that proxy is trusted to say who asks.
_NEEDED = frozenset(
    (b"accept-encoding", b"content-length", b"content-type", b"host", b"x-forwarded-proto")
)


class Sealed:
    """ASGI middleware around Gradio: requests come without a query and with few headers.

    A query could name a page that there is not, or a state that lies on the disk. The one that
    asks a question is read by the page itself.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name in _NEEDED]
            scope = {**scope, "query_string": b"", "headers": headers}
        await self._app(scope, receive, send)


def seal(app: FastAPI) -> None:
    """Seal the application that `app` mounted last; raises TypeError where that is none."""
    from starlette.routing import Mount

    mount = app.routes[-1]
    if not isinstance(mount, Mount):
        raise TypeError("The last route is no mounted application.")
    mount.app = Sealed(mount.app)
