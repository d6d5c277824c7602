"""The server: pages, redirects, and what no request may do."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markup import parsed, passages, safe, turn

from gecko_qa.edges.web.calls import PREDICT
from gecko_qa.edges.web.running import bind
from gecko_qa.edges.web.server import create_app
from gecko_qa.edges.web.turns import MAX_TURNS
from gecko_qa.library import Library
from gecko_qa.payload import MAX_BODY_BYTES
from gecko_qa.settings import Settings


@pytest.fixture(scope="module")
def app(library: Library) -> FastAPI:
    return create_app(library)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def stranger(app: FastAPI, client: TestClient) -> TestClient:
    """A client that sends what no page does, and gets what a server then answers."""
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def body_of(
    client: TestClient, name: str, data: list[Any], reader: str = "a reader"
) -> dict[str, Any]:
    """Return what the chat's page sends to call one of its functions."""
    config = client.get("/config").json()
    ids = [d["id"] for d in config["dependencies"] if d["api_name"] == name]
    return {"data": data, "fn_index": ids[0], "session_hash": reader}


def send(client: TestClient, body: object) -> Any:
    """Send `body` as JSON to the chat, lone surrogates and all."""
    return client.post(
        PREDICT,
        content=json.dumps(body).encode("ascii"),
        headers={"content-type": "application/json"},
    )


def call(
    client: TestClient, name: str, data: list[Any], reader: str = "a reader"
) -> dict[str, Any]:
    """Call one of the chat's functions as its page does; return what it sends, by what it is."""
    done = send(client, body_of(client, name, data, reader))
    assert done.status_code == 200, done.text
    names = ["memory", "box", "html", "note", "about", "earlier", "level", "audience"]
    return dict(zip(names, done.json()["data"], strict=False))


def ask(
    client: TestClient,
    question: str,
    memory: object = None,
    level: str = "1",
    audience: str = "everyone",
    reader: str = "a reader",
) -> dict[str, Any]:
    """Ask as the page does, with the `memory` that the browser keeps."""
    return call(client, "ask", [question, level, audience, memory], reader)


def test_the_chat_is_at_the_root(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "/gecko/chat.css" in page.text


def test_an_explainer_is_a_page_of_its_own(client: TestClient) -> None:
    page = client.get("/explainers/rlhf")
    assert page.status_code == 200
    assert '<section id="level-2"' in page.text
    assert "<title>RLHF · gecko-qa</title>" in page.text


def test_what_is_not_there_is_a_page_that_says_so(client: TestClient) -> None:
    for path in ("/explainers/no-such", "/explainers/%3Cscript%3E", "/gecko/no-such", "/a/../b"):
        page = client.get(path)
        assert page.status_code == 404
        assert "<script>" not in page.text


def test_define_leads_to_the_explainer(client: TestClient) -> None:
    found = client.get("/define/Reinforcement%20learning%20from%20human%20feedback")
    assert (found.status_code, found.headers["location"]) == (302, "/explainers/rlhf")
    assert client.get("/define/lorra").status_code == 404


def test_a_question_is_answered_and_a_dial_changes_the_answer_in_place(
    client: TestClient,
) -> None:
    shown = ask(client, "What is RLHF?", level="2")
    assert shown["box"] == ""
    assert passages(shown["html"]) == ["rlhf#level-2"]
    turned = call(client, "turn_dial", ["tldr", "investor", shown["memory"]])
    assert passages(turned["html"]) == ["rlhf#tldr", "rlhf#takeaways-investor"]
    assert turn(turned["html"]).attributes["data-turn"] == "1"
    assert len(turned["memory"]["turns"]) == 1


def test_a_follow_up_builds_on_what_the_browser_carries(client: TestClient) -> None:
    first = ask(client, "What is RLHF?")
    assert (first["about"]["value"], first["about"]["visible"]) == ("About: RLHF ✕", True)
    shown = ask(client, "how is it different from DPO?", first["memory"], reader="anyone")
    assert passages(shown["html"]) == ["rlhf#level-1", "direct-preference-optimization#level-1"]
    assert shown["about"]["value"] == "About: RLHF, Direct preference optimization ✕"


def test_what_was_forgotten_is_not_followed_up(client: TestClient) -> None:
    first = ask(client, "What is RLHF?")
    shown = call(client, "forget", [first["memory"]])
    assert shown["about"]["visible"] is False
    assert is_left_alone(shown["html"])
    assert status(ask(client, "why?", shown["memory"])) == "needs_context"


def test_a_mended_question_is_asked_again_as_typed(client: TestClient) -> None:
    shown = ask(client, "What is RLFH?")
    assert "Showing “What is RLHF?” Search for “RLFH” instead" in turn(shown["html"]).plain
    again = call(client, "ask_as_typed", ["1", "everyone", shown["memory"]])
    assert "Showing" not in again["html"]
    assert len(again["memory"]["turns"]) == 1


def test_a_page_opens_with_what_the_browser_kept_and_the_address_asks(client: TestClient) -> None:
    first = ask(client, "What is RLHF?", level="2")
    opened = call(client, "open", ["?q=What+is+LoRA%3F&level=3&audience=builder", first["memory"]])
    assert passages(opened["html"]) == ["lora#level-3", "lora#takeaways-builder"]
    assert passages(opened["earlier"]) == ["rlhf#level-2"]
    assert (opened["level"], opened["audience"]) == ("3", "builder")
    again = call(client, "open", ["", opened["memory"]])
    assert (again["html"], again["earlier"]) == (opened["html"], opened["earlier"])


def test_clearing_leaves_nothing(client: TestClient) -> None:
    cleared = call(client, "clear", [])
    assert (cleared["html"], cleared["earlier"], cleared["note"]) == ("", "", "")
    assert (cleared["level"], cleared["audience"]) == ("1", "everyone")
    assert cleared["memory"]["turns"] == []
    assert cleared["about"]["visible"] is False


def test_the_server_keeps_nothing_of_a_reader(client: TestClient) -> None:
    ask(client, "What is RLHF?", reader="one")
    call(client, "open", ["?q=What+is+RLHF%3F", None], "one")
    for reader in ("one", "another"):
        for name, data in (
            ("turn_dial", ["3", "everyone", None]),
            ("ask_as_typed", ["1", "everyone", None]),
            ("open", ["", None]),
            ("forget", [None]),
        ):
            shown = call(client, name, data, reader)
            assert is_left_alone(shown["html"]), name
            assert (shown["memory"]["turns"], shown["memory"]["carried"]) == ([], ""), name
        shown = ask(client, "why?", reader=reader)
        assert status(shown) == "needs_context"
        assert shown["memory"]["count"] == 1
    config = client.get("/config").json()
    kinds = {component["type"] for component in config["components"]}
    assert "browserstate" in kinds
    assert not {"state", "sessionstate"} & kinds


def test_what_cannot_be_asked_stays_in_the_box_with_a_note(client: TestClient) -> None:
    first = ask(client, "What is RLHF?")
    shown = ask(client, "x" * 1001, first["memory"], level="2")
    assert shown["box"] == "x" * 1001
    assert "1000 are allowed" in shown["note"]
    assert is_left_alone(shown["html"])
    assert shown["memory"] == first["memory"]


def test_every_function_of_the_page_is_private_and_runs_at_once(client: TestClient) -> None:
    functions = client.get("/config").json()["dependencies"]
    assert {"ask", "ask_as_typed", "turn_dial", "forget", "clear", "open"} <= {
        function["api_name"] for function in functions
    }
    for function in functions:
        assert function["queue"] is False, function["api_name"]
        assert function["api_visibility"] == "private", function["api_name"]


CLAIMS: list[Any] = [
    7,
    "q=setae",
    [],
    {"turns": 7, "count": "many", "carried": [], "level": {}, "audience": None},
    {"turns": [None, 1, ["q=RLHF"], {"q": "RLHF"}, "q=RLHF&level=9"], "count": -1},
    {"turns": ["q=<script>alert(1)</script>"] * 99, "count": 1e300},
    {"turns": ["q=RLHF&text=\ud800", "\ud800"], "carried": "\ud800", "level": "\ud800"},
    {"turns": [{"path": "/etc/passwd"}], "let_go": {"url": "http://127.0.0.1/"}},
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_whatever_a_browser_claims_to_have_kept_is_answered(
    client: TestClient, claim: object
) -> None:
    for name, data in (
        ("ask", ["What is RLHF?", "1", "everyone", claim]),
        ("ask", ["", "1", "everyone", claim]),
        ("turn_dial", ["2", "builder", claim]),
        ("ask_as_typed", ["2", "builder", claim]),
        ("forget", [claim]),
        ("open", ["", claim]),
    ):
        shown = call(client, name, data)
        for part in ("html", "note", "earlier"):
            assert is_left_alone(shown.get(part, {})) or safe(shown[part]), (name, part)
        assert len(shown["memory"]["turns"]) <= MAX_TURNS


@pytest.mark.parametrize(
    "claim",
    [
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
        {"turns": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]},
    ],
)
def test_a_file_in_place_of_what_was_kept_is_not_read(
    client: TestClient, capsys: pytest.CaptureFixture[str], claim: dict[str, Any]
) -> None:
    for name, data in (("open", ["", claim]), ("ask", ["RLHF", "1", "everyone", claim])):
        done = send(client, body_of(client, name, data))
        assert (done.status_code, done.headers["content-type"]) == (422, "application/json")
        assert done.json() == {"message": f"Value {len(data) - 1} of “data” is none of the page's."}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        {"data": []},
        {"data": None, "fn_index": 0},
        {"data": [], "fn_index": 10**9},
        {"data": [], "fn_index": -1},
        {"data": [], "fn_index": "0"},
        {"data": ["What is RLHF?"] * 99, "fn_index": 0},
        {"data": ["What is RLHF?", "1"], "fn_index": 0},
        {"data": {}, "fn_index": 0, "session_hash": {"a": 1}},
        {"data": ["RLHF", "1", "everyone", None], "fn_index": 0, "trigger_id": "x"},
        {"data": ["RLHF", "1", "everyone", None], "api_name": "../ask"},
        {"data": ["RLHF", "1", "everyone", None], "api_name": "/ask", "simple_format": True},
        {"data": ["RLHF", "1", "everyone", None], "fn_index": True},
        {"data": ["RLHF", "1", "everyone", None], "fn_index": 0, "session_hash": 7},
    ],
)
def test_what_no_page_sends_is_told_so_and_leaves_no_trace_in_the_log(
    stranger: TestClient, capsys: pytest.CaptureFixture[str], body: object
) -> None:
    assert_told(send(stranger, body), capsys)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ask", ["What is RLHF?", "1", "everyone"]),
        ("ask", [["What is RLHF?"], "1", "everyone", None]),
        ("ask", ["What is RLHF?", "9", "everyone", None]),
        ("ask", ["What is RLHF?", {"a": 1}, "everyone", None]),
        ("turn_dial", ["1", None, None]),
        ("clear", [None]),
    ],
)
def test_values_that_no_page_sends_are_told_so(
    client: TestClient, capsys: pytest.CaptureFixture[str], name: str, data: list[Any]
) -> None:
    assert_told(send(client, body_of(client, name, data)), capsys)


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b"[" * 5000, b'{"data": NaN}', b'{"data": ' + b'[{"a":' * 900]
)
def test_what_is_no_json_is_told_so(
    stranger: TestClient, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    headers = {"content-type": "application/json"}
    assert_told(stranger.post(PREDICT, content=content, headers=headers), capsys)


@pytest.mark.parametrize("depth", [10, 100, 400, 900])
def test_values_nested_deeply_are_told_so(
    stranger: TestClient, capsys: pytest.CaptureFixture[str], depth: int
) -> None:
    kept: list[Any] = []
    for _ in range(depth):
        kept = [kept]
    assert_told(send(stranger, body_of(stranger, "forget", [kept])), capsys)


def assert_told(done: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused call is answered in words of JSON, and nobody who reads the log is troubled."""
    assert (done.status_code, done.headers["content-type"]) == (422, "application/json")
    assert set(done.json()) == {"message"}
    assert done.json()["message"].endswith(".")
    for told in ("Traceback", ".py", "gecko_qa", "site-packages"):
        assert told not in done.text
    assert capsys.readouterr().err == ""


def status(shown: dict[str, Any]) -> str:
    return turn(shown["html"]).attributes["data-status"]


def is_left_alone(update: object) -> bool:
    """Tell whether what the server sends leaves a part of the page as it is."""
    return isinstance(update, dict) and "value" not in update and "visible" not in update


class TestPassage:
    def test_a_passage_is_a_fragment(self, client: TestClient, library: Library) -> None:
        page = client.get("/gecko/passage/rlhf/level-3")
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        (card,) = parsed(page.text).having("data-passage")
        assert card.attributes["data-passage"] == "rlhf#level-3"
        assert card.attributes["data-text"] == library.passage("rlhf#level-3").text
        assert "<html" not in page.text
        assert safe(page.text)

    def test_it_leads_through_every_level_and_back(self, client: TestClient) -> None:
        seen, swap = ["tldr"], "rlhf/tldr"
        for label in ("Deeper", "Deeper", "Deeper", "Simpler", "Simpler", "Simpler"):
            html = parsed(client.get(f"/gecko/passage/{swap}").text)
            swaps = {node.plain: node.attributes["data-swap"] for node in html.having("data-swap")}
            swap = swaps[label]
            seen.append(swap.removeprefix("rlhf/"))
        assert seen == ["tldr", "level-1", "level-2", "level-3", "level-2", "level-1", "tldr"]

    @pytest.mark.parametrize(
        "path",
        ["rlhf/level-9", "nothing/tldr", "%3Cscript%3E/tldr", "rlhf/", "rlhf", "rlhf/tldr/more"],
    )
    def test_what_is_not_there_is_told(self, client: TestClient, path: str) -> None:
        page = client.get(f"/gecko/passage/{path}")
        assert page.status_code == 404
        assert "<script>" not in page.text.replace("<script src", "")

    def test_a_definition_is_a_fragment(self, client: TestClient) -> None:
        page = client.get("/gecko/definition/rlhf")
        assert passages(page.text) == ["rlhf#tldr"]
        assert "<html" not in page.text
        assert client.get("/gecko/definition/nothing").status_code == 404


class TestStaticFiles:
    def test_each_is_served_as_what_it_is(self, client: TestClient) -> None:
        types = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
        folder = files("gecko_qa.html") / "static"
        names = [item.name for item in folder.iterdir()]
        assert {"tokens.css", "chat.css", "chat.js", "icon.svg"} <= set(names)
        for name in names:
            page = client.get(f"/gecko/{name}")
            assert page.status_code == 200
            assert page.headers["content-type"].split(";")[0] == types[Path(name).suffix]
            assert page.text == (folder / name).read_text(encoding="utf-8")

    @pytest.mark.parametrize("path", ["/", "/explainers", "/explainers/rlhf", "/define", "/map"])
    def test_what_a_page_links_is_there(self, client: TestClient, path: str) -> None:
        linked = re.findall(r"/gecko/[\w-]+\.(?:css|js|svg)", client.get(path).text)
        assert linked
        for address in linked:
            assert client.get(address).status_code == 200, address

    @pytest.mark.parametrize("name", ["server.py", "no.css", "chat.css/", "%2e%2e/server.py", ""])
    def test_nothing_else_is(self, client: TestClient, name: str) -> None:
        assert client.get(f"/gecko/{name}").status_code in (404, 307)
        assert "import" not in client.get(f"/gecko/{name}").text


def test_every_answer_carries_our_headers(client: TestClient) -> None:
    for path in ("/", "/explainers", "/no/such", "/gradio_api/file=/etc/passwd"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file={file}",
        "/gradio_api/file%3D{file}",
        "/gradio_api//file={file}",
        "/gradio_api/file/{file}",
        "/file={file}",
        "/file/{file}",
        "/gradio_api/proxy=http://localhost/{file}",
        "/gradio_api/stream/a/b/{file}",
        "/static/../../{file}",
        "/gecko/..%2f..%2f{file}",
        "/assets/..%2f..%2f{file}",
        "/custom_component/../{file}",
    ],
)
def test_no_address_hands_out_a_file_of_the_disk(
    client: TestClient, settings: Settings, path: str
) -> None:
    for file in (Path(__file__), settings.index_folder / "manifest.json"):
        answer = client.get(path.format(file=file))
        assert answer.status_code in (404, 400, 403), answer.status_code
        assert "sha256:" not in answer.text
        assert "def test_no_address" not in answer.text


def test_nothing_can_be_uploaded(client: TestClient) -> None:
    for path in ("/gradio_api/upload", "/upload"):
        answer = client.post(path, files={"files": ("a.txt", b"text")})
        assert answer.status_code == 404


FILES: list[Any] = [
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"path": "/etc/passwd", "url": "http://127.0.0.1/x", "meta": {"_type": "gradio.FileData"}},
    [{"role": "user", "content": {"path": "/etc/passwd"}}],
]


@pytest.mark.parametrize("value", FILES)
@pytest.mark.parametrize("slot", [0, 1, 2])
def test_a_file_is_no_question_and_no_choice(client: TestClient, value: object, slot: int) -> None:
    data: list[Any] = ["What is RLHF?", "2", "everyone", None]
    data[slot] = value
    answer = send(client, body_of(client, "ask", data))
    assert answer.status_code == 422
    assert answer.json() == {"message": f"Value {slot} of “data” is none of the page's."}


def test_no_other_site_may_read_an_answer(client: TestClient) -> None:
    headers = {"Host": "gecko.example", "Origin": "https://evil.example"}
    for answer in (
        client.get("/config", headers=headers),
        client.options("/config", headers={**headers, "Access-Control-Request-Method": "POST"}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/process_recording",
        "/gradio_api/queue/join",
        "/gradio_api/dev/reload",
        "/gradio_api/info",
        "/openapi.json",
        "/custom_component/a/b/c",
        "/runs",
        "/no/such/page",
    ],
)
def test_what_the_pages_do_not_ask_for_is_not_there(client: TestClient, path: str) -> None:
    for answer in (client.get(path), client.post(path, json={})):
        assert answer.status_code == 404
        assert "There is no such page." in answer.text


def test_pages_answer_head_and_a_trailing_slash(client: TestClient) -> None:
    assert client.head("/explainers").status_code == 200
    assert client.head("/explainers/rlhf").status_code == 200
    assert client.get("/explainers/").status_code == 200
    assert client.get("/define/no%2Fsuch").status_code == 404


def test_a_body_that_is_too_large_is_refused_before_it_is_parsed(client: TestClient) -> None:
    answer = client.post("/gradio_api/run/predict", content=b"x" * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1024 + 1):
            yield b"x" * 1024

    assert client.post("/gradio_api/run/predict", content=chunks()).status_code == 413


def test_no_answer_waits_for_more_to_send() -> None:
    """Headers and body are sent one after the other: with Nagle's algorithm, 40 ms apart."""

    async def nodelay(listening: socket.socket) -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken = writer.get_extra_info("socket")
            accepted.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(note, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            writer.close()
            return await accepted

    assert asyncio.run(nodelay(bind(Settings(port=0)))) != 0


# Scripts and styles of Gradio


def linked(client: TestClient) -> list[str]:
    head = client.get("/").text.partition("</head>")[0]
    return re.findall(r'<link rel="(?:module)?preload"[^>]* href="\.(/assets/[^"]+)">', head)


def test_a_script_is_sent_compressed_for_good_and_is_the_very_file(client: TestClient) -> None:
    scripts = [path for path in linked(client) if path.endswith(".js")]
    address = max(scripts, key=lambda path: len(client.get(path).content))
    packed = client.get(address, headers={"accept-encoding": "gzip, br"})
    plain = client.get(address, headers={"accept-encoding": "identity"})
    file = files("gradio") / "templates" / "frontend" / address[1:]
    assert packed.content == plain.content == file.read_bytes()
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    for reply in (packed, plain):
        assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["vary"].lower() == "accept-encoding"
        assert reply.headers["x-content-type-options"] == "nosniff"
    head = client.head(address, headers={"accept-encoding": "identity"})
    # Compression has no say where there is no body.
    told = {name: value for name, value in plain.headers.items() if name != "vary"}
    assert (head.content, dict(head.headers)) == (b"", told)


def test_the_page_names_scripts_and_styles_that_there_are(client: TestClient) -> None:
    addresses = linked(client)
    assert len(addresses) == len(set(addresses))
    assert {address.rpartition(".")[2] for address in addresses} == {"css", "js"}
    for address in addresses:
        assert client.get(address).status_code == 200


def test_an_asset_that_is_not_there_is_not_found(client: TestClient) -> None:
    for address in (
        "/assets/none.js",
        "/assets/x/none.js",
        "/assets/%2e%2e/index.html",
    ):
        assert client.get(address).status_code == 404
    assert client.post(linked(client)[0]).status_code == 405
