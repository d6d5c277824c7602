"""Plain routes: reading pages, definitions, the map, fragments of pages, and static files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gecko_qa.edges.web.feedback import take_feedback
from gecko_qa.edges.web.news import News, watching_page
from gecko_qa.edges.web.site import Current
from gecko_qa.errors import UsageError
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.html.answers import render_passage
from gecko_qa.html.defining import render_definition, render_definitions
from gecko_qa.html.mapping import render_map
from gecko_qa.html.reading import render_explainer, render_explainers, render_missing
from gecko_qa.library import Library
from gecko_qa.limits import Limit

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from fastapi.responses import Response

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_READ = ["GET", "HEAD"]


def add_routes(
    app: FastAPI,
    current: Current,
    limit: Limit,
    feedback: FeedbackStore | None = None,
    news: News | None = None,
) -> None:
    """Add every plain route to `app`; `feedback` None takes none, `news` None tells none.

    `limit` bounds how much feedback is taken.
    """
    from fastapi.responses import RedirectResponse, Response

    def page(render: Callable[[Library], str], slug: str = "") -> Response:
        library = current()
        told = (lambda html: html) if news is None else (lambda h: watching_page(h, library, slug))
        return _page(library, lambda held: told(render(held)))

    @app.api_route("/explainers", methods=_READ)
    @app.api_route("/explainers/", methods=_READ)
    def explainers() -> Response:
        return page(render_explainers)

    @app.api_route("/explainers/{slug}", methods=_READ)
    def explainer(slug: str) -> Response:
        return page(lambda library: render_explainer(library.explainer(slug), library), slug)

    @app.api_route("/map", methods=_READ)
    def concept_map() -> Response:
        return page(render_map)

    @app.api_route("/define", methods=_READ)
    def definitions(term: str = "") -> Response:
        return page(lambda library: render_definitions(library, term[:200]))

    @app.api_route("/define/{term:path}", methods=_READ)
    def define(term: str) -> Response:
        library = current()
        try:
            return RedirectResponse(f"/explainers/{library.define(term).slug}", status_code=302)
        except UsageError as error:
            return _missing(library, str(error))

    @app.api_route("/gecko/definition/{slug}", methods=_READ)
    def definition(slug: str) -> Response:
        return _page(current(), lambda library: render_definition(slug, library))

    _add_feedback(app, current, limit, feedback)
    if news is not None:
        _add_news(app, current, news)

    @app.api_route("/gecko/passage/{slug}/{section}", methods=_READ)
    def passage(slug: str, section: str) -> Response:
        id_ = f"{slug}#{section}"
        return _page(current(), lambda library: render_passage(library, id_))

    static = {
        item.name: item.read_text(encoding="utf-8")
        for item in (files("gecko_qa.html") / "static").iterdir()
    }

    @app.api_route("/gecko/{name}", methods=_READ)
    def asset(name: str) -> Response:
        if name not in static:
            return _missing(current(), "There is no such file.")
        return Response(static[name], media_type=_TYPES[PurePosixPath(name).suffix])


def _add_feedback(
    app: FastAPI, current: Current, limit: Limit, store: FeedbackStore | None
) -> None:
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import JSONResponse

    async def take(request: Request) -> Response:
        body = await request.body()
        day = datetime.now(UTC).date()
        # In a thread, since it waits for the disk.
        taken = await run_in_threadpool(
            take_feedback, request.headers, body, current(), store, day, limit=limit
        )
        wait = {"Retry-After": str(taken.wait_seconds)} if taken.wait_seconds else None
        return JSONResponse({"message": taken.message}, taken.status, wait)

    app.add_route("/feedback", take, methods=["POST"])


def _add_news(app: FastAPI, current: Current, news: News) -> None:
    from fastapi.responses import JSONResponse

    @app.api_route("/gecko/watch", methods=_READ)
    def watch(slug: str = "") -> Response:
        headers = {"cache-control": "no-store"}
        return JSONResponse(news.to_json(current(), slug), headers=headers)


def _page(library: Library, render: Callable[[Library], str]) -> Response:
    from fastapi.responses import HTMLResponse

    try:
        return HTMLResponse(render(library))
    except UsageError as error:
        return _missing(library, str(error))


def _missing(library: Library, message: str) -> Response:
    from fastapi.responses import HTMLResponse

    return HTMLResponse(render_missing(message, library.layout), status_code=404)
