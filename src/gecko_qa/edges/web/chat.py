"""The chat page: its layout, and which callback each part of it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from gecko_qa.answer.question import MAX_QUESTION_CHARS
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.edges.web.conversation import Conversation, Opened, Shown
from gecko_qa.edges.web.site import Current, Face
from gecko_qa.html.environment import render
from gecko_qa.layout import EVERYONE, Layout
from gecko_qa.library import Library

if TYPE_CHECKING:
    import gradio as gr

MAX_QUEUED = 64
# Fixed, so that a reader's browser finds what it kept when the server has started anew. It is no
# secret: what lies in the browser is the reader's own, and is checked whenever it comes back.
_STORAGE = {"storage_key": "gecko-qa", "secret": "gecko-qa"}
# A question asked meanwhile waits in chat.js, since what opens would take its place.
_OPENING = (
    "(_, kept) => { document.documentElement.dataset.opening = '';"
    " return [window.location.search, kept]; }"
)
_OPENED = "() => { delete document.documentElement.dataset.opening; }"
_PRIVATE: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}


def build_chat(current: Current) -> gr.Blocks:
    """Return the chat as a Gradio page, to be mounted on a server.

    It is laid out for the library that is current now, and answers from that of each moment.
    """
    import gradio as gr

    library = current()
    layout = library.layout

    def html(value: str = "", name: str | None = None) -> gr.HTML:
        return gr.HTML(value, apply_default_css=False, elem_id=name, js_on_load=None)

    with gr.Blocks(title=layout.title, analytics_enabled=False) as page:
        memory = gr.BrowserState(None, **_STORAGE)
        search = gr.Textbox(visible=False)
        html(render("_nav.html", here="/", layout=layout))
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
                visible=_shown(len(layout.levels) > 1),
                elem_id="gq-level",
            )
            audience = gr.Radio(
                [("Everyone", EVERYONE), *((c.name, c.id) for c in layout.audiences)],
                value=EVERYONE,
                label="For",
                visible=_shown(bool(layout.audiences)),
                elem_id="gq-audience",
            )
        note = html("", "gq-note")
        # The answer's own link presses it.
        typed = gr.Button(visible="hidden", elem_id="gq-typed")
        newest = html("", "gq-newest")
        earlier = html("", "gq-earlier")
        html(_intro(library))
        with gr.Row(elem_id="gq-keep"):
            html(render("keep.html"))
            clear = gr.Button("Clear conversation", size="sm", elem_id="gq-clear")

        outputs = [memory, question, newest, note, about]
        everything = [*outputs, earlier, level, audience]

        def parts(now: Shown) -> tuple[Any, ...]:
            html = gr.skip() if now.html is None else now.html
            kept = now.memory.to_json()
            box = gr.skip() if now.box is None else now.box
            about = gr.update(value=now.about, visible=bool(now.about))
            return kept, box, html, now.note, about

        def painted(callback: Callable[..., Shown]) -> dict[str, Any]:
            def paint(*inputs: Any) -> tuple[Any, ...]:  # noqa: ANN401  (as the page sends them)
                return parts(callback(Conversation(current()), *inputs))

            paint.__name__ = callback.__name__
            return {"fn": paint, "outputs": outputs, **_PRIVATE}

        def repainted(callback: Callable[..., Opened]) -> dict[str, Any]:
            def paint(*inputs: Any) -> tuple[Any, ...]:  # noqa: ANN401  (as the page sends them)
                now = callback(Conversation(current()), *inputs)
                return *parts(now.newest), now.earlier, now.level, now.audience

            paint.__name__ = callback.__name__
            return {"fn": paint, "outputs": everything, **_PRIVATE}

        dials = [level, audience, memory]
        asking = painted(Conversation.ask)
        question.submit(inputs=[question, *dials], **asking)
        button.click(inputs=[question, *dials], **asking)
        for dial in (level, audience):
            dial.input(inputs=dials, **painted(Conversation.turn_dial))
        typed.click(inputs=dials, **painted(Conversation.ask_as_typed))
        about.click(inputs=[memory], **painted(Conversation.forget))
        clear.click(inputs=[], **repainted(Conversation.clear))
        page.load(
            inputs=[search, memory],
            js=_OPENING,
            **repainted(Conversation.open),
        ).then(None, js=_OPENED)
        page.queue(max_size=MAX_QUEUED)
    return page


def _shown(shown: bool) -> bool | Literal["hidden"]:
    """Return what Gradio takes. A dial without a choice stays in the page, and out of sight."""
    return shown or "hidden"


def _intro(library: Library) -> str:
    layout, explainers = library.layout, library.explainers
    return render(
        "intro.html",
        layout=layout,
        told=_told(layout, explainers),
        sourced=any(explainer.sources for explainer in explainers),
        asks=library.examples,
    )


def _told(layout: Layout, explainers: Sequence[Explainer]) -> str:
    """Return how many concepts there are, and at how many depths."""
    n_levels, n = len(layout.levels), len(explainers)
    concepts = f"{n} concept{'' if n == 1 else 's'}"
    if n_levels == 1:
        return f"{concepts}."
    whole = all(e.n_levels == n_levels for e in explainers)
    each = "" if n == 1 else "each "
    return f"{concepts}, {each}told at {'' if whole else 'up to '}{_in_words(n_levels)} depths."


def _in_words(n: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}.get(n, str(n))


def face_of(library: Library) -> Face:
    """Return all that the page is laid out by."""
    return library.layout, _intro(library)
