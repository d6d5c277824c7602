"""An open loop: requests leave at their times, whatever became of those before.

A latency counts from the time that a request was due. Were it counted from when it left, or did it
wait for others, a server that stalls would be asked less and look better than it is (Gil Tene's
"coordinated omission", as in wrk2).
"""

from __future__ import annotations

import asyncio
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from http_client import Broken, Client, Reply, request_bytes
from traffic import Wanted

TIMEOUT_SECONDS = 10.0
_FINE = (200, 304)


@dataclass(frozen=True)
class Outcome:
    """What became of a request: milliseconds from its time to its reply, and from its time until
    it left; `wrong` is empty where the reply was as it has to be.
    """

    kind: str
    ms: float
    late_ms: float
    wrong: str = ""


@dataclass
class Caller:
    """Sends what is wanted, keeps what a browser would, and checks that the same is answered the
    same.
    """

    client: Client
    tags: dict[str, str] = field(default_factory=dict)
    sums: dict[tuple[str, bytes], int] = field(default_factory=dict)
    seen: Counter[bool] = field(default_factory=Counter)

    async def call(self, wanted: Wanted, due: float) -> Outcome:
        """Send what was `due` at this time of the loop's clock."""
        clock = asyncio.get_running_loop().time
        tag = self.tags.get(wanted.path) if wanted.kept else None
        late = clock() - due
        wrong = ""
        try:
            async with asyncio.timeout_at(due + TIMEOUT_SECONDS):
                wrong = self._wrong(wanted, await self.client.send(_bytes(wanted, tag)))
        except TimeoutError:
            wrong = "no reply in time"
        except (Broken, OSError) as error:
            wrong = f"connection: {error}"
        kind = wanted.kind if tag is None else "still so?"
        return Outcome(kind, (clock() - due) * 1000, late * 1000, wrong)

    def _wrong(self, wanted: Wanted, reply: Reply) -> str:
        if reply.status not in _FINE:
            return f"status {reply.status}"
        if reply.status == 200:
            # Without the head of a gzip stream, which holds the time.
            found = zlib.crc32(reply.body[10:])
            identity = (wanted.path, wanted.body)
            self.seen[identity in self.sums] += 1
            if self.sums.setdefault(identity, found) != found:
                return "another answer than before"
        if not wanted.body:
            self.tags[wanted.path] = reply.header(b"etag").decode()
        return ""


def _bytes(wanted: Wanted, tag: str | None) -> bytes:
    kept = (("If-None-Match", tag),) if tag else ()
    return request_bytes("POST" if wanted.body else "GET", wanted.path, wanted.body, kept)


def times(rate: float, seconds: float, seed: int = 1) -> Iterator[float]:
    """Yield when each request is due, from 0 on: a Poisson process of `rate` a second."""
    chance = random.Random(seed)
    due = chance.expovariate(rate)
    while due < seconds:
        yield due
        due += chance.expovariate(rate)


async def offer(
    caller: Caller, wanted: Iterator[Wanted], rate: float, seconds: float
) -> list[Outcome]:
    """Send at `rate` for `seconds`, wait for what is under way, and return what became of each."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    calls: list[asyncio.Task[Outcome]] = []
    for at in times(rate, seconds):
        due = begin + at
        if (ahead := due - loop.time()) > 0:
            await asyncio.sleep(ahead)
        calls.append(loop.create_task(caller.call(next(wanted), due)))
    return await asyncio.gather(*calls)
