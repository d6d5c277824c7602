"""What a flood of connections does to the server, and what is left of it. Prints Markdown tables.

Most of them say nothing, or never say all of it; some ask, and go on asking. Meanwhile somebody
looks twice a second, each time on a new connection, whether the process is up. A server that closes
what says nothing for long is right to.

Run from the repository with an index built, on a machine that does nothing else:
python benchmarks/flood.py [--connections 5000] [--seconds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import itertools
import math
import resource
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

from figures import cuts
from http_client import Broken, Client, connect, request_bytes
from processes import machine, memory, n_open_files
from serving import Server, started
from traffic import questions

LOOK_SECONDS = 0.5
LOOK_TIMEOUT_SECONDS = 20.0
DRIP_SECONDS = 1.0
ASK_SECONDS = 4.0
"""Between two questions of a connection: below what the server keeps a silent one for."""
USUAL_LIMIT = 1024
"""Files that a process may open on most systems, unless it asks for more."""
REST_SECONDS = 5.0
N_BEFORE_AND_AFTER = 40
_BODY = b'{"question": "What is RLHF?"}'
_HALF_A_POST = request_bytes("POST", "/api/v1/ask", _BODY.ljust(4000))[: len(_BODY) - 4000]
_HALF_A_HEAD = b"GET /api/v1/ask?q=What+is+RLHF HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "
KINDS = ("idle", "half a head", "slow body", "asking", "idle")
"""In turns: two of five say nothing."""
# Of ten requests of an asking connection one asks, the others want what costs little.
_ASKED = [
    "/api/v1/ask?q=What+is+RLHF%3F",
    *["/api/v1/suggest?q=low-r"] * 5,
    *["/api/v1/layout"] * 4,
]


@dataclass
class Told:
    """What came of the connections, by kind."""

    opened: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    replies: Counter[tuple[str, str]] = field(default_factory=Counter)


async def flood(port: int, n: int, per_second: float, seconds: float, told: Told) -> None:
    """Open `n` connections, `per_second` of them, and hold all for `seconds` after the last."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    until = begin + n / per_second + seconds
    held = []
    for number, kind in zip(range(n), itertools.cycle(KINDS)):
        if (ahead := begin + number / per_second - loop.time()) > 0:
            await asyncio.sleep(ahead)
        held.append(loop.create_task(hold(port, kind, number, until, told)))
    await asyncio.gather(*held)


async def hold(port: int, kind: str, number: int, until: float, told: Told) -> None:
    """Keep one connection as its `kind` does."""
    try:
        if kind == "asking":
            await _ask(port, number, until, told)
        else:
            await _say_little(port, kind, until, told)
    except OSError:
        told.refused[kind] += 1


async def _say_little(port: int, kind: str, until: float, told: Told) -> None:
    connection = await connect(port)
    told.opened[kind] += 1
    if kind == "half a head":
        connection.write(_HALF_A_HEAD)
    elif kind == "slow body":
        connection.write(_HALF_A_POST)
    clock = asyncio.get_running_loop().time
    while connection.open and (left := until - clock()) > 0:
        drips = kind == "slow body"
        await connection.wait_closed(min(DRIP_SECONDS, left) if drips else left)
        if drips and connection.open:
            connection.write(b" ")
    told.closed[kind] += not connection.open
    if connection.status is not None:
        told.replies[kind, str(connection.status)] += 1
    connection.close()


async def _ask(port: int, number: int, until: float, told: Told) -> None:
    """Ask again and again, on a new connection where the server has closed the one before."""
    # For good: that the server closes it is what is counted.
    client = Client(port, idle_seconds=math.inf)
    clock = asyncio.get_running_loop().time
    turn = number // len(KINDS) % len(_ASKED)
    for path in itertools.cycle(_ASKED[turn:] + _ASKED[:turn]):
        if (left := until - clock()) <= 0:
            break
        try:
            async with asyncio.timeout_at(until):
                reply = await client.send(request_bytes("GET", path))
            told.replies["asking", str(reply.status)] += 1
        except Broken:
            told.replies["asking", "broken off"] += 1
        except TimeoutError:
            told.replies["asking", "cut off at the end"] += 1
        await asyncio.sleep(min(ASK_SECONDS, left))
    told.opened["asking"] += client.n_connections
    told.closed["asking"] += max(client.n_connections - 1, 0)
    client.close()


def get(port: int, path: str) -> tuple[int, float]:
    """Ask on a new connection; return the status, 0 where there was none, and milliseconds."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LOOK_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        reply.read()
        status = reply.status
    except OSError:
        status = 0
    finally:
        connection.close()
    return status, (time.perf_counter() - began) * 1000


class Looking:
    """Looks at /healthz from a thread of its own, at its times, until told that it is over."""

    def __init__(self, port: int) -> None:
        self.looks: list[tuple[int, float]] = []
        self._port = port
        self._over = threading.Event()
        self._looks: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Looking:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for look in self._looks:
            look.join()

    def _look(self) -> None:
        # Each look in a thread of its own: a slow one must not put off the next.
        while not self._over.wait(LOOK_SECONDS):
            look = threading.Thread(target=lambda: self.looks.append(get(self._port, "/healthz")))
            look.start()
            self._looks.append(look)


@dataclass(frozen=True)
class State:
    """How the server does: milliseconds of some questions, statuses, files open, memory."""

    ms: list[float]
    statuses: Counter[int]
    n_files: int
    pss: float


def state(server: Server) -> State:
    asked = [
        get(server.port, f"/api/v1/ask?{urlencode({'q': question})}")
        for question in questions()[:N_BEFORE_AND_AFTER]
    ]
    return State(
        [ms for _, ms in asked],
        Counter(status for status, _ in asked),
        n_open_files(server.pid),
        memory(server.pid).pss,
    )


def row(when: str, now: State) -> str:
    answered = f"{now.statuses[200]} of {now.statuses.total()}"
    return f"| {when} | {answered} | {cuts(now.ms)} | {now.n_files} | {now.pss:.0f} MiB |"


def tell(told: Told, looks: list[tuple[int, float]], during: tuple[int, float]) -> None:
    print("\n| connections | opened | refused | closed by the server | replies |")
    print("| --- | --- | --- | --- | --- |")
    for kind in dict.fromkeys(KINDS):
        counts = sorted((s, n) for (of, s), n in told.replies.items() if of == kind)
        replies = ", ".join(f"{n} × {status}" for status, n in counts)
        numbers = (told.opened[kind], told.refused[kind], told.closed[kind])
        print(f"| {kind} | {' | '.join(map(str, numbers))} | {replies} |")
    fine = sum(status == 200 for status, _ in looks)
    print(f"\n| /healthz meanwhile | n | p50 | p95 | p99 | longest |\n{'| --- ' * 6}|")
    print(f"| {fine} were 200 | {len(looks)} | {cuts([ms for _, ms in looks])} |")
    print(f"\nAt its height {during[0]} files were open and {during[1]:.0f} MiB (PSS) taken.")


def one_flood(server: Server, chosen: argparse.Namespace, told: Told) -> tuple[int, float]:
    """Flood the server; return how many files it had open and its MiB with all connections open."""
    flooding = flood(server.port, chosen.connections, chosen.per_second, chosen.seconds, told)
    thread = threading.Thread(target=asyncio.run, args=(flooding,))
    thread.start()
    time.sleep(chosen.connections / chosen.per_second)
    during = n_open_files(server.pid), memory(server.pid).pss
    thread.join()
    return during


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--connections", type=int, default=5000)
    options.add_argument("--seconds", type=float, default=20, help="held, after the last is open")
    options.add_argument("--per-second", type=float, default=1000, help="opened")
    options.add_argument("--floods", type=int, default=2, help="one after another")
    options.add_argument("--workers", type=int, default=1)
    chosen = options.parse_args()
    print(f"{machine()}\n")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(USUAL_LIMIT, hard), hard))
    more = ("--workers", str(chosen.workers)) if chosen.workers > 1 else ()
    with started(*more) as server:
        # Ours alone: the server, which has started by now, has to see to its own.
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        state(server)
        rows = [row("before", state(server))]
        for number in range(1, chosen.floods + 1):
            come = Told()
            with Looking(server.port) as looking:
                during = one_flood(server, chosen, come)
            time.sleep(REST_SECONDS)
            rows.append(row(f"after flood {number}", state(server)))
            tell(come, looking.looks, during)
    print("\n| | answered | p50 | p95 | p99 | longest | open files | PSS |\n" + "| --- " * 8 + "|")
    print("\n".join(rows))
    if server.said:
        print(f"\nThe server said {len(server.said)} lines, first: {server.said[0].strip()}")


if __name__ == "__main__":
    main()
