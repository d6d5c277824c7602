"""The HTTP API: what it answers, how it refuses, and that it answers as every other surface."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import schemathesis
from commands import Cli
from factories import fake_index, three_explainers, write_corpus
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from gecko_qa import __version__
from gecko_qa.asking import MAX_TURNS
from gecko_qa.batch import answer_lines
from gecko_qa.edges.api.cors import CrossOrigin
from gecko_qa.edges.api.metrics import Metrics
from gecko_qa.edges.api.problems import KINDS, problem_of
from gecko_qa.edges.api.routes import add_api
from gecko_qa.errors import IndexDamaged
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.library import Library
from gecko_qa.payload import MAX_BODY_BYTES, json_line

ASK = "/api/v1/ask"
JSON = {"Content-Type": "application/json"}
SAID: dict[str, Any] = {
    "verdict": "too-technical",
    "question": "Why do geckos stick?",
    "status": "answered",
    "level": "2",
    "concepts": ["gecko-feet"],
    "line": "What is a seta?",
}


@pytest.fixture(scope="module")
def lizards(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of three small explainers."""
    folder = tmp_path_factory.mktemp("lizards")
    corpus = write_corpus(folder / "corpus", three_explainers())
    return Library(fake_index(corpus, folder / "index"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    return FeedbackStore(tmp_path_factory.mktemp("kept") / "feedback.sqlite", 16 * 1024 * 1024)


def site(library: Library, *arguments: Any, **options: Any) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_api(app, library, *arguments, **options)
    return app


@pytest.fixture(scope="module")
def small_app(lizards: Library, store: FeedbackStore) -> FastAPI:
    return site(lizards, store)


@pytest.fixture(scope="module")
def small(small_app: FastAPI) -> Iterator[TestClient]:
    """The API over three small explainers."""
    with TestClient(small_app) as client:
        yield client


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    """The API over the repository's corpus."""
    with TestClient(site(library)) as client:
        yield client


def problem(reply: Any, status: int, kind: str) -> str:
    """Check that `reply` tells a problem of `kind`, and return its detail."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    told = reply.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert (told["type"], told["status"]) == (f"/problems/{kind}", status)
    detail: str = told["detail"]
    return detail


def post(client: TestClient, body: object) -> Any:
    """Post `body` as JSON, halves of characters and all."""
    return client.post(ASK, content=json.dumps(body).encode("ascii"), headers=JSON)


QUESTIONS: list[dict[str, Any]] = [
    {"question": question}
    for question in (
        "What is RLHF?",
        "LoRA",
        "how does quantizaton work",
        "why does the model make up sources",
        "What is the difference between DPO and RLHF?",
        "compare LoRA, QLoRA and quantization",
        "explain RLFH like I'm five",
        "as an investor, why does RAG matter now?",
        "What is Gecko's take on AI agents?",
        "what are the limits of chain of thought",
        "How do I cook rice?",
        "What is the chain rule?",
        "why?",
        "hello",
        "thanks!",
        "  what   is\nattention ",
        "¿Qué es RLHF?",
        "什么是 RLHF?",
        "Café de l’IA \u2028 LoRA",
        "what is ＲＬＨＦ",
        "teaching a model by letting people pick the better answer",
        "mixture of experts vs dense models",
        '"quotes" & <b>tags</b> about tokenization',
        "a " * 400,
    )
] + [
    {"question": "What is RLHF?", "level": "2", "audience": "builder"},
    {"question": "What is RLHF?", "level": "tldr", "audience": "everyone"},
    {"question": "embeddings", "level": "3", "audience": "researcher"},
    {"question": "how does quantizaton work", "as_typed": True},
]
CONVERSATIONS: list[dict[str, Any]] = [
    {"question": "why?", "conversation": [{"question": "What is RLHF?"}]},
    {
        "question": "how is it different from DPO?",
        "level": "3",
        "conversation": [{"question": "LoRA", "level": "2"}, {"question": "What is RLHF?"}],
    },
    {"question": "and for investors?", "conversation": [{"question": "rag"}], "as_typed": True},
]


def without_seconds(line: str) -> str:
    rest, n = re.subn(r', "seconds": [0-9.e-]+}\n$', "}\n", line)
    assert n == 1
    return rest


class TestOneAnswer:
    @pytest.mark.parametrize("said", QUESTIONS, ids=lambda said: said["question"][:30])
    def test_it_is_byte_for_byte_that_of_the_command_line(
        self,
        client: TestClient,
        library: Library,
        cli: Cli,
        monkeypatch: pytest.MonkeyPatch,
        said: dict[str, Any],
    ) -> None:
        monkeypatch.setattr(Library, "open", lambda settings: library)
        dials = [f"--{name}={said[name]}" for name in ("level", "audience") if name in said]
        typed = ["--as-typed"] if "as_typed" in said else []
        printed = cli("ask", *dials, *typed, "--json", "--", said["question"])
        assert printed.code == 0
        query = {"q": said["question"], **{k: said[k] for k in ("level", "audience") if k in said}}
        query |= {"as_typed": "true"} if typed else {}
        replies = [client.get(ASK, params=query), client.post(ASK, json=said)]
        for reply in replies:
            assert reply.status_code == 200
            assert reply.headers["content-type"] == "application/json"
            assert reply.content == without_seconds(printed.out).encode("utf-8")
            assert re.fullmatch(r"answer;dur=\d+\.\d{3}", reply.headers["server-timing"])

    @pytest.mark.parametrize("said", QUESTIONS + CONVERSATIONS)
    def test_it_is_byte_for_byte_that_of_a_batch(
        self, client: TestClient, library: Library, said: dict[str, Any]
    ) -> None:
        (answer,) = answer_lines([json.dumps(said)], library)
        assert post(client, said).text == without_seconds(json_line(answer))

    def test_a_definition_is_that_of_the_command_line(
        self, client: TestClient, library: Library, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Library, "open", lambda settings: library)
        for term in ("LoRA", "low-rank adaptation", "RLHF"):
            printed = cli("define", term, "--json").out
            assert client.get(f"/api/v1/define/{term}").text == printed


class TestAsking:
    def test_a_conversation_is_carried(self, small: TestClient) -> None:
        alone = post(small, {"question": "why?"}).json()
        turns = [{"question": "tree frogs"}, {"question": "setae", "level": 2}]
        after = post(small, {"question": "why?", "conversation": turns}).json()
        assert alone["status"] == "needs_context"
        assert after["concepts"] == after["follows"] == ["gecko-feet"]

    def test_what_a_body_asks_is_not_stored_on_the_way(self, small: TestClient) -> None:
        reply = post(small, {"question": "setae"})
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers

    @pytest.mark.parametrize(
        ("query", "kind", "detail"),
        [
            ("", "invalid-request", "“q” is missing."),
            ("?q=", "question-rejected", "The question has no words. Ask about a concept."),
            ("?q=%3F%21", "question-rejected", "The question has no words."),
            ("?q=a%00", "question-rejected", "control character U+0000"),
            ("?q=" + "x" * 1001, "question-rejected", "1000 are allowed. Shorten it."),
            ("?q=setae&q=setae", "invalid-request", "gives a field twice. Give it once."),
            ("?q=setae&leve=1", "invalid-request", "no field “leve”. Did you mean level?"),
            ("?question=setae", "invalid-request", "There is no field “question”."),
            ("?q=setae&level=9", "unknown-choice", "no level “9”. Choose one of: tldr, 1, 2, 3."),
            ("?q=setae&level=", "unknown-choice", "There is no level “”."),
            ("?q=setae&audience=Builder", "unknown-choice", "There is no audience “Builder”."),
            ("?q=setae&as_typed=yes", "invalid-request", "“as_typed” has to be true or false."),
            ("?q=%ff", "invalid-request", "cannot be read. Encode it as UTF-8."),
            ("?q=%ed%a0%80", "invalid-request", "cannot be read. Encode it as UTF-8."),
            ("?q=a" + "&x=" * 30, "invalid-request", "cannot be read."),
        ],
    )
    def test_an_address_that_cannot_be_answered_says_why(
        self, small: TestClient, query: str, kind: str, detail: str
    ) -> None:
        assert detail in problem(small.get(ASK + query), 422, kind)

    @pytest.mark.parametrize(
        ("body", "kind", "detail"),
        [
            ({}, "question-rejected", "The question has no words."),
            ({"question": None}, "question-rejected", "The question has no words."),
            ({"question": 7}, "invalid-request", "“question” has to be text."),
            ({"question": "\ud800"}, "invalid-request", "“question” is not valid Unicode."),
            ({"question": "setae", "\ud800": 1}, "invalid-request", "There is no field “?”."),
            ({"question": "setae", "q": 1}, "invalid-request", "There is no field “q”."),
            ({"question": "setae", "id": "x"}, "invalid-request", "There is no field “id”."),
            ({"question": "setae", "as_type": 1}, "invalid-request", "Did you mean as_typed?"),
            ({"question": "setae", "as_typed": 1}, "invalid-request", "to be true or false."),
            ({"question": "setae", "level": "\udfff"}, "invalid-request", "“level” is not valid"),
            ({"question": "setae", "level": 9}, "unknown-choice", "There is no level “9”."),
            ({"question": "setae", "level": True}, "invalid-request", "“level” has to be text."),
            ({"question": "x", "conversation": "x"}, "invalid-request", "a list of objects"),
            ({"question": "x", "conversation": [1]}, "invalid-request", "a list of objects"),
            (
                {"question": "x", "conversation": [{"question": "setae", "levels": "1"}]},
                "invalid-request",
                "There is no field “levels”. Did you mean level?",
            ),
            (
                {"question": "x", "conversation": [{"question": "setae"}] * (MAX_TURNS + 1)},
                "invalid-request",
                "The conversation has 51 turns; 50 are allowed.",
            ),
        ],
    )
    def test_a_body_that_cannot_be_answered_says_why(
        self, small: TestClient, body: object, kind: str, detail: str
    ) -> None:
        assert detail in problem(post(small, body), 422, kind)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b'"a"',
            b"\xff",
            b"\xff\xfe{\x00}\x00",
            b"[" * 200000,
            b'{"question":NaN}',
            b'{"question": ' + b"9" * 9999 + b"}",
        ],
    )
    def test_what_is_no_json_object_is_a_bad_request(
        self, small: TestClient, content: bytes
    ) -> None:
        detail = problem(small.post(ASK, content=content, headers=JSON), 400, "not-json")
        assert detail.endswith("Send one object.")

    @pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
    def test_what_is_not_sent_as_json_is_refused(self, small: TestClient, kind: str) -> None:
        for path in (ASK, "/api/v1/feedback"):
            reply = small.post(path, content=b"{}", headers={"Content-Type": kind})
            assert "application/json" in problem(reply, 415, "unsupported-media-type")

    def test_a_body_that_is_too_large_is_refused_however_it_is_sent(
        self, small: TestClient
    ) -> None:
        whole = b'{"question": "' + b"x" * MAX_BODY_BYTES + b'"}'
        pieces = (whole[n : n + 1000] for n in range(0, len(whole), 1000))
        for content in (whole, pieces):
            reply = small.post(ASK, content=content, headers=JSON)
            assert "262144 bytes" in problem(reply, 413, "too-large")

    @given(question=st.text(max_size=60) | st.text(st.characters(), max_size=60))
    def test_any_text_is_answered_alike_or_refused(self, small: TestClient, question: str) -> None:
        reply = post(small, {"question": question})
        assert reply.status_code in (200, 422)
        assert reply.encoding == "utf-8" or reply.content.decode("utf-8")
        if reply.status_code == 200:
            again = small.get(ASK, params={"q": question})
            assert again.content == reply.content

    @given(
        body=st.fixed_dictionaries(
            {"question": st.text(st.characters(exclude_categories=[]), max_size=30)},
            optional={
                "level": st.sampled_from(["tldr", "1", 2, None, "9", 1.5, [], "\ud800"]),
                "audience": st.sampled_from(["builder", "everyone", None, 7, {}]),
                "as_typed": st.sampled_from([True, False, None, "true"]),
                "conversation": st.lists(
                    st.fixed_dictionaries({"question": st.text(max_size=10)}), max_size=3
                )
                | st.none()
                | st.integers(),
            },
        )
    )
    def test_any_body_is_answered_or_refused_in_words(self, small: TestClient, body: Any) -> None:
        reply = post(small, body)
        assert reply.status_code in (200, 422)
        assert reply.status_code == 200 or reply.json()["detail"]


class TestReading:
    def test_an_explainer_is_given_in_full(self, client: TestClient, library: Library) -> None:
        told = client.get("/api/v1/explainers/rlhf").json()
        assert (told["slug"], told["title"]) == ("rlhf", "RLHF")
        texts = {p["id"]: p["text"] for p in told["passages"]}
        assert list(texts)[:2] == ["rlhf#tldr", "rlhf#level-1"]
        assert all(library.passage(id_).text == text for id_, text in texts.items())
        assert told["passages"][-1]["role"] == "take"
        assert set(told["sources"][0]) == {"title", "authors", "year", "url"}

    def test_every_explainer_is_listed(self, client: TestClient, library: Library) -> None:
        listed = client.get("/api/v1/explainers").json()
        assert [e["slug"] for e in listed["explainers"]] == [e.slug for e in library.explainers]
        assert listed["index"] == library.hash

    def test_the_layout_names_what_can_be_asked_for(self, client: TestClient) -> None:
        layout = client.get("/api/v1/layout").json()
        assert [level["id"] for level in layout["levels"]] == ["tldr", "1", "2", "3"]
        assert layout["levels"][0]["name"] == "TL;DR"
        assert layout["default_level"] == "1"
        assert next(a["id"] for a in layout["audiences"]) == "researcher"

    def test_what_is_not_there_offers_what_is_near(self, client: TestClient) -> None:
        detail = problem(client.get("/api/v1/define/lorra"), 404, "unknown-concept")
        assert detail == "There is no definition of “lorra”. Did you mean LoRA, QLoRA, rsLoRA?"
        reply = client.get("/api/v1/explainers/%3Cscript%3E")
        assert "“<script>”" in problem(reply, 404, "unknown-concept")

    def test_a_term_may_hold_a_slash(self, small: TestClient) -> None:
        assert "“a/b”" in problem(small.get("/api/v1/define/a/b"), 404, "unknown-concept")

    @pytest.mark.parametrize("path", ["", "/", "/asks", "/ask/", "/explainers/a/b"])
    def test_there_is_nothing_elsewhere(self, small: TestClient, path: str) -> None:
        problem(small.get("/api/v1" + path), 404, "not-found")

    @pytest.mark.parametrize("path", ["/explainers", "/layout", "/define/setae", "/openapi.json"])
    def test_unknown_fields_of_an_address_are_refused(self, small: TestClient, path: str) -> None:
        problem(small.get(f"/api/v1{path}?x=1"), 422, "invalid-request")

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
    def test_other_methods_are_told_which_there_are(self, small: TestClient, method: str) -> None:
        reply = small.request(method, ASK)
        assert problem(reply, 405, "method-not-allowed") == "Use one of: GET, HEAD, POST."
        assert reply.headers["allow"] == "GET, HEAD, POST"


class TestSuggesting:
    def names(self, client: TestClient, text: str) -> list[tuple[str, str]]:
        reply = client.get("/api/v1/suggest", params={"q": text})
        return [(found["name"], found["slug"]) for found in reply.json()["suggestions"]]

    def test_beginnings_come_before_words_and_these_before_insides(self, small: TestClient) -> None:
        assert self.names(small, "s") == [
            ("setae", "gecko-feet"),
            ("Suction cups", "suction-cups"),
            ("Tree frogs", "tree-frogs"),
        ]
        assert self.names(small, "FROGS") == [("Tree frogs", "tree-frogs")]
        assert self.names(small, "treefr") == [("Tree frogs", "tree-frogs")]
        assert self.names(small, "gf") == [("GF", "gecko-feet")]

    def test_a_concept_comes_once_with_its_title(self, small: TestClient) -> None:
        reply = small.get("/api/v1/suggest?q=seta")
        found = {"title": "Gecko feet", "name": "setae", "slug": "gecko-feet"}
        assert reply.json() == {"suggestions": [found]}

    @pytest.mark.parametrize("text", ["", " ", "?!", "zzz"])
    def test_nothing_suggests_nothing(self, small: TestClient, text: str) -> None:
        assert self.names(small, text) == []

    def test_there_are_ten_at_most(self, client: TestClient) -> None:
        assert len(self.names(client, "a")) == 10

    def test_a_text_without_end_is_refused(self, small: TestClient) -> None:
        reply = small.get("/api/v1/suggest?q=" + "x" * 201)
        assert "200 are allowed" in problem(reply, 422, "invalid-request")


CONDITIONAL = [
    "/api/v1/ask?q=setae&level=2",
    "/api/v1/define/setae",
    "/api/v1/explainers",
    "/api/v1/explainers/gecko-feet",
    "/api/v1/layout",
    "/api/v1/suggest?q=se",
    "/api/v1/openapi.json",
    "/widget.js",
]


class TestCaching:
    @pytest.mark.parametrize("path", CONDITIONAL)
    def test_what_a_client_has_is_not_sent_again(self, small: TestClient, path: str) -> None:
        first = small.get(path)
        tag = first.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
        for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = small.get(path, headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "cache-control"):
                assert again.headers[name] == first.headers[name]
        for held in ("", '"other"', tag.strip('"'), tag[:-2] + '"'):
            assert small.get(path, headers={"If-None-Match": held}).status_code == 200

    @pytest.mark.parametrize("path", CONDITIONAL)
    def test_a_head_is_the_get_without_its_text(self, small: TestClient, path: str) -> None:
        whole, head = small.get(path), small.head(path)
        assert (head.status_code, head.content) == (200, b"")
        differing = ("server-timing",)
        assert {k: v for k, v in head.headers.items() if k not in differing} == {
            k: v for k, v in whole.headers.items() if k not in differing
        }

    def test_the_tag_is_there_without_answering(
        self, lizards: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with TestClient(site(lizards)) as client:
            tag = client.get(f"{ASK}?q=setae").headers["etag"]
            monkeypatch.setattr(Library, "ask", lambda *_, **__: pytest.fail("It was answered."))
            again = client.get(f"{ASK}?q=setae", headers={"If-None-Match": tag})
            assert again.status_code == 304

    def test_each_question_and_dial_has_a_tag_of_its_own(self, small: TestClient) -> None:
        queries = ["q=setae", "q=Setae", "q=setae&level=2", "q=setae&audience=builder"]
        queries.append("q=setae&as_typed=true")
        tags = [small.get(f"{ASK}?{query}").headers["etag"] for query in queries]
        assert len(set(tags)) == len(tags)
        for same in ("q=+setae+", "q=setae&level=1", "q=setae&audience=everyone"):
            assert small.get(f"{ASK}?{same}").headers["etag"] == tags[0]

    def test_another_index_has_other_tags(
        self, lizards: Library, small: TestClient, tmp_path: Path
    ) -> None:
        texts = three_explainers()
        changed = texts["gecko-feet"].replace("van der Waals", "Van der Waals")
        assert changed != texts["gecko-feet"]
        corpus = write_corpus(tmp_path / "corpus", texts | {"gecko-feet": changed})
        other = Library(fake_index(corpus, tmp_path / "index"))
        with TestClient(site(other)) as client:
            for path in CONDITIONAL[:-1]:
                tag = small.get(path).headers["etag"]
                assert client.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_what_is_not_there_is_not_there_for_who_has_a_tag_either(
        self, small: TestClient
    ) -> None:
        for path in ("/api/v1/define/nobody", "/api/v1/explainers/nobody"):
            reply = small.get(path, headers={"If-None-Match": "*"})
            problem(reply, 404, "unknown-concept")

    def test_questions_are_kept_by_the_readers_own_browser_alone(self, small: TestClient) -> None:
        assert small.get(f"{ASK}?q=setae").headers["cache-control"] == "private, no-cache"
        assert small.get("/api/v1/layout").headers["cache-control"] == "no-cache"


class TestFeedback:
    def test_it_is_kept_and_thanked_for(self, lizards: Library, tmp_path: Path) -> None:
        store = FeedbackStore(tmp_path / "feedback.sqlite", 1024 * 1024)
        with TestClient(site(lizards, store)) as client:
            reply = client.post("/api/v1/feedback", json=SAID)
        assert reply.status_code == 201
        assert reply.json() == {"message": "Thank you. The authors will see this."}
        (kept,) = store.read()
        assert (kept.verdict, kept.concepts, kept.line) == (
            "too-technical",
            ("gecko-feet",),
            "What is a seta?",
        )

    @pytest.mark.parametrize(
        ("other", "kind", "detail"),
        [
            ({"verdict": "great"}, "invalid-request", "There is no such verdict."),
            ({"level": "9"}, "unknown-choice", "There is no level “9”."),
            ({"concepts": ["nobody"]}, "unknown-choice", "There is no explainer “nobody”."),
            ({"question": ""}, "question-rejected", "The question has no words."),
            ({"verdicts": "x"}, "invalid-request", "no field “verdicts”. Did you mean verdict?"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, small: TestClient, other: dict[str, Any], kind: str, detail: str
    ) -> None:
        reply = small.post("/api/v1/feedback", json={**SAID, **other})
        assert detail in problem(reply, 422, kind)

    def test_pages_of_other_sites_may_not_send_it_unless_they_are_named(
        self, lizards: Library, store: FeedbackStore
    ) -> None:
        named = {"Origin": "https://named.example", "Sec-Fetch-Site": "cross-site"}
        other = {"Origin": "https://other.example", "Sec-Fetch-Site": "cross-site"}
        with TestClient(site(lizards, store, origins=["https://named.example"])) as client:
            assert client.post("/api/v1/feedback", json=SAID, headers=named).status_code == 201
            reply = client.post("/api/v1/feedback", json=SAID, headers=other)
            problem(reply, 403, "foreign-page")

    def test_where_it_cannot_be_kept_nothing_is_told_of_the_file(
        self, lizards: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        full = FeedbackStore(tmp_path / "feedback.sqlite", 1)
        for where in (None, full):
            with TestClient(site(lizards, where)) as client:
                reply = client.post("/api/v1/feedback", json=SAID)
            assert "try again later" in problem(reply, 503, "feedback-not-kept")
            assert str(tmp_path) not in reply.text
        assert str(full.path) in caplog.text


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "status", "kind"),
        [
            (RuntimeError("secret setae /etc/passwd"), 500, "internal-error"),
            (UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"), 500, "internal-error"),
            (
                IndexDamaged("/secret/index is damaged. Run “gecko-qa index build”."),
                503,
                "unavailable",
            ),
        ],
    )
    def test_nothing_of_an_unforeseen_error_is_told(
        self,
        lizards: Library,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        error: Exception,
        status: int,
        kind: str,
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(Library, "ask", fail)
        with TestClient(site(lizards)) as client:
            reply = client.get(f"{ASK}?q=my+private+question")
        assert "try again later" in problem(reply, status, kind)
        for told in ("secret", "RuntimeError", ".py", "private"):
            assert told not in reply.text
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert "private" not in record.getMessage()
        if status == 500:
            assert type(error).__name__ in record.getMessage()
            assert "secret" not in record.getMessage()

    def test_every_kind_of_problem_is_documented(self) -> None:
        text = (Path(__file__).parent.parent / "docs" / "http.md").read_text(encoding="utf-8")
        listed = re.findall(r"^\| `(/problems/[a-z-]+)` \| (\d+) \|", text, re.MULTILINE)
        assert listed == [(kind.type, str(kind.status)) for kind in KINDS]

    def test_a_detail_that_repeats_half_a_character_can_be_sent(self) -> None:
        assert problem_of(IndexDamaged("\ud800")).status == 503
        from gecko_qa.errors import UsageError

        assert problem_of(UsageError("\ud800")).text.encode("utf-8")


class TestOperating:
    def test_health_and_readiness(self, small: TestClient, lizards: Library) -> None:
        assert small.get("/healthz").json() == {"status": "ok"}
        assert small.get("/readyz").json() == {
            "status": "ready",
            "version": __version__,
            "index": lizards.hash,
            "explainers": 3,
            "passages": 30,
        }
        for path in ("/healthz", "/readyz", "/metrics"):
            assert small.get(path).headers["cache-control"] == "no-store"

    def test_they_answer_while_questions_take_every_thread(self, small_app: FastAPI) -> None:
        async def look() -> list[int]:
            threads = anyio.to_thread.current_default_thread_limiter()
            for _ in range(int(threads.total_tokens)):
                threads.acquire_on_behalf_of_nowait(object())
            transport = httpx.ASGITransport(small_app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                with anyio.fail_after(10):
                    replies = [await client.get(path) for path in ("/healthz", "/readyz")]
            return [reply.status_code for reply in replies]

        assert anyio.run(look) == [200, 200]

    def test_requests_and_answers_are_counted(self, lizards: Library) -> None:
        metrics = Metrics()
        with TestClient(site(lizards, metrics=metrics)) as client:
            for query in ("q=setae", "q=setae&level=3", "q=how+do+I+cook+rice", "q="):
                client.get(f"{ASK}?{query}")
            client.post(ASK, json={"question": "hello"})
            for path in ("/api/v1/define/setae", "/api/v1/define/x/y", "/api/v1/no/such"):
                client.get(path)
            reply = client.get("/metrics")
        assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = reply.text.splitlines()
        for line in (
            'gecko_qa_requests_total{route="/api/v1/ask",status="200"} 4.0',
            'gecko_qa_requests_total{route="/api/v1/ask",status="422"} 1.0',
            'gecko_qa_requests_total{route="/api/v1/define/{term}",status="200"} 1.0',
            'gecko_qa_requests_total{route="/api/v1/define/{term}",status="404"} 1.0',
            'gecko_qa_requests_total{route="other",status="404"} 1.0',
            'gecko_qa_answers_total{status="answered"} 2.0',
            'gecko_qa_answers_total{status="small_talk"} 1.0',
            'gecko_qa_request_seconds_count{route="/api/v1/ask"} 5.0',
            'gecko_qa_request_seconds_bucket{le="+Inf",route="/api/v1/ask"} 5.0',
            f'gecko_qa_index_info{{index="{lizards.hash}",version="{__version__}"}} 1.0',
            'gecko_qa_index_size{what="explainers"} 3.0',
        ):
            assert line in lines, reply.text
        assert "rice" not in reply.text

    def test_servers_count_apart_and_one_may_go_on_counting(self, lizards: Library) -> None:
        kept = Metrics()
        for metrics, n in ((kept, 1), (None, 1), (kept, 2)):
            with TestClient(site(lizards, metrics=metrics)) as client:
                client.get("/healthz")
                line = f'gecko_qa_requests_total{{route="/healthz",status="200"}} {n}.0\n'
                assert line in client.get("/metrics").text


class TestOtherSites:
    @pytest.fixture
    def open_site(self, lizards: Library) -> Iterator[TestClient]:
        app = site(lizards)
        app.add_middleware(CrossOrigin, origins=("https://a.example", "http://b.example:81"))
        with TestClient(app) as client:
            yield client

    def allowed(self, reply: Any) -> str | None:
        assert "access-control-allow-credentials" not in reply.headers
        found: str | None = reply.headers.get("access-control-allow-origin")
        return found

    def test_by_default_none_may_read(self, small: TestClient) -> None:
        reply = small.get(f"{ASK}?q=setae", headers={"Origin": "https://a.example"})
        assert self.allowed(reply) is None
        preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
        assert self.allowed(small.options(ASK, headers=preflight)) is None

    def test_a_named_one_may_read_the_api(self, open_site: TestClient) -> None:
        for origin in ("https://a.example", "http://b.example:81"):
            reply = open_site.get(f"{ASK}?q=setae", headers={"Origin": origin})
            assert self.allowed(reply) == origin
            assert "Origin" in reply.headers["vary"]
            assert "ETag" in reply.headers["access-control-expose-headers"]
            assert self.allowed(open_site.get("/api/v1/x", headers={"Origin": origin})) == origin

    def test_a_named_one_may_send_json(self, open_site: TestClient) -> None:
        preflight = {
            "Origin": "https://a.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        reply = open_site.options(ASK, headers=preflight)
        assert (reply.status_code, self.allowed(reply)) == (200, "https://a.example")

    @pytest.mark.parametrize(
        "origin",
        [
            "https://a.example.evil",
            "https://evil-a.example",
            "http://a.example",
            "null",
            "*",
            "https://a.example:444",
            "https://A.example",
            "http://b.example",
        ],
    )
    def test_others_may_not(self, open_site: TestClient, origin: str) -> None:
        assert self.allowed(open_site.get(f"{ASK}?q=setae", headers={"Origin": origin})) is None
        preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        assert self.allowed(open_site.options(ASK, headers=preflight)) is None

    @pytest.mark.parametrize("path", ["/metrics", "/readyz", "/", "/api/v1x", "/gradio_api/x"])
    def test_what_is_not_the_api_stays_closed(self, open_site: TestClient, path: str) -> None:
        reply = open_site.get(path, headers={"Origin": "https://a.example"})
        assert self.allowed(reply) is None


def described(client: TestClient) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return told


class TestDescription:
    def test_its_choices_are_those_of_the_layout(self, client: TestClient) -> None:
        schemas = described(client)["components"]["schemas"]
        assert schemas["Level"]["enum"] == ["tldr", "1", "2", "3"]
        assert schemas["AnyLevel"]["enum"] == ["tldr", "1", "2", "3", 1, 2, 3, None]
        assert schemas["Audience"]["enum"][-1] == "everyone"

    def test_it_describes_every_route_of_the_api(self, small_app: FastAPI) -> None:
        with TestClient(small_app) as client:
            told = set(described(client)["paths"])
        (mounted,) = [
            route for route in small_app.routes if getattr(route, "path", "") == "/api/v1"
        ]
        routes = {f"/api/v1{route.path}".replace(":path", "") for route in mounted.routes}  # type: ignore[attr-defined]
        assert told == routes - {"/api/v1/openapi.json"}

    def test_each_example_is_true(self, client: TestClient) -> None:
        n_examples = 0
        for path, operations in described(client)["paths"].items():
            for method, operation in operations.items():
                for call, reply in examples(path, method, operation):
                    assert client.request(**call).json() == reply
                    n_examples += 1
        assert n_examples == 7


def examples(path: str, method: str, operation: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each request that the description shows, with the reply that it shows."""
    replied = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    asked = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    for name, body in asked.get("examples", {}).items():
        call = {"method": method, "url": path, "json": body["value"]}
        yield call, replied["examples"][name]["value"]
    if "example" in replied:
        parameters = operation.get("parameters", [])
        values = {p["name"]: (p["in"], p["example"]) for p in parameters if "example" in p}
        url = path.format(**{name: value for name, (_, value) in values.items()})
        query = {name: value for name, (place, value) in values.items() if place == "query"}
        yield {"method": method, "url": url, "params": query}, replied["example"]


# Whatever the description allows, and what it does not


@pytest.fixture(scope="module")
def api_schema(small_app: FastAPI) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", small_app)


# Of a question no schema tells whether it has a word in it, and so may be asked.
WITH_QUESTIONS = ("ask", "askInConversation", "giveFeedback")
WITHOUT = ("listExplainers", "getExplainer", "getLayout", "suggest")


@pytest.mark.parametrize("name", [*WITH_QUESTIONS, "define", *WITHOUT])
def test_whatever_the_description_allows_is_answered_as_it_says(api_schema: Any, name: str) -> None:
    excluded = [] if name in WITHOUT else [positive_data_acceptance]
    hold(api_schema, name, GenerationMode.POSITIVE, excluded)


# The others take any text, which nothing contradicts.
@pytest.mark.parametrize("name", [*WITH_QUESTIONS, "suggest"])
def test_whatever_the_description_rules_out_is_refused(api_schema: Any, name: str) -> None:
    hold(api_schema, name, GenerationMode.NEGATIVE, [])


def hold(api_schema: Any, name: str, mode: GenerationMode, excluded: list[Any]) -> None:
    operation = api_schema.find_operation_by_id(name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def holds(case: Any) -> None:
        case.call_and_validate(excluded_checks=excluded)

    holds()
