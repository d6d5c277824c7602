"""The examples of docs/http.md, asked as they stand there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gecko_qa.configuration import configure
from gecko_qa.edges.api.routes import add_api
from gecko_qa.feedback.store import FeedbackStore
from gecko_qa.library import Library
from gecko_qa.payload import parse_object

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "http.md").read_text(encoding="utf-8")
# A command, and the JSON it prints where that follows at once.
EXAMPLES = re.findall(
    r"^```sh\n(.*?)^```(?:\n\n```json\n(.*?)^```)?", TEXT, re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = FastAPI()
    store = FeedbackStore(tmp_path_factory.mktemp("kept") / "feedback.sqlite", 1024 * 1024)
    add_api(app, library, store)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


def run(client: TestClient, command: str) -> Any:
    """Do what `curl` does with the options that the examples use."""
    name, *words = shlex.split(command.replace("\\\n", " "))
    assert name == "curl"
    headers, data, address = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            header, _, value = words.pop(0).partition(": ")
            headers[header] = value
        elif word == "-d":
            data = words.pop(0)
        else:
            assert word.startswith("http://127.0.0.1:7860/")
            address = word
    return client.request("GET" if data is None else "POST", address, headers=headers, content=data)


def is_shown(shown: object, told: Any) -> bool:
    """Tell whether `told` has all that `shown` has, where the text may be cut short with “…”."""
    if isinstance(shown, dict):
        return all(name in told and is_shown(value, told[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return len(shown) <= len(told) and all(map(is_shown, shown, told))
    if isinstance(shown, str) and shown.endswith("…"):
        return isinstance(told, str) and told.startswith(shown[:-1])
    return shown == told


@pytest.mark.parametrize(("command", "shown"), EXAMPLES)
def test_an_example_gives_what_it_shows(client: TestClient, command: str, shown: str) -> None:
    reply = run(client, command)
    if not shown:
        assert reply.status_code == 200
        return
    expected = parse_object(shown)
    status = 201 if "/feedback" in command else expected.get("status", 200)
    assert reply.status_code == (status if isinstance(status, int) else 200)
    assert is_shown(expected, reply.json()), reply.text


def test_every_route_has_an_example(client: TestClient) -> None:
    paths = list(client.get("/api/v1/openapi.json").json()["paths"])
    patterns = [re.sub(r"\{\w+\}", "[^/? ]+", path) + r"(?![/\w])" for path in paths]
    asked = " ".join(command for command, _ in EXAMPLES)
    assert [p for p in patterns if not re.search(p, asked)] == []
    for path in ("/healthz", "/readyz", "/metrics"):
        assert path in asked


def test_the_setting_is_read_as_it_is_shown(tmp_path: Path) -> None:
    (toml,) = re.findall(r"^```toml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    (variable,) = re.findall(r"`(GECKO_QA_\w+)=(\S+)`", TEXT)
    (tmp_path / "gecko-qa.toml").write_text(toml)
    origins = ("https://example.org", "http://localhost:8000")
    assert configure({}, {}, tmp_path).settings.cors_origins == origins
    assert configure({}, dict([variable]), tmp_path / "x").settings.cors_origins == origins


def test_every_custom_property_and_attribute_of_the_widget_is_told(client: TestClient) -> None:
    script = client.get("/widget.js").text
    told = set(re.findall(r"--gecko-[a-z-]+", TEXT))
    assert told == set(re.findall(r"--gecko-[a-z-]+", script))
    for name in ("level", "audience", "dials", "placeholder", "label"):
        assert f'"{name}"' in script
        assert f"`{name}`" in TEXT
