"""What other edges serve beside the pages, over the library that is served now."""

from __future__ import annotations

from collections.abc import Sequence

from gecko_qa.edges.web.guard import Part, part_at
from gecko_qa.edges.web.site import Current
from gecko_qa.gate.asgi import App, Receive, Scope, Send
from gecko_qa.library import Library


class Beside:
    """ASGI middleware: hands the addresses of `parts` to applications of theirs, which are built
    anew for another library.
    """

    def __init__(self, app: App, parts: Sequence[Part], current: Current) -> None:
        self._app = app
        self._parts = parts
        self._current = current
        # Over the library that each was last asked for.
        self._built: dict[Part, tuple[Library, App]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        part = part_at(self._parts, scope["path"]) if scope["type"] == "http" else None
        app = self._app if part is None else self._app_of(part)
        await app(scope, receive, send)

    def _app_of(self, part: Part) -> App:
        library = self._current()
        held = self._built.get(part)
        if held is None or held[0] is not library:
            held = self._built[part] = (library, part.app(library))
        return held[1]
