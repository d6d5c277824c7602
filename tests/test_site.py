"""The site while its library is replaced: no request fails, and what was replaced is gone."""

from __future__ import annotations

import gc
import http.client
import socket
import threading
import weakref
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from factories import explainer_text, fake_index, three_explainers, write_corpus
from fastapi import FastAPI
from starlette.testclient import TestClient

from gecko_qa.edges.web.server import create_app
from gecko_qa.edges.web.site import Current, Site
from gecko_qa.library import Library

N_SWAPS = 20
N_READERS = 4


def library_of(folder: Path, n: int, toml: str = "") -> Library:
    texts = three_explainers()
    texts["tree-frogs"] = texts["tree-frogs"].replace("Mucus", f"Version {n}")
    corpus = write_corpus(folder / f"corpus-{n}", texts)
    if toml:
        (corpus / "corpus.toml").write_text(toml)
    return Library(fake_index(corpus, folder / f"index-{n}"))


@contextmanager
def served(site: Site) -> Iterator[tuple[str, int]]:
    """Serve `site` in a thread of its own and yield its host and port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join()


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, str]:
    connection.request("GET", path)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def test_no_request_fails_while_the_library_is_replaced(tmp_path: Path) -> None:
    libraries = [library_of(tmp_path, n) for n in range(2)]
    # Every other swap lays the chat out anew as well.
    libraries.append(library_of(tmp_path, 2, 'audiences = ["Keeper"]\n'))
    site = create_app(libraries[0])
    paths = (
        "/explainers/tree-frogs",
        "/",
        "/config",
        "/explainers",
        "/gecko/definition/gecko-feet",
    )
    swapped = threading.Event()

    def read(address: tuple[str, int]) -> list[tuple[int, str]]:
        connection = http.client.HTTPConnection(*address, timeout=30)
        replies = []
        while not swapped.is_set():
            replies += [get(connection, path) for path in paths]
        connection.close()
        return replies

    with served(site) as address, ThreadPoolExecutor(N_READERS) as pool:
        readers = [pool.submit(read, address) for _ in range(N_READERS)]
        for n in range(N_SWAPS):
            site.replace(libraries[n % len(libraries)])
        swapped.set()
        replies = [reply for reader in readers for reply in reader.result()]
    assert len(replies) >= N_READERS * len(paths)
    assert {status for status, _ in replies} == {200}


def test_the_next_request_is_answered_from_the_new_library(tmp_path: Path) -> None:
    site = create_app(library_of(tmp_path, 1))
    with TestClient(site) as client:
        assert "Version 1" in client.get("/explainers/tree-frogs").text
        site.replace(library_of(tmp_path, 2))
        page = client.get("/explainers/tree-frogs").text
    assert "Version 2" in page
    assert "Version 1" not in page


def dials(client: TestClient) -> list[list[str]]:
    config = client.get("/config").json()
    radios = [part["props"] for part in config["components"] if part["type"] == "radio"]
    return [[choice[0] for choice in props["choices"]] for props in radios]


def test_other_levels_and_audiences_lay_the_chat_out_anew(tmp_path: Path) -> None:
    site = create_app(library_of(tmp_path, 1))
    with TestClient(site) as client:
        before = client.get("/config").json()["components"]
        site.replace(library_of(tmp_path, 2))
        assert client.get("/config").json()["components"] == before
        site.replace(library_of(tmp_path, 3, 'audiences = ["Keeper"]\n'))
        assert dials(client)[1] == ["Everyone", "Keeper"]


def test_another_explainer_is_counted_on_the_chat(tmp_path: Path) -> None:
    site = create_app(library_of(tmp_path, 1))
    texts = three_explainers() | {"sticky-tape": explainer_text("Sticky tape")}
    more = Library(fake_index(write_corpus(tmp_path / "more", texts), tmp_path / "more-index"))
    with TestClient(site) as client:
        assert "3 concepts, each" in client.get("/config").text
        site.replace(more)
        assert "4 concepts, each" in client.get("/config").text


def test_a_library_that_was_replaced_is_gone(tmp_path: Path) -> None:
    site = create_app(library_of(tmp_path, 0))
    replaced = []
    with TestClient(site) as client:
        for n in range(1, 4):
            replaced.append(weakref.ref(site.current()))
            client.get("/map")
            client.get("/explainers/tree-frogs")
            site.replace(library_of(tmp_path, n, f'audiences = ["Keeper {n}"]\n'))
        gc.collect()
        assert [library() for library in replaced] == [None, None, None]


def lived(lives: list[str], n: int) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        lives.append(f"{n} begins")
        yield
        lives.append(f"{n} ends")

    return FastAPI(lifespan=lifespan)


def test_each_application_lives_from_before_its_first_request_until_after_its_last(
    small_library: Library,
) -> None:
    lives: list[str] = []
    at_work, go_on = threading.Event(), threading.Event()
    faces = iter(range(9))
    numbers = iter(range(9))

    def build(_: Current) -> FastAPI:
        n = next(numbers)
        app = lived(lives, n)

        @app.get("/slow")
        def slow() -> int:
            at_work.set()
            go_on.wait(timeout=30)
            lives.append(f"{n} answers")
            return n

        @app.get("/")
        def root() -> int:
            return n

        return app

    site = Site(small_library, build, lambda _: (next(faces),))
    with TestClient(site) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.get, "/slow")
        assert at_work.wait(timeout=30)
        site.replace(small_library)
        assert client.get("/").json() == 1
        assert lives == ["0 begins", "1 begins"]
        go_on.set()
        assert slow.result().json() == 0
    assert lives == ["0 begins", "1 begins", "0 answers", "0 ends", "1 ends"]


def test_an_application_that_does_not_start_leaves_the_one_before(small_library: Library) -> None:
    @asynccontextmanager
    async def broken(_: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("no room")
        yield

    good = FastAPI()
    good.add_api_route("/", lambda: "good")
    better = FastAPI()
    better.add_api_route("/", lambda: "better")
    apps = iter([good, FastAPI(lifespan=broken), better])
    faces = iter(["good", "better", "better"])
    site = Site(small_library, lambda _: next(apps), lambda _: (next(faces),))
    with TestClient(site) as client:
        with pytest.raises(RuntimeError, match="no room"):
            site.replace(small_library)
        assert client.get("/").json() == "good"
        # What had no room is tried again.
        site.replace(small_library)
        assert client.get("/").json() == "better"


def test_without_watch_nothing_is_told_of_it(small_library: Library) -> None:
    client = TestClient(create_app(small_library))
    assert client.get("/gecko/watch").status_code == 404
    assert "watch.js" not in client.get("/explainers/tree-frogs").text
    assert "watch.js" not in client.get("/").text
