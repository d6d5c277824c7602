"""The API's description in OpenAPI 3.1, filled in by a library: its choices, and true examples."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from gecko_qa import __version__
from gecko_qa.answer.answer import Answer, answer_json
from gecko_qa.asking import answer_asked, read_asked
from gecko_qa.edges.api.problems import KINDS
from gecko_qa.feedback.feedback import VERDICTS
from gecko_qa.layout import EVERYONE
from gecko_qa.library import Library
from gecko_qa.showing import definition_json, explainer_json, layout_json
from gecko_qa.suggestions import MAX_SUGGESTIONS

_FOREIGN = "How do I cook rice?"


def document(library: Library) -> dict[str, Any]:
    """Return the description; every example in it is what `library` answers."""
    import yaml

    text = (files("gecko_qa.edges.api") / "openapi.yaml").read_text(encoding="utf-8")
    told: dict[str, Any] = yaml.safe_load(text)
    told["info"]["version"] = __version__
    _fill_choices(told["components"]["schemas"], library)
    _fill_examples(told["paths"], library)
    return told


def _fill_choices(schemas: dict[str, Any], library: Library) -> None:
    levels = [choice.id for choice in library.layout.levels]
    audiences = [*(choice.id for choice in library.layout.audiences), EVERYONE]
    schemas["Level"] |= {"enum": levels, "default": library.layout.default_level}
    schemas["Audience"] |= {"enum": audiences, "default": EVERYONE}
    schemas["AnyLevel"]["enum"] = _in_bodies(levels)
    schemas["AnyAudience"]["enum"] = _in_bodies(audiences)
    schemas["Feedback"]["properties"]["audience"]["enum"] = [*audiences, None]
    schemas["Feedback"]["properties"]["verdict"]["enum"] = list(VERDICTS)
    schemas["Problem"]["properties"]["type"]["enum"] = [kind.type for kind in KINDS]


def _in_bodies(ids: list[str]) -> list[str | int | None]:
    """Return `ids` as bodies may hold them: those that are whole numbers as numbers too."""
    numbers = [int(id_) for id_ in ids if id_.isdecimal() and str(int(id_)) == id_]
    return [*ids, *numbers, None]


def _fill_examples(paths: dict[str, Any], library: Library) -> None:
    explainer = library.explainers[0]
    title = explainer.title
    question = f"What is {title}?"
    deepest = library.layout.levels[-1].id
    follow_up: dict[str, Any] = {
        "question": "why does it matter?",
        "conversation": [{"question": question}],
    }
    beginning = title[:3]
    suggestions = library.suggest(beginning, MAX_SUGGESTIONS)

    asking = paths["/api/v1/ask"]["get"]
    _example(asking, "q", question)
    _example(asking, "level", deepest)
    _reply(asking, _untimed(library.ask(question, deepest)))
    telling = paths["/api/v1/ask"]["post"]
    bodies: dict[str, dict[str, Any]] = {
        "with a conversation": follow_up,
        "about something else": {"question": _FOREIGN},
    }
    content = telling["requestBody"]["content"]["application/json"]
    content["examples"] = {name: {"value": body} for name, body in bodies.items()}
    telling["responses"]["200"]["content"]["application/json"]["examples"] = {
        name: {"value": _untimed(answer_asked(read_asked(body), library))}
        for name, body in bodies.items()
    }
    _example(paths["/api/v1/define/{term}"]["get"], "term", title)
    _reply(paths["/api/v1/define/{term}"]["get"], definition_json(explainer))
    _example(paths["/api/v1/explainers/{slug}"]["get"], "slug", explainer.slug)
    _reply(paths["/api/v1/explainers/{slug}"]["get"], explainer_json(explainer))
    _reply(paths["/api/v1/layout"]["get"], layout_json(library))
    _example(paths["/api/v1/suggest"]["get"], "q", beginning)
    _reply(
        paths["/api/v1/suggest"]["get"], {"suggestions": [found.to_json() for found in suggestions]}
    )


def _untimed(answer: Answer) -> Any:  # noqa: ANN401  (JSON)
    return json.loads(answer_json(answer, timed=False))


def _example(operation: dict[str, Any], name: str, value: str) -> None:
    next(p for p in operation["parameters"] if p.get("name") == name)["example"] = value


def _reply(operation: dict[str, Any], value: object) -> None:
    operation["responses"]["200"]["content"]["application/json"]["example"] = value
