"""Figures as the tables of the benchmarks give them."""

from __future__ import annotations

from collections.abc import Sequence

SHARES = (0.5, 0.95, 0.99, 1)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest of `values` that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def cuts(ms: Sequence[float]) -> str:
    """Return cells of a table: the middle of `ms`, 95 %, 99 % and the longest."""
    return " | ".join(f"{quantile(ms, share):.0f} ms" for share in SHARES)
