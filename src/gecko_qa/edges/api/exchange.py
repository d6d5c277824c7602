"""A request and its reply as values, and the query of an address read strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from gecko_qa.errors import UsageError
from gecko_qa.payload import refuse_unknown

JSON = "application/json"
_MAX_FIELDS = 20
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """A request: `headers` by their names in lower case, `path` what stands for parts of it."""

    method: str
    path: Mapping[str, str]
    query: bytes
    headers: Mapping[str, str]
    body: bytes

    def fields(self, *known: str) -> dict[str, str]:
        """Return the fields of the query; raises UsageError for one unknown, or there twice."""
        try:
            pairs = parse_qsl(
                self.query.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MAX_FIELDS,
            )
        except ValueError:
            raise UsageError(
                "The query of the address cannot be read. Encode it as UTF-8."
            ) from None
        found = dict(pairs)
        refuse_unknown(found, known)
        if len(found) < len(pairs):
            raise UsageError("The query of the address gives a field twice. Give it once.")
        return found


@dataclass(frozen=True)
class Reply:
    """What is answered: `text` as UTF-8."""

    text: str
    status: int = 200
    media_type: str = JSON
    headers: Headers = ()


Endpoint = Callable[[Call], Reply]
