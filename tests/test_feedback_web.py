"""Feedback over the web: what is taken, from whom, and what is answered."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import fake_index, three_explainers, write_corpus
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from gecko_qa.edges.web.guard import Guard
from gecko_qa.edges.web.routes import add_routes
from gecko_qa.errors import UsageError
from gecko_qa.feedback.feedback import STATUSES, VERDICTS, Feedback
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.feedback.taking import feedback_limit, is_from_here, parse_feedback
from gecko_qa.library import Library
from gecko_qa.payload import MAX_BODY_BYTES

DAY = date(2026, 3, 4)
SAID: dict[str, Any] = {
    "verdict": "too-technical",
    "question": "Why do geckos stick?",
    "status": "answered",
    "level": "2",
    "concepts": ["gecko-feet"],
    "audience": "builder",
    "index": "sha256:" + "0" * 64,
    "line": "What is a seta?",
}
WANTED = {"verdict": "wanted", "question": "Rice?", "status": "not_covered", "level": "1"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of three small explainers."""
    folder = tmp_path_factory.mktemp("lizards")
    corpus = write_corpus(folder / "corpus", three_explainers())
    return Library(fake_index(corpus, folder / "index"))


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "feedback.sqlite", 1024 * 1024)


def site(library: Library, store: FeedbackStore | None) -> FastAPI:
    """The plain routes behind the guard, without the chat."""
    app = FastAPI()
    add_routes(app, lambda: library, feedback_limit(), store)
    app.add_middleware(Guard, missing_page="There is no such page.", body_seconds=10)
    return app


@pytest.fixture
def client(library: Library, store: FeedbackStore) -> Iterator[TestClient]:
    with TestClient(site(library, store)) as client:
        yield client


def message(answer: Any) -> str:
    """Return what an answer tells the reader; it tells nothing else."""
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"message"}
    said: str = answer.json()["message"]
    return said


class TestWhatIsSent:
    def test_it_is_kept_and_thanked_for(self, client: TestClient, store: FeedbackStore) -> None:
        before = datetime.now(UTC).date()
        answer = client.post("/feedback", json=SAID)
        assert answer.status_code == 201
        assert message(answer).startswith("Thank you")
        (kept,) = store.read()
        assert before <= kept.day <= datetime.now(UTC).date()
        assert kept == Feedback(
            day=kept.day,
            verdict="too-technical",
            question="Why do geckos stick?",
            status="answered",
            level="2",
            concepts=("gecko-feet",),
            audience="builder",
            index="sha256:" + "0" * 64,
            line="What is a seta?",
        )

    def test_what_is_wanted_is_kept_with_the_librarys_own_index(
        self, client: TestClient, store: FeedbackStore, library: Library
    ) -> None:
        for _ in range(2):
            assert client.post("/feedback", json=WANTED).status_code == 201
        assert [note.question for note in store.read()] == ["Rice?", "Rice?"]
        assert store.read()[0].index == library.hash

    def test_nothing_of_the_reader_is_in_the_file(
        self, client: TestClient, store: FeedbackStore
    ) -> None:
        headers = {
            "User-Agent": "Teltale/1.0",
            "Cookie": "reader=teltale",
            "X-Forwarded-For": "203.0.113.7",
            "Accept-Language": "teltale",
            "Referer": "http://testserver/?teltale",
        }
        assert client.post("/feedback", json=SAID, headers=headers).status_code == 201
        raw = store.path.read_bytes().lower()
        for told in (b"teltale", b"203.0.113.7", b"testclient", b"testserver"):
            assert told not in raw

    def test_asking_stores_nothing(self, client: TestClient, store: FeedbackStore) -> None:
        client.get("/explainers")
        client.get("/define/rice")
        assert not store.path.exists()

    @pytest.mark.parametrize(
        ("other", "why"),
        [
            ({"verdict": "great"}, "There is no such verdict. Choose one of: useful, "),
            ({"verdict": None}, "“verdict” has to be text."),
            ({"status": "answered "}, "There is no such status"),
            ({"level": 2}, "“level” has to be text."),
            ({"level": "9"}, "There is no level “9”"),
            ({"audience": "dentist"}, "There is no audience “dentist”"),
            ({"concepts": ["nobody"]}, "There is no explainer “nobody”."),
            ({"concepts": "gecko-feet"}, "“concepts” has to be a list."),
            ({"concepts": [["gecko-feet"]]}, "“concepts” has to be text."),
            ({"question": ""}, "The question has no words"),
            ({"question": "x" * 1001}, "1000 are allowed"),
            ({"question": "\ud800"}, "“question” is not valid Unicode."),
            ({"level": "\ud800"}, "“level” is not valid Unicode."),
            ({"line": "x" * 501}, "500 are allowed"),
            ({"line": "\x1b]0;"}, "control character"),
            ({"index": "../../etc"}, "“index” is not what an answer says it is."),
            ({"name": "Ada"}, "There is no field “name”. There are: verdict, question, "),
            ({"\ud800": 1}, "There is no field “?”."),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, client: TestClient, store: FeedbackStore, other: dict[str, Any], why: str
    ) -> None:
        answer = client.post(
            "/feedback",
            content=json.dumps({**SAID, **other}),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 422
        assert why in message(answer)
        assert not store.path.exists()

    @pytest.mark.parametrize("field", ["verdict", "question", "status", "level"])
    def test_what_is_missing_is_named(self, client: TestClient, field: str) -> None:
        said = {key: value for key, value in SAID.items() if key != field}
        answer = client.post("/feedback", json=said)
        assert (answer.status_code, message(answer)) == (422, f"“{field}” is missing.")

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 9999]
    )
    def test_what_is_no_object_is_refused(self, client: TestClient, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        answer = client.post("/feedback", content=body, headers=headers)
        assert answer.status_code == 422
        assert "JSON" in message(answer)

    def test_too_much_is_refused_before_it_is_read(self, client: TestClient) -> None:
        answer = client.post("/feedback", json={**SAID, "line": "x" * MAX_BODY_BYTES})
        assert answer.status_code == 413

    def test_it_is_posted_and_nothing_else(self, client: TestClient) -> None:
        for method in ("GET", "PUT", "DELETE"):
            assert client.request(method, "/feedback").status_code in (404, 405)


class TestTooMuch:
    def test_after_thirty_in_a_minute_the_next_is_asked_to_wait(
        self, client: TestClient, store: FeedbackStore
    ) -> None:
        for _ in range(30):
            assert client.post("/feedback", json=WANTED).status_code == 201
        answer = client.post("/feedback", json=WANTED)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 2
        assert "Please try again" in message(answer)
        assert len(list(store.read())) == 30

    def test_what_is_refused_anyway_uses_nothing_up(self, client: TestClient) -> None:
        for _ in range(31):
            client.post("/feedback", json=SAID, headers={"Sec-Fetch-Site": "cross-site"})
            client.post("/feedback", json={})
        assert client.post("/feedback", json=SAID).status_code == 201


class TestWhoSends:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
            # A proxy in front may give the server another name than readers use.
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://gecko.example"},
            {"Origin": "http://testserver"},
            {"Content-Type": "Application/JSON; charset=utf-8"},
        ],
    )
    def test_our_own_pages_and_scripts_may(
        self, client: TestClient, headers: dict[str, str]
    ) -> None:
        answer = client.post(
            "/feedback",
            content=json.dumps(SAID),
            headers={"Content-Type": "application/json", **headers},
        )
        assert answer.status_code == 201

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
            {"Origin": "http://evil.example"},
            {"Origin": "http://testserver:81"},
            {"Origin": "http://evil.testserver"},
            {"Origin": "null"},
            {"Origin": ""},
        ],
    )
    def test_pages_of_others_may_not(
        self, client: TestClient, store: FeedbackStore, headers: dict[str, str]
    ) -> None:
        answer = client.post("/feedback", json=SAID, headers=headers)
        assert answer.status_code == 403
        assert "our own pages" in message(answer)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert not store.path.exists()

    def test_a_request_that_names_no_host_comes_from_no_page_of_ours(self) -> None:
        assert not is_from_here({"origin": "http://testserver"})

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    def test_what_a_form_can_send_is_not_taken(
        self, client: TestClient, store: FeedbackStore, kind: str
    ) -> None:
        headers = {"Content-Type": kind}
        answer = client.post("/feedback", content=json.dumps(SAID), headers=headers)
        assert answer.status_code == 415
        assert "application/json" in message(answer)
        assert not store.path.exists()


class TestWhereItCannotBeKept:
    def told(self, client: TestClient) -> None:
        answer = client.post("/feedback", json=SAID)
        assert answer.status_code == 503
        assert message(answer) == ("Your feedback cannot be kept just now. Please try again later.")
        assert client.get("/explainers").status_code == 200

    def test_a_file_that_is_not_ours_is_left_alone(
        self, client: TestClient, store: FeedbackStore, caplog: pytest.LogCaptureFixture
    ) -> None:
        with closing(sqlite3.connect(store.path)) as connection:
            connection.execute("CREATE TABLE others (x)")
        with caplog.at_level(logging.WARNING):
            self.told(client)
        (record,) = caplog.records
        assert "belongs to another program" in record.getMessage()
        assert str(store.path) in record.getMessage()
        for secret in (SAID["question"], SAID["line"], "testclient"):
            assert secret not in record.getMessage()

    def test_a_full_file(self, library: Library, tmp_path: Path) -> None:
        store = FeedbackStore(tmp_path / "feedback.sqlite", 1)
        with TestClient(site(library, store)) as client:
            self.told(client)

    def test_a_place_where_no_file_can_be(self, library: Library, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        store = FeedbackStore(tmp_path / "file" / "feedback.sqlite", 1024 * 1024)
        with TestClient(site(library, store)) as client:
            self.told(client)

    def test_a_site_without_a_file(self, library: Library) -> None:
        with TestClient(site(library, None)) as client:
            self.told(client)


class SlowStore(FeedbackStore):
    """A store on a disk that waits until it is told to go on."""

    waiting = threading.Event()
    go_on = threading.Event()

    def append(self, feedback: Feedback) -> None:
        self.waiting.set()
        assert self.go_on.wait(20)


def test_a_slow_disk_keeps_no_other_reader_waiting(library: Library, tmp_path: Path) -> None:
    slow = SlowStore(tmp_path / "feedback.sqlite", 1024)
    answers: list[int] = []
    with TestClient(site(library, slow)) as client:
        sending = threading.Thread(
            target=lambda: answers.append(client.post("/feedback", json=SAID).status_code)
        )
        sending.start()
        assert slow.waiting.wait(20)
        assert client.get("/explainers").status_code == 200
        assert answers == []
        slow.go_on.set()
        sending.join(20)
    assert answers == [201]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "verdict": st.sampled_from(list(VERDICTS)) | ANY_JSON,
        "question": st.just("Why do geckos stick?") | st.text() | ANY_JSON,
        "status": st.sampled_from(STATUSES) | ANY_JSON,
        "level": st.sampled_from(["tldr", "1", "2", "3"]) | ANY_JSON,
        "concepts": st.lists(st.sampled_from(["gecko-feet", "tree-frogs"])) | ANY_JSON,
        "audience": st.sampled_from(["builder", "everyone"]) | ANY_JSON,
        "line": st.text() | ANY_JSON,
        "index": ANY_JSON,
        "answer": ANY_JSON,
    },
)


class TestAnyBody:
    def taken(self, body: bytes, library: Library) -> Feedback | None:
        """Return what is taken of `body`, None where it is refused in words that can be sent."""
        try:
            return parse_feedback(body, library, DAY)
        except UsageError as error:
            assert str(error).encode("utf-8")
            return None

    @given(value=ANY_JSON | NEARLY)
    @example(value=SAID)
    def test_any_json_is_feedback_or_is_refused(self, value: object, library: Library) -> None:
        taken = self.taken(json.dumps(value).encode(), library)
        if taken is None:
            return
        assert isinstance(value, dict)
        assert taken.verdict == value["verdict"]
        assert taken.level in ("tldr", "1", "2", "3")
        assert set(taken.concepts) <= {"gecko-feet", "tree-frogs"}
        assert len(taken.question) <= 3000
        for text in (taken.question, taken.line):
            assert text.encode("utf-8").decode() == text
            assert not any(char < " " or "\x7f" <= char <= "\x9f" for char in text)

    @given(body=st.binary())
    def test_any_bytes_are_feedback_or_are_refused(self, body: bytes, library: Library) -> None:
        assert self.taken(body, library) is None

    def test_what_is_sent_in_full_is_taken(self, library: Library) -> None:
        taken = self.taken(json.dumps(SAID).encode(), library)
        assert taken is not None
        assert taken.day == DAY
