"""The client of the load benchmark: that its loop is open, and that it sees what goes wrong."""

from __future__ import annotations

import asyncio
import random
import re
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice, repeat
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
FINE = b'HTTP/1.1 200 OK\r\netag: "one"\r\ncontent-length: 2\r\n\r\n{}'
Serve = Callable[[bytes, int], Awaitable[bytes]]


@pytest.fixture(scope="module")
def loop() -> Iterator[ModuleType]:
    # Last, since tests and benchmarks both have a module “serving”.
    sys.path.append(str(BENCHMARKS))
    import open_loop

    yield open_loop
    sys.path.remove(str(BENCHMARKS))


def against(serve: Serve, ask: Callable[[int], Awaitable[Any]]) -> Any:
    """Return what `ask` does with the port of a server that gives what `serve` makes of the text
    and the number of each request, and nothing more on the connection where that is empty.
    """

    async def run() -> Any:
        numbers = iter(range(1000))

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while reply := await serve(await read_request(reader), next(numbers)):
                    writer.write(reply)
            except asyncio.IncompleteReadError:
                pass
            writer.close()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            return await ask(server.sockets[0].getsockname()[1])

    return asyncio.run(run())


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    return head + (await reader.readexactly(int(length.group(1))) if length else b"")


def saying(*replies: bytes) -> Serve:
    """Return what serves `replies` in order, whatever is asked."""

    async def serve(request: bytes, number: int) -> bytes:
        return replies[number]

    return serve


def wanted(loop: ModuleType, *, kept: bool = False, body: bytes = b"") -> Any:
    return loop.Wanted("ask", "/api/v1/ask?q=RLHF", body, kept)


def calls(loop: ModuleType, serve: Serve, *asked: Any) -> list[Any]:
    """Return what comes of sending `asked` one after another."""

    async def ask(port: int) -> list[Any]:
        caller = loop.Caller(loop.Client(port))
        now = asyncio.get_running_loop().time
        outcomes = [await caller.call(one, now()) for one in asked]
        caller.client.close()
        return outcomes

    return against(serve, ask)


def test_requests_leave_whether_or_not_those_before_were_answered(loop: ModuleType) -> None:
    due = list(loop.times(500, 0.1))
    all_there = asyncio.Event()

    async def serve(request: bytes, number: int) -> bytes:
        if number == len(due) - 1:
            all_there.set()
        await all_there.wait()
        return FINE

    async def ask(port: int) -> list[Any]:
        caller = loop.Caller(loop.Client(port))
        outcomes = await loop.offer(caller, repeat(wanted(loop)), 500, 0.1)
        caller.client.close()
        return outcomes

    outcomes = against(serve, ask)
    assert len(outcomes) == len(due) > 30
    assert not any(outcome.wrong for outcome in outcomes)


def test_a_latency_counts_from_when_the_request_was_due(loop: ModuleType) -> None:
    async def ask(port: int) -> Any:
        caller = loop.Caller(loop.Client(port))
        outcome = await caller.call(wanted(loop), asyncio.get_running_loop().time() - 5)
        caller.client.close()
        return outcome

    outcome = against(saying(FINE, b""), ask)
    assert outcome.wrong == ""
    assert outcome.ms > outcome.late_ms >= 5000


@pytest.mark.parametrize(
    ("replies", "wrong"),
    [
        ((FINE, FINE), ["", ""]),
        ((FINE, FINE.replace(b"{}", b"[]")), ["", "another answer than before"]),
        ((FINE.replace(b"200", b"503"), FINE), ["status 503", ""]),
        ((b"", FINE), ["connection: closed before the reply", ""]),
        (
            (FINE.replace(b"content-length: 2", b""), FINE),
            ["connection: a reply 200 without its length", ""],
        ),
    ],
)
def test_what_goes_wrong_is_told(
    loop: ModuleType, replies: tuple[bytes, ...], wrong: list[str]
) -> None:
    # Of gzip's head, which holds the time, nothing is compared.
    replies = tuple(
        reply.replace(b"length: 2", b"length: 12").replace(b"\r\n\r\n", b"\r\n\r\n0123456789")
        for reply in replies
    )
    outcomes = calls(loop, saying(*replies, b""), wanted(loop), wanted(loop))
    assert [outcome.wrong for outcome in outcomes] == wrong


def test_a_kept_connection_that_was_just_closed_is_no_error(loop: ModuleType) -> None:
    outcomes = calls(loop, saying(FINE, b"", FINE, b""), wanted(loop), wanted(loop))
    assert [outcome.wrong for outcome in outcomes] == ["", ""]


def test_who_kept_an_answer_asks_whether_it_holds(loop: ModuleType) -> None:
    heard = []

    async def serve(request: bytes, number: int) -> bytes:
        heard.append(b'If-None-Match: "one"' in request)
        return b"HTTP/1.1 304 Not Modified\r\n\r\n" if heard[-1] else FINE

    asked = [wanted(loop, kept=kept) for kept in (True, False, True)]
    outcomes = calls(loop, serve, *asked)
    assert heard == [False, False, True]
    assert [(o.kind, o.wrong) for o in outcomes] == [("ask", ""), ("ask", ""), ("still so?", "")]


def test_times_are_those_of_the_rate_and_the_same_each_time(loop: ModuleType) -> None:
    due = list(loop.times(100, 30))
    assert due == sorted(due) == list(loop.times(100, 30))
    assert 0 < due[0] < due[-1] < 30
    assert len(due) == pytest.approx(3000, rel=0.05)


def test_the_same_seed_gives_the_same_traffic_in_its_shares(loop: ModuleType) -> None:
    from traffic import SHARES, traffic

    names = ["LoRA", "low-rank adaptation", "A/B testing"]
    sent = list(islice(traffic(names, seed=3), 4000))
    assert sent == list(islice(traffic(names, seed=3), 4000))
    assert sent != list(islice(traffic(names, seed=4), 4000))
    kinds = Counter(one.kind for one in sent)
    for kind, share in SHARES.items():
        assert kinds[kind] / len(sent) == pytest.approx(share, abs=0.03)
    asked = Counter(one.path for one in sent if one.kind == "ask")
    assert asked.most_common(1)[0][1] > 50, "some questions are asked often"
    assert sum(n == 1 for n in asked.values()) > 300, "many are asked once"
    assert "/api/v1/define/A%2FB%20testing" in {one.path for one in sent}


def test_a_quantile_is_one_of_the_values(loop: ModuleType) -> None:
    from figures import quantile

    values = [float(n) for n in range(1, 101)]
    random.Random(1).shuffle(values)
    assert [quantile(values, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert quantile([7.0], 0.99) == 7
