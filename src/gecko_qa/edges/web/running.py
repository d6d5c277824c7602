"""The server as a process: a socket, a library, and what it does until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from gecko_qa.edges.web.following import Tell, following
from gecko_qa.edges.web.guard import Part
from gecko_qa.edges.web.news import News
from gecko_qa.edges.web.reloading import Say, reloading
from gecko_qa.edges.web.server import create_app
from gecko_qa.errors import DataError
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.feedback.taking import feedback_limit
from gecko_qa.gate.gate import Gate
from gecko_qa.gate.logs import write_logs
from gecko_qa.library import Library
from gecko_qa.limits import Limit
from gecko_qa.renewing import IndexWatch
from gecko_qa.settings import Settings
from gecko_qa.watching import Watch

PartsOf = Callable[[Settings, Limit], Sequence[Part]]


def run(
    settings: Settings,
    listening: socket.socket,
    started: Callable[[str], None],
    *,
    parts_of: PartsOf = lambda *_: (),
    watch: Watch | None = None,
    tell: Tell = lambda _: None,
    say: Say = lambda _: None,
) -> None:
    """Serve the library that `settings` name on `listening` until told to stop.

    `started` gets the address once it answers; `parts_of` gives what other edges add. With
    `watch`, a saved file is served as soon as it is checked and indexed, and `tell` gets what it
    came to. Without, an index that takes the place of the one that is served is served from then
    on, and `say` gets a line on it. Raises IndexUnusable.
    """
    from gecko_qa.edges.web.stopping import Server
    from gecko_qa.gate.connections import allow_many_files

    allow_many_files()
    write_logs(settings)
    library = Library.open(settings) if watch is None else watch.library
    library.warm_up()
    news = None if watch is None else News()
    store = FeedbackStore(settings.feedback_file, settings.feedback_bytes)
    limit = feedback_limit()
    parts, gate = parts_of(settings, limit), Gate.of(settings)
    site = create_app(library, store, parts, news, gate=gate, limit=limit)
    address = address_of(settings, listening)
    server = Server(site, settings.timeout_seconds, lambda: started(address))
    if watch is not None and news is not None:
        beside = following(site, watch, news, tell)
    else:
        beside = reloading(site, IndexWatch(settings, library), say)
    del library  # Once it was replaced, nothing may hold on to it.
    with beside:
        server.run([listening])


def address_of(settings: Settings, listening: socket.socket) -> str:
    """Return the address that a browser asks for what `listening` serves."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}"


def bind(settings: Settings) -> socket.socket:
    """Take the address that `settings` name; raises DataError where it cannot be had."""
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio answers at once, without Nagle's wait, only where the protocol is named.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        raise DataError(
            f"Cannot listen on {host}:{port}: {reason}. Choose another with --port."
        ) from None
    return listening
