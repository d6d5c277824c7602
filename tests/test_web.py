"""The server: pages, redirects, and what no request may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gecko_qa.edges.web.guard import MAX_BODY_BYTES
from gecko_qa.edges.web.server import create_app
from gecko_qa.library import Library
from gecko_qa.settings import Settings


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(create_app(library), follow_redirects=False) as client:
        yield client


def body_of(
    client: TestClient, name: str, data: list[Any], reader: str = "a reader"
) -> dict[str, Any]:
    """Return what the chat's page sends to call one of its functions."""
    config = client.get("/config").json()
    ids = [d["id"] for d in config["dependencies"] if d["api_name"] == name]
    return {"data": data, "fn_index": ids[0], "session_hash": reader}


def call(client: TestClient, name: str, data: list[Any], reader: str) -> dict[str, Any]:
    """Call one of the chat's functions as its page does; return what it sends, by what it is."""
    done = client.post("/gradio_api/run/predict", json=body_of(client, name, data, reader))
    assert done.status_code == 200, done.text
    box, html, answers, note, context, about, typed = done.json()["data"]
    assert (answers, context) == (None, None), "the session's state stays on the server"
    return {"box": box, "html": html, "note": note, "about": about, "typed": typed}


def ask(
    client: TestClient, question: str, reader: str, level: str = "1", audience: str = "everyone"
) -> dict[str, Any]:
    return call(client, "ask", [question, level, audience, None, None], reader)


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
    shown = ask(client, "What is RLHF?", "dial", level="2")
    assert shown["box"] == ""
    assert 'data-passage="rlhf#level-2"' in shown["html"]
    html = call(client, "turn_dial", ["tldr", "investor", None, None], "dial")["html"]
    assert html.count("<article") == 1
    assert 'data-passage="rlhf#tldr"' in html
    assert 'data-passage="rlhf#takeaways-investor"' in html


def test_a_follow_up_builds_on_what_the_session_carries(client: TestClient) -> None:
    first = ask(client, "What is RLHF?", "follow")
    assert (first["about"]["value"], first["about"]["visible"]) == ("About: RLHF ✕", True)
    shown = ask(client, "how is it different from DPO?", "follow")
    newest = shown["html"].split("<article")[1]
    assert 'data-passage="rlhf#level-1"' in newest
    assert 'data-passage="direct-preference-optimization#level-1"' in newest
    assert shown["about"]["value"] == "About: RLHF, Direct preference optimization ✕"


def test_what_was_forgotten_is_not_followed_up(client: TestClient) -> None:
    ask(client, "What is RLHF?", "forget")
    shown = call(client, "forget", [None], "forget")
    assert shown["about"]["visible"] is False
    assert 'data-passage="rlhf#level-1"' in shown["html"]
    assert 'data-status="needs_context"' in ask(client, "why?", "forget")["html"]


def test_a_mended_question_is_asked_again_as_typed(client: TestClient) -> None:
    shown = ask(client, "What is RLFH?", "typed")
    assert "Showing RLHF." in shown["html"]
    assert (shown["typed"]["value"], shown["typed"]["visible"]) == (
        "Search for “RLFH” instead",
        True,
    )
    again = call(client, "ask_as_typed", ["1", "everyone", None, None], "typed")
    assert again["html"].count("<article") == 1
    assert "Showing" not in again["html"]
    assert again["typed"]["visible"] is False


def test_another_session_carries_nothing(client: TestClient) -> None:
    ask(client, "What is RLHF?", "one")
    html = ask(client, "why?", "another")["html"]
    assert html.count("<article") == 1
    assert 'data-status="needs_context"' in html


def test_what_a_request_claims_to_carry_is_not_carried(client: TestClient) -> None:
    claimed = {"concepts": ["rlhf"], "intent": "define", "level": "1"}
    data = ["why?", "1", "everyone", [{"question": "x"}], claimed]
    assert 'data-status="needs_context"' in call(client, "ask", data, "claims")["html"]


def test_what_cannot_be_asked_stays_in_the_box_with_a_note(client: TestClient) -> None:
    shown = ask(client, "x" * 1001, "long", level="2")
    assert shown["box"] == "x" * 1001
    assert "1000 are allowed" in shown["note"]


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
def test_a_file_in_place_of_a_question_is_not_read(client: TestClient, value: object) -> None:
    # Gradio makes text of what is none, or refuses it: either way it stays what was sent.
    data = [value, "2", "everyone", None, None]
    answer = client.post("/gradio_api/run/predict", json=body_of(client, "ask", data))
    assert answer.status_code in (200, 500)
    assert "root:" not in answer.text
    assert 'data-status=\\"answered' not in answer.text


@pytest.mark.parametrize("value", FILES)
@pytest.mark.parametrize("slot", [1, 2])
def test_what_is_no_choice_turns_no_dial(client: TestClient, value: object, slot: int) -> None:
    data: list[Any] = ["What is RLHF?", "2", "everyone", None, None]
    data[slot] = value
    answer = client.post("/gradio_api/run/predict", json=body_of(client, "ask", data))
    assert answer.status_code == 500
    assert set(answer.json()) <= {"error", "duration", "title", "visible"}


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
