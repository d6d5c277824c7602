"""The chat page: layout and callbacks. What they show comes from `html`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from gecko_qa.answer.answer import Answer
from gecko_qa.answer.answering import context_after
from gecko_qa.answer.conversation import Context
from gecko_qa.answer.question import MAX_QUESTION_CHARS
from gecko_qa.edges.web.html.answers import render_answers, render_note
from gecko_qa.edges.web.html.defining import render_definition
from gecko_qa.errors import GeckoQAError
from gecko_qa.layout import EVERYONE
from gecko_qa.library import Library

if TYPE_CHECKING:
    import gradio as gr

MAX_TURNS = 50
MAX_QUEUED = 64
N_EXAMPLES = 4
_PRIVATE: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}


@dataclass(frozen=True)
class Shown:
    """What the page shows after a turn.

    `box` is what the question box holds, `answers` and `context` what the reader's session keeps,
    `note` a message beside them. `about` and `typed` label the buttons that undo what was carried
    over and what was mended, and are empty where there is nothing to undo.
    """

    box: str
    html: str
    answers: tuple[Answer, ...]
    note: str
    context: Context | None
    about: str
    typed: str


class Conversation:
    """The callbacks. They keep nothing: the conversation lies in the reader's session."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def ask(
        self,
        question: object,
        level: str,
        audience: str,
        answers: tuple[Answer, ...],
        context: Context | None,
    ) -> Shown:
        """Answer `question`, which may follow on from `context`."""
        if not isinstance(question, str):
            return self._show(answers, context, note="A question is text.")
        try:
            answer = self._library.ask(question, level, audience, context=context)
        except GeckoQAError as error:
            kept = question.encode("utf-8", "replace").decode("utf-8")
            return self._show(answers, context, note=str(error), box=kept)
        answers = (*answers, answer)[-MAX_TURNS:]
        return self._show(answers, context_after(answer, context))

    def ask_as_typed(
        self, level: str, audience: str, answers: tuple[Answer, ...], context: Context | None
    ) -> Shown:
        """Answer the newest question anew, its slips left as they are."""
        firm = answers[-1].asked.firm if answers else frozenset[str]()
        return self._again(level, audience, answers, context, as_typed=True, firm=firm)

    def turn_dial(
        self, level: str, audience: str, answers: tuple[Answer, ...], context: Context | None
    ) -> Shown:
        """Answer the newest question anew, at another level or for another audience."""
        if not answers:
            return self._show(answers, context)
        asked = answers[-1].asked
        turned = [
            dial
            for dial, was, now in (
                ("level", asked.level, level),
                ("audience", asked.audience or EVERYONE, audience),
            )
            if was != now
        ]
        return self._again(
            level,
            audience,
            answers,
            context,
            as_typed=asked.as_typed,
            firm=asked.firm.union(turned),
        )

    def forget(self, answers: tuple[Answer, ...]) -> Shown:
        """Let the next question follow on from nothing."""
        return self._show(answers, None)

    def define(self, slug: object) -> str:
        """Return the definition of `slug` as HTML, nothing for nothing."""
        if not slug or not isinstance(slug, str):
            return ""
        try:
            return render_definition(slug, self._library)
        except GeckoQAError as error:
            return render_note(str(error))

    def _again(
        self,
        level: str,
        audience: str,
        answers: tuple[Answer, ...],
        context: Context | None,
        *,
        as_typed: bool,
        firm: Collection[str],
    ) -> Shown:
        if not answers:
            return self._show(answers, context)
        *before, last = answers
        try:
            answer = self._library.ask(
                last.question, level, audience, context=last.after, as_typed=as_typed, firm=firm
            )
        except GeckoQAError as error:
            return self._show(answers, context, note=str(error))
        # What the reader let go of stays let go.
        let_go = context is None and context_after(last, last.after) is not None
        context = None if let_go else context_after(answer, last.after)
        return self._show((*before, answer), context)

    def _show(
        self,
        answers: tuple[Answer, ...],
        context: Context | None,
        *,
        note: str = "",
        box: str = "",
    ) -> Shown:
        titles = (
            [self._library.explainer(slug).title for slug in context.concepts[:2]]
            if context
            else []
        )
        correction = answers[-1].correction if answers else None
        slips = [typed for typed, _ in correction.words] if correction else []
        typed = ", ".join(slips[:2]) + ("…" if len(slips) > 2 else "")  # noqa: PLR2004
        return Shown(
            box=box,
            html=render_answers(answers, self._library),
            answers=answers,
            note=render_note(note) if note else "",
            context=context,
            about=f"About: {', '.join(titles)} ✕" if titles else "",
            typed=f"Search for “{typed}” instead" if typed else "",
        )


def build_chat(library: Library) -> gr.Blocks:
    """Return the chat as a Gradio page, to be mounted on a server."""
    import gradio as gr

    conversation = Conversation(library)
    layout = library.layout
    with gr.Blocks(title="gecko-qa", analytics_enabled=False) as page:
        answers = gr.State(())
        context = gr.State(None)
        gr.HTML(
            '<nav class="gq-nav" aria-label="Site"><h1>gecko-qa</h1>'
            '<a href="/explainers">Explainers</a></nav>',
            apply_default_css=False,
        )
        with gr.Column(elem_id="gq-bar"):
            with gr.Row():
                question = gr.Textbox(
                    label="Your question",
                    placeholder="Ask about a concept",
                    max_length=MAX_QUESTION_CHARS,
                    lines=1,
                    max_lines=4,
                    autofocus=True,
                    elem_id="gq-question",
                )
                button = gr.Button("Ask", variant="primary", min_width=80, elem_id="gq-ask")
            about = gr.Button("", size="sm", visible=False, elem_id="gq-about")
            level = gr.Radio(
                [(choice.name, choice.id) for choice in layout.levels],
                value=layout.default_level,
                label="Depth",
                elem_id="gq-level",
            )
            audience = gr.Radio(
                [("Everyone", EVERYONE), *((c.name, c.id) for c in layout.audiences)],
                value=EVERYONE,
                label="For",
                elem_id="gq-audience",
            )
        note = gr.HTML("", apply_default_css=False, elem_id="gq-note")
        typed = gr.Button("", size="sm", visible=False, elem_id="gq-typed")
        shown = gr.HTML("", apply_default_css=False, elem_id="gq-answers")
        with gr.Row(elem_classes="gq-examples"):
            examples = [
                gr.Button(text, size="sm", variant="secondary") for text in _examples(library)
            ]
        term = gr.Dropdown(
            _names(library), value=None, label="Look up a definition", elem_id="gq-define"
        )
        definition = gr.HTML("", apply_default_css=False, elem_id="gq-definition")

        dials = [level, audience, answers, context]
        outputs = [question, shown, answers, note, context, about, typed]

        def painted(callback: Callable[..., Shown]) -> dict[str, Any]:
            @wraps(callback)
            def paint(*inputs: Any) -> tuple[Any, ...]:  # noqa: ANN401  (as the page sends them)
                now = callback(*inputs)
                undo = (
                    gr.update(value=label, visible=bool(label)) for label in (now.about, now.typed)
                )
                return now.box, now.html, now.answers, now.note, now.context, *undo

            return {"fn": paint, "outputs": outputs, **_PRIVATE}

        asking = painted(conversation.ask)
        question.submit(inputs=[question, *dials], **asking)
        button.click(inputs=[question, *dials], **asking)
        for example in examples:
            example.click(inputs=[example, *dials], **asking)
        for dial in (level, audience):
            dial.input(inputs=dials, **painted(conversation.turn_dial))
        typed.click(inputs=dials, **painted(conversation.ask_as_typed))
        about.click(inputs=[answers], **painted(conversation.forget))
        term.input(conversation.define, [term], [definition], **_PRIVATE)
        page.queue(max_size=MAX_QUEUED)
    return page


def _examples(library: Library) -> list[str]:
    """Return questions of the corpus's own, spread over it, that it is sure to answer."""
    explainers = library.explainers
    step = max(len(explainers) // N_EXAMPLES, 1)
    asks = [explainer.asks[0] for explainer in explainers[::step] if explainer.asks]
    return [ask for ask in asks if library.ask(ask).status == "answered"][:N_EXAMPLES]


def _names(library: Library) -> list[tuple[str, str]]:
    """Return every name with the slug it leads to, in alphabetical order."""
    names = [(name, explainer.slug) for explainer in library.explainers for name in explainer.names]
    return sorted(names, key=lambda pair: pair[0].casefold())
