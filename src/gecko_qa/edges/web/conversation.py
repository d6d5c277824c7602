"""The conversation: what the page shows after each thing a reader does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import context_after
from gecko_qa.asking import note_asked
from gecko_qa.edges.web.turns import MAX_TURNS, Memory, Turn, read_turn, turn_of
from gecko_qa.errors import GeckoQAError, UnknownChoice
from gecko_qa.gate.clients import charge, too_many
from gecko_qa.html.answers import render_answer, render_note
from gecko_qa.layout import EVERYONE
from gecko_qa.library import Library


@dataclass(frozen=True)
class Shown:
    """What the page shows after a turn.

    `memory` is what the reader's browser keeps. `box` is what the question box holds, `html` the
    newest answer, None where it stays as it is, and `note` a message beside it. `about` labels the
    button that undoes what was carried over, and is empty where there is nothing to undo.
    """

    memory: Memory
    box: str | None = ""
    html: str | None = None
    note: str = ""
    about: str = ""


@dataclass(frozen=True)
class Opened:
    """What the page shows when it opens: the newest answer and, below it, those before."""

    newest: Shown
    earlier: str
    level: str
    audience: str


class Conversation:
    """The callbacks. They keep nothing: the conversation lies in the reader's browser, and what
    comes from there is checked like any input.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def open(self, search: object, kept: object) -> Opened:
        """Show what the browser `kept`, and answer what the address asks with its `search`."""
        memory = Memory.read(kept)
        level, audience = self._dials(memory)
        # Each turn is answered again.
        if wait := charge(len(memory.turns)):
            told = self._noted(memory, too_many(wait).message)
            return Opened(replace(told, box=None), "", level, audience)
        turns = [turn for query in memory.turns if (turn := self._read(query)) is not None]
        memory = replace(memory, turns=tuple(turn.query() for turn in turns))
        linked, note, again = None, "", False
        try:
            linked = read_turn(search, self._library) if isinstance(search, str) else None
        except GeckoQAError as error:
            note = str(error)
        if linked is not None:
            level, audience = linked.asked.level, linked.asked.audience or EVERYONE
            # An address that asks what was asked last is a page loaded again.
            again = bool(turns) and _same(turns[-1], linked)
            turns = [*(turns[:-1] if again else turns), linked][-MAX_TURNS:]
            memory = memory.with_turn(linked, in_place=again)
            memory = replace(memory, let_go=memory.let_go and again)
        memory = replace(memory, level=level, audience=audience)
        if not turns:
            return Opened(replace(self._noted(memory, note), box=None), "", level, audience)
        *before, last = turns
        first = memory.count - len(before)
        earlier = [
            self._render(self._answer(turn), number, turn.seen)
            for number, turn in enumerate(before, start=first)
        ]
        answer = self._answer(last)
        if linked is not None and not again:
            note_asked(answer)
        shown = self._show(answer, memory, seen=last.seen)
        return Opened(
            replace(shown, box=None, note=_note(note)),
            "".join(reversed(earlier)),
            level,
            audience,
        )

    def ask(self, question: object, level: str, audience: str, kept: object) -> Shown:
        """Answer `question`, which may follow on from what the conversation carries."""
        memory = Memory.read(kept)
        if not isinstance(question, str):
            return self._noted(memory, "A question is text.")
        context = memory.context(self._library)
        try:
            answer = self._library.ask(question, level, audience, context=context)
        except GeckoQAError as error:
            return self._noted(memory, str(error), box=_writable(question))
        note_asked(answer)
        memory = replace(memory, level=level, audience=audience, let_go=False)
        return self._show(answer, memory.with_turn(turn_of(answer)))

    def ask_as_typed(self, level: str, audience: str, kept: object) -> Shown:
        """Answer the newest question anew, its slips left as they are."""
        return self._again(level, audience, Memory.read(kept), as_typed=True)

    def turn_dial(self, level: str, audience: str, kept: object) -> Shown:
        """Answer the newest question anew, at another level or for another audience."""
        return self._again(level, audience, Memory.read(kept))

    def forget(self, kept: object) -> Shown:
        """Let the next question follow on from nothing."""
        memory = Memory.read(kept)
        return Shown(memory.carrying(None, let_go=True))

    def clear(self) -> Opened:
        """Show an empty page, with the dials as they were at first."""
        level = self._library.layout.default_level
        return Opened(Shown(Memory(level=level), html=""), "", level, EVERYONE)

    def _again(self, level: str, audience: str, memory: Memory, *, as_typed: bool = False) -> Shown:
        turn = self._read(memory.turns[-1]) if memory.turns else None
        try:
            now = self._library.layout.check_audience(audience)
            memory = replace(
                memory, level=self._library.layout.check_level(level), audience=audience
            )
        except UnknownChoice as error:
            return self._noted(memory, str(error))
        if turn is None:
            return Shown(memory)
        asked = turn.asked
        turned = asked.firm
        if not as_typed:
            turned |= {"level"} if asked.level != level else set()
            turned |= {"audience"} if asked.audience != now else set()
        as_typed = as_typed or asked.as_typed
        again = replace(asked, level=level, audience=now, as_typed=as_typed, firm=turned)
        answer = self._answer(Turn(again, turn.context))
        return self._show(answer, memory.with_turn(turn_of(answer), in_place=True))

    def _answer(self, turn: Turn) -> Answer:
        asked = turn.asked
        return self._library.ask(
            asked.text,
            asked.level,
            asked.audience,
            context=turn.context,
            as_typed=asked.as_typed,
            firm=asked.firm,
        )

    def _read(self, query: str) -> Turn | None:
        """Return a turn that the browser kept, None for one that cannot be asked any more."""
        try:
            return read_turn(query, self._library)
        except GeckoQAError:
            return None

    def _dials(self, memory: Memory) -> tuple[str, str]:
        layout = self._library.layout
        try:
            return layout.check_level(memory.level), layout.check_audience(
                memory.audience
            ) or EVERYONE
        except UnknownChoice:
            return layout.default_level, EVERYONE

    def _render(self, answer: Answer, number: int, seen: str) -> str:
        turn = turn_of(answer)
        changed = bool(seen) and seen != turn.seen
        return render_answer(
            answer,
            self._library,
            number,
            turn.query(),
            as_typed=turn.as_typed().query(),
            changed=changed,
        )

    def _show(self, answer: Answer, memory: Memory, *, seen: str = "") -> Shown:
        # What the reader let go of stays let go.
        context = None if memory.let_go else context_after(answer, answer.after)
        memory = memory.carrying(context, let_go=memory.let_go)
        html = self._render(answer, memory.count, seen)
        return Shown(memory, html=html, about=self._about(memory))

    def _noted(self, memory: Memory, note: str, *, box: str = "") -> Shown:
        """Return the page as it is, with a note where there is one."""
        return Shown(memory, box, note=_note(note), about=self._about(memory))

    def _about(self, memory: Memory) -> str:
        context = memory.context(self._library)
        if context is None:
            return ""
        titles = [self._library.explainer(slug).title for slug in context.concepts[:2]]
        return f"About: {', '.join(titles)} ✕"


def _note(message: str) -> str:
    return render_note(_writable(message)) if message else ""


def _writable(text: str) -> str:
    """Return `text`, which may repeat what a browser sent, without halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _same(turn: Turn, other: Turn) -> bool:
    return replace(turn, seen="") == replace(other, seen="")
