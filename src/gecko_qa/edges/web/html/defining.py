"""The definitions: a look-up of every name, and the card of one."""

from __future__ import annotations

from gecko_qa.edges.web.html.cards import card_of
from gecko_qa.edges.web.html.environment import render
from gecko_qa.library import Library


def render_definitions(library: Library) -> str:
    """Return the page that looks up definitions, with every name from A to Z."""
    names = [(name, e.slug) for e in library.explainers for name in e.names]
    return render("define.html", names=sorted(names, key=lambda pair: pair[0].casefold()))


def render_definition(slug: str, library: Library) -> str:
    """Return the definition of `slug` as a fragment; raises UnknownChoice."""
    return render(
        "definition.html", card=card_of(library, library.definition(library.explainer(slug).slug))
    )
