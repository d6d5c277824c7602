"""How long readers of the chat wait when there are many of them. Prints a Markdown table.

Readers call the chat's functions as its page does, each with a conversation of its own that it
keeps as a browser would, and think between turns; one more reads in a real Chromium meanwhile.

Run from the repository with an index built, on a machine that does nothing else:
python benchmarks/readers.py [--readers 50] [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import shutil
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from figures import cuts
from http_client import Broken, Client, Connection, connect, request_bytes
from page import BROWSERS, FLAGS, Stopwatch, open_page
from playwright.sync_api import sync_playwright
from processes import cpu_seconds, machine, memory
from serving import started
from traffic import Talk, questions, talks

PREDICT = "/gradio_api/run/predict"
HEARTBEAT = "/gradio_api/heartbeat"
TIMEOUT_SECONDS = 10.0
FOLLOWED_UP = 0.3
"""Of the conversations: one of the held-out ones, and not a question that stands alone."""
TURNED = 0.25
"""Of the answers: seen at another level, or for another audience, before the next question."""


@dataclass(frozen=True)
class Config:
    """What the page is told: which function does what, and whether each page keeps a stream open
    that tells the server that it is there.
    """

    functions: dict[str, tuple[int, int]]
    levels: list[str]
    audiences: list[str]
    beats: bool


def config_of(address: str) -> Config:
    with urllib.request.urlopen(f"{address}/config") as reply:
        told = json.load(reply)
    of_name = {fn["api_name"]: (fn["id"], fn["targets"][0][0]) for fn in told["dependencies"]}
    dials = [part["props"]["choices"] for part in told["components"] if part["type"] == "radio"]
    levels, audiences = ([value for _, value in choices] for choices in dials)
    return Config(of_name, levels, audiences, bool(told.get("connect_heartbeat")))


@dataclass
class Waited:
    """Milliseconds from each thing that readers did to its answer, and what went wrong."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)


class Reader:
    """One reader: what the browser keeps, the dials, and a connection or two."""

    def __init__(self, number: int, port: int, config: Config, waited: Waited) -> None:
        self._chance = random.Random(number)
        self._session = f"reader{number:05d}"
        self._port = port
        self._client = Client(port)
        self._config = config
        self._waited = waited
        self._kept: Any = None
        self._level, self._audience = "1", "everyone"

    async def read(self, until: float, think_seconds: float) -> None:
        """Open the page, ask and turn dials until the loop's clock says `until`."""
        clock = asyncio.get_running_loop().time
        # Not all at once.
        await asyncio.sleep(self._chance.uniform(0, think_seconds))
        heart = await self._open_heart() if self._config.beats else None
        await self._call("open", "", self._kept)
        while clock() < until:
            for question in self._conversation():
                await self._think(think_seconds, until)
                if clock() >= until:
                    break
                await self._call("ask", question, self._level, self._audience, self._kept)
                if self._chance.random() < TURNED:
                    await self._think(think_seconds / 2, until)
                    await self._turn()
        self._client.close()
        if heart is not None:
            heart.close()

    async def _open_heart(self) -> Connection:
        heart = await connect(self._port)
        heart.write(request_bytes("GET", f"{HEARTBEAT}/{self._session}"))
        return heart

    def _conversation(self) -> tuple[str, ...]:
        if self._chance.random() < FOLLOWED_UP:
            talk: Talk = self._chance.choice(talks())
            return (*talk.before, talk.question)
        return (self._chance.choice(questions()),)

    async def _turn(self) -> None:
        if self._chance.random() < 0.5:
            self._level = self._chance.choice(self._config.levels)
            name = "turn_dial"
        else:
            self._audience = self._chance.choice(self._config.audiences)
            name = "turn_dial_1"
        await self._call(name, self._level, self._audience, self._kept)

    async def _think(self, seconds: float, until: float) -> None:
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(min(self._chance.uniform(0.5, 1.5) * seconds, max(until - clock(), 0)))

    async def _call(self, name: str, *data: object) -> None:
        function, trigger = self._config.functions[name]
        call = {
            "data": data,
            "event_data": None,
            "fn_index": function,
            "trigger_id": trigger,
            "session_hash": self._session,
        }
        began = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                request = request_bytes("POST", PREDICT, json.dumps(call).encode())
                reply = await self._client.send(request)
        except TimeoutError:
            self._waited.wrong["no reply in time"] += 1
            return
        except (Broken, OSError) as error:
            self._waited.wrong[f"connection: {error}"] += 1
            return
        self._waited.ms.setdefault(name.removesuffix("_1"), []).append(
            (time.perf_counter() - began) * 1000
        )
        if reply.status != 200:
            self._waited.wrong[f"status {reply.status}"] += 1
            return
        # The first that each function gives back is what the browser keeps.
        self._kept = json.loads(reply.text)["data"][0]


async def read_all(
    n: int, port: int, config: Config, waited: Waited, *, seconds: float, think_seconds: float
) -> None:
    until = asyncio.get_running_loop().time() + seconds
    readers = [Reader(number, port, config, waited) for number in range(n)]
    await asyncio.gather(*(reader.read(until, think_seconds) for reader in readers))


def read_in_a_browser(address: str, readers: threading.Thread) -> list[float]:
    """Ask in a real browser as long as `readers` do; return milliseconds from Enter to painted."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    painted: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page, *_ = open_page(browser, address)
        watch = Stopwatch(page)
        for question in itertools.cycle(questions()):
            if not readers.is_alive():
                break
            painted.append(watch.ask(question)[0])
            page.wait_for_timeout(2000)
        browser.close()
    return painted


def row(what: str, ms: list[float]) -> str:
    return f"| {what} | {len(ms)} | {cuts(ms)} |"


def tell(waited: Waited, painted: list[float]) -> None:
    print("| | n | p50 | p95 | p99 | longest |\n| --- | --- | --- | --- | --- | --- |")
    for name, ms in waited.ms.items():
        print(row(f"{name.replace('_', ' ')} → answer", ms))
    if painted:
        print(row("in a browser: Enter → answer painted", painted))
    print(f"\n{waited.wrong.total()} errors.", *(f"{n} × {w}." for w, n in waited.wrong.items()))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--readers", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--think", type=float, default=5, help="seconds between two turns")
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--no-browser", action="store_true")
    chosen = options.parse_args()
    print(f"{machine()}\n")
    more = ("--workers", str(chosen.workers)) if chosen.workers > 1 else ()
    with started(*more) as server:
        config, waited = config_of(server.address), Waited()
        reading = read_all(
            chosen.readers,
            server.port,
            config,
            waited,
            seconds=chosen.seconds,
            think_seconds=chosen.think,
        )
        before, busy = memory(server.pid), cpu_seconds(server.pid)
        readers = threading.Thread(target=asyncio.run, args=(reading,))
        readers.start()
        painted = [] if chosen.no_browser else read_in_a_browser(server.address, readers)
        readers.join()
        after, busy = memory(server.pid), cpu_seconds(server.pid) - busy
        tell(waited, painted)
        print(
            f"\n{chosen.readers} readers for {chosen.seconds:.0f} s; the server kept "
            f"{busy / chosen.seconds:.2f} cores busy, and went from {before.pss:.0f} MiB (PSS) to "
            f"{after.pss:.0f} MiB."
        )
        if server.said:
            print(f"\nThe server said {len(server.said)} lines, first: {server.said[0].strip()}")


if __name__ == "__main__":
    main()
