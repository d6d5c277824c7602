"""A site that follows its corpus: each save replaces what is served, and tells those who look."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from threading import Event, Thread

from gecko_qa.edges.web.news import News
from gecko_qa.edges.web.site import Site
from gecko_qa.watching import Update, Watch, failed

Tell = Callable[[Update], None]
_PATIENCE_SECONDS = 10


@contextlib.contextmanager
def following(site: Site, watch: Watch, news: News, tell: Tell) -> Iterator[None]:
    """Let `site` follow the corpus of `watch`; `news` and `tell` get what each save came to."""

    def follow(update: Update) -> None:
        try:
            _serve(update, site)
        except Exception as error:  # it has to be seen, and must not end the watch
            update = failed(update.changed, update.seconds, error)
        news.tell(update)
        tell(update)
        if update.library is not None:
            update.library.warm_up()
            # A library holds on to itself in circles, and the collector may be long in coming.
            gc.collect()

    if watch.fault is not None:
        follow(watch.fault)
    with meanwhile(lambda over: watch.corpus.run(over, follow)):
        yield


@contextlib.contextmanager
def meanwhile(work: Callable[[Event], None]) -> Iterator[None]:
    """Let `work` run in a thread until the event that it is given is set."""
    over = Event()
    thread = Thread(target=work, args=(over,), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        # It may wait for a server that has ended meanwhile.
        thread.join(_PATIENCE_SECONDS)


def _serve(update: Update, site: Site) -> None:
    if update.library is not None:
        site.replace(update.library)
