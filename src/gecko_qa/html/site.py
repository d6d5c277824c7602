"""Where pages stand, and so what leads from one to another: on the server, or in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit


class Site:
    """The server's pages. Templates name every page by the address that it has there."""

    is_static = False
    has_feed = False

    def to(self, address: str) -> str:
        """Return what leads to `address` from the page that is shown."""
        return address

    def canonical(self, address: str) -> str:
        """Return the one address of the page at `address`, "" where it cannot be told."""
        return address


@dataclass(frozen=True)
class StaticSite(Site):
    """Pages as files of one folder, without a server that answers.

    `up` leads from the page that is shown to the top of the folder: "", "../", or a path from the
    root of its host. `base` is the absolute address of the folder with a slash at its end, "" for
    one that is not known. `has_feed` tells that there is an Atom feed.
    """

    up: str = ""
    base: str = ""
    has_feed: bool = False
    is_static = True

    def to(self, address: str) -> str:
        """Return what leads to the file of `address`, from wherever the folder lies."""
        parts = urlsplit(address)
        return urlunsplit(("", "", self.up + file_of(parts.path), parts.query, parts.fragment))

    def canonical(self, address: str) -> str:
        """Return the absolute address of the page, "" without `base`."""
        file = "" if address == "/" else file_of(address)
        return f"{self.base}{file}" if self.base and address else ""


def file_of(address: str) -> str:
    """Return the file, from the top of a folder, that holds what the server has at `address`.

    >>> file_of("/"), file_of("/explainers/rlhf"), file_of("/gecko/pages.css")
    ('index.html', 'explainers/rlhf.html', 'gecko/pages.css')
    """
    if address == "/":
        return "index.html"
    return address[1:] if PurePosixPath(address).suffix else f"{address[1:]}.html"


SERVED = Site()
