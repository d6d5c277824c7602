"""The gate of a server: its settings and what it remembers, whatever application stands behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Network, ip_network
from typing import TYPE_CHECKING

from gecko_qa.gate.admission import Admission, Admitted
from gecko_qa.gate.asgi import Telling
from gecko_qa.gate.clients import ClientLimit
from gecko_qa.gate.headers import SecurityHeaders
from gecko_qa.gate.logs import RequestLog
from gecko_qa.gate.password import PasswordGate
from gecko_qa.limits import A_MINUTE, Limits
from gecko_qa.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

_MIN_GZIP_BYTES = 1024
_V4_IN_V6_BITS = 96


@dataclass(frozen=True)
class Gate:
    """One gate for all applications that a server puts behind it, one after the other."""

    settings: Settings
    limits: Limits | None
    admission: Admission

    @classmethod
    def of(cls, settings: Settings) -> Gate:
        """Return the gate that `settings` ask for."""
        n = settings.questions_per_minute
        admission = Admission(settings.max_waiting, settings.timeout_seconds)
        return cls(settings, Limits(n, A_MINUTE) if n else None, admission)

    def admit(self, app: Starlette, is_free: Callable[[str], bool], telling: Telling) -> None:
        """Let no more into `app` at a time than it can answer, but for paths that are free."""
        app.add_middleware(Admitted, admission=self.admission, is_free=is_free, telling=telling)

    def surround(self, app: Starlette, cost_of: Callable[[str], float], telling: Telling) -> None:
        """Put all else around `app`: compression, password, limits, log, headers, proxies.

        `cost_of` tells what a request to a path costs. The last that is added is the outermost.
        """
        from starlette.middleware.gzip import GZipMiddleware
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

        app.add_middleware(GZipMiddleware, minimum_size=_MIN_GZIP_BYTES)
        if self.settings.password is not None:
            app.add_middleware(PasswordGate, password=self.settings.password, telling=telling)
        app.add_middleware(
            ClientLimit,
            limits=self.limits,
            cost_of=cost_of,
            telling=telling,
            knows_proxies=bool(self.settings.trusted_proxies),
        )
        if self.settings.log_requests:
            app.add_middleware(RequestLog)
        app.add_middleware(SecurityHeaders, framed_by=self.settings.frame_ancestors)
        if self.settings.trusted_proxies:
            trusted = [form for proxy in self.settings.trusted_proxies for form in _forms(proxy)]
            app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)


def _forms(proxy: str) -> tuple[str, ...]:
    """Return a network as it is and as a socket for both kinds of addresses tells it."""
    network = ip_network(proxy)
    if isinstance(network, IPv6Network):
        return (proxy,)
    return proxy, f"::ffff:{network.network_address}/{_V4_IN_V6_BITS + network.prefixlen}"
