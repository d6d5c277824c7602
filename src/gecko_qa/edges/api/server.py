"""Endpoints on a server: bodies bounded, failures told as problems, every request counted."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from gecko_qa.edges.api import problems
from gecko_qa.edges.api.exchange import Call, Endpoint, Reply
from gecko_qa.edges.api.metrics import Metrics
from gecko_qa.payload import MAX_BODY_BYTES

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

OTHER = "other"
_NO_BODY = (304,)
Handler = Callable[["Request"], Awaitable["Response"]]


def handler(route: str, endpoint: Endpoint, metrics: Metrics, *, at_once: bool = False) -> Handler:
    """Return what serves `endpoint`, counted as `route`.

    `at_once` is for one that takes no time: it waits for no thread, of which questions may have
    taken all.
    """

    async def handle(request: Request) -> Response:
        started = time.perf_counter()
        reply = await _reply(request, endpoint, at_once)
        metrics.replied(route, reply.status, time.perf_counter() - started)
        return response_of(reply, head=request.method == "HEAD")

    return handle


async def _reply(request: Request, endpoint: Endpoint, at_once: bool) -> Reply:
    from fastapi.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect

    try:
        call = Call(
            request.method,
            request.path_params,
            request.scope["query_string"],
            {name.lower(): value for name, value in request.headers.items()},
            await _body(request),
        )
        return endpoint(call) if at_once else await run_in_threadpool(endpoint, call)
    except ClientDisconnect:
        return Reply("", 400)  # Nobody is there to read it.
    except Exception as error:
        return problems.problem_of(error)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise problems.Refused(problems.TOO_LARGE, problems.DETAILS[problems.TOO_LARGE])
    return bytes(body)


def response_of(reply: Reply, *, head: bool = False) -> Response:
    """Return `reply` as it is sent, without its text for HEAD."""
    from fastapi.responses import Response

    body = reply.text.encode("utf-8")
    sent = b"" if head else body
    response = Response(sent, reply.status, dict(reply.headers), reply.media_type)
    if reply.status in _NO_BODY:
        del response.headers["content-type"]
    elif head:
        response.headers["content-length"] = str(len(body))
    return response


def missing(metrics: Metrics) -> dict[int, Callable[..., Awaitable[Response]]]:
    """Return what answers where no endpoint does, by status."""

    async def not_found(request: Request, error: Exception) -> Response:
        return reply(problems.problem(problems.NOT_FOUND, "See docs/http.md for what there is."))

    async def not_allowed(request: Request, error: Exception) -> Response:
        allowed = ", ".join(sorted(getattr(error, "headers", {})["Allow"].split(", ")))
        detail = f"Use one of: {allowed}."
        return reply(problems.problem(problems.NOT_ALLOWED, detail, ("Allow", allowed)))

    def reply(told: Reply) -> Response:
        metrics.replied(OTHER, told.status)
        return response_of(told)

    return {404: not_found, 405: not_allowed}
