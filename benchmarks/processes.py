"""What a process and its children take of the machine, as Linux tells it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """MiB of a process tree: `rss` counts what processes share once for each, `pss` once in all,
    `uss` not at all.
    """

    rss: float
    pss: float
    uss: float


def tree(pid: int) -> list[int]:
    """Return `pid` and all below it."""
    found = [pid]
    for parent in found:
        for task in _listed(_PROC / str(parent) / "task"):
            found += map(int, _read(task / "children").split())
    return found


def cpu_seconds(pid: int) -> float:
    """Return the seconds of a core that the processes below `pid` have taken, children that ended
    included.
    """
    ticks = 0
    for one in tree(pid):
        # The name, which may hold spaces, ends with the last bracket.
        fields = _read(_PROC / str(one) / "stat").rpartition(")")[2].split()
        own = 2 if one != pid else 4
        ticks += sum(map(int, fields[11 : 11 + own]))
    return ticks / _TICKS


def busy_seconds() -> float:
    """Return the seconds that all cores have been busy, or kept by the machine's own host."""
    fields = _read(_PROC / "stat").split("\n", 1)[0].split()[1:9]
    _, _, _, idle, waiting, *_ = ticks = list(map(int, fields))
    return (sum(ticks) - idle - waiting) / _TICKS


def memory(pid: int) -> Memory:
    """Return the memory of the processes below `pid`."""
    kib = dict.fromkeys(("Rss", "Pss", "Private_Clean", "Private_Dirty"), 0)
    for one in tree(pid):
        for line in _read(_PROC / str(one) / "smaps_rollup").splitlines():
            name, _, value = line.partition(":")
            if name in kib:
                kib[name] += int(value.split()[0])
    uss = kib["Private_Clean"] + kib["Private_Dirty"]
    return Memory(kib["Rss"] / 1024, kib["Pss"] / 1024, uss / 1024)


def n_open_files(pid: int) -> int:
    """Return how many files and sockets the processes below `pid` have open."""
    return sum(len(_listed(_PROC / str(one) / "fd")) for one in tree(pid))


def machine() -> str:
    """Return what a figure was measured on."""
    system = f"{platform.system()} {platform.machine()}"
    load = os.getloadavg()[0]
    return (
        f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {load:.1f} before"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # It has ended meanwhile.
        return ""


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
