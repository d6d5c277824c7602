"""Figures for whoever runs the server, in Prometheus's text format; none tells who asked what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gecko_qa import __version__

if TYPE_CHECKING:
    from gecko_qa.library import Library

_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counters of one server. Safe to use from several threads.

    One may outlive its library: `serving` tells which is served now.
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        self._requests = Counter(
            "gecko_qa_requests",
            "Requests, by route and status.",
            ("route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gecko_qa_request_seconds",
            "Time from a request's arrival to its reply, by route.",
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
        self._index = Gauge(
            "gecko_qa_index_info",
            "The index that is served, and by which version.",
            ("index", "version"),
            registry=self._registry,
        )
        self._counts = Gauge(
            "gecko_qa_index_size",
            "What the index holds.",
            ("what",),
            registry=self._registry,
        )

    def serving(self, library: Library) -> None:
        """Note that `library` is served from now on."""
        manifest = library.index.manifest
        self._index.clear()
        self._index.labels(library.hash, __version__).set(1)
        self._counts.labels("explainers").set(manifest.n_explainers)
        self._counts.labels("passages").set(manifest.n_passages)

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

        return generate_latest(self._registry).decode("utf-8"), _MEDIA_TYPE
