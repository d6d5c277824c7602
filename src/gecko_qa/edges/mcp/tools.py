"""The tools: what each is for, as an assistant reads it, and what it answers with."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations

from gecko_qa.answer.answer import Answer, answer_json
from gecko_qa.asking import answer_asked, note_asked, read_asked
from gecko_qa.corpus.explainer import Explainer
from gecko_qa.edges.mcp import schemas
from gecko_qa.errors import GeckoQAError, UsageError, note_unforeseen
from gecko_qa.gate.clients import charge, too_many
from gecko_qa.library import Library
from gecko_qa.listing import MAX_LISTED, categories, concepts_json
from gecko_qa.payload import json_line, refuse_unknown, text, text_or_none, texts
from gecko_qa.payload import name_or_none as name
from gecko_qa.showing import definition_json

N_TOLD = 40
"""So many categories and audiences at most are told in a description."""
_FAILED = "The library could not answer this. Whoever runs it finds the reason in its log."
_log = logging.getLogger(__name__)

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class _Told:
    """What a tool answers: a line of JSON, and the explainers whose sources stand below it."""

    json: str
    about: tuple[Explainer, ...] = ()


class Tools:
    """The tools over one library. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._run: Mapping[str, Callable[[Arguments], _Told]] = {
            "ask": self._ask,
            "define": self._define,
            "compare": self._compare,
            "list_concepts": self._list,
        }
        self.tools = tuple(_tools(library))

    @property
    def names(self) -> tuple[str, ...]:
        """The tools' names, in the order of `tools`."""
        return tuple(self._run)

    def call(self, tool: str, arguments: Arguments) -> CallToolResult:
        """Return what `tool`, one of `names`, answers to `arguments`, or its error; never raises.

        The first text is the answer as JSON, and so is the structured content; the second, if any,
        names the sources.
        """
        try:
            told = self._run[tool](arguments)
        except UsageError as error:
            return _error(str(error))
        except GeckoQAError as error:
            _log.error("%s", error)
            return _error(_FAILED)
        except Exception as error:
            note_unforeseen(_log, tool, error)
            return _error(_FAILED)
        line = told.json.rstrip("\n")
        parts = [line, *filter(None, [_sources(told.about)])]
        return CallToolResult(
            content=[TextContent(text=part) for part in parts],
            structured_content=json.loads(line),
        )

    def _ask(self, arguments: Arguments) -> _Told:
        asked = read_asked(arguments, strict=True)
        # Each turn before is answered again, to find out what this one follows on from.
        if wait := charge(len(asked.conversation)):
            raise UsageError(too_many(wait).message)
        return self._answered(answer_asked(asked, self._library))

    def _define(self, arguments: Arguments) -> _Told:
        refuse_unknown(arguments, ("term",))
        explainer = self._library.define(text_or_none(arguments.get("term"), "term") or "")
        return _Told(json_line(definition_json(explainer)), (explainer,))

    def _compare(self, arguments: Arguments) -> _Told:
        refuse_unknown(arguments, ("concepts", "level", "audience"))
        level, audience = (name(arguments.get(dial), dial) for dial in ("level", "audience"))
        concepts = texts(arguments.get("concepts", []), "concepts")
        return self._answered(self._library.compare(concepts, level, audience))

    def _list(self, arguments: Arguments) -> _Told:
        refuse_unknown(arguments, ("category", "prefix", "offset", "limit"))
        listed = concepts_json(
            self._library,
            text_or_none(arguments.get("category"), "category"),
            text(arguments.get("prefix", ""), "prefix"),
            _number(arguments.get("offset", 0), "offset"),
            _number(arguments.get("limit", MAX_LISTED), "limit"),
        )
        return _Told(json_line(listed))

    def _answered(self, answer: Answer) -> _Told:
        note_asked(answer)
        about = dict.fromkeys(passage.concept for passage in answer.passages)
        return _Told(answer_json(answer, timed=False), tuple(map(self._library.explainer, about)))


def instructions(library: Library) -> str:
    """Return what the server as a whole is for."""
    return (
        f"{_corpus(library)} Use these tools for questions about its concepts, and quote what they "
        "give with its sources. What it does not cover, it says it does not cover: pass that on."
    )


def _tools(library: Library) -> Iterable[Tool]:
    layout, corpus = library.layout, _corpus(library)
    audiences = _listed(choice.name for choice in layout.audiences)
    takes = f" at one of {len(layout.levels)} levels of depth"
    takes += f" and for an audience ({audiences})" if layout.audiences else ""
    yield _tool(
        "ask",
        "Ask the explainers",
        f"Ask a question about a concept, describe one without its name, or compare some,{takes}. "
        f"{corpus} The status not_covered is an answer, not a failure: no explainer covers the "
        "question, and `nearest` names what is near. Passages of the section “take” are opinion.",
        schemas.ask_input(layout),
        schemas.answer_output(layout),
    )
    yield _tool(
        "define",
        "Define a concept",
        f"Look up the short definition of one concept by any of its names. {corpus} A name that "
        "none of them has is an error, which offers names that look alike.",
        schemas.define_input(),
        schemas.definition_output(),
    )
    yield _tool(
        "compare",
        "Compare concepts",
        f"Put two to four concepts side by side{takes}. {corpus} Concepts that nothing covers are "
        "told in `missing`, or the status is not_covered.",
        schemas.compare_input(layout),
        schemas.answer_output(layout),
    )
    yield _tool(
        "list_concepts",
        "List the concepts",
        "List the concepts that are covered, all or those of a category or with a name that begins "
        f"so, up to {MAX_LISTED} at a time. {corpus}",
        schemas.list_input(categories(library)),
        schemas.list_output(),
    )


def _tool(
    name: str, title: str, description: str, takes: schemas.Schema, gives: schemas.Schema
) -> Tool:
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema=takes,
        output_schema=gives,
        annotations=ToolAnnotations(
            title=title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _corpus(library: Library) -> str:
    """Return what the corpus covers, and of what kind its answers are."""
    n_concepts = len(library.explainers)
    concepts = f"{n_concepts} concept{'' if n_concepts == 1 else 's'}"
    return (
        f"The corpus “{library.layout.title}” explains {concepts} "
        f"({_listed(categories(library))}). Answers are its own passages, word for word, with "
        "their sources; no language model writes them."
    )


def _listed(names: Iterable[str]) -> str:
    every = tuple(names)
    return "; ".join(every[:N_TOLD]) + ("; …" if len(every) > N_TOLD else "")


def _number(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"“{key}” has to be a whole number.")
    return value


def _sources(explainers: Iterable[Explainer]) -> str:
    return "\n".join(line for explainer in explainers for line in _source_lines(explainer))


def _source_lines(explainer: Explainer) -> Iterable[str]:
    if explainer.sources:
        dated = f", updated {explainer.updated.isoformat()}" if explainer.updated else ""
        yield f"Sources of {explainer.title}{dated}:"
    for source in explainer.sources:
        yield f"- {source.authors} ({source.year}). {source.title}. {source.url}"


def _error(message: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=message)], is_error=True)
