"""A corpus as a site of plain files, which any host serves from any folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from urllib.parse import urlsplit

from gecko_qa.book import Book
from gecko_qa.errors import UsageError
from gecko_qa.html.defining import render_definition, render_definitions
from gecko_qa.html.home import render_home
from gecko_qa.html.mapping import render_map
from gecko_qa.html.reading import render_explainer, render_explainers, render_missing
from gecko_qa.html.site import StaticSite, file_of
from gecko_qa.publishing.feeds import feed, robots, sitemap
from gecko_qa.publishing.plain import full_text, overview
from gecko_qa.publishing.searching import search_index

ASSETS = (
    *("tokens.css", "parts.css", "pages.css", "define.css", "map.css", "search.css", "icon.svg"),
    *("static.js", "terms.js", "reading.js", "explainers.js", "combobox.js", "define.js"),
    *("map.js", "search.js"),
)
MAX_BASE_CHARS = 500


@dataclass(frozen=True)
class Published:
    """The files of a site by their names from its top, and what had to be left out, and why."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def publish(book: Book, base_url: str = "") -> Published:
    """Return the site of `book`, the same bytes for the same corpus and version.

    `base_url` is the address at which it will stand, which standards ask for in canonical links,
    the site map and the feed. Raises UsageError where it is no address.
    """
    dated = any(explainer.updated for explainer in book.explainers)
    site = StaticSite(base=_base(base_url), has_feed=bool(base_url) and dated)
    index, searches_all = search_index(book)
    pages = _pages(book, site) | _plain_files(book, site)
    texts = pages | _script_files(book, site, index)
    static = files("gecko_qa.html") / "static"
    assets = {f"gecko/{name}": (static / name).read_bytes() for name in ASSETS}
    encoded = {name: text.encode("utf-8") for name, text in texts.items()}
    notes = tuple(_notes(site, dated=dated, searches_all=searches_all))
    return Published(dict(sorted((encoded | assets).items())), notes)


def _pages(book: Book, site: StaticSite) -> dict[str, str]:
    below = replace(site, up="../")
    missing = replace(site, up=urlsplit(site.base).path)
    pages = {
        "/": render_home(book, site),
        "/explainers": render_explainers(book, site),
        "/define": render_definitions(book, site=site),
        "/map": render_map(book, site),
        "/404": render_missing("There is no such page.", book.layout, missing),
    }
    for explainer in book.explainers:
        pages[f"/explainers/{explainer.slug}"] = render_explainer(explainer, book, below)
    return {file_of(address): html for address, html in pages.items()}


def _script_files(book: Book, site: StaticSite, index: object) -> dict[str, str]:
    definitions = {e.slug: render_definition(e.slug, book, site) for e in book.explainers}
    return {
        "gecko/definitions.js": _script("geckoDefinitions", definitions),
        "gecko/search-index.js": _script("geckoSearchIndex", index),
    }


def _script(name: str, value: object) -> str:
    """Return a script that sets `name`: scripts are loaded from a disk too, data is not."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"window.{name} = {told};\n"


def _plain_files(book: Book, site: StaticSite) -> dict[str, str]:
    texts = {
        "robots.txt": robots(site),
        "llms.txt": overview(book, site),
        "llms-full.txt": full_text(book, site),
    }
    if site.base:
        texts["sitemap.xml"] = sitemap(book, site)
    if site.has_feed:
        texts["feed.xml"] = feed(book, site)
    return texts


def _base(url: str) -> str:
    """Return `url` with a slash at its end; raises UsageError where no site can stand there."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \"'<>\\^`{|}")
    if not is_web or not plain or "@" in parts.netloc or len(url) > MAX_BASE_CHARS:
        raise UsageError(
            f"“{url[:80]}” is no address for a site. Write one such as https://example.org/gecko/, "
            "other letters percent-encoded."
        )
    if "?" in url or "#" in url:
        raise UsageError(
            f"“{url[:80]}” has a query or a fragment. Leave off what follows the path."
        )
    return url if url.endswith("/") else f"{url}/"


def _notes(site: StaticSite, *, dated: bool, searches_all: bool) -> list[str]:
    notes = []
    if not site.base:
        notes.append(
            "Left out for want of the site's address (--base-url): sitemap.xml, feed.xml, "
            "canonical links. Links in 404.html work at the top of a host alone."
        )
    elif not dated:
        notes.append("Left out: feed.xml, since no explainer has a date (“updated”).")
    if not searches_all:
        notes.append("The texts are too many to be searched whole: definitions and names are.")
    return notes
