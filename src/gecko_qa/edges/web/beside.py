"""What other edges serve beside the pages, over the library that is served now."""

from __future__ import annotations

from collections.abc import Sequence

from gecko_qa.edges.web.guard import App, Part, Receive, Scope, Send
from gecko_qa.edges.web.site import Current
from gecko_qa.library import Library


class Beside:
    """ASGI middleware: hands the addresses of `parts` to applications of theirs, which are built
    anew for another library.
    """

    def __init__(self, app: App, parts: Sequence[Part], current: Current) -> None:
        self._app = app
        self._parts = parts
        self._current = current
        self._built: dict[int, tuple[Library, App]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        app = self._app
        if scope["type"] == "http":
            for number, part in enumerate(self._parts):
                if part.holds(scope["path"]):
                    app = self._app_of(number)
        await app(scope, receive, send)

    def _app_of(self, number: int) -> App:
        library = self._current()
        held = self._built.get(number)
        if held is None or held[0] is not library:
            held = self._built[number] = (library, self._parts[number].app(library))
        return held[1]
