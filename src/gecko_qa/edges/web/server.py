"""The site: plain routes, and the chat mounted at the root."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gecko_qa.edges.web.beside import Beside
from gecko_qa.edges.web.calls import functions_of, problem_of
from gecko_qa.edges.web.guard import Guard, Part, costs_of, free_of, telling_of
from gecko_qa.edges.web.news import News
from gecko_qa.edges.web.routes import add_routes
from gecko_qa.edges.web.site import Current, Site
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.feedback.taking import feedback_limit
from gecko_qa.gate.gate import Gate
from gecko_qa.html.reading import render_missing
from gecko_qa.library import Library
from gecko_qa.limits import Limit
from gecko_qa.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_STYLES = ("tokens.css", "parts.css", "chat.css")
_MAX_SESSIONS = 64
_SCRIPTS = ("terms.js", "chat.js")


def create_app(
    library: Library,
    feedback: FeedbackStore | None = None,
    parts: Sequence[Part] = (),
    news: News | None = None,
    *,
    gate: Gate | None = None,
    limit: Limit | None = None,
) -> Site:
    """Return the whole site over `library`.

    `feedback` None takes none, `news` None tells none, `gate` None limits nobody.
    `limit` bounds feedback, None as one of its own does.
    """
    _prepare_gradio()
    from fastapi import FastAPI

    from gecko_qa.edges.web.chat import face_of

    gate = gate or Gate.of(Settings(questions_per_minute=0))
    limit = limit or feedback_limit()

    def build(current: Current) -> FastAPI:
        app = FastAPI(title="gecko-qa", docs_url=None, redoc_url=None, openapi_url=None)
        add_routes(app, current, limit, feedback, news)
        _add_chat(app, current, parts, news, gate)
        return app

    return Site(library, build, face_of)


def _add_chat(
    app: FastAPI, current: Current, parts: Sequence[Part], news: News | None, gate: Gate
) -> None:
    """Mount the chat at the root of `app`, and put all that guards it around both."""
    import gradio as gr

    from gecko_qa.edges.web.assets import Assets
    from gecko_qa.edges.web.chat import build_chat
    from gecko_qa.edges.web.preloads import preloads
    from gecko_qa.edges.web.sealed import seal

    chat = build_chat(current)
    # Gradio keeps something of each session, which nothing here uses, and up to 10,000 of them.
    chat.state_session_capacity = _MAX_SESSIONS
    scripts = _SCRIPTS if news is None else (*_SCRIPTS, "watch.js")
    gr.mount_gradio_app(
        app,
        chat,
        path="/",
        theme=_theme(),
        # Linked, since Gradio rewrites the style sheets it is given and drops media queries.
        head="".join(
            [
                *(f'<link rel="stylesheet" href="/gecko/{name}">' for name in _STYLES),
                *(f'<script src="/gecko/{name}" defer></script>' for name in scripts),
            ]
        ),
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size="1kb",
        ssr_mode=False,
        favicon_path=str(files("gecko_qa.html") / "static" / "icon.svg"),
    )
    # Mounting leaves off the checks of file paths that launching would switch on.
    chat.has_launched = True
    seal(app)
    telling = telling_of(parts)
    frontend = Path(gr.__file__).parent / "templates" / "frontend"
    kinds = {component["type"] for component in chat.config["components"]}
    ahead = preloads(frontend, sorted(kinds))
    app.add_middleware(Beside, parts=parts, current=current)
    gate.admit(app, free_of(parts), telling)
    app.add_middleware(Assets, folder=frontend / "assets", ahead=ahead)
    app.add_middleware(
        Guard,
        missing_page=render_missing("There is no such page.", current().layout),
        body_seconds=gate.settings.timeout_seconds,
        parts=parts,
        problem=problem_of(functions_of(chat)),
        telling=telling,
    )
    gate.surround(app, costs_of(parts), telling)
    for part in parts:
        if part.around is not None:
            app.add_middleware(part.around)


def _prepare_gradio() -> None:
    """Settings that Gradio reads when it is imported, and a temporary folder of its own."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Whatever lies in Gradio's temporary folder is public: give it an empty one.
    folder = tempfile.mkdtemp(prefix="gecko-qa-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = folder


def _theme() -> Any:  # noqa: ANN401  (an untyped library's class)
    import gradio as gr

    fonts = [gr.themes.Font(name) for name in ("system-ui", "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "monospace")]
    theme = gr.themes.Default(
        primary_hue="emerald", neutral_hue="stone", font=fonts, font_mono=mono
    )
    return theme.set(
        checkbox_label_background_fill_selected="*primary_700",
        checkbox_label_background_fill_selected_dark="*primary_700",
        checkbox_label_text_color_selected="white",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_text_color="white",
        block_title_text_color="*primary_800",
        block_title_text_color_dark="*primary_200",
        body_text_color_subdued="*neutral_600",
    )
