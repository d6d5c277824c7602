"""JSON that comes in, each field checked, and JSON that goes out, the same on every surface."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from gecko_qa.errors import NotJson, UsageError

MAX_BODY_BYTES = 256 * 1024
"""What is taken of a request's body, whatever it is sent to."""


def json_line(value: object) -> str:
    """Return `value` as one line of JSON, its end included."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def parse_object(text: str | bytes, advice: str = "Send one object.") -> dict[str, Any]:
    """Return the JSON object that `text`, bytes as UTF-8, holds; raises NotJson with `advice`."""
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        said = json.loads(plain, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotJson(f"Not JSON. {advice}") from None
    if not isinstance(said, dict):
        raise NotJson(f"Not a JSON object. {advice}")
    return said


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def refuse_unknown(said: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise UsageError, with what was probably meant, where `said` has a field not of `known`."""
    for key in said:
        if key not in known:
            shown = key[:40].encode("utf-8", "replace").decode("utf-8")
            raise UsageError(f"There is no field “{shown}”.{did_you_mean(shown, known)}")


def did_you_mean(wrong: str, known: Collection[str]) -> str:
    """Return a sentence that offers what of `known` is nearest to `wrong`, or all of it."""
    near = get_close_matches(wrong, known, n=1)
    return f" Did you mean {near[0]}?" if near else f" There are: {', '.join(known)}."


def text(value: object, key: str) -> str:
    """Return `value`, that of the field `key`, if it is text; raises UsageError."""
    if not isinstance(value, str):
        raise UsageError(f"“{key}” has to be text.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise UsageError(f"“{key}” is not valid Unicode.")
    return value


def text_or_none(value: object, key: str) -> str | None:
    """Return `value` if it is text or None; raises UsageError."""
    return None if value is None else text(value, key)


def name_or_none(value: object, key: str) -> str | None:
    """Return `value` if it is text or None, and a whole number as text; raises UsageError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_or_none(value, key)


def texts(value: object, key: str) -> list[str]:
    """Return `value` if it is a list of text; raises UsageError."""
    if not isinstance(value, list):
        raise UsageError(f"“{key}” has to be a list.")
    return [text(item, key) for item in value]


def flag(value: object, key: str) -> bool:
    """Return `value` if it is true or false; raises UsageError."""
    if not isinstance(value, bool):
        raise UsageError(f"“{key}” has to be true or false.")
    return value
