"""One password for the whole site, by HTTP's Basic authentication (RFC 7617)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from hmac import compare_digest

from gecko_qa.gate.asgi import (
    HEALTH,
    App,
    Receive,
    Refusal,
    Scope,
    Send,
    Telling,
    refuse,
    tell_plainly,
)
from gecko_qa.gate.clients import COST, charge, too_many

_ASK = ((b"www-authenticate", b'Basic realm="gecko-qa", charset="UTF-8"'),)
_REFUSAL = Refusal(401, "A password is needed here.", _ASK)


class PasswordGate:
    """ASGI middleware: lets through who knows the password, by whatever user name."""

    def __init__(self, app: App, password: str, telling: Telling = tell_plainly) -> None:
        self._app = app
        self._password = password.encode("utf-8", "replace")
        self._telling = telling

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in HEALTH or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        # Guessing costs as much as asking.
        wait = charge(COST)
        await refuse(too_many(wait) if wait else _REFUSAL, scope, send, self._telling)

    def _is_known(self, scope: Scope) -> bool:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, encoded = given.partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            _, _, password = b64decode(encoded.strip(), validate=True).partition(b":")
        except binascii.Error:
            return False
        return compare_digest(password, self._password)
