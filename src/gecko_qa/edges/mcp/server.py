"""The server of the tools: over the standard streams of a process, and as an ASGI application."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
)

from gecko_qa import __version__
from gecko_qa.edges.mcp.tools import Tools, instructions
from gecko_qa.library import Library
from gecko_qa.payload import MAX_BODY_BYTES

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from starlette.types import Receive, Scope, Send

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def mcp_server(library: Library) -> Server[Any]:
    """Return a server with the tools over `library`; it keeps nothing about who calls."""
    tools = Tools(library)
    takes = {tool.name: tool.input_schema for tool in tools.tools}

    async def list_tools(
        _: ServerRequestContext[Any, Any], __: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=list(tools.tools))

    async def call_tool(
        _: ServerRequestContext[Any, Any], called: CallToolRequestParams
    ) -> CallToolResult:
        if called.name not in tools.names:
            raise MCPError(
                INVALID_PARAMS, f"There is no such tool. There are: {', '.join(tools.names)}."
            )
        return await anyio.to_thread.run_sync(tools.call, called.name, called.arguments or {})

    server: Server[Any] = Server(
        "gecko-qa",
        version=__version__,
        title=library.layout.title,
        instructions=instructions(library),
        get_tool_input_schema=takes.get,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    # By default it hands each call to OpenTelemetry; nothing here reports anything to anyone.
    server.middleware.clear()
    return server


def run_stdio(library: Library) -> None:
    """Serve `library` on this process's standard input and output until the input ends.

    Whatever else writes to standard output meanwhile goes to standard error.
    """

    async def run() -> None:
        server = mcp_server(library)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    # The thread that waits for input cannot be interrupted: without this Ctrl+C would wait for it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(run)


class McpEndpoint:
    """An ASGI application, to be mounted where the tools are to be, that answers with JSON alone.

    Each request stands for itself: there are no sessions, no streams that stay open, and nothing
    to start or stop.
    """

    def __init__(
        self, library: Library, hosts: Sequence[str] = LOCAL_HOSTS, origins: Sequence[str] = ()
    ) -> None:
        """Take the `hosts` that requests may be sent to, each at any port, without one too.

        This keeps a page of another site from reaching the server by a name of its own. Pages of
        these hosts and of `origins`, such as "https://example.org", may call; requests that come
        from no page may too.
        """
        self._server = mcp_server(library)
        self._security = TransportSecuritySettings(
            allowed_hosts=[form for host in hosts for form in (host, f"{host}:*")],
            allowed_origins=[
                *origins,
                *(
                    f"{scheme}://{form}"
                    for scheme in ("http", "https")
                    for host in hosts
                    for form in (host, f"{host}:*")
                ),
            ],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        from starlette.responses import Response

        if scope["type"] != "http":
            return
        if scope["method"] != "POST":
            # A GET would open a stream for messages from the server, of which there are none.
            await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)
            return
        manager = StreamableHTTPSessionManager(
            self._server,
            json_response=True,
            stateless=True,
            security_settings=self._security,
            max_request_body_size=MAX_BODY_BYTES,
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)
