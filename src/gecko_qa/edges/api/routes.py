"""The routes of the API, each one call of the library."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gecko_qa import __version__
from gecko_qa.answer.answer import Answer, answer_json
from gecko_qa.answer.question import ask_question
from gecko_qa.asking import answer_asked, note_asked, read_asked
from gecko_qa.edges.api import problems
from gecko_qa.edges.api.caching import REVALIDATE_PRIVATELY, cached, etag
from gecko_qa.edges.api.cors import API
from gecko_qa.edges.api.exchange import Call, Endpoint, Reply
from gecko_qa.edges.api.metrics import Metrics
from gecko_qa.edges.api.openapi import document
from gecko_qa.edges.api.problems import Refused
from gecko_qa.edges.api.server import handler, missing
from gecko_qa.errors import UsageError
from gecko_qa.feedback import taking
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.gate.clients import charge, too_many
from gecko_qa.hashing import digest
from gecko_qa.library import Library
from gecko_qa.limits import Limit
from gecko_qa.payload import json_line, parse_object
from gecko_qa.showing import definition_json, explainer_json, explainers_json, layout_json
from gecko_qa.suggestions import MAX_SUGGESTIONS

if TYPE_CHECKING:
    from fastapi import FastAPI

MAX_SUGGEST_CHARS = 200
_BOOLEANS = {"true": True, "false": False}
_NO_STORE = (("Cache-Control", "no-store"),)
_AN_HOUR = "public, max-age=3600"
_FOR_ANY_SITE = (("Cross-Origin-Resource-Policy", "cross-origin"),)


def add_api(
    app: FastAPI,
    library: Library,
    feedback: FeedbackStore | None = None,
    *,
    metrics: Metrics | None = None,
    origins: Collection[str] = (),
    limit: Limit | None = None,
) -> None:
    """Add the API over `library` to `app`, and what operators and other sites' pages ask for.

    `feedback` None takes none. `metrics` None counts from zero. Pages of `origins` may send
    feedback; that they may read answers is the matter of `CrossOrigin`. `limit` None takes
    feedback without one.
    """
    from fastapi import FastAPI

    metrics = metrics or Metrics()
    metrics.serving(library)
    endpoints = _Endpoints(library, feedback, metrics, frozenset(origins), limit)
    api = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers=missing(metrics),  # type: ignore[arg-type]
    )
    for path, endpoint, methods in endpoints.of_the_api():
        api.add_route(path, handler(_route(path), endpoint, metrics), methods=methods)
    for path, endpoint, at_once in endpoints.beside_it():
        handle = handler(path, endpoint, metrics, at_once=at_once)
        app.add_route(path, handle, methods=["GET"])
    app.mount(API[:-1], api)


def _route(path: str) -> str:
    return API[:-1] + path.replace(":path", "")


class _Endpoints:
    def __init__(
        self,
        library: Library,
        feedback: FeedbackStore | None,
        metrics: Metrics,
        origins: Collection[str],
        limit: Limit | None,
    ) -> None:
        self._library = library
        self._feedback = feedback
        self._metrics = metrics
        self._origins = origins
        self._limit = limit

    def of_the_api(self) -> tuple[tuple[str, Endpoint, list[str]], ...]:
        """Paths below the API's, what serves each, and the methods it takes."""
        return (
            ("/ask", self.ask, ["GET", "POST"]),
            ("/define/{term:path}", self.define, ["GET"]),
            ("/explainers", self.explainers, ["GET"]),
            ("/explainers/{slug}", self.explainer, ["GET"]),
            ("/layout", self.layout, ["GET"]),
            ("/suggest", self.suggest, ["GET"]),
            ("/feedback", self.take_feedback, ["POST"]),
            ("/openapi.json", self.openapi, ["GET"]),
        )

    def beside_it(self) -> tuple[tuple[str, Endpoint, bool], ...]:
        """Paths beside the API's, what serves each, and whether at once."""
        return (
            ("/healthz", self.health, True),
            ("/readyz", self.readiness, True),
            ("/metrics", self.figures, False),
            ("/widget.js", self.widget, False),
        )

    def ask(self, call: Call) -> Reply:
        """Answer the question of an address or, with a conversation, of a body."""
        if call.method == "POST":
            call.fields()
            asked = read_asked(_json_of(call), strict=True)
            # Each turn before is answered again, to find out what this one follows on from.
            if wait := charge(len(asked.conversation)):
                raise Refused(problems.TOO_MANY, too_many(wait).message, wait)
            return self._told(answer_asked(asked, self._library), *_NO_STORE)
        question, level, audience = (asked := read_asked(_asked_by_address(call))).turn
        checked = ask_question(
            question, self._library.layout, level, audience, as_typed=asked.as_typed
        )
        identity = [checked.text, checked.level, checked.audience, checked.as_typed]
        return cached(
            call,
            etag(self._library.hash, "ask", identity),
            lambda: self._told(answer_asked(asked, self._library)),
            REVALIDATE_PRIVATELY,
        )

    def _told(self, answer: Answer, *headers: tuple[str, str]) -> Reply:
        self._metrics.answered(answer.status)
        note_asked(answer)
        timing = ("Server-Timing", f"answer;dur={answer.seconds * 1000:.3f}")
        return Reply(answer_json(answer, timed=False), headers=(timing, *headers))

    def define(self, call: Call) -> Reply:
        """Give the definition of a concept, by any of its names."""
        call.fields()
        explainer = self._library.define(call.path["term"])
        return self._kept(call, ["define", explainer.slug], lambda: definition_json(explainer))

    def explainers(self, call: Call) -> Reply:
        """List every explainer."""
        call.fields()
        return self._kept(call, ["explainers"], lambda: explainers_json(self._library))

    def explainer(self, call: Call) -> Reply:
        """Give an explainer in full."""
        call.fields()
        explainer = self._library.explainer(call.path["slug"])
        return self._kept(call, ["explainer", explainer.slug], lambda: explainer_json(explainer))

    def layout(self, call: Call) -> Reply:
        """Tell which levels and audiences there are."""
        call.fields()
        return self._kept(call, ["layout"], lambda: layout_json(self._library))

    def suggest(self, call: Call) -> Reply:
        """Complete what somebody is typing."""
        typed = _needed(call.fields("q"), "q")
        if len(typed) > MAX_SUGGEST_CHARS:
            raise UsageError(f"“q” has {len(typed)} characters; {MAX_SUGGEST_CHARS} are allowed.")
        return self._kept(
            call,
            ["suggest", typed],
            lambda: {
                "suggestions": [
                    found.to_json() for found in self._library.suggest(typed, MAX_SUGGESTIONS)
                ]
            },
        )

    def take_feedback(self, call: Call) -> Reply:
        """Keep what a reader says of an answer."""
        call.fields()
        if not taking.is_from_here(call.headers, self._origins):
            raise Refused(problems.FOREIGN, taking.FOREIGN)
        _check_json(call)
        day = datetime.now(UTC).date()
        feedback = taking.parse_feedback(call.body, self._library, day)
        wait_seconds = self._limit.take() if self._limit else 0
        if wait_seconds:
            raise Refused(problems.TOO_MANY, taking.TOO_MUCH, wait_seconds)
        if not taking.keep(feedback, self._feedback):
            raise Refused(problems.NOT_KEPT, taking.NOT_KEPT)
        return Reply(json_line({"message": taking.THANKS}), 201, headers=_NO_STORE)

    def openapi(self, call: Call) -> Reply:
        """Describe the API, with examples that this library gave."""
        call.fields()
        return self._kept(call, ["openapi"], lambda: self._document)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document(self._library)

    def _kept(self, call: Call, identity: list[str], make: Callable[[], object]) -> Reply:
        """Return what `make` makes as JSON, or 304; the library and `identity` determine it."""
        tag = etag(self._library.hash, *identity)
        return cached(call, tag, lambda: Reply(json_line(make())))

    def health(self, call: Call) -> Reply:
        """Tell that the process runs."""
        return Reply(json_line({"status": "ok"}), headers=_NO_STORE)

    def readiness(self, call: Call) -> Reply:
        """Tell which index is served."""
        manifest = self._library.index.manifest
        told = {
            "status": "ready",
            "version": __version__,
            "index": self._library.hash,
            "explainers": manifest.n_explainers,
            "passages": manifest.n_passages,
        }
        return Reply(json_line(told), headers=_NO_STORE)

    def figures(self, call: Call) -> Reply:
        """Give the metrics."""
        text, media_type = self._metrics.text()
        return Reply(text, media_type=media_type, headers=_NO_STORE)

    def widget(self, call: Call) -> Reply:
        """Give the script that puts the library into another site."""
        return cached(
            call,
            etag("widget", digest(self._widget)),
            lambda: Reply(self._widget, media_type="text/javascript", headers=_FOR_ANY_SITE),
            _AN_HOUR,
        )

    @cached_property
    def _widget(self) -> str:
        return (files("gecko_qa.edges.api") / "widget.js").read_text(encoding="utf-8")


def _asked_by_address(call: Call) -> dict[str, Any]:
    fields = call.fields("q", "level", "audience", "as_typed")
    as_typed = fields.get("as_typed", "false")
    if as_typed not in _BOOLEANS:
        raise UsageError("“as_typed” has to be true or false.")
    question = {"question": _needed(fields, "q"), "as_typed": _BOOLEANS[as_typed]}
    return question | {name: fields[name] for name in ("level", "audience") if name in fields}


def _needed(fields: dict[str, str], name: str) -> str:
    if name not in fields:
        raise UsageError(f"“{name}” is missing.")
    return fields[name]


def _json_of(call: Call) -> dict[str, Any]:
    _check_json(call)
    return parse_object(call.body)


def _check_json(call: Call) -> None:
    if not taking.is_json(call.headers):
        raise Refused(problems.NOT_OF_ITS_KIND, "Send the body as application/json.")
