"""Who asks, and how much each may ask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address

from gecko_qa.gate.asgi import (
    HEALTH,
    App,
    Receive,
    Refusal,
    Scope,
    Send,
    Telling,
    refuse,
    retry_after,
    tell_plainly,
)
from gecko_qa.limits import Limits

TOO_MANY = 429
COST = 1.0
SMALL_COST = 1 / 16
"""Of what answers no question: a page, a name that is completed."""
MAX_CLIENT_CHARS = 64
_IPV6_NETWORK_BYTES = 8
_FORWARDED = b"x-forwarded-for"
_log = logging.getLogger(__name__)

_take: ContextVar[Callable[[float], int] | None] = ContextVar("take", default=None)


class ClientLimit:
    """ASGI middleware: each client may ask so much, and is told when to go on.

    A client is an address, and of IPv6 a network of 64 bits. Programs on the server's own machine
    are not limited, unless a proxy there speaks for others.
    """

    def __init__(
        self,
        app: App,
        limits: Limits | None,
        cost_of: Callable[[str], float],
        telling: Telling = tell_plainly,
        *,
        knows_proxies: bool = False,
    ) -> None:
        """Take what lets clients through, None for everyone, and what a path costs.

        Without `knows_proxies` it warns of one that it sees.
        """
        self._app = app
        self._limits = limits
        self._cost_of = cost_of
        self._telling = telling
        self._is_told = knows_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        client = self._client(scope)
        if client is None or self._limits is None:
            await self._app(scope, receive, send)
            return
        limits = self._limits
        wait = limits.take(client, self._cost_of(scope["path"]))
        if wait:
            await refuse(too_many(wait), scope, send, self._telling)
            return
        before = _take.set(lambda cost: limits.take(client, cost))
        try:
            await self._app(scope, receive, send)
        finally:
            _take.reset(before)

    def _client(self, scope: Scope) -> str | None:
        """Return who is limited, None for somebody who is not."""
        if scope["type"] != "http" or scope["path"] in HEALTH:
            return None
        host = (scope.get("client") or ("",))[0]
        try:
            address = ip_address(host)
        except ValueError:
            # What a proxy says, or no address at all: one client as good as any.
            return host[:MAX_CLIENT_CHARS]
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address.is_loopback and not self._is_forwarded(scope):
            return None
        if isinstance(address, IPv6Address):
            return address.packed[:_IPV6_NETWORK_BYTES].hex()
        return str(address)

    def _is_forwarded(self, scope: Scope) -> bool:
        """Tell whether a proxy on this machine sent this for somebody."""
        forwarded = any(name == _FORWARDED for name, _ in scope["headers"])
        if forwarded and not self._is_told:
            self._is_told = True
            _log.warning(
                "A proxy on this machine forwards requests. Name its address in trusted_proxies: "
                "until then all of its readers share one limit."
            )
        return forwarded


def charge(cost: float) -> int:
    """Take a further cost from the client whose request this answers, in whatever thread.

    Returns 0, or after how many seconds to try again.
    """
    take = _take.get()
    return take(cost) if take else 0


def too_many(wait_seconds: int) -> Refusal:
    """Return the refusal of a client that asks too much."""
    seconds = f"{wait_seconds} second{'' if wait_seconds == 1 else 's'}"
    return Refusal(
        TOO_MANY,
        f"That is too much at once. Please try again in {seconds}.",
        retry_after(wait_seconds),
    )
