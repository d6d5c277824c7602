"""Figures for whoever runs the server, in Prometheus's text format; none tells who asked what."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gecko_qa import __version__
from gecko_qa.gate.asgi import App, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

    from gecko_qa.index.manifest import Manifest
    from gecko_qa.library import Library

_WORKERS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # which the first process of workers sets
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
GATE = "gate"
"""The route of what was refused before it came to one."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counters of one server. Safe to use from several threads.

    One may outlive its library: `serving` tells which is served now. Where the server has workers,
    each has its own, and any of them tells what all have counted, those that have ended too:
    prometheus_client then keeps counters in files, in the folder that the environment names.
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._registry = CollectorRegistry()
        self._requests = Counter(
            "gecko_qa_requests",
            "Requests, by route and status.",
            ("route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gecko_qa_request_seconds",
            "Time that a request was worked on, by route; the chat's also waited in it.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._answers = Counter(
            "gecko_qa_answers",
            "Answers given, by status.",
            ("status",),
            registry=self._registry,
        )
        self._served = _Served()
        self._registry.register(self._served)

    def serving(self, library: Library) -> None:
        """Note that `library` is served from now on."""
        self._served.index = library.hash
        self._served.manifest = library.index.manifest

    def replied(self, route: str, status: int, seconds: float | None = None) -> None:
        """Count a request to `route`, the path with names in place of what varies.

        `seconds` is the time it took, None where there was nothing to do.
        """
        self._requests.labels(route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(route).observe(seconds)

    def answered(self, status: str) -> None:
        """Count an answer."""
        self._answers.labels(status).inc()

    def text(self) -> tuple[str, str]:
        """Return the figures and their media type."""
        from prometheus_client import generate_latest

        return generate_latest(self._of_all()).decode("utf-8"), _MEDIA_TYPE

    def _of_all(self) -> CollectorRegistry:
        """Return the registry of all workers' figures."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        if _WORKERS_FOLDER not in os.environ:
            return self._registry
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(self._served)
        return registry


class Counted:
    """ASGI middleware: counts each request to `path`, whatever answers it."""

    def __init__(self, app: App, path: str, metrics: Metrics) -> None:
        self._app = app
        self._path = path
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def send_counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - started
                self._metrics.replied(self._path, message["status"], seconds)
            await send(message)

        await self._app(scope, receive, send_counting)


class _Served:
    """A collector, by prometheus_client's protocol, of what is served at the time of asking."""

    def __init__(self) -> None:
        self.index = ""
        self.manifest: Manifest | None = None

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        from prometheus_client.core import GaugeMetricFamily

        if self.manifest is None:
            return
        index = GaugeMetricFamily(
            "gecko_qa_index_info",
            "The index that is served, and by which version.",
            labels=("index", "version"),
        )
        index.add_metric((self.index, __version__), 1)
        yield index
        size = GaugeMetricFamily("gecko_qa_index_size", "What the index holds.", labels=("what",))
        size.add_metric(("explainers",), self.manifest.n_explainers)
        size.add_metric(("passages",), self.manifest.n_passages)
        yield size
