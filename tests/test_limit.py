"""The limit on how often something may happen, by a clock that the test turns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from gecko_qa.limits import Limit


class Clock:
    """A clock that stands until it is turned."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_allowed_go_through_at_once_and_the_next_is_told_when() -> None:
    limit = Limit(3, 60, Clock())
    assert [limit.take() for _ in range(5)] == [0, 0, 0, 20, 20]


def test_time_lets_the_next_through_at_an_even_pace() -> None:
    clock = Clock()
    limit = Limit(3, 60, clock)
    for _ in range(3):
        limit.take()
    clock.now += 5
    assert limit.take() == 15
    clock.now += 15
    assert [limit.take(), limit.take()] == [0, 20]


def test_a_quiet_time_saves_up_no_more_than_the_limit() -> None:
    clock = Clock()
    limit = Limit(3, 60, clock)
    clock.now += 10_000
    assert [limit.take() for _ in range(4)] == [0, 0, 0, 20]


def test_threads_share_one_limit() -> None:
    limit = Limit(50, 60, Clock())
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: limit.take(), range(400)))
    assert waits.count(0) == 50
