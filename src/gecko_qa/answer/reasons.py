"""Why an answer is what it is, in plain words and without a number."""

from __future__ import annotations

from collections.abc import Mapping

from gecko_qa.answer.resolving import Resolved
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.names import Mention


def reason(resolved: Resolved, explainers: Mapping[str, Explainer]) -> str:
    """Return the plainest thing that led to the concepts of `resolved`."""
    if resolved.follows:
        titles = ", ".join(explainers[slug].title for slug in resolved.follows)
        return f"follows from: {titles}"
    named = resolved.ranking.first_mentions
    told = [_matched(named[slug], explainers[slug]) for slug in resolved.concepts if slug in named]
    if told:
        return "matched " + " and ".join(dict.fromkeys(told))
    key = resolved.ranking.closest
    first = resolved.concepts[0]
    if key is None or key.concept != first:
        return f"closest in meaning: {explainers[first].title}"
    if key.kind in ("ask", "phrasing"):
        return f"closest phrasing: “{key.text}”"
    if key.kind == "name":
        return f"close to the name “{key.text}”"
    heading = explainers[first].section(key.id.split("#")[1]).kind.heading
    return f"closest passage: {explainers[first].title} › {heading}"


def _matched(mention: Mention, explainer: Explainer) -> str:
    kind = "title" if mention.name == explainer.title else "alias"
    return f"the {kind} {mention.name}"
