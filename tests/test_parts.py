"""The whole server: pages and chat, HTTP API and tools for assistants behind one guard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gecko_qa.answer.answer import answer_json
from gecko_qa.edges.web.server import create_app
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.feedback.taking import FEEDBACK_A_MINUTE, feedback_limit
from gecko_qa.library import Library
from gecko_qa.parts import parts_of
from gecko_qa.payload import MAX_BODY_BYTES
from gecko_qa.settings import Settings

SITE = "https://example.org"
HOME = "http://127.0.0.1:7860"
MCP = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def site(library: Library) -> TestClient:
    return TestClient(create_app(library, None, parts_of(Settings())), base_url=HOME)


def test_the_api_answers_as_the_library_does_behind_the_guard(
    site: TestClient, library: Library
) -> None:
    got = site.get("/api/v1/ask", params={"q": "What is RLHF?", "level": "2"})
    assert got.status_code == 200
    assert got.text == answer_json(library.ask("What is RLHF?", "2"), timed=False)
    assert got.headers["x-content-type-options"] == "nosniff"
    assert site.get("/healthz").status_code == 200
    assert site.get("/readyz").json()["index"] == library.hash
    assert "gecko_qa" in site.get("/metrics").text


def test_pages_and_chat_are_there_as_before(site: TestClient) -> None:
    assert site.get("/").status_code == 200
    assert site.get("/explainers").status_code == 200


@pytest.mark.parametrize(
    "path", ["/docs", "/openapi.json", "/gradio_api/upload", "/gradio_api/file=x", "/api/v2/ask"]
)
def test_nothing_else_is_let_through(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_the_tools_are_called_over_http(site: TestClient) -> None:
    call = {"name": "define", "arguments": {"term": "RLHF"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    told = site.post("/mcp", json=body, headers=MCP).json()
    assert json.loads(told["result"]["content"][0]["text"])["concept"] == "rlhf"


def test_a_page_of_another_site_cannot_call_the_tools(site: TestClient) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    refused = site.post("/mcp", json=body, headers={**MCP, "Origin": "https://evil.example"})
    assert refused.status_code == 403


def test_the_tools_are_called_by_the_hosts_that_the_settings_name(library: Library) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for hosts, status in (((), 421), (("qa.example.org",), 200)):
        app = create_app(library, None, parts_of(Settings(hosts=hosts)))
        site = TestClient(app, base_url="https://qa.example.org")
        assert site.post("/mcp", json=body, headers=MCP).status_code == status


def test_a_body_too_large_is_a_problem_for_programs_and_a_page_for_others(
    site: TestClient,
) -> None:
    much = b" " * (MAX_BODY_BYTES + 1)
    program = site.post("/api/v1/ask", content=much)
    assert program.status_code == 413
    assert program.headers["content-type"].startswith("application/problem+json")
    assert program.json()["type"] == "/problems/too-large"
    other = site.post("/feedback", content=much)
    assert other.status_code == 413
    assert other.headers["content-type"].startswith("text/html")


def test_other_sites_read_the_api_only_where_the_settings_name_them(
    site: TestClient, library: Library
) -> None:
    asked = {"url": "/api/v1/define/RLHF", "headers": {"Origin": SITE}}
    assert "access-control-allow-origin" not in site.get(**asked).headers
    opened = TestClient(
        create_app(library, None, parts_of(Settings(cors_origins=(SITE,)))), base_url=HOME
    )
    assert opened.get(**asked).headers["access-control-allow-origin"] == SITE
    foreign = {"url": "/api/v1/define/RLHF", "headers": {"Origin": "https://evil.example"}}
    assert "access-control-allow-origin" not in opened.get(**foreign).headers
    page = opened.get("/explainers", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in page.headers


def test_long_replies_are_compressed(site: TestClient) -> None:
    got = site.get("/api/v1/explainers", headers={"Accept-Encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip"
    assert site.get("/healthz").headers.get("content-encoding") is None


def test_the_api_and_the_page_share_one_limit_on_feedback(library: Library, tmp_path: Path) -> None:
    settings = Settings(feedback=tmp_path / "feedback.sqlite")
    store, limit = FeedbackStore(settings.feedback_file, 2**20), feedback_limit()
    app = create_app(library, store, parts_of(settings, limit), limit=limit)
    site = TestClient(app, base_url=HOME)
    said = {"verdict": "useful", "question": "What is RLHF?", "status": "answered", "level": "1"}
    assert site.post("/feedback", json=said).status_code == 201
    replies = [site.post("/api/v1/feedback", json=said) for _ in range(FEEDBACK_A_MINUTE)]
    assert [reply.status_code for reply in replies] == [201] * (FEEDBACK_A_MINUTE - 1) + [429]
    assert replies[-1].json()["type"] == "/problems/too-many-requests"
    assert int(replies[-1].headers["retry-after"]) >= 1
    assert site.post("/feedback", json=said).status_code == 429
