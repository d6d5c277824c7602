"""What explainers lack of what was asked, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gecko_qa.layout import SectionKind


def lacking(titles: Sequence[str], lacks: Sequence[SectionKind], nearest: str) -> str:
    """Return a sentence that explainers lack sections, and that `nearest` stands for a level."""
    one = len(titles) == 1
    whats = _in_a_row(
        f"no takeaways under “{kind.heading}”" if kind.audience else f"no “{kind.heading}”"
        for kind in lacks
    )
    who = _in_a_row(titles)
    has, its = ("has", "its") if one else ("have", "their")
    instead = f": this is {its} “{nearest}”" if any(kind.level for kind in lacks) else ""
    return f"{who} {has} {whats}{instead}."


def _in_a_row(texts: Iterable[str]) -> str:
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last
