"""From headings, paragraphs and bullets to the sections of an explainer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gecko_qa.errors import DataError
from gecko_qa.importing.cleaning import clean, one_line
from gecko_qa.importing.draft import Block, DraftSection, Ledger, middle_level
from gecko_qa.importing.headings import audience_place, exact_place, likely_place
from gecko_qa.layout import Layout, SectionKind

INTRODUCTION = "Introduction"
FOR_EVERYONE = "The takeaway for you"
SECTION_DEPTH = 2
AUDIENCE_DEPTH = 3
_MAX_HEADING_CHARS = 120
_HEADING_LIKE = re.compile(r"^(?=#{1,6}[ \t])", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")


@dataclass
class _Open:
    """A section while its blocks come in; `source_depth` is its heading's depth in the source."""

    heading: str
    depth: int
    kind: SectionKind | None
    source_depth: int
    blocks: list[Block] = field(default_factory=list)


def outline(blocks: Sequence[Block], layout: Layout, ledger: Ledger) -> tuple[DraftSection, ...]:
    """Return the sections of `blocks`, in the layout's order, those it does not know last.

    What stands before the first heading becomes a section of its own. Raises DataError where
    there is no text that a level could hold.
    """
    outliner = _Outliner(layout, ledger)
    outliner.claim(blocks)
    for block in blocks:
        outliner.add(block)
    return outliner.sections()


class _Outliner:
    def __init__(self, layout: Layout, ledger: Ledger) -> None:
        self.layout = layout
        self.ledger = ledger
        self.claimed: set[str] = set()
        self.now = _Open(INTRODUCTION, SECTION_DEPTH, None, 0)
        self.all = [self.now]
        self.takeaways_depth: int | None = None

    def claim(self, blocks: Sequence[Block]) -> None:
        """Keep for their own headings the sections that stand under their own names."""
        for block in blocks:
            place = exact_place(block.text, self.layout) if block.kind == "heading" else None
            if place is not None and place.kind is not None:
                self.claimed.add(place.kind.id)

    def add(self, block: Block) -> None:
        if block.kind != "heading":
            self.now.blocks.append(block)
            return
        heading = one_line(block.text, self.ledger).strip("# ")
        if heading and not self.open_known(heading, block.depth):
            self.open_unknown(heading, block.depth)

    def open_known(self, heading: str, depth: int) -> bool:
        """Open the section that `heading` means, if it means one that is still free."""
        place = exact_place(heading, self.layout)
        readers = (likely_place, audience_place)
        for read in readers if self.takeaways_depth is None else reversed(readers):
            place = place or read(heading, self.layout)
        if place is None:
            return False
        if place.takeaways:
            self.takeaways_depth = depth
            self.start(FOR_EVERYONE, SECTION_DEPTH, None, depth)
            return True
        kind = place.kind
        if kind is None or (not place.sure and not self.may_guess(kind)):
            return False
        if not place.sure:
            self.ledger.say("guessed", f"“{heading}” is {kind.heading}")
        if kind.role != "takeaways":
            self.takeaways_depth = None
        elif self.takeaways_depth is None:
            self.takeaways_depth = depth - 1
        self.claimed.add(kind.id)
        marks = AUDIENCE_DEPTH if kind.role == "takeaways" else SECTION_DEPTH
        self.start(kind.heading, marks, kind, depth)
        return True

    def may_guess(self, kind: SectionKind) -> bool:
        return kind.role == "takeaways" or kind.id not in self.claimed

    def open_unknown(self, heading: str, depth: int) -> None:
        inside = self.now.source_depth and depth > self.now.source_depth
        if self.takeaways_depth is not None and depth > self.takeaways_depth:
            self.start(heading, AUDIENCE_DEPTH, None, depth)
        elif inside:
            # A sub-heading is a line of the section that it divides.
            self.now.blocks.append(Block("text", heading))
            told = f"the sub-heading “{heading[:60]}” to a line of {self.now.heading[:60]}"
            self.ledger.say("converted", told)
        else:
            self.takeaways_depth = None
            self.start(heading, SECTION_DEPTH, None, depth)

    def start(self, heading: str, depth: int, kind: SectionKind | None, source_depth: int) -> None:
        known = (s for s in self.all if s.kind == kind) if kind is not None else iter(())
        before = next(known, None)
        if before is not None:
            self.ledger.say("guessed", f"“{heading}” stands twice: both texts are joined")
            self.now = before
            return
        self.now = _Open(heading, depth, kind, source_depth)
        self.all.append(self.now)

    def sections(self) -> tuple[DraftSection, ...]:
        found = [section for section in map(self.closed, self.all) if section.text]
        empty = [s.heading for s in self.all[1:] if not s.blocks and s.heading != FOR_EVERYONE]
        if empty:
            self.ledger.say("left out", *(f"the empty section “{name[:60]}”" for name in empty))
        if not any(s.kind and s.kind.role == "level" for s in found):
            found = self.with_a_level(found)
        return tuple(sorted(found, key=self.place_in_file))

    def place_in_file(self, section: DraftSection) -> float:
        """Return the layout's order; an unknown audience after the others, what else last."""
        kinds = self.layout.sections
        if section.kind is not None:
            return kinds.index(section.kind)
        return len(kinds) - 1.5 if section.depth == AUDIENCE_DEPTH else len(kinds)

    def with_a_level(self, found: list[DraftSection]) -> list[DraftSection]:
        """Make the first section that the layout does not know its middle level."""
        for n, section in enumerate(found):
            if section.kind is None and section.depth == SECTION_DEPTH:
                kind = middle_level(self.layout)
                self.ledger.say("guessed", f"“{section.heading[:60]}” is {kind.heading}")
                found[n] = DraftSection(kind.heading, SECTION_DEPTH, section.text, kind)
                return found
        raise DataError("There is no text in it that a level could hold.")

    def closed(self, opened: _Open) -> DraftSection:
        blocks = opened.blocks
        if opened.kind is not None and opened.kind.role == "takeaways":
            blocks = self.as_bullets(blocks)
        text = section_text(blocks, self.ledger)
        heading = opened.heading
        if len(heading) > _MAX_HEADING_CHARS:
            text = f"{heading}\n\n{text}" if text else ""
            heading = heading[:_MAX_HEADING_CHARS].rstrip()
        return DraftSection(heading, opened.depth, text, opened.kind)

    def as_bullets(self, blocks: Sequence[Block]) -> list[Block]:
        """Return takeaways as bullets: a line that follows a bullet at once goes on with it."""
        bullets: list[Block] = []
        for block in blocks:
            text = " ".join(block.text.split())
            if block.kind == "text" and not block.gap and bullets and blocks[0].kind == "bullet":
                bullets[-1] = Block("bullet", f"{bullets[-1].text} {text}")
                self.ledger.say("guessed", "a line after a takeaway goes on with it")
                continue
            if block.kind == "text":
                self.ledger.say("guessed", "a line among the takeaways is one of them")
            bullets.append(Block("bullet", text))
        return bullets


def section_text(blocks: Sequence[Block], ledger: Ledger) -> str:
    """Return `blocks` as the text of a section that parses back to itself."""
    parts: list[str] = []
    before = None
    for block in blocks:
        text = clean(block.text, ledger).strip()
        if not text:
            continue
        if block.kind == "bullet":
            text = "- " + " ".join(text.split())
        tight = (
            before is not None and not block.gap if block.kind != "bullet" else before == "bullet"
        )
        if before is not None:
            parts.append("\n" if tight else "\n\n")
        parts.append(text)
        before = block.kind
    lines = "".join(parts).split("\n")
    joined = _GAPS.sub("\n\n", "\n".join(line.rstrip(" \t") for line in lines))
    # A line that looks like a heading would end the section.
    guarded, n = _HEADING_LIKE.subn("    ", joined)
    ledger.count("lines that begin with # moved in by four spaces", n)
    return guarded.strip("\n ") if not n else guarded.rstrip()
