"""What the server has beside its pages and chat: the HTTP API, and tools for assistants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gecko_qa.edges.api import problems
from gecko_qa.edges.api.cors import API, CrossOrigin
from gecko_qa.edges.api.metrics import GATE, Counted, Metrics
from gecko_qa.edges.api.routes import add_api
from gecko_qa.edges.web.calls import PREDICT
from gecko_qa.edges.web.guard import Part
from gecko_qa.feedback import taking
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.gate.asgi import HEALTH, App, Receive, Refusal, Scope, Send
from gecko_qa.library import Library
from gecko_qa.limits import Limit
from gecko_qa.payload import json_line
from gecko_qa.settings import Settings

if TYPE_CHECKING:
    from gecko_qa.edges.mcp.server import McpEndpoint

MCP = "/mcp"
_METRICS = "/metrics"
_REFUSED = -32000
"""Of the codes that JSON-RPC leaves to servers."""
_BESIDE_THE_API = frozenset((*HEALTH, _METRICS, "/widget.js"))


def parts_of(settings: Settings, limit: Limit | None = None) -> tuple[Part, ...]:
    """Return the parts; they count together, whatever the library.

    They share the `limit` on feedback with whatever else takes it, None for one of their own.
    """
    store = FeedbackStore(settings.feedback_file, settings.feedback_bytes)
    origins = settings.cors_origins
    limit = limit or taking.feedback_limit()
    return _api(store, Metrics(), origins, limit), _tools(settings.hosts, origins)


def _api(store: FeedbackStore, metrics: Metrics, origins: tuple[str, ...], limit: Limit) -> Part:
    def app(library: Library) -> App:
        from fastapi import FastAPI

        api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        add_api(api, library, store, metrics=metrics, origins=origins, limit=limit)
        return api

    def around(app: App) -> App:
        counted = Counted(app, PREDICT, metrics)
        return CrossOrigin(counted, origins) if origins else counted

    return Part(
        app,
        _BESIDE_THE_API,
        (API,),
        asking=frozenset((f"{API}ask",)),
        free=frozenset((*HEALTH, _METRICS)),
        telling=problems.telling,
        refused=partial(metrics.replied, GATE),
        around=around,
    )


def _tools(hosts: tuple[str, ...], origins: tuple[str, ...]) -> Part:
    tools = frozenset((MCP,))
    return Part(
        lambda library: _LateTools(library, hosts, origins),
        tools,
        asking=tools,
        telling=_tell_tools,
    )


def _tell_tools(_: str, refusal: Refusal) -> tuple[str, str]:
    """Return a refusal as JSON-RPC tells an error that belongs to no call."""
    error = {"code": _REFUSED, "message": refusal.message}
    return json_line({"jsonrpc": "2.0", "id": None, "error": error}), "application/json"


class _LateTools:
    """The tools, imported when first called: most servers never are, and their start would wait."""

    def __init__(self, library: Library, hosts: Sequence[str], origins: Sequence[str]) -> None:
        self._library = library
        self._hosts = hosts
        self._origins = origins

    @cached_property
    def _endpoint(self) -> McpEndpoint:
        from gecko_qa.edges.mcp.server import LOCAL_HOSTS, McpEndpoint

        return McpEndpoint(self._library, (*LOCAL_HOSTS, *self._hosts), self._origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._endpoint(scope, receive, send)
