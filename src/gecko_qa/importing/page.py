"""An explainer page, copied as text from the publisher's site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gecko_qa.errors import DataError
from gecko_qa.importing.assembly import assemble
from gecko_qa.importing.cleaning import clean, without_pauses
from gecko_qa.importing.draft import Block, Draft, Front, Ledger, Link, Printed, Reading
from gecko_qa.importing.headings import asked_audience, audience_place, exact_place, is_section_line
from gecko_qa.importing.tags import without_tags
from gecko_qa.layout import Layout

FORMAT = "explainer page"
_BADGES = frozenset(("beta", "alpha", "new", "draft", "updated", "preview"))
_BULLET = re.compile(r"(?:[•▪◦‣●]\s*(?:·\s*)?|·\s*|[*–-]\s+(?:·\s*)?)(?=\S)")
_EMPTY_BULLET = re.compile(r"[•▪◦‣●·*–-][\s·]*")
_MINUTES = re.compile(r"~?\s*([0-9]{1,4})\s*min(?:ute)?s?\b", re.I)
_DEEP = re.compile(r"([0-9]{1,6})\s+words?\s+deep\b", re.I)
_READING = re.compile(r"(?P<category>.*?)\s*(?:reading)?\s*(?:[·•|]|$)", re.I)
_META_LINES = 6
_MAX_META_CHARS = 200
_TITLE_WORDS = (2, 6)
_MAX_TITLE_CHARS = 50
_PROSE_WORDS = 8
_MIN_HEADINGS = 2
_ENDS = re.compile(r"[.!?…][\"'”’)]*$")


@dataclass(frozen=True)
class Head:
    """What stands above the first section, and what is left of it."""

    title: str
    front: Front
    printed: Printed
    rest: tuple[Block, ...] = ()


def looks_like_page(text: str, layout: Layout) -> bool:
    """Tell whether `text` has the page's line of lengths, or two of its headings alone on lines."""
    lines = [line.strip() for line in clean(text, Ledger()).split("\n")]
    if any(_is_meta(line) and _DEEP.search(line) for line in lines):
        return True
    found = {line for line in lines if not line.startswith("#") and is_section_line(line, layout)}
    return len(found) >= _MIN_HEADINGS


def tells_a_page(blocks: Sequence[Block], layout: Layout) -> bool:
    """Tell whether blocks of a saved page have the layout in lines that are not headings."""
    lines = [block.text for block in blocks if block.kind == "text"]
    asked = any(
        asked_audience(line) is not None and len(line.split()) <= _PROSE_WORDS for line in lines
    )
    return asked or looks_like_page("\n".join(lines), layout)


def read_page(text: str, name: str, layout: Layout) -> Reading:
    """Return the one explainer of a page; raises DataError where it has no title or no text."""
    ledger = Ledger()
    blocks = tuple(blocks_of(without_tags(clean(text, ledger), ledger)))
    return Reading(FORMAT, (draft_of_page(blocks, name, layout, ledger),))


def draft_of_page(
    blocks: Sequence[Block],
    name: str,
    layout: Layout,
    ledger: Ledger,
    *,
    title: str = "",
    links: Sequence[Link] = (),
) -> Draft:
    """Return the explainer that `blocks`, in the page's layout, tell; headings may be plain lines.

    `title` is used where the page itself names none.
    """
    marked = tuple(_with_headings(blocks, layout))
    marked = tuple(_with_guessed_headings(marked, ledger))
    starts = (n for n, b in enumerate(marked) if b.kind == "heading" and _opens(b, layout))
    first = next(starts, len(marked))
    head = _head(marked[:first], ledger, title)
    plain = [_unpaused(block, ledger) for block in (*head.rest, *marked[first:])]
    return assemble(
        head.title or name, head.front, plain, layout, ledger, printed=head.printed, links=links
    )


def _opens(block: Block, layout: Layout) -> bool:
    return is_section_line(block.text, layout) or audience_place(block.text, layout) is not None


def blocks_of(text: str) -> Iterator[Block]:
    """Yield each line of `text` that holds something, its bullet taken off."""
    gap = True
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            gap = True
            continue
        bullet = _BULLET.match(line)
        if bullet:
            yield Block("bullet", line[bullet.end() :], gap=gap)
        elif not _EMPTY_BULLET.fullmatch(line):
            yield Block("text", line, gap=gap)
        gap = False


def _with_headings(blocks: Sequence[Block], layout: Layout) -> Iterator[Block]:
    """Yield `blocks` with the lines that name a section, or an audience, as headings."""
    takeaways = asked = False
    for n, block in enumerate(blocks):
        if block.kind == "bullet":
            asked = False
            yield block
        elif is_section_line(block.text, layout):
            place = exact_place(block.text, layout)
            takeaways = "takeaway" in block.text.casefold() if place is None else place.takeaways
            asked = False
            yield Block("heading", block.text, 2)
        elif asked or (takeaways and audience_place(block.text, layout) and _is_short(block)):
            asked = False
            yield Block("heading", block.text, 3)
        else:
            who = asked_audience(block.text)
            who = who if who is not None and _is_short(Block("text", who)) else None
            following = blocks[n + 1].text if n + 1 < len(blocks) else ""
            if who is None or not (takeaways or audience_place(who or following, layout)):
                yield block
                continue
            takeaways, asked = True, not who
            if who:
                yield Block("heading", who, 3)


def _is_short(block: Block) -> bool:
    return len(block.text.split()) <= _TITLE_WORDS[1] and not _ENDS.search(block.text)


def _with_guessed_headings(blocks: Sequence[Block], ledger: Ledger) -> Iterator[Block]:
    """Yield `blocks` with title-like lines between full sentences as headings of sections.

    The layout marks no heading, so that one nobody knows shows in its looks alone: two to six
    words without a full stop, alone between a sentence's end and more sentences or bullets.
    """
    inside = False
    for n, block in enumerate(blocks):
        inside = inside or block.kind == "heading"
        if inside and block.kind == "text" and 0 < n < len(blocks) - 1 and block.gap:
            before, after = blocks[n - 1], blocks[n + 1]
            if _is_title(block.text) and _ends_well(before) and _goes_on(after):
                ledger.say("guessed", f"“{block.text}” is a heading")
                yield Block("heading", block.text, 2)
                continue
        yield block


def _is_title(text: str) -> bool:
    low, high = _TITLE_WORDS
    fits = low <= len(text.split()) <= high and len(text) <= _MAX_TITLE_CHARS
    return fits and text[0].isupper() and text[-1].isalnum()


def _ends_well(block: Block) -> bool:
    return block.kind == "bullet" or _ENDS.search(block.text) is not None


def _goes_on(block: Block) -> bool:
    if block.kind == "bullet":
        return True
    long = len(block.text.split()) >= _PROSE_WORDS
    return block.kind == "text" and long and _ENDS.search(block.text) is not None


def _head(blocks: Sequence[Block], ledger: Ledger, title: str) -> Head:
    """Return badge, category, lengths, title and tagline of the blocks above the first section."""
    found = next((n for n, b in enumerate(blocks[:_META_LINES]) if _is_meta(b.text)), None)
    above, below = (blocks[:found], blocks[found + 1 :]) if found is not None else ((), blocks)
    front, printed = Front(), Printed()
    if found is not None:
        front, printed = _meta(blocks[found].text)
    above, badges = _without_badges(above)
    below, more = _without_badges(below) if found is None else (below, [])
    for badge in (*badges, *more):
        ledger.say("left out", f"the badge “{badge[:60]}”")
    if found is not None and above and below:
        # A category on a line of its own stands above the lengths.
        if not front.category and len(above) == 1:
            front = Front(category=above[0].text)
        else:
            ledger.say("left out", *(f"“{b.text[:80]}” above the title" for b in above))
    elif above:
        below = above
    own = below[0].text if below else ""
    if not own and not title:
        raise DataError("There is no title above its first section.")
    return _tagged(own or title, front, printed, below[1:], ledger)


def _tagged(
    title: str, front: Front, printed: Printed, rest: Sequence[Block], ledger: Ledger
) -> Head:
    tagline = ""
    if rest and rest[0].kind == "text":
        tagline, rest = without_pauses(rest[0].text, ledger), rest[1:]
    tagged = Front(category=front.category, tagline=tagline)
    return Head(without_pauses(title, ledger), tagged, printed, tuple(rest))


def _without_badges(blocks: Sequence[Block]) -> tuple[Sequence[Block], list[str]]:
    badges = []
    while len(blocks) > 1 and blocks[0].text.casefold() in _BADGES:
        badges.append(blocks[0].text)
        blocks = blocks[1:]
    if len(blocks) == 1 and blocks[0].text.casefold() in _BADGES:
        return (), [blocks[0].text]
    return blocks, badges


def _is_meta(line: str) -> bool:
    if len(line) > _MAX_META_CHARS:
        return False
    deep, minutes = _DEEP.search(line), _MINUTES.search(line)
    return deep is not None or (minutes is not None and "reading" in line.casefold())


def _meta(line: str) -> tuple[Front, Printed]:
    minutes, deep = _MINUTES.search(line), _DEEP.search(line)
    starts = [found.start() for found in (minutes, deep) if found]
    found = _READING.match(line[: min(starts)].strip())
    category = found["category"].strip(" ·•|") if found else ""
    printed = Printed(int(minutes[1]) if minutes else None, int(deep[1]) if deep else None)
    return Front(category=category), printed


def _unpaused(block: Block, ledger: Ledger) -> Block:
    if block.kind == "heading":
        return block
    return Block(block.kind, without_pauses(block.text, ledger), block.depth, block.gap)
