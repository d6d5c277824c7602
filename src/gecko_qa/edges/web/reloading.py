"""A site whose index may be replaced: each new one is served, and one that is damaged is not."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterator
from threading import Event

from gecko_qa.edges.web.following import meanwhile
from gecko_qa.edges.web.site import Site
from gecko_qa.errors import unforeseen
from gecko_qa.renewing import IndexWatch, Renewal

Say = Callable[[str], None]
EVERY_SECONDS = 1.0


@contextlib.contextmanager
def reloading(site: Site, watch: IndexWatch, say: Say) -> Iterator[None]:
    """Let `site` serve each index that `watch` finds; `say` gets a line on what became of it.

    SIGHUP makes it look closely, and say what it saw. To be called from the main thread.
    """
    asked = Event()

    def run(over: Event) -> None:
        while not over.wait(EVERY_SECONDS):
            closely = asked.is_set()
            if closely:
                asked.clear()
            renewal = watch.look(asked=closely)
            if renewal is not None:
                say(_served(renewal, site))

    with on_hangup(asked.set), meanwhile(run):
        yield


def _served(renewal: Renewal, site: Site) -> str:
    """Serve what was found, and return what is to be said of it."""
    if renewal.fault:
        return f"The new index is not used, the one before is served. {renewal.fault}"
    if renewal.library is None:
        return "The index is the one that is served."
    try:
        site.replace(renewal.library)
    except Exception as error:  # it has to be seen, and the next index too
        return f"The new index is served, under the page of the one before. {unforeseen(error)}"
    # A library holds on to itself in circles, and the collector may be long in coming.
    gc.collect()
    return f"A new index is served, {renewal.library.hash}."


@contextlib.contextmanager
def on_hangup(act: Callable[[], None]) -> Iterator[None]:
    """Let SIGHUP `act`, where there is such a signal.

    It comes as well when the terminal goes from which this was started: that still ends it, as
    SIGTERM would, and not where “nohup” has asked for it to go on.
    """
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.getsignal(signal.SIGHUP)
    ends_with_terminal = before is not signal.SIG_IGN and _has_terminal()

    def hang_up(*_: object) -> None:
        if ends_with_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            act()

    signal.signal(signal.SIGHUP, hang_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
