"""What the server writes about requests: nothing, unless it is asked to, and never who asked."""

from __future__ import annotations

import logging
import time

from gecko_qa.gate.asgi import App, Message, Receive, Scope, Send
from gecko_qa.settings import Settings

# What writes questions is made of the library, and so beyond this.
_ASKED = "gecko_qa.asking"

_log = logging.getLogger(__name__)
# What follows these is what somebody typed.
_TYPED_AFTER = "/define/"
NO_REPLY = 0


def write_logs(settings: Settings) -> None:
    """Write what went wrong to standard error, and what else `settings` ask for."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    ours = logging.getLogger("gecko_qa")
    ours.handlers = [handler]
    ours.propagate = False
    _log.setLevel(logging.INFO if settings.log_requests else logging.WARNING)
    asked = logging.getLogger(_ASKED)
    asked.setLevel(logging.INFO if settings.log_questions else logging.WARNING)


class RequestLog:
    """ASGI middleware: a line for each request, with its method, path, status and time.

    Neither addresses nor what readers typed are in it.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = NO_REPLY

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_noting)
        finally:
            took = (time.perf_counter() - started) * 1000
            _log.info("%s %s %d %.0f ms", scope["method"], _path(scope), status, took)


def _path(scope: Scope) -> str:
    """Return the path as it was sent, so on one line, without what was typed."""
    path: str = (scope.get("raw_path") or b"").decode("latin-1")
    before, typed, _ = path.partition(_TYPED_AFTER)
    return f"{before}{typed}…" if typed else path
