"""Calls of the chat's functions: what no page of ours sends is refused before Gradio takes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gecko_qa.errors import UsageError

if TYPE_CHECKING:
    import gradio as gr

MAX_DEPTH = 6
MAX_SESSION_CHARS = 64
PREDICT = "/gradio_api/run/predict"
_SENT = frozenset(("data", "event_data", "fn_index", "trigger_id", "session_hash"))

Fits = Callable[[object], bool]


def problem_of(functions: Mapping[int, Sequence[Fits]]) -> Callable[[str, bytes], str]:
    """Return what tells of a path and a body why they are no call of `functions`, or nothing.

    `functions` tells by number which values each takes. Paths of other things have no problem.
    """

    def problem(path: str, body: bytes) -> str:
        # Without a body it is no call, and Gradio says so.
        if path != PREDICT or not body:
            return ""
        try:
            check_call(body, functions)
        except UsageError as error:
            return str(error)
        return ""

    return problem


def check_call(body: bytes, functions: Mapping[int, Sequence[Fits]]) -> None:
    """Check that `body` calls one of `functions` with what it takes; raises UsageError."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        raise UsageError("That is not JSON. Send one object.") from None
    if not isinstance(call, dict) or not call.keys() <= _SENT:
        raise UsageError(f"A call is an object with the fields {', '.join(sorted(_SENT))}.")
    for field, kind in (("session_hash", str), ("trigger_id", int), ("fn_index", int)):
        if not _is(call.get(field), kind):
            raise UsageError(f"“{field}” has to be {'text' if kind is str else 'a number'}.")
    session = call.get("session_hash") or ""
    if len(session) > MAX_SESSION_CHARS or not session.isprintable():
        raise UsageError(f"“session_hash” has to be at most {MAX_SESSION_CHARS} characters.")
    if not _is_plain(call.get("event_data")):
        raise UsageError("“event_data” is none of the page's.")
    takes = functions.get(call.get("fn_index", -1))
    if takes is None:
        raise UsageError("There is no such function.")
    data = call.get("data")
    if not isinstance(data, list) or len(data) != len(takes):
        raise UsageError(f"“data” has to be a list of {len(takes)} values.")
    for n, (value, fits) in enumerate(zip(data, takes, strict=True)):
        if not fits(value):
            raise UsageError(f"Value {n} of “data” is none of the page's.")


def functions_of(page: gr.Blocks) -> dict[int, tuple[Fits, ...]]:
    """Return which values each function of `page` takes, by its number.

    Those that run in the browser alone are none of the server's.
    """
    return {
        n: tuple(_fits(part) for part in fn.inputs)
        for n, fn in page.fns.items()
        if fn.fn is not None
    }


def _fits(part: Any) -> Fits:  # noqa: ANN401  (an untyped library's class)
    kind = part.get_block_name()
    if kind == "radio":
        choices = [value for _, value in part.choices]
        return lambda value: value in choices
    if kind == "textbox":
        return lambda value: _is(value, str)
    return _is_plain


def _is(value: object, kind: type) -> bool:
    """Tell whether `value` is of `kind` or left off."""
    return value is None or (isinstance(value, kind) and not isinstance(value, bool))


def _is_plain(value: object, depth: int = MAX_DEPTH) -> bool:
    """Tell whether Gradio takes nothing in `value`, at most `depth` deep, for a file."""
    if isinstance(value, dict):
        if "path" in value and "meta" in value:
            return False
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return depth > 0 and all(_is_plain(inner, depth - 1) for inner in value)
