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


@contextlib.contextmanager
def following(site: Site, watch: Watch, news: News, tell: Tell) -> Iterator[None]:
    """Let `site` follow the corpus of `watch`; `news` and `tell` get what each save came to."""
    over = Event()

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
    thread = Thread(target=watch.corpus.run, args=(over, follow), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _serve(update: Update, site: Site) -> None:
    if update.library is not None:
        site.replace(update.library)
