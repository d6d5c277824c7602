"""From title, front matter and blocks to a draft, held against what can be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gecko_qa.corpus.front_matter import (
    CHECKS,
    MAX_ITEMS,
    MAX_TAGLINE_CHARS,
    MAX_TITLE_CHARS,
)
from gecko_qa.errors import DataError
from gecko_qa.importing.cleaning import one_line
from gecko_qa.importing.draft import Block, Draft, DraftSection, Front, Ledger, Link, Printed
from gecko_qa.importing.outline import SECTION_DEPTH, outline
from gecko_qa.layout import Layout

LINKS_HEADING = "Links"
MAX_LINKS = 50
_MAX_LINK_CHARS = 300


def assemble(
    title: str,
    front: Front,
    blocks: Sequence[Block],
    layout: Layout,
    ledger: Ledger,
    *,
    printed: Printed = Printed(),  # noqa: B008  (a frozen value)
    links: Sequence[Link] = (),
) -> Draft:
    """Return the draft and its account; raises DataError where there is no title or no level."""
    title, more = _title(title, ledger)
    front, kept = _front(front, ledger)
    if kept and not blocks:
        # A long line under the title and nothing else: the text itself.
        blocks = [Block("text", kept[0].text)]
        kept = []
    sections = outline(blocks, layout, ledger)
    extra = (*more, *kept, *_links(links, ledger))
    draft = Draft(title, (*sections, *extra), front)
    _tell_taken(draft, ledger)
    _tell_kept(draft, ledger)
    _tell_missing(draft, layout, ledger)
    _hold_against(printed, draft, ledger)
    return replace(draft, notes=ledger.notes())


def _title(title: str, ledger: Ledger) -> tuple[str, list[DraftSection]]:
    line = one_line(title, ledger)
    if not line:
        raise DataError("There is no title.")
    if len(line) <= MAX_TITLE_CHARS:
        return line, []
    short = line[:MAX_TITLE_CHARS].rsplit(" ", 1)[0].rstrip()
    ledger.say(
        "converted", f"the title cut to {MAX_TITLE_CHARS} characters; “Full title” has it all"
    )
    return short, [DraftSection("Full title", SECTION_DEPTH, line)]


def _front(front: Front, ledger: Ledger) -> tuple[Front, list[DraftSection]]:
    """Return `front` with what the format takes, and as sections what it does not."""
    kept = []
    values: dict[str, str] = {}
    for key, limit in (("category", MAX_TITLE_CHARS), ("tagline", MAX_TAGLINE_CHARS)):
        line = one_line(getattr(front, key), ledger)
        if len(line) > limit:
            ledger.say("converted", f"the {key} to a section: it has over {limit} characters")
            kept.append(DraftSection(key.capitalize(), SECTION_DEPTH, line.lstrip("# ")))
            line = ""
        values[key] = line
    lists = {
        key: _fitting(key, getattr(front, key), ledger)
        for key in ("aliases", "asks", "related", "confused_with")
    }
    tidied = replace(front, category=values["category"], tagline=values["tagline"], **lists)  # type: ignore[arg-type]
    return tidied, kept


def _fitting(key: str, items: Sequence[str], ledger: Ledger) -> tuple[str, ...]:
    """Return the items that the format takes, each once."""
    fit: dict[str, None] = {}
    for item in items:
        line = one_line(item, ledger)
        try:
            CHECKS[key]([line])
        except ValueError:
            if line:
                ledger.say("left out", f"“{line[:60]}” of {key}: the format does not take it")
            continue
        if len(fit) < MAX_ITEMS:
            fit[line] = None
        else:
            ledger.say("left out", f"{key} after the first {MAX_ITEMS}")
    return tuple(fit)


def _links(links: Sequence[Link], ledger: Ledger) -> list[DraftSection]:
    """Return the links as a section: a source needs authors and a year, which no link tells."""
    lines = []
    by_url = {link.url: link for link in reversed(links)}
    for link in reversed(by_url.values()):
        title = one_line(link.title, ledger)[:_MAX_LINK_CHARS]
        lines.append(f"- {title}: {link.url}" if title and title != link.url else f"- {link.url}")
    if not lines:
        return []
    if len(lines) > MAX_LINKS:
        ledger.say("left out", f"{len(lines) - MAX_LINKS} links after the first {MAX_LINKS}")
    ledger.say(
        "missing",
        f"authors and year of links ({min(len(lines), MAX_LINKS)}), which are kept under "
        f"“{LINKS_HEADING}”; with them they can be sources",
    )
    return [DraftSection(LINKS_HEADING, SECTION_DEPTH, "\n".join(lines[:MAX_LINKS]))]


def _tell_taken(draft: Draft, ledger: Ledger) -> None:
    given = [key for key in _KEYS if getattr(draft.front, key)]
    known = [section.heading for section in draft.sections if section.kind is not None]
    ledger.say("taken", "title", *given, *known)


_KEYS = tuple(key for key in CHECKS if key != "title")


def _tell_kept(draft: Draft, ledger: Ledger) -> None:
    unknown = [section.heading for section in draft.sections if section.kind is None]
    ledger.say("kept", *(f"the section “{heading}”, unknown" for heading in unknown))


def _tell_missing(draft: Draft, layout: Layout, ledger: Ledger) -> None:
    there = {section.kind for section in draft.sections}
    headings = [kind.heading for kind in layout.sections if kind not in there]
    ledger.say("missing", *headings, *(k for k in _KEYS if not getattr(draft.front, k)))


def _hold_against(printed: Printed, draft: Draft, ledger: Ledger) -> None:
    minutes, deep = draft.reading_minutes(), draft.words_deep()
    if printed.minutes not in (None, minutes):
        ledger.say(
            "warning",
            f"the page prints ~{printed.minutes} min of reading, its sections give {minutes}",
        )
    if printed.words_deep not in (None, deep):
        ledger.say(
            "warning", f"the page prints {printed.words_deep} words deep, its levels give {deep}"
        )
