"""How many requests a second the API takes. Prints Markdown tables.

An open loop: each request leaves at its time, drawn beforehand, whatever became of those before it,
and its latency counts from that time on, so that a server that stalls is charged for all that came
meanwhile. Client and server share the machine; each one's part of it is told, and that of others.

Run from the repository with an index built, on a machine that does nothing else:
python benchmarks/load.py                             the highest rate with p99 within 100 ms
python benchmarks/load.py --rate 40 --minutes 5       one rate, and the memory over time
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from figures import cuts, quantile
from http_client import Client
from open_loop import Caller, Outcome, offer
from processes import Memory, busy_seconds, cpu_seconds, machine, memory
from serving import Server, started
from traffic import Wanted, traffic

AIM_MS = 100.0
WARM_SECONDS = 4.0
SAMPLE_SECONDS = 10.0


@dataclass(frozen=True)
class Step:
    """What came of one rate, and how many cores the server, the client and all others kept busy."""

    rate: float
    outcomes: list[Outcome]
    cores: tuple[float, float, float]

    @property
    def wrong(self) -> Counter[str]:
        return Counter(o.wrong for o in self.outcomes if o.wrong)

    @property
    def holds(self) -> bool:
        return not self.wrong and quantile([o.ms for o in self.outcomes], 0.99) <= AIM_MS


async def measure(
    server: Server, caller: Caller, wanted: Iterator[Wanted], rate: float, seconds: float
) -> Step:
    before = _busy(server)
    # Its pauses would be counted as the server's.
    gc.collect()
    gc.freeze()
    gc.disable()
    outcomes = await offer(caller, wanted, rate, seconds)
    gc.enable()
    took, served, called, busy = (
        now - then for now, then in zip(_busy(server), before, strict=True)
    )
    return Step(rate, outcomes, (served / took, called / took, (busy - served - called) / took))


def _busy(server: Server) -> tuple[float, float, float, float]:
    """Return the time, and the seconds that server, client and all together have been busy."""
    return time.perf_counter(), cpu_seconds(server.pid), time.process_time(), busy_seconds()


HEADER = (
    "| workers | offered /s | n | p50 | p95 | p99 | longest | errors | server | client | others |"
    "\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def row(workers: int, step: Step) -> str:
    ms = [o.ms for o in step.outcomes]
    return (
        f"| {workers} | {step.rate:g} | {len(ms)} | {cuts(ms)} | {step.wrong.total()} "
        f"| {' | '.join(f'{cores:.2f} cores' for cores in step.cores)} |"
    )


def by_kind(outcomes: list[Outcome]) -> Iterator[str]:
    yield "| kind | share | p50 | p99 |\n| --- | --- | --- | --- |"
    for kind, n in Counter(o.kind for o in outcomes).most_common():
        ms = [o.ms for o in outcomes if o.kind == kind]
        share = n / len(outcomes)
        yield f"| {kind} | {share:.0%} | {quantile(ms, 0.5):.0f} ms | {quantile(ms, 0.99):.0f} ms |"


def names(server: Server) -> list[str]:
    """Return the names of the concepts that the server has."""
    with urllib.request.urlopen(f"{server.address}/api/v1/explainers") as reply:
        found = json.load(reply)["explainers"]
    return [name for explainer in found for name in (explainer["title"], *explainer["aliases"])]


async def climb(server: Server, workers: int, first: float, by: float, seconds: float) -> None:
    """Offer more and more until it does not hold, tried twice, and tell the last that did."""
    caller, wanted = Caller(Client(server.port)), traffic(names(server))
    await offer(caller, wanted, first, WARM_SECONDS)
    best, rate, again = None, first, False
    while True:
        step = await measure(server, caller, wanted, rate, seconds)
        print(row(workers, step), flush=True)
        if not step.holds and again:
            break
        if step.holds:
            best, rate = step, rate + by
        again = not step.holds
    caller.client.close()
    tell(server, step if best is None else best, caller, best is not None)


async def endure(server: Server, workers: int, rate: float, minutes: float) -> None:
    """Offer one rate for `minutes` and tell how the memory went."""
    caller, wanted = Caller(Client(server.port)), traffic(names(server))
    await offer(caller, wanted, rate, WARM_SECONDS)
    samples: list[tuple[float, Memory]] = []
    watching = asyncio.create_task(watch_memory(server, samples))
    step = await measure(server, caller, wanted, rate, minutes * 60)
    watching.cancel()
    caller.client.close()
    print(row(workers, step))
    tell(server, step, caller, step.holds)
    print("\n| minute | RSS | PSS | USS |\n| --- | --- | --- | --- |")
    step_by = max(len(samples) // 10, 1)
    for at, held in samples[::step_by]:
        print(f"| {at / 60:.1f} | {held.rss:.1f} MiB | {held.pss:.1f} MiB | {held.uss:.1f} MiB |")
    settled = samples[len(samples) // 2 :]
    if len(settled) > 1:
        print(f"\nIn the second half PSS grew by {slope(settled):+.2f} MiB a minute.")


async def watch_memory(server: Server, samples: list[tuple[float, Memory]]) -> None:
    began = time.perf_counter()
    while True:
        held = await asyncio.to_thread(memory, server.pid)
        samples.append((time.perf_counter() - began, held))
        await asyncio.sleep(SAMPLE_SECONDS)


def slope(samples: list[tuple[float, Memory]]) -> float:
    """Return by how many MiB a minute the memory grows, by least squares."""
    minutes, pss = [at / 60 for at, _ in samples], [held.pss for _, held in samples]
    return statistics.linear_regression(minutes, pss).slope


def tell(server: Server, step: Step, caller: Caller, held: bool) -> None:
    aim = f"p99 within {AIM_MS:.0f} ms and no error"
    asks = sum(o.kind in ("ask", "follow up") for o in step.outcomes) / len(step.outcomes)
    late = quantile([o.late_ms for o in step.outcomes], 0.99)
    repeats = caller.seen[True] / max(caller.seen.total(), 1)
    print(f"\n{step.rate:g} requests a second {'hold' if held else 'do not hold'} {aim}.")
    print(
        f"{asks:.0%} of them were answered anew; {repeats:.0%} of all replies were given before "
        f"too, and equal; 99 % of requests left within {late:.1f} ms of their time; "
        f"{caller.client.n_connections} connections.\n"
    )
    print("\n".join(by_kind(step.outcomes)))
    for wrong, n in step.wrong.most_common():
        print(f"\n{n} × {wrong}")
    if server.said:
        print(f"\nThe server said {len(server.said)} lines, first: {server.said[0].strip()}")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options.add_argument("--first", type=float, default=20, help="requests a second at first")
    options.add_argument("--by", type=float, default=10, help="how many more each time")
    options.add_argument("--seconds", type=float, default=25, help="for each rate")
    options.add_argument("--rate", type=float, help="this rate and no other")
    options.add_argument("--minutes", type=float, default=5, help="for how long, with --rate")
    chosen = options.parse_args()
    print(f"{machine()}\n")
    for workers in chosen.workers:
        # One is what a server has that is not told.
        more = ("--workers", str(workers)) if workers > 1 else ()
        with started(*more) as server:
            print(HEADER, flush=True)
            if chosen.rate:
                work = endure(server, workers, chosen.rate, chosen.minutes)
            else:
                work = climb(server, workers, chosen.first, chosen.by, chosen.seconds)
            asyncio.run(work)
            print()


if __name__ == "__main__":
    main()
