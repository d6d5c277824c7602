"""The configurations of nginx and Caddy, run where there are such, before a server that echoes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import serving, take_port

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
LIMIT = 256 * 1024
QUESTION = "/api/v1/ask?q=a+secret"


class Echo:
    """Tells what reached it, and takes what the server takes."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        n_bytes, more = 0, True
        while more:
            message = await receive()
            n_bytes += len(message.get("body", b""))
            more = message.get("more_body", False)
        headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        told = {"headers": headers, "peer": scope["client"], "http": scope["http_version"]}
        sent = [(b"content-type", b"application/json"), (b"etag", b'"strong"')]
        status = 413 if n_bytes > LIMIT else 200
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})


def plain(name: str, behind: str, port: int, folder: Path) -> str:
    """Return the configuration `name` without TLS, on `port`, writing in `folder` alone."""
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("127.0.0.1:7860", behind)
    if name == "Caddyfile":
        text = text.replace("{\n", "{\n\tadmin off\n", 1)
        return text.replace("\nqa.example.org {", f"\nhttp://127.0.0.1:{port} {{")
    text = re.sub(r"server \{\s+listen 80;.*?\n\}", "", text, flags=re.DOTALL)
    text = re.sub(r"^\s+(ssl_.*|listen \[::\].*)\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
    text = text.replace("/var/log/nginx", str(folder))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return (
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/start.log;\n"
        f"events {{}}\nhttp {{ {temporary}\n{text}\n}}"
    )


@contextmanager
def proxied(name: str, folder: Path) -> Iterator[httpx.Client]:
    program = "caddy" if name == "Caddyfile" else "nginx"
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    listening, behind = take_port()
    free, address = take_port()
    free.close()
    port = int(address.rpartition(":")[2])
    file = folder / name
    file.write_text(plain(name, behind.removeprefix("http://"), port, folder), encoding="utf-8")
    command = {
        "nginx": ["nginx", "-p", str(folder), "-c", str(file)],
        "caddy": ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)],
    }[program]
    with ExitStack() as stack:
        # Otherwise it would take the proxy's word on who is there for what it sees itself.
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("FORWARDED_ALLOW_IPS", "none")
        stack.enter_context(serving(Echo(), listening))
        with (folder / "said.log").open("wb") as said:
            running = subprocess.Popen(
                command,
                stdout=said,
                stderr=said,
                env={"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin"},
            )
        stack.callback(running.wait, 20)
        stack.callback(running.terminate)
        transport = httpx.HTTPTransport(retries=8)  # Until it listens.
        yield stack.enter_context(
            httpx.Client(base_url=address, transport=transport, trust_env=False)
        )


@pytest.fixture(scope="module", params=["nginx.conf", "Caddyfile"])
def proxy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, Path]]:
    folder = tmp_path_factory.mktemp("proxy")
    with proxied(request.param, folder) as client:
        yield client, folder


Proxy = tuple[httpx.Client, Path]


def test_the_server_is_told_the_true_address_and_the_name_that_was_asked(proxy: Proxy) -> None:
    client, _ = proxy
    forged = {"X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6.6.6.6", "X-Forwarded-Host": "evil"}
    reply = client.get(QUESTION, headers=forged)
    told = dict(reply.json()["headers"])
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"
    assert told["host"] == client.base_url.netloc.decode()
    assert "6.6.6.6" not in reply.text
    assert "evil" not in reply.text


def test_answers_pass_as_they_are_on_connections_that_are_kept(proxy: Proxy) -> None:
    client, _ = proxy
    first, second = (client.get(QUESTION) for _ in range(2))
    assert first.headers["etag"] == '"strong"'
    assert "content-encoding" not in first.headers
    assert first.headers["strict-transport-security"] == "max-age=31536000"
    assert first.json()["http"] == "1.1"
    assert first.json()["peer"] == second.json()["peer"]


@pytest.mark.parametrize("path", ["/metrics", "/%6detrics", "//metrics"])
def test_figures_are_not_public(proxy: Proxy, path: str) -> None:
    client, _ = proxy
    assert client.get(str(client.base_url).rstrip("/") + path).status_code == 404


@pytest.mark.parametrize(("n_bytes", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
def test_a_body_may_have_256_kilobytes(proxy: Proxy, n_bytes: int, status: int) -> None:
    client, _ = proxy
    assert client.post("/api/v1/ask", content=b"x" * n_bytes).status_code == status


def test_no_log_holds_a_question_or_an_address(proxy: Proxy) -> None:
    client, folder = proxy
    client.get(QUESTION)
    client.get("/define/secret%20word")
    client.get("/api/v1/define/secret")
    logs = "".join(path.read_text() for path in folder.glob("*.log"))
    assert "secret" not in logs
    if (folder / "gecko-qa.log").exists():
        assert "GET /api/v1/ask 200" in logs
        assert "GET /define/ 200" in logs
        assert "GET /api/v1/define/ 200" in logs
        assert "127.0.0.1" not in logs


def test_a_flood_from_one_address_ends_at_nginx(tmp_path: Path) -> None:
    with proxied("nginx.conf", tmp_path) as client, ThreadPoolExecutor(20) as readers:
        asked = readers.map(lambda _: client.get("/healthz").status_code, range(1200))
        statuses = Counter(asked)
    assert set(statuses) == {200, 429}
    assert statuses[200] > 300
