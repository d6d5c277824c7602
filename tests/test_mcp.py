"""The tools of the Model Context Protocol: in this process, over a pipe, and over HTTP."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from commands import Cli
from factories import explainer_text, fake_index, write_corpus
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from gecko_qa.edges.mcp.server import McpEndpoint, mcp_server
from gecko_qa.edges.mcp.tools import Tools
from gecko_qa.errors import IndexDamaged
from gecko_qa.library import Library
from gecko_qa.listing import categories
from gecko_qa.payload import MAX_BODY_BYTES
from gecko_qa.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
NAMES = ["ask", "define", "compare", "list_concepts"]
MODES = ("legacy", "auto")
FAILED = "The library could not answer this."
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"question": "What is RLHF?"},
    {"question": "What is RLHF?", "level": "2", "audience": "builder"},
    {"question": "how does quantizaton work", "as_typed": True},
    {"question": "how does quantizaton work", "audience": "everyone"},
    {"question": "  DPO\t vs   RLHF ", "level": "3"},
    {"question": "why does the model make up “sources” — naïve café 日本語 🦎?"},
    {"question": "How do I cook rice?"},
    {"question": "hello"},
    {"question": "and why?"},
)


def called(tools: Tools, tool: str, **arguments: Any) -> Any:
    result = tools.call(tool, arguments)
    assert not result.is_error, result
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    return result.structured_content


def refused(tools: Tools, tool: str, **arguments: Any) -> str:
    result = tools.call(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    (content,) = result.content
    return content.text  # type: ignore[union-attr]


@pytest.fixture
def tools(small_library: Library) -> Tools:
    return Tools(small_library)


@pytest.fixture
def tools_of_the_corpus(library: Library) -> Tools:
    return Tools(library)


def test_the_tools_say_what_they_cover_and_that_they_change_nothing(library: Library) -> None:
    tools = Tools(library).tools
    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        told = tool.description or ""
        assert f"explains {len(library.explainers)} concepts" in told
        assert all(category in told for category in categories(library))
        assert "word for word, with their sources" in told
        hints = tool.annotations
        assert hints is not None
        assert (hints.read_only_hint, hints.idempotent_hint) == (True, True)
        assert (hints.destructive_hint, hints.open_world_hint) == (False, False)
        assert tool.input_schema["additionalProperties"] is False
    assert "not_covered" in (tools[0].description or "")


def test_schemas_name_the_corpus_s_own_levels_audiences_and_categories(tmp_path: Path) -> None:
    left_out = ["TL;DR", "Level 3", "Researcher", "Investor", "Curious"]
    corpus = write_corpus(tmp_path / "corpus", {"one": explainer_text("One", leave_out=left_out)})
    (corpus / "corpus.toml").write_text(
        'title = "Little book"\n'
        'levels = [{ id = "1", name = "Level 1" }, { id = "2", name = "Level 2" }]\n'
        'audiences = [{ id = "builder", name = "Builder" }]\n'
    )
    ask, _, compare, listing = Tools(Library(fake_index(corpus, tmp_path / "index"))).tools
    for tool in (ask, compare):
        properties = tool.input_schema["properties"]
        assert properties["level"]["enum"] == ["1", "2"]
        assert properties["audience"]["enum"] == ["builder", "everyone"]
    assert listing.input_schema["properties"]["category"]["enum"] == ["Testing"]
    assert "“Little book” explains 1 concept (Testing)" in (listing.description or "")


def test_an_answer_comes_with_its_sources(tools: Tools) -> None:
    result = tools.call("ask", {"question": "What are gecko feet?", "level": "2"})
    answer, sources = (content.text for content in result.content)  # type: ignore[union-attr]
    assert json.loads(answer)["passages"][0]["id"] == "gecko-feet#level-2"
    assert sources == (
        "Sources of Gecko feet, updated 2026-01-02:\n"
        "- A. Author (2020). A paper. https://example.org/paper"
    )


def test_what_is_not_covered_is_an_answer(tools_of_the_corpus: Tools) -> None:
    answer = called(tools_of_the_corpus, "ask", question="How do I cook rice?")
    assert (answer["status"], answer["passages"]) == ("not_covered", [])


def test_a_question_may_follow_a_conversation(tools_of_the_corpus: Tools) -> None:
    before = [{"question": "What is LoRA?", "level": 2}]
    answer = called(
        tools_of_the_corpus, "ask", question="Why does it matter now?", conversation=before
    )
    assert answer["follows"] == ["lora"]


def test_define_and_compare_take_any_names(tools: Tools) -> None:
    assert called(tools, "define", term="setae") == {
        "concept": "gecko-feet",
        "title": "Gecko feet",
        "text": "Gecko feet is a thing that tests talk about.",
    }
    compared = called(tools, "compare", concepts=["Hylidae", "gecko feet"], level="3")
    assert compared["concepts"] == ["tree-frogs", "gecko-feet"]
    assert [p["id"] for p in compared["passages"]] == ["tree-frogs#level-3", "gecko-feet#level-3"]


def test_concepts_are_listed_by_category_and_by_prefix_of_any_name_page_by_page(
    tools: Tools,
) -> None:
    everything = called(tools, "list_concepts")
    slugs = [concept["slug"] for concept in everything["concepts"]]
    assert slugs == ["gecko-feet", "suction-cups", "tree-frogs"]
    assert (everything["total"], everything["next_offset"]) == (3, None)
    first = called(tools, "list_concepts", limit=2, category="Testing")
    assert [concept["slug"] for concept in first["concepts"]] == slugs[:2]
    assert (first["total"], first["next_offset"]) == (3, 2)
    rest = called(tools, "list_concepts", limit=2, offset=first["next_offset"])
    assert [concept["slug"] for concept in rest["concepts"]] == slugs[2:]
    assert rest["next_offset"] is None
    by_alias = called(tools, "list_concepts", prefix="HÝL")
    assert [concept["aliases"] for concept in by_alias["concepts"]] == [["Hylidae"]]
    assert called(tools, "list_concepts", prefix="newt")["concepts"] == []
    assert called(tools, "list_concepts", offset=10**30)["concepts"] == []


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("ask", {}, "The question has no words."),
        ("ask", {"question": "x" * 1001}, "The question has 1001 characters; 1000 are allowed."),
        ("ask", {"question": "a\0b"}, "the control character U+0000"),
        ("ask", {"question": "\ud800"}, "“question” is not valid Unicode."),
        ("ask", {"question": 5}, "“question” has to be text."),
        ("ask", {"question": "feet", "level": "9"}, "Choose one of: tldr, 1, 2, 3."),
        ("ask", {"question": "feet", "level": "\udfff"}, "“level” is not valid Unicode."),
        ("ask", {"question": "feet", "audience": "poet"}, "Choose one of: researcher, builder"),
        ("ask", {"questoin": "feet"}, "There is no field “questoin”. Did you mean question?"),
        ("ask", {"question": "feet", "\ud800": 1}, "There is no field “?”."),
        ("ask", {"question": "feet", "as_typed": "yes"}, "“as_typed” has to be true or false."),
        ("ask", {"question": "why?", "conversation": ["feet"]}, "has to be a list of objects"),
        ("ask", {"question": "why?", "conversation": [{}] * 51}, "51 turns; 50 are allowed."),
        ("define", {}, "The question has no words."),
        ("define", {"term": "Hylid"}, "Did you mean Hylidae"),
        ("define", {"name": "GF"}, "There is no field “name”. There are: term."),
        ("compare", {"concepts": ["GF"]}, "There are 1 concepts to compare. Name 2 to 4."),
        ("compare", {"concepts": ["GF"] * 5}, "There are 5 concepts to compare. Name 2 to 4."),
        ("compare", {"concepts": "GF"}, "“concepts” has to be a list."),
        ("compare", {"concepts": ["GF", " "]}, "The question has no words."),
        ("compare", {"concepts": ["GF", "x" * 999]}, "1005 characters; 1000 are allowed."),
        ("compare", {"concepts": ["GF", "Hylidae"], "level": "0"}, "Choose one of: tldr,"),
        ("list_concepts", {"category": "Test"}, "no category “Test”. Did you mean Testing?"),
        ("list_concepts", {"prefix": "x" * 101}, "“prefix” has 101 characters; 100 are allowed."),
        ("list_concepts", {"limit": 0}, "“limit” has to be from 1 to 100."),
        ("list_concepts", {"limit": 101}, "“limit” has to be from 1 to 100."),
        ("list_concepts", {"offset": -1}, "“offset” has to be 0 or more."),
        ("list_concepts", {"offset": True}, "“offset” has to be a whole number."),
        ("list_concepts", {"offset": 1.5}, "“offset” has to be a whole number."),
    ],
)
def test_what_cannot_be_asked_is_an_error_that_says_what_to_mend(
    tools: Tools, tool: str, arguments: dict[str, Any], message: str
) -> None:
    assert message in refused(tools, tool, **arguments)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)
FIELDS = ("question", "level", "audience", "as_typed", "conversation", "term", "concepts")
FIELDS += ("category", "prefix", "offset", "limit")


@bounded(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tool=st.sampled_from(NAMES),
    arguments=st.dictionaries(st.sampled_from(FIELDS) | st.text(), JSON, max_size=4),
)
def test_no_arguments_make_a_tool_fail(tools: Tools, tool: str, arguments: dict[str, Any]) -> None:
    result = tools.call(tool, arguments)
    for content in result.content:
        assert content.text.encode("utf-8")  # type: ignore[union-attr]
        assert not content.text.startswith(FAILED)  # type: ignore[union-attr]
    assert tools.call(tool, arguments) == result


@bounded(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.text(st.characters(codec=None), max_size=1010))
def test_any_unicode_may_be_asked(tools: Tools, question: str) -> None:
    for tool, arguments in (
        ("ask", {"question": question}),
        ("define", {"term": question}),
        ("compare", {"concepts": [question, "GF"]}),
        ("list_concepts", {"prefix": question}),
    ):
        result = tools.call(tool, arguments)
        assert not result.content[0].text.startswith(FAILED)  # type: ignore[union-attr]
        assert result.content[0].text.encode("utf-8")  # type: ignore[union-attr]


@pytest.mark.parametrize("error", [RuntimeError("secret"), IndexDamaged("/secret/index is bad")])
def test_an_unforeseen_failure_tells_the_log_and_not_the_caller(
    tools: Tools,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Library, "ask", broken)
    with caplog.at_level(logging.ERROR):
        told = refused(tools, "ask", question="What are my private feet?")
    assert told.startswith(FAILED)
    assert "secret" not in told
    assert "private" not in caplog.text
    if isinstance(error, RuntimeError):
        assert "ask failed with RuntimeError" in caplog.text
        assert "secret" not in caplog.text
    else:
        assert "/secret/index is bad" in caplog.text


@pytest.mark.parametrize("mode", MODES)
def test_the_answer_is_the_command_line_s_byte_for_byte(
    cli: Cli, library: Library, settings: Settings, mode: str
) -> None:
    async def ask() -> list[str]:
        async with Client(mcp_server(library), mode=mode) as client:
            results = [await client.call_tool("ask", asked) for asked in QUESTIONS]
        return [result.content[0].text for result in results]  # type: ignore[union-attr]

    for asked, text in zip(QUESTIONS, anyio.run(ask), strict=True):
        options = [f"--{dial}={asked[dial]}" for dial in ("level", "audience") if dial in asked]
        options += ["--as-typed"] if "as_typed" in asked else []
        corpus = ("--corpus", str(settings.corpus))
        line = cli("ask", asked["question"], "--json", *options, *corpus).out
        assert re.sub(r', "seconds": [0-9.e-]+}\n$', "}", line) == text


def test_no_such_tool_is_told(small_library: Library) -> None:
    async def call() -> None:
        async with Client(mcp_server(small_library)) as client:
            with pytest.raises(MCPError, match="There is no such tool. There are: ask, define,"):
                await client.call_tool("nope", {})

    anyio.run(call)


def documented() -> list[Any]:
    page = (REPOSITORY / "docs" / "mcp.md").read_text(encoding="utf-8")
    return [
        json.loads(b) for b in re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    ]


@pytest.mark.parametrize("mode", MODES)
def test_the_documented_command_serves_the_documented_session_over_a_pipe(
    settings: Settings, mode: str
) -> None:
    config, *session = documented()
    ((_, server),) = config["mcpServers"].items()
    assert server["command"] == "gecko-qa"
    arguments = [str(settings.corpus) if "/" in a else a for a in server["args"]]
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "gecko_qa", *arguments], env=dict(os.environ)
    )

    async def run() -> None:
        async with Client(command, mode=mode) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == NAMES
            for call, told in zip(session[::2], session[1::2], strict=True):
                result = await client.call_tool(call["tool"], call["arguments"])
                assert not result.is_error
                assert result.structured_content.items() >= told.items()

    assert len(session) == 8
    anyio.run(run)


def message(id_: int | None, method: str, **params: Any) -> bytes:
    told = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(told if id_ is None else {**told, "id": id_}).encode() + b"\n"


HELLO = message(
    1,
    "initialize",
    protocolVersion="2025-06-18",
    capabilities={},
    clientInfo={"name": "test", "version": "1"},
) + message(None, "notifications/initialized")
# Prints where it should not, from Python and from a process of its own.
NOISY = """
import os
from gecko_qa import Library
from gecko_qa.main import main
define = Library.define
def noisy(self, term):
    print("stray print", flush=True)
    os.system("echo stray child")
    return define(self, term)
Library.define = noisy
main(["mcp", "--corpus", {corpus!r}])
"""


def test_standard_output_carries_the_protocol_alone(settings: Settings) -> None:
    lines = [
        HELLO,
        b"not JSON\n",
        b"\xff\xfe\n",
        b"[" * 10_000 + b"\n",
        message(2, "tools/call", name="define", arguments={"term": "LoRA"}),
        message(3, "tools/call", name="define", arguments=["LoRA"]),
        message(4, "tools/call", name="define", arguments={"term": "x" * 1001}),
        message(5, "no/such/method"),
        message(6, "ping"),
    ]
    with subprocess.Popen(
        [sys.executable, "-c", NOISY.format(corpus=str(settings.corpus))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write(b"".join(lines))
        server.stdin.flush()
        answers: dict[int, Any] = {}
        while len(answers) < 6:
            answer = json.loads(server.stdout.readline())
            assert answer["jsonrpc"] == "2.0"
            answers[answer["id"]] = answer
        server.stdin.close()
        assert server.stdout.read() == b""
        said = server.stderr.read().decode()
        assert server.wait(timeout=20) == 0
    assert answers[2]["result"]["structuredContent"]["concept"] == "lora"
    assert answers[3]["error"]["code"] == -32602
    assert answers[4]["result"]["isError"] is True
    assert answers[5]["error"]["code"] == -32601
    assert answers[6]["result"] == {}
    assert "stray print" in said
    assert "stray child" in said
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_ctrl_c_stops_it_while_its_input_is_open(settings: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "gecko_qa", "mcp", "--corpus", str(settings.corpus)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(HELLO)
        server.stdin.flush()
        assert server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == -signal.SIGINT


def test_without_a_current_index_it_says_so_and_exits(
    cli: Cli, small_corpus: Path, tmp_path: Path
) -> None:
    here = ("--corpus", str(small_corpus), "--index", str(tmp_path / "index"))
    missing = cli("mcp", *here)
    assert (missing.code, missing.out) == (1, "")
    assert f"Run “gecko-qa index build --corpus {small_corpus}" in missing.err
    index = fake_index(small_corpus, tmp_path / "index")
    (vectors,) = (tmp_path / "index").glob("vectors*.faiss")
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    damaged = cli("mcp", *here)
    assert (damaged.code, damaged.out) == (1, "")
    assert "gecko-qa index build" in damaged.err
    vectors.write_bytes(whole)
    page = small_corpus / "tree-frogs.md"
    page.write_text(page.read_text().replace("Mucus and", "Mucus, and"))
    stale = cli("mcp", *here)
    assert (stale.code, stale.out) == (1, "")
    assert "has changed since the index" in stale.err
    assert index.manifest.n_explainers == 3


def test_the_documented_application_is_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").symlink_to(settings.corpus)
    (tmp_path / "index").symlink_to(settings.index_folder)
    monkeypatch.chdir(tmp_path)
    page = (REPOSITORY / "docs" / "mcp.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    given: dict[str, Any] = {}
    exec(block, given)
    with TestClient(given["app"], "https://qa.example.org") as client:
        assert client.post("/mcp", content=DEFINE, headers=ACCEPT).status_code == 200


@pytest.fixture(scope="module")
def url(library: Library) -> Iterator[str]:
    """The tools over HTTP, on a free port, mounted in an application of the test's own."""
    app = FastAPI()
    app.add_route("/mcp", McpEndpoint(library, origins=["https://friend.example"]))  # type: ignore[arg-type]
    # Without the protocol's name asyncio leaves out TCP_NODELAY, and each reply waits for 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.mark.parametrize("mode", MODES)
def test_two_clients_at_once_get_the_same_over_http(
    url: str, tools_of_the_corpus: Tools, mode: str
) -> None:
    told: list[list[Any]] = [[], []]

    async def ask(n: int) -> None:
        async with Client(url, mode=mode) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == NAMES
            for asked in QUESTIONS:
                told[n].append((await client.call_tool("ask", asked)).structured_content)

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(ask, 0)
            group.start_soon(ask, 1)

    anyio.run(both)
    assert told[0] == told[1] == [called(tools_of_the_corpus, "ask", **q) for q in QUESTIONS]


ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
DEFINE = message(1, "tools/call", name="define", arguments={"term": "LoRA"})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "localhost:80"}, 200),
        ({"origin": "http://localhost:3000"}, 200),
        ({"origin": "https://friend.example"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example"}, 421),
        ({"host": "127.0.0.1.evil.example:80"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://localhost.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 400),
        ({"accept": "text/html"}, 406),
        # The newer protocol, told by its header, is held to the same.
        ({"mcp-protocol-version": "2026-07-28", "host": "evil.example"}, 421),
        ({"mcp-protocol-version": "2026-07-28", "origin": "https://evil.example"}, 403),
    ],
)
def test_only_requests_to_its_own_hosts_and_from_known_pages_are_answered(
    url: str, headers: dict[str, str], status: int
) -> None:
    reply = httpx.post(url, content=DEFINE, headers={**ACCEPT, **headers})
    assert reply.status_code == status
    assert ("lora" in reply.text) == (status == 200)
    assert not any(name.startswith("access-control") for name in reply.headers)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS", "HEAD"])
def test_nothing_but_post_is_taken_and_no_stream_stays_open(url: str, method: str) -> None:
    reply = httpx.request(method, url, headers={"accept": "text/event-stream"})
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_a_body_is_bounded_with_its_length_told_or_not(url: str) -> None:
    big = b" " * (MAX_BODY_BYTES + 1)
    assert httpx.post(url, content=big, headers=ACCEPT).status_code == 413
    assert httpx.post(url, content=iter([big]), headers=ACCEPT).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"5", b"[" * 100_000, b"\xff\xfe", b'{"jsonrpc": "2.0", "id": {}}'],
)
@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28", "1999-01-01", "\x7f"])
def test_a_body_that_is_no_message_is_refused(url: str, body: bytes, version: str) -> None:
    reply = httpx.post(url, content=body, headers={**ACCEPT, "mcp-protocol-version": version})
    assert reply.status_code == 400
    assert "Traceback" not in reply.text
    assert httpx.post(url, content=DEFINE, headers=ACCEPT).status_code == 200


def test_half_a_character_over_http_is_told_and_not_a_failure(url: str) -> None:
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "ask"}
    arguments = {"question": "What is \ud800?"}
    body = message(1, "tools/call", name="ask", arguments=arguments, _meta=meta)
    reply = httpx.post(url, content=body, headers={**ACCEPT, **headers})
    assert reply.status_code == 200
    result = reply.json()["result"]
    assert (result["isError"], result["content"][0]["text"]) == (
        True,
        "“question” is not valid Unicode.",
    )
