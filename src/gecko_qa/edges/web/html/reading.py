"""The reading pages: an explainer, the list of all, and what stands where there is nothing."""

from __future__ import annotations

from gecko_qa.corpus.explainer import Explainer, Section
from gecko_qa.edges.web.html.cards import blocks
from gecko_qa.edges.web.html.environment import render
from gecko_qa.library import Library


def render_explainer(explainer: Explainer, library: Library) -> str:
    """Return the page of an explainer."""

    def of(role: str) -> list[Section]:
        return [s for s in explainer.sections if s.kind.role == role]

    return render(
        "explainer.html",
        explainer=explainer,
        levels=of("level"),
        others=of("why-now"),
        takeaways=of("takeaways"),
        takes=of("take"),
        blocks=blocks,
        titles={e.slug: e.title for e in library.explainers},
    )


def render_explainers(library: Library) -> str:
    """Return the page that lists every explainer, by category."""
    shelves: dict[str, list[Explainer]] = {}
    for explainer in sorted(library.explainers, key=lambda e: e.title.casefold()):
        shelves.setdefault(explainer.category, []).append(explainer)
    return render("explainers.html", shelves=sorted(shelves.items()))


def render_missing(message: str) -> str:
    """Return the page for an address that leads nowhere."""
    return render("missing.html", message=message)
