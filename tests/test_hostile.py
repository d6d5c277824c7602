"""The whole server under attack: what no request makes it read, fetch, keep, tell or run."""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from attacks import (
    ADDRESSES,
    FORWARDED,
    HIDDEN,
    RAW,
    SECRET,
    SITE_OF_THE_ATTACKER,
    Watch,
    alive,
    assert_guarded,
    assert_nothing_leaks,
    elements_of,
    files_of,
    raw_json,
    replies_in,
    sent_raw,
    watching,
)
from factories import explainer_text, fake_index, write_corpus
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from serving import serving, take_port
from starlette.websockets import WebSocketDisconnect

from gecko_qa.edges.web.calls import PREDICT
from gecko_qa.edges.web.server import create_app
from gecko_qa.library import Library
from gecko_qa.parts import parts_of
from gecko_qa.settings import Settings

HOME = "http://127.0.0.1:7860"
JSON = {"content-type": "application/json"}
MCP = {**JSON, "accept": "application/json, text/event-stream"}
RUN = "owned()"
MARKUP = (
    f"</script></title></style></textarea>--><script>{RUN}</script>\"'><img src=x onerror={RUN}>"
    f" [a](javascript:{RUN}) {{{{ 7*7 }}}} ${{{RUN}}} ]]>"
)
NAME = f"</title><script>{RUN}</script>"


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the disk that nobody may see, beside nothing that is served."""
    file = tmp_path_factory.mktemp(HIDDEN) / "file.txt"
    file.write_text(SECRET)
    return file


@pytest.fixture(scope="module")
def hostile_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library whose every text, name and choice tries to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    told = {
        heading: f"- Gecko feet. {MARKUP}" if heading == "Builder" else f"Gecko feet. {MARKUP}"
        for heading in ("TL;DR", "Level 1", "Level 2", "Why this matters now", "Builder")
    }
    text = explainer_text(
        f"Gecko feet {NAME}",
        aliases=[NAME, "setae"],
        asks=[f"Why {NAME}?"],
        related=["toes"],
        confused_with=["toes"],
        sections=told,
    )
    text = text.replace("category: Testing", f"category: {json.dumps(NAME)}")
    text = text.replace("title: A paper", f"title: {json.dumps(MARKUP)}")
    corpus = write_corpus(
        folder / "corpus", {"gecko-feet": text, "toes": explainer_text(f"Toes {NAME}")}
    )
    choices = ", ".join(f'{{ id = "{n}", name = "Level {n}" }}' for n in (1, 2, 3))
    (corpus / "corpus.toml").write_text(
        f"title = '{NAME}'\nlevels = [{{ id = 'tldr', name = 'TL;DR' }}, {choices}]\n"
        f"audiences = ['Researcher', 'Builder', 'Investor', 'Curious']\n"
        f"license = '{NAME}'\n"
    )
    return Library(fake_index(corpus, folder / "index"))


@pytest.fixture(scope="module")
def app(hostile_library: Library) -> Any:
    return create_app(hostile_library, None, parts_of(Settings()))


@pytest.fixture(scope="module")
def client(app: Any) -> Iterator[TestClient]:
    """The whole server, as whoever asks it sees it."""
    options = {"raise_server_exceptions": False, "follow_redirects": False}
    with TestClient(app, base_url=HOME, **options) as client:
        # What is read and imported at the first request is no answer to any later one.
        for path in ("/", "/config", "/explainers", "/api/v1/openapi.json", "/metrics"):
            client.get(path)
        client.post("/mcp", json=rpc("tools/list"), headers=MCP)
        yield client


@pytest.fixture
def watch(client: TestClient) -> Iterator[Watch]:
    """What the server does while it is asked; at the end, it has done nothing that it must not."""
    before = left_behind()
    with watching() as watch:
        yield watch
    watch.assert_clean()
    assert left_behind() == before


def left_behind() -> list[Path]:
    """Return the files of the folder that Gradio would hand out to anyone."""
    return [path for path in Path(os.environ["GRADIO_TEMP_DIR"]).rglob("*") if path.is_file()]


def rpc(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def functions_of(client: TestClient) -> dict[int, dict[str, Any]]:
    return {fn["id"]: fn for fn in client.get("/config").json()["dependencies"]}


def call(client: TestClient, body: object, path: str = PREDICT) -> Any:
    return client.post(path, content=raw_json(body), headers=JSON)


# Files and addresses


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_address_reads_the_disk_or_asks_another_host(
    client: TestClient, watch: Watch, canary: Path, method: str
) -> None:
    names = {"file": str(canary), "url": quote("http://127.0.0.1:9/x", safe="")}
    body = files_of(str(canary), "http://127.0.0.1:9/x")[0]
    for address in ADDRESSES:
        target = address.replace("{file}", names["file"]).replace("{url}", names["url"])
        sent = {"json": body} if method == "POST" else {}
        reply = client.request(method, target, **sent)
        assert_nothing_leaks(reply)
        assert reply.status_code != 200 or "root:" not in reply.text, target


def test_no_route_of_gradio_is_there_but_those_of_the_page(
    client: TestClient, watch: Watch
) -> None:
    from gradio.routes import App

    gradio = next(found for found in gc.get_objects() if type(found) is App)
    paths = set(paths_of(gradio))
    assert {"/gradio_api/upload", "/gradio_api/queue/join", "/monitoring"} <= paths
    for path in sorted(paths - {"", "/", "/config", "/theme.css", "/favicon.ico"}):
        for method in ("GET", "POST", "HEAD"):
            reply = client.request(method, re.sub(r"\{[^}]*\}", "x", path))
            assert_guarded(reply)
            assert reply.status_code == 404, (method, path)


def paths_of(router: Any) -> Iterator[str]:
    for route in router.routes:
        if hasattr(route, "path"):
            yield route.path
        else:
            yield from paths_of(route.original_router)


def test_nothing_is_uploaded(client: TestClient, watch: Watch) -> None:
    for path in ("/", "/upload", "/gradio_api/upload", "/feedback", "/mcp", PREDICT, "/api/v1/ask"):
        reply = client.post(path, files={"files": ("../a.txt", b"text")})
        assert_nothing_leaks(reply)
        assert reply.status_code >= 400, path


def test_a_file_or_an_address_in_place_of_a_value_is_not_followed(
    client: TestClient, watch: Watch, canary: Path
) -> None:
    """In each place of each function, whatever shape it has."""
    listening, address = take_port()
    listening.setblocking(False)
    plain = {"radio": "1", "textbox": "What is Gecko feet?", "browserstate": None}
    kinds = {c["id"]: c["type"] for c in client.get("/config").json()["components"]}
    for function in {fn["api_name"]: fn for fn in functions_of(client).values()}.values():
        n = function["id"]
        usual = [plain[kinds[part]] for part in function["inputs"]]
        usual = ["everyone" if i and u == usual[i - 1] == "1" else u for i, u in enumerate(usual)]
        if function["backend_fn"]:
            assert call(client, {"data": usual, "fn_index": n}).status_code == 200
        for value in files_of(str(canary), f"{address}/x"):
            for place in range(len(usual)):
                data = [*usual[:place], value, *usual[place + 1 :]]
                assert_unfollowed(call(client, {"data": data, "fn_index": n}))
            kept = [{"turns": [value], "carried": value}] if usual else []
            assert_unfollowed(call(client, {"data": [*usual[:-1], *kept], "fn_index": n}))
            told = {"data": usual, "fn_index": n, "event_data": value}
            assert_unfollowed(call(client, told))
    with pytest.raises(BlockingIOError):
        listening.accept()
    listening.close()


def assert_unfollowed(reply: Any) -> None:
    """A reply may repeat to a browser what it keeps, and holds nothing of the file itself."""
    assert reply.status_code in (200, 422), reply.text
    assert_guarded(reply)
    assert "Traceback" not in reply.text
    assert SECRET not in reply.text


# What is told


@pytest.mark.parametrize("path", ["/", "/config", "/explainers", "/explainers/gecko-feet", "/mcp"])
def test_no_header_of_a_request_gets_into_a_reply(
    client: TestClient, watch: Watch, path: str
) -> None:
    usual = client.get(path)
    for name, value in FORWARDED:
        reply = client.get(path, headers={name: value})
        assert_nothing_leaks(reply)
        assert SITE_OF_THE_ATTACKER not in f"{reply.text}{reply.headers}", name
        if path in ("/", "/config"):
            assert (reply.status_code, reply.text) == (200, usual.text), name


@bounded(max_examples=25, deadline=None)
@given(query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
@example("deep_link=abc&page=none&__theme=dark&view=api")
@example("q=" + "%00%ff" * 20)
def test_the_page_is_the_same_whatever_its_query(app: Any, query: str) -> None:
    """The browser reads it; the server tells nobody's question to anyone."""
    client = TestClient(app, base_url=HOME)
    for path in ("/", "/config"):
        query = query.replace("#", "")
        assert client.get(f"{path}?{query}").text == client.get(path).text


def test_every_reply_has_our_headers_whatever_it_tells(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = "/api/v1/ask?q=Gecko+feet"
    tag = client.get(asked).headers["etag"]
    known = [
        (200, client.head("/explainers")),
        (302, client.get("/define/setae")),
        (304, client.get(asked, headers={"if-none-match": tag})),
        (400, call(client, [], "/api/v1/ask")),
        (404, client.get("/none")),
        (404, client.get("/assets/none.js")),
        (405, client.delete("/")),
        (413, client.post("/feedback", content=b"x" * 300_000)),
        (413, client.post("/api/v1/ask", content=iter([b"x" * 100_000] * 3))),
        (415, client.post("/api/v1/ask", content=b"{}")),
        (421, client.post("/mcp", json={}, headers={**MCP, "host": "evil.example"})),
        (422, call(client, {})),
    ]

    def broken(*_: object) -> None:
        raise RuntimeError(f"{SECRET} of a reader")

    monkeypatch.setattr(Library, "explainer", broken)
    with caplog.at_level(logging.DEBUG):
        known += [(500, client.get("/explainers/x")), (500, client.get("/api/v1/explainers/x"))]
    for status, reply in known:
        assert reply.status_code == status, reply.text
        assert_guarded(reply)
        for leak in (SECRET, "RuntimeError", "Traceback", "site-packages"):
            assert leak not in reply.text
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


def test_only_the_chat_may_run_what_stands_in_its_page(client: TestClient) -> None:
    for path in ("/explainers", "/define", "/map", "/none", "/api/v1/layout", "/gecko/chat.js"):
        assert "script-src 'self';" in client.get(path).headers["content-security-policy"], path
    assert "script-src 'self' 'unsafe-inline'" in client.get("/").headers["content-security-policy"]


def test_no_foreign_page_reads_a_reply(client: TestClient) -> None:
    for path in ("/", "/config", "/healthz", "/api/v1/ask?q=feet", "/mcp", "/widget.js", "/none"):
        for origin in (f"https://{SITE_OF_THE_ATTACKER}", "null", HOME, "http://localhost:7860"):
            headers = {"origin": origin, "access-control-request-method": "POST"}
            for method in ("GET", "OPTIONS", "POST"):
                reply = client.request(method, path, headers=headers)
                assert_guarded(reply)
                assert SITE_OF_THE_ATTACKER not in f"{reply.text}{reply.headers}"


def test_no_socket_stays_open_for_a_page(client: TestClient) -> None:
    for path in ("/", "/gradio_api/queue/join", "/mcp", "/api/v1/ask"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass


# What is kept


def test_no_more_is_kept_of_sessions_than_some(client: TestClient) -> None:
    from gradio.state_holder import StateHolder

    clear = next(n for n, fn in functions_of(client).items() if fn["api_name"] == "clear")
    for n in range(150):
        body = {"data": [], "fn_index": clear, "session_hash": f"reader{n}"}
        assert call(client, body).status_code == 200
    held = [found for found in gc.get_objects() if type(found) is StateHolder]
    assert held
    assert all(len(holder.session_data) <= 64 for holder in held)
    assert all(len(holder.time_last_used) <= 64 for holder in held)


@pytest.mark.parametrize("session", ["x" * 65, "\ud800", "a\nb", "a\0b"])
def test_a_session_has_a_short_name(client: TestClient, session: str) -> None:
    clear = next(n for n, fn in functions_of(client).items() if fn["api_name"] == "clear")
    reply = call(client, {"data": [], "fn_index": clear, "session_hash": session})
    assert reply.status_code == 422
    assert reply.json() == {"message": "“session_hash” has to be at most 64 characters."}


@pytest.mark.parametrize("depth", [7, 300, 900])
def test_what_comes_with_an_event_is_nested_in_bounds(client: TestClient, depth: int) -> None:
    clear = next(n for n, fn in functions_of(client).items() if fn["api_name"] == "clear")
    told: Any = 1
    for _ in range(depth):
        told = {"a": told}
    reply = call(client, {"data": [], "fn_index": clear, "event_data": told})
    assert (reply.status_code, reply.json()["message"][:12]) == (422, "“event_data”")


# Anything at all

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from(["1", "tldr", "everyone", "builder", "q=Gecko+feet&level=2", "about=toes"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["path", "meta", "url", "turns", "carried", "q"]) | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
QUERY_FIELDS = ("q", "level", "audience", "typed", "firm", "about", "told", "depth", "text", "x")
ARGUMENTS = ("question", "level", "term", "concepts", "prefix", "category", "uri")
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(QUERY_FIELDS),
        st.sampled_from(["Gecko feet", "why?", "1", "builder", "gecko-feet.toes", "explain"])
        | st.text(st.characters(codec=None), max_size=20),
    ),
    max_size=6,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
KEPT = VALUES | st.fixed_dictionaries(
    {},
    optional={
        "turns": st.lists(QUERIES | VALUES, max_size=4),
        "count": st.integers() | VALUES,
        "carried": QUERIES | VALUES,
        "let_go": VALUES,
        "level": VALUES,
        "audience": VALUES,
    },
)
FUZZED = bounded(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # A shorter example would be nicer, and takes minutes of a server's time.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def assert_answered(reply: Any) -> None:
    assert reply.status_code in (200, 202, 400, 404, 405, 415, 421, 422), reply.text
    assert_nothing_leaks(reply)
    assert "Internal Server Error" not in reply.text


@FUZZED
@given(body=st.data())
def test_any_call_of_the_page_is_answered(client: TestClient, watch: Watch, body: Any) -> None:
    for n, function in functions_of(client).items():
        draw = body.draw
        sent = {"data": draw(st.lists(VALUES, max_size=5)), "fn_index": n}
        if draw(st.booleans()):
            usual = ["Gecko feet", "1", "everyone"][: max(0, len(function["inputs"]) - 1)]
            sent["data"] = [*usual, draw(KEPT)] if function["inputs"] else []
        sent |= draw(
            st.fixed_dictionaries(
                {}, optional=dict.fromkeys(("event_data", "trigger_id", "session_hash"), VALUES)
            )
        )
        assert_answered(call(client, sent))


@FUZZED
@given(body=st.binary(max_size=200) | VALUES.map(raw_json))
@example(b'{"data":[],"data":[{"path":"/etc/passwd","meta":{"_type":"gradio.FileData"}}]}')
@example(b'{"fn_index":1e999,"data":[]}')
@example(b'{"fn_index":' + b"9" * 5000 + b',"data":[]}')
@example("{}".encode("utf-16"))
@example(b'{"data":' + b"[" * 900 + b"]" * 900 + b',"fn_index":0}')
@example(b'{"event_data":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b',"data":[],"fn_index":0}')
def test_any_body_is_answered(client: TestClient, watch: Watch, body: bytes) -> None:
    for path, headers in (
        (PREDICT, JSON),
        ("/mcp", MCP),
        ("/api/v1/ask", JSON),
        ("/api/v1/feedback", JSON),
        ("/feedback", JSON),
    ):
        assert_answered(client.post(path, content=body, headers=headers))


@FUZZED
@given(
    method=st.sampled_from(["initialize", "tools/list", "tools/call", "resources/read", "ping"])
    | st.text(max_size=10),
    params=VALUES
    | st.fixed_dictionaries(
        {
            "name": st.sampled_from(["ask", "define", "compare", "list_concepts", "x"]),
            "arguments": st.dictionaries(st.sampled_from(ARGUMENTS), VALUES),
        }
    ),
    number=VALUES,
)
def test_any_call_of_the_tools_is_answered(
    client: TestClient, watch: Watch, method: str, params: Any, number: Any
) -> None:
    body = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    assert_answered(client.post("/mcp", content=raw_json(body), headers=MCP))


@FUZZED
@given(text=st.text(max_size=60))
@example("gecko-feet/level-1")
@example("%")
@example("a" * 5000)
def test_any_address_is_answered(client: TestClient, watch: Watch, text: str) -> None:
    for prefix in (
        "/explainers/",
        "/define/",
        "/define?term=",
        "/gecko/",
        "/gecko/passage/",
        "/gecko/definition/",
        "/assets/",
        "/api/v1/define/",
        "/api/v1/explainers/",
        "/api/v1/suggest?q=",
        "/api/v1/ask?q=",
        "/api/v1/ask?",
    ):
        reply = client.get(prefix + quote(text, safe="/&="))
        assert reply.status_code in (200, 302, 404, 405, 422, 307), reply.text
        assert_nothing_leaks(reply)


# Text that tries to be more than text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/explainers",
        "/explainers/gecko-feet",
        "/define",
        "/define?term=" + quote(MARKUP),
        "/map",
        "/gecko/passage/gecko-feet/level-2",
        "/gecko/definition/gecko-feet",
        "/explainers/" + quote(f"<img src=x onerror={RUN}>"),
        "/define/" + quote(MARKUP),
    ],
)
def test_no_text_of_a_corpus_or_an_address_is_markup(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert_only_text(page.text)


def test_no_text_of_an_answer_is_markup(client: TestClient) -> None:
    names = {fn["api_name"]: n for n, fn in functions_of(client).items()}
    asked = [f"What are setae? {MARKUP}", "1", "builder", None]
    shown = call(client, {"data": asked, "fn_index": names["ask"]}).json()["data"]
    link = f"?q={quote(MARKUP)}&level=2"
    opened = call(client, {"data": [link, shown[0]], "fn_index": names["open"]}).json()["data"]
    assert any(RUN in str(part) for part in (*shown, *opened))
    for part in (*shown, *opened):
        # What the browser keeps comes back as it was, and is no part of the page.
        if isinstance(part, str) and not part.startswith("What are setae?"):
            assert_only_text(part)


def assert_only_text(html: str) -> None:
    """What the corpus and the address hold stands in `html` as text and attributes alone."""
    nodes = elements_of(html)
    for node in nodes:
        assert not [name for name in node.attributes if name.startswith("on")], node.attributes
        for name in ("href", "src", "action"):
            assert not node.attributes.get(name, "").lower().startswith("javascript:")
        if node.tag in ("script", "style"):
            # In Gradio's page it stands in JSON.
            assert not node.text.lstrip().startswith(RUN)
    assert not [node for node in nodes if node.tag == "img"]


def test_programs_get_text_as_what_it_is(client: TestClient) -> None:
    """As JSON, never as a page: no browser takes a reply of ours for markup."""
    call_ = rpc("tools/call", name="ask", arguments={"question": f"setae {MARKUP}"})
    for reply in (
        client.get("/api/v1/ask", params={"q": f"setae {MARKUP}"}),
        client.get("/api/v1/ask", params={"q": "setae", "level": MARKUP}),
        client.get("/api/v1/explainers/gecko-feet"),
        client.get("/api/v1/openapi.json"),
        client.get("/config"),
        call(client, {"data": [MARKUP], "fn_index": 0}),
        client.post("/mcp", json=call_, headers=MCP),
    ):
        kind = reply.headers["content-type"].partition(";")[0]
        assert kind in ("application/json", "application/problem+json")
        assert reply.headers["x-content-type-options"] == "nosniff"
        json.loads(reply.text)
        for value in reply.headers.values():
            assert RUN not in value


# Over a socket


@pytest.fixture(scope="module")
def port(hostile_library: Library) -> Iterator[int]:
    listening, address = take_port()
    with serving(create_app(hostile_library, None, parts_of(Settings())), listening):
        yield int(address.rpartition(":")[2])


@pytest.mark.parametrize("name", RAW)
def test_no_request_is_taken_for_two_or_breaks_the_server(port: int, name: str) -> None:
    request, statuses = RAW[name]
    got = sent_raw(port, request)
    assert replies_in(got) == statuses, got[:400]
    for leak in (b"Traceback", b"site-packages", SECRET.encode(), b"<script>alert"):
        assert leak not in got
    assert alive(port)


# What leaves

_SERVED = """
import json, os, sys
seen, offences = {}, []

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ("onnxruntime", "gradio", "huggingface_hub"):
            seen.setdefault(name, dict(os.environ))

def note(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        offences.append(repr((event, arguments[-1])))

sys.meta_path.insert(0, Finder())
sys.addaudithook(note)
from pathlib import Path
from fastapi.testclient import TestClient
from gecko_qa.edges.web.server import create_app
from gecko_qa.library import Library
from gecko_qa.parts import parts_of
from gecko_qa.settings import Settings

settings = Settings(corpus=Path(sys.argv[1]))
library = Library.open(settings)
library.warm_up()
with TestClient(create_app(library, None, parts_of(settings))) as client:
    for path in ("/", "/config", "/api/v1/ask?q=What+is+RLHF"):
        assert client.get(path).status_code == 200
print(json.dumps({"seen": seen, "offences": offences}))
"""


def test_serving_reports_to_nobody(settings: Settings, tmp_path: Path) -> None:
    """Neither Python's sockets nor what onnxruntime would keep to send, in a home of its own."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    kept = {k: v for k, v in os.environ.items() if "TELEMETRY" not in k and "ANALYTICS" not in k}
    done = subprocess.run(
        [sys.executable, "-c", _SERVED, str(settings.corpus)],
        env={**kept, "HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["offences"] == []
    assert told["seen"]["onnxruntime"]["ORT_DISABLE_TELEMETRY"] == "1"
    assert told["seen"]["gradio"]["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert told["seen"]["gradio"]["HF_HUB_OFFLINE"] == "1"
    assert told["seen"]["gradio"]["GRADIO_TEMP_DIR"].startswith(str(temporary))
    assert [path for path in (*home.rglob("*"), *temporary.rglob("*")) if path.is_file()] == []
