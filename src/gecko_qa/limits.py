"""Limits on how often something may happen: buckets of tokens that fill as time goes by."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from threading import Lock

A_MINUTE = 60.0
MAX_KEYS = 10_000
Clock = Callable[[], float]


class Limit:
    """Lets `n` through at once and `n` every `seconds` from then on. Safe in several threads."""

    def __init__(self, n: int, seconds: float, clock: Clock = time.monotonic) -> None:
        """Take the time from `clock`, in seconds since whenever."""
        self._most = n
        self._per_second = n / seconds
        self._clock = clock
        self._lock = Lock()
        self._left = float(n)
        self._at = clock()

    def take(self, cost: float = 1) -> int:
        """Let through what costs so much and return 0, or return after how many seconds to try.

        Nothing costs more than a full bucket.
        """
        cost = min(cost, self._most)
        with self._lock:
            now = self._clock()
            self._left = min(self._left + (now - self._at) * self._per_second, self._most)
            self._at = now
            if self._left < cost:
                return math.ceil((cost - self._left) / self._per_second)
            self._left -= cost
            return 0


class Limits:
    """A limit for each key. Of the keys seen, the `MAX_KEYS` latest are remembered."""

    def __init__(self, n: int, seconds: float, clock: Clock = time.monotonic) -> None:
        """Give each key a `Limit` of its own."""
        self._new: Callable[[], Limit] = partial(Limit, n, seconds, clock)
        self._lock = Lock()
        self._of: OrderedDict[str, Limit] = OrderedDict()

    def take(self, key: str, cost: float = 1) -> int:
        """Do as `Limit.take` for `key`."""
        with self._lock:
            limit = self._of.pop(key, None) or self._new()
            self._of[key] = limit
            if len(self._of) > MAX_KEYS:
                self._of.popitem(last=False)
        return limit.take(cost)
