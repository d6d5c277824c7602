"""A limit on how often something may happen: a bucket of tokens that fills as time goes by."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock

A_MINUTE = 60.0
FEEDBACK_A_MINUTE = 30
"""Of all readers together, so that nobody fills the disk."""


class Limit:
    """Lets `n` through at once and `n` every `seconds` from then on. Safe in several threads."""

    def __init__(self, n: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the time from `clock`, in seconds since whenever."""
        self._most = n
        self._per_second = n / seconds
        self._clock = clock
        self._lock = Lock()
        self._left = float(n)
        self._at = clock()

    def take(self) -> int:
        """Let one through and return 0, or return after how many seconds to try again."""
        with self._lock:
            now = self._clock()
            self._left = min(self._left + (now - self._at) * self._per_second, self._most)
            self._at = now
            if self._left < 1:
                return math.ceil((1 - self._left) / self._per_second)
            self._left -= 1
            return 0
