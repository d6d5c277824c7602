"""What programs ask a site for: its map, its feed, and what they may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.etree import ElementTree

from gecko_qa.book import Book
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.html.site import StaticSite

N_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = ("/", "/explainers", "/define", "/map")


def sitemap(book: Book, site: StaticSite) -> str:
    """Return the site map (sitemaps.org 0.9): every page, with the day it changed where known."""
    root = ElementTree.Element("urlset", xmlns=_SITEMAP)
    for address in _PAGES:
        _add(root, "url", loc=site.canonical(address))
    for explainer in book.explainers:
        updated = {"lastmod": explainer.updated.isoformat()} if explainer.updated else {}
        _add(root, "url", loc=site.canonical(_address(explainer)), **updated)
    return _xml(root)


def feed(book: Book, site: StaticSite) -> str:
    """Return an Atom feed (RFC 4287) of the explainers that changed last, the newest first.

    Those without a date are not in it; one at least has to have one.
    """
    newest = _newest(book.explainers)[:N_ENTRIES]
    root = ElementTree.Element("feed", xmlns=_ATOM)
    home = site.canonical("/")
    for tag, text in (("id", home), ("title", book.layout.title), ("updated", _time(newest[0][0]))):
        ElementTree.SubElement(root, tag).text = text
    ElementTree.SubElement(root, "link", href=home)
    ElementTree.SubElement(root, "link", rel="self", href=site.canonical("/feed.xml"))
    _add(root, "author", name=book.layout.title)
    if book.layout.license:
        ElementTree.SubElement(root, "rights").text = book.layout.license
    for day, explainer in newest:
        address = site.canonical(_address(explainer))
        entry = _add(root, "entry", id=address, title=explainer.title, updated=_time(day))
        ElementTree.SubElement(entry, "link", href=address)
        ElementTree.SubElement(entry, "category", term=explainer.category)
        ElementTree.SubElement(entry, "summary").text = explainer.tagline or explainer.title
    return _xml(root)


def robots(site: StaticSite) -> str:
    """Return a robots.txt that allows everything and names the site map, if there is one."""
    line = f"Sitemap: {site.canonical('/sitemap.xml')}\n" if site.base else ""
    return f"User-agent: *\nAllow: /\n{line}"


def _newest(explainers: Iterable[Explainer]) -> list[tuple[date, Explainer]]:
    dated = [(e.updated, e) for e in explainers if e.updated is not None]
    return sorted(dated, key=lambda pair: (-pair[0].toordinal(), pair[1].slug))


def _address(explainer: Explainer) -> str:
    return f"/explainers/{explainer.slug}"


def _time(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _add(parent: ElementTree.Element, tag: str, **texts: str) -> ElementTree.Element:
    added = ElementTree.SubElement(parent, tag)
    for name, text in texts.items():
        ElementTree.SubElement(added, name).text = text
    return added


def _xml(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, "unicode")}\n'
