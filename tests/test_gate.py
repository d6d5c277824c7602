"""The gate of a public server: who may ask how much, with which password, and how long it takes."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from anyio import to_thread
from fastapi.testclient import TestClient
from serving import serving, take_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gecko_qa.edges.web import guard
from gecko_qa.edges.web.calls import PREDICT
from gecko_qa.edges.web.conversation import Conversation
from gecko_qa.edges.web.guard import costs_of
from gecko_qa.edges.web.server import create_app
from gecko_qa.gate import clients, connections
from gecko_qa.gate.admission import N_AT_ONCE, Admission, Admitted
from gecko_qa.gate.asgi import App, Receive, Scope, Send, has_gone, note_gone
from gecko_qa.gate.clients import COST, SMALL_COST, ClientLimit, charge
from gecko_qa.gate.gate import Gate
from gecko_qa.library import Library
from gecko_qa.limits import MAX_KEYS, Limits
from gecko_qa.parts import parts_of
from gecko_qa.settings import Settings


def cost_of(path: str) -> float:
    return COST if path == "/ask" else SMALL_COST


HOME = "http://127.0.0.1:7860"


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer anything, with as much charged as the query names."""
    wait = charge(float(scope["query_string"] or b"0"))
    await PlainTextResponse("fine", 503 if wait else 200)(scope, receive, send)


def limited(n: int, **options: Any) -> App:
    return ClientLimit(fine, Limits(n, 60, lambda: 0.0), cost_of, **options)


def browser(app: Any, host: str = "203.0.113.5") -> TestClient:
    return TestClient(app, base_url=HOME, client=(host, 5000))


class TestHowMuchAClientMayAsk:
    def test_after_its_questions_it_is_told_when_to_go_on(self) -> None:
        site = browser(limited(2))
        assert [site.get("/ask").status_code for _ in range(3)] == [200, 200, 429]
        refused = site.get("/ask")
        assert refused.headers["retry-after"] == "30"
        assert refused.text == "That is too much at once. Please try again in 30 seconds."

    def test_another_client_is_not_held_up(self) -> None:
        app = limited(1)
        assert [browser(app, f"203.0.113.{n}").get("/ask").status_code for n in (1, 1, 2)] == [
            200,
            429,
            200,
        ]

    def test_what_answers_no_question_costs_a_sixteenth(self) -> None:
        site = browser(limited(1))
        assert [site.get("/page").status_code for _ in range(17)] == [200] * 16 + [429]

    def test_an_answer_may_cost_more(self) -> None:
        site = browser(limited(10))
        assert site.get("/ask?8").status_code == 200
        assert site.get("/ask?1").status_code == 503
        assert site.get("/ask").status_code == 429

    def test_a_network_of_ipv6_is_one_client(self) -> None:
        app = limited(1)
        hosts = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
        assert [browser(app, host).get("/ask").status_code for host in hosts] == [200, 429, 200]

    def test_an_address_of_ipv4_is_the_same_client_however_it_is_written(self) -> None:
        app = limited(1)
        hosts = ("203.0.113.9", "::ffff:203.0.113.9")
        assert [browser(app, host).get("/ask").status_code for host in hosts] == [200, 429]

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.8.9.1"])
    def test_programs_on_the_same_machine_are_not_limited(self, host: str) -> None:
        site = browser(limited(1), host)
        assert [site.get("/ask").status_code for _ in range(9)] == [200] * 9

    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_who_watches_the_server_is_not_limited(self, path: str) -> None:
        site = browser(limited(1))
        assert [site.get(path).status_code for _ in range(30)] == [200] * 30

    def test_a_proxy_that_is_not_named_is_one_client_and_warned_of_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        site = browser(limited(2), "127.0.0.1")
        headers = {"X-Forwarded-For": "198.51.100.7"}
        got = [site.get("/ask", headers=headers).status_code for _ in range(4)]
        assert got == [200, 200, 429, 429]
        assert [record.name for record in caplog.records] == [clients.__name__]
        assert "trusted_proxies" in caplog.text

    def test_only_the_latest_clients_are_remembered(self) -> None:
        limits = Limits(1, 60, lambda: 0.0)
        assert limits.take("first") == 0
        assert limits.take("first") > 0
        for n in range(MAX_KEYS):
            limits.take(str(n))
        assert limits.take("first") == 0


class TestBehindAProxy:
    @pytest.fixture
    def site(self) -> TestClient:
        return self.over(Settings(questions_per_minute=1, trusted_proxies=("10.0.0.0/8",)))

    def over(self, settings: Settings) -> TestClient:
        gate = Gate.of(settings)
        app = Starlette(routes=[Route("/ask", lambda _: PlainTextResponse("fine"))])
        gate.surround(app, cost_of, lambda _, refusal: (refusal.message, "text/plain"))
        return browser(app, "10.1.2.3")

    def ask(self, site: TestClient, forwarded: str) -> int:
        return site.get("/ask", headers={"X-Forwarded-For": forwarded}).status_code

    def test_each_of_its_readers_is_a_client(self, site: TestClient) -> None:
        assert [self.ask(site, f"198.51.100.{n}") for n in (1, 2, 1)] == [200, 200, 429]

    def test_what_a_reader_says_of_itself_counts_for_nothing(self, site: TestClient) -> None:
        asked = [self.ask(site, f"{claimed}, 198.51.100.1") for claimed in ("127.0.0.1", "1.1.1.1")]
        assert asked == [200, 429]

    @pytest.mark.parametrize("claimed", ["", "x" * 10_000, "::::", "<script>", "a, b", "10.0.0.9"])
    def test_whatever_it_says_is_answered(self, site: TestClient, claimed: str) -> None:
        assert self.ask(site, claimed) == 200

    def test_it_is_known_by_a_socket_for_both_kinds_of_addresses(self) -> None:
        gate = Gate.of(Settings(questions_per_minute=1, trusted_proxies=("10.0.0.0/8",)))
        app = Starlette(routes=[Route("/ask", lambda _: PlainTextResponse("fine"))])
        gate.surround(app, cost_of, lambda _, refusal: (refusal.message, "text/plain"))
        site = browser(app, "::ffff:10.1.2.3")
        assert [self.ask(site, f"198.51.100.{n}") for n in (1, 2, 1)] == [200, 200, 429]

    def test_who_is_no_proxy_is_not_believed(self) -> None:
        site = self.over(Settings(questions_per_minute=1, trusted_proxies=("192.0.2.1",)))
        assert [self.ask(site, f"198.51.100.{n}") for n in (1, 2)] == [200, 429]


class TestThePassword:
    @pytest.fixture
    def site(self, library: Library) -> TestClient:
        settings = Settings(password="korrektes Pferd", questions_per_minute=5)
        return browser(create_app(library, None, parts_of(settings), gate=Gate.of(settings)))

    def told(self, password: str, user: str = "anyone") -> dict[str, str]:
        return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}

    @pytest.mark.parametrize("path", ["/", "/explainers/rlhf", "/api/v1/ask?q=x", "/mcp", "/none"])
    def test_without_it_nothing_is_shown(self, site: TestClient, path: str) -> None:
        refused = site.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
        assert "RLHF" not in refused.text
        assert refused.headers["x-frame-options"] == "DENY"

    def test_a_program_is_told_as_a_problem(self, site: TestClient) -> None:
        told = site.get("/api/v1/explainers").json()
        assert (told["type"], told["status"]) == ("/problems/password-needed", 401)

    @pytest.mark.parametrize("user", ["", "anyone", "né"])
    def test_with_it_all_is_there(self, site: TestClient, user: str) -> None:
        assert site.get("/explainers", headers=self.told("korrektes Pferd", user)).is_success

    def test_the_health_checks_need_none(self, site: TestClient) -> None:
        assert site.get("/healthz").is_success
        assert site.get("/readyz").is_success

    @pytest.mark.parametrize(
        "header",
        ["", "Basic", "Basic ", "Basic !!!", "Basic a", "Bearer korrektes Pferd", "Basic w7w="],
    )
    def test_what_is_no_password_is_refused(self, site: TestClient, header: str) -> None:
        assert site.get("/map", headers={"Authorization": header}).status_code == 401

    def test_guessing_costs_as_much_as_asking(self, site: TestClient) -> None:
        got = [site.get("/map", headers=self.told(f"guess {n}")).status_code for n in range(9)]
        assert got == [401] * 4 + [429] * 5

    def test_without_one_in_the_settings_none_is_asked_for(self, library: Library) -> None:
        assert browser(create_app(library)).get("/explainers").is_success


def hold(path: str = "/ask") -> Scope:
    return {"type": "http", "path": path, "headers": []}


class Sent:
    """What an application sent."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])


async def nothing() -> Any:
    raise AssertionError("Nothing is received here.")


class TestHowManyWait:
    """Requests that stay until they are let go."""

    def test_no_more_are_worked_on_than_can_be_and_no_more_wait_than_may(self) -> None:
        most = N_AT_ONCE + 3
        asyncio.run(self.crowd(most, most + 5))

    async def crowd(self, most: int, n: int) -> None:
        go = asyncio.Event()
        at_work = peak = 0

        async def work(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal at_work, peak
            at_work += 1
            peak = max(peak, at_work)
            await go.wait()
            at_work -= 1
            await fine(scope | {"query_string": b""}, receive, send)

        app = Admitted(work, Admission(most, 60), lambda path: path == "/free")
        sent = [Sent() for _ in range(n)]
        tasks = [asyncio.create_task(app(hold(), nothing, one)) for one in sent]
        free = asyncio.create_task(app(hold("/free"), nothing, Sent()))
        for _ in range(5):
            await asyncio.sleep(0)
        assert at_work == N_AT_ONCE + 1
        assert [one.status for one in sent[most:]] == [503] * (n - most)
        assert (b"retry-after", b"1") in sent[-1].messages[0]["headers"]
        go.set()
        await asyncio.gather(*tasks, free)
        assert [one.status for one in sent[:most]] == [200] * most
        assert peak == N_AT_ONCE + 1
        late = Sent()
        await app(hold(), nothing, late)
        assert late.status == 200

    def test_what_takes_too_long_is_answered_in_time_and_keeps_its_place(self) -> None:
        asyncio.run(self.overlong())

    async def overlong(self) -> None:
        stop = threading.Event()

        async def work(scope: Scope, receive: Receive, send: Send) -> None:
            await to_thread.run_sync(stop.wait)
            await fine(scope | {"query_string": b""}, receive, send)

        admission = Admission(1, 0.01)
        app, first, second = Admitted(work, admission), Sent(), Sent()
        await app(hold(), nothing, first)
        assert first.status == 503
        assert b"too long" in first.messages[1]["body"]
        await app(hold(), nothing, second)
        assert second.status == 503
        assert b"too much to do" in second.messages[1]["body"]
        stop.set()
        while admission.is_full:
            await asyncio.sleep(0.001)
        assert len(first.messages) == 2

    def test_what_waits_too_long_is_never_begun(self) -> None:
        asyncio.run(self.crowded_out())

    async def crowded_out(self) -> None:
        stop = threading.Event()
        n_begun = 0

        async def work(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal n_begun
            n_begun += 1
            await to_thread.run_sync(stop.wait)

        admission = Admission(N_AT_ONCE + 3, 0.01)
        app, sent = Admitted(work, admission), [Sent() for _ in range(N_AT_ONCE + 3)]
        await asyncio.gather(*(app(hold(), nothing, one) for one in sent))
        assert [one.status for one in sent] == [503] * len(sent)
        assert n_begun == N_AT_ONCE
        stop.set()
        late = Sent()
        admission.timeout_seconds = 60
        done = asyncio.create_task(app(hold(), nothing, late))
        await done
        assert n_begun == N_AT_ONCE + 1

    def test_whose_client_has_gone_is_never_begun(self) -> None:
        asyncio.run(self.gone())

    async def gone(self) -> None:
        go = asyncio.Event()
        begun: list[str] = []

        async def work(scope: Scope, receive: Receive, send: Send) -> None:
            begun.append(scope["path"])
            await go.wait()

        app = Admitted(work, Admission(100, 60))
        scopes = [hold(str(n)) | {"state": {}} for n in range(N_AT_ONCE + 2)]
        tasks = [asyncio.create_task(app(scope, nothing, Sent())) for scope in scopes]
        for _ in range(5):
            await asyncio.sleep(0)
        note_gone(scopes[-2]["state"])
        go.set()
        await asyncio.gather(*tasks)
        assert begun == [str(n) for n in (*range(N_AT_ONCE), N_AT_ONCE + 1)]

    def test_a_failure_is_the_servers_to_tell(self) -> None:
        async def broken(*_: Any) -> None:
            raise ValueError

        admission = Admission(1, 60)
        with pytest.raises(ValueError):
            asyncio.run(Admitted(broken, admission)(hold(), nothing, Sent()))
        assert not admission.is_full


class TestTheLog:
    def site(self, library: Library, **settings: Any) -> TestClient:
        chosen = Settings(**settings)
        return browser(create_app(library, None, parts_of(chosen), gate=Gate.of(chosen)))

    def test_nothing_is_written_of_requests_unless_it_is_asked_for(
        self, library: Library, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "gecko_qa.gate"):
            self.site(library).get("/api/v1/ask", params={"q": "What is RLHF?"})
        assert not caplog.records

    def test_a_line_has_no_word_of_what_was_asked_nor_who_asked(
        self, library: Library, caplog: pytest.LogCaptureFixture
    ) -> None:
        site = self.site(library, log_requests=True)
        with caplog.at_level(logging.INFO, "gecko_qa.gate"):
            site.get("/api/v1/ask", params={"q": "geheim"})
            site.get("/api/v1/define/geheim")
            site.get("/define/geheim%0Anewline")
            site.get("/nowhere")
        told = [record.getMessage().rsplit(" ", 2)[0] for record in caplog.records]
        assert told == [
            "GET /api/v1/ask 200",
            "GET /api/v1/define/… 404",
            "GET /define/… 404",
            "GET /nowhere 404",
        ]
        assert "203.0.113.5" not in caplog.text

    def test_questions_are_written_where_they_are_asked_for(
        self, library: Library, caplog: pytest.LogCaptureFixture
    ) -> None:
        site = self.site(library)
        with caplog.at_level(logging.WARNING, "gecko_qa.asking"):
            site.get("/api/v1/ask", params={"q": "What is RLHF?"})
        assert not caplog.records
        with caplog.at_level(logging.INFO, "gecko_qa.asking"):
            site.get("/api/v1/ask", params={"q": "What is  RLHF?"})
        assert [record.getMessage() for record in caplog.records] == [
            '{"question": "What is RLHF?", "level": "1", "audience": null, '
            '"status": "answered", "concepts": ["rlhf"]}'
        ]


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """Serve, with connections that wait a tenth of a second for a request."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)

    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(await request.body())

    listening, _ = take_port()
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    with serving(app, listening, http=connections.Connection):
        yield listening.getsockname()


class TestConnections:
    @pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "])
    def test_one_that_sends_no_request_ends(self, address: tuple[str, int], sent: bytes) -> None:
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(sent)
            assert connection.recv(1) == b""

    def test_one_that_begins_a_second_request_and_never_ends_it_ends(
        self, address: tuple[str, int]
    ) -> None:
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT")
            got = b""
            while more := connection.recv(4096):
                got += more
        assert got.count(b"200 OK") == 1

    def test_one_that_has_gone_is_noted(self) -> None:
        gone = threading.Event()

        async def wait(scope: Scope, receive: Receive, send: Send) -> None:
            while not has_gone(scope):
                await asyncio.sleep(0.01)
            gone.set()

        listening, _ = take_port()
        with serving(wait, listening, http=connections.Connection, lifespan="off"):
            with socket.create_connection(listening.getsockname()) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert gone.wait(20)

    def test_a_request_that_is_being_answered_is_not_cut_off(
        self, address: tuple[str, int]
    ) -> None:
        body = threading.Event()
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
            body.wait(0.3)
            connection.sendall(b"cd")
            assert b"200 OK" in connection.recv(4096)


class TestFrames:
    def policy(self, library: Library, *sites: str) -> tuple[str, str | None]:
        gate = Gate.of(Settings(frame_ancestors=sites))
        headers = browser(create_app(library, None, (), gate=gate)).get("/map").headers
        policy = headers["content-security-policy"].rpartition("frame-ancestors ")[2]
        return policy, headers.get("x-frame-options")

    def test_no_page_shows_ours_in_a_frame(self, library: Library) -> None:
        assert self.policy(library) == ("'none'", "DENY")

    def test_pages_that_the_settings_name_may(self, library: Library) -> None:
        sites = ("https://a.example", "https://b.example")
        assert self.policy(library, *sites) == ("https://a.example https://b.example", None)


class TestConversations:
    """Each turn before is answered again, and costs as much."""

    def site(self, library: Library, n: int) -> TestClient:
        settings = Settings(questions_per_minute=n, hosts=("127.0.0.1",))
        return browser(create_app(library, None, parts_of(settings), gate=Gate.of(settings)))

    def test_over_the_api(self, library: Library) -> None:
        site = self.site(library, 10)
        turns = [{"question": "What is RLHF?"}] * 8
        body = {"question": "What about LoRA?", "conversation": turns}
        assert site.post("/api/v1/ask", json=body).status_code == 200
        refused = site.post("/api/v1/ask", json=body)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0

    def test_over_the_tools(self, library: Library) -> None:
        site = self.site(library, 10)
        asked = {
            "question": "What about LoRA?",
            "conversation": [{"question": "What is RLHF?"}] * 8,
        }
        call = {"name": "ask", "arguments": asked}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        accepted = {"Accept": "application/json, text/event-stream"}
        answered = site.post("/mcp", json=body, headers=accepted)
        assert not answered.json()["result"].get("isError")
        for _ in range(2):
            refused = site.post("/mcp", json=body, headers=accepted)
        assert "That is too much at once." in refused.text

    def test_on_the_page(self, library: Library) -> None:
        def opened(n: int, kept: int) -> str:
            limits = Limits(n, 60, lambda: 0.0)
            memory = {"turns": ["q=What+is+RLHF%3F&level=1"] * kept}
            told: list[str] = []

            async def page(scope: Scope, receive: Receive, send: Send) -> None:
                told.append(Conversation(library).open("", memory).newest.note)
                await PlainTextResponse("fine")(scope, receive, send)

            browser(ClientLimit(page, limits, cost_of)).get("/ask")
            return told[0]

        assert opened(6, 5) == ""
        assert "That is too much at once." in opened(6, 6)

    @pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone tells this.")
    def test_a_reply_that_nobody_reads_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.5)
        lost = threading.Event()

        class Watched(connections.Connection):
            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                lost.set()

        listening, _ = take_port()
        app = Starlette(routes=[Route("/", lambda _: PlainTextResponse(b"x" * 20_000_000))])
        with (
            serving(app, listening, http=Watched, timeout_keep_alive=60),
            socket.create_connection(listening.getsockname(), timeout=20) as connection,
        ):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert lost.wait(20)


def test_what_the_gate_refuses_is_counted(library: Library) -> None:
    settings = Settings(questions_per_minute=1)
    app = create_app(library, None, parts_of(settings), gate=Gate.of(settings))
    site = browser(app)
    assert [site.get("/api/v1/ask?q=RLHF").status_code for _ in range(3)] == [200, 429, 429]
    assert site.get("/gradio_api/run/predict").status_code == 429
    figures = browser(app, "127.0.0.1").get("/metrics").text
    assert 'gecko_qa_requests_total{route="gate",status="429"} 2.0' in figures
    assert f'gecko_qa_requests_total{{route="{PREDICT}",status="429"}} 1.0' in figures


def test_the_scripts_of_the_page_cost_nothing() -> None:
    cost = costs_of(parts_of(Settings()))
    paths = ("/assets/x.js", "/gradio_api/run/predict", "/api/v1/ask", "/mcp", "/", "/api/v1/ask/")
    assert [cost(path) for path in paths] == [0, 1, 1, 1, 1 / 16, 1 / 16]


def test_a_refusal_of_the_tools_is_told_as_json_rpc(library: Library) -> None:
    settings = Settings(questions_per_minute=1)
    site = browser(create_app(library, None, parts_of(settings), gate=Gate.of(settings)))
    told = [site.post("/mcp", json={}) for _ in range(2)][1]
    assert (told.status_code, told.json()["id"]) == (429, None)
    assert "too much at once" in told.json()["error"]["message"]


def test_bodies_that_come_slowly_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_HELD_BYTES", 1000)
    asyncio.run(slow_bodies())


async def slow_bodies() -> None:
    go = asyncio.Event()

    async def slowly() -> Any:
        await go.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    def body(n_bytes: int, *, more: bool) -> Receive:
        first = [{"type": "http.request", "body": b"x" * n_bytes, "more_body": more}]

        async def receive() -> Any:
            return first.pop() if first else await slowly()

        return receive

    app = guard.Guard(fine, "", body_seconds=60)
    scope = {**hold("/"), "query_string": b""}
    sent = [Sent() for _ in range(3)]
    held = asyncio.create_task(app(scope, body(900, more=True), sent[0]))
    await asyncio.sleep(0)
    await app(scope, body(200, more=True), sent[1])
    assert sent[1].status == 503
    go.set()
    await held
    await app(scope, body(200, more=False), sent[2])
    assert (sent[0].status, sent[2].status) == (200, 200)
