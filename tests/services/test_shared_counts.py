"""Counts of several processes, over the real Redis and a broken one."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis

from setlist.services.shared_counts import WINDOW_SECONDS, SharedCounts
from tests.broken_redis import BREAKS, BreakableRedis

KEY = "from 203.0.113.7"


@dataclass
class Clock:
    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def two(redis_client: redis.Redis, clock: Clock) -> Iterator[tuple[SharedCounts, SharedCounts]]:
    counts = tuple(SharedCounts(redis_client, "votes", clock=clock) for _ in range(2))
    yield counts
    for one in counts:
        one.close()


def test_each_counts_its_own_at_once(two: tuple[SharedCounts, SharedCounts]) -> None:
    one, other = two
    assert [one.hit(KEY) for _ in range(3)] == [1, 2, 3]
    assert one.hit("somebody else") == 1
    assert other.hit(KEY) == 1


def test_what_others_counted_is_known_once_both_told(two: tuple[SharedCounts, SharedCounts]) -> None:
    one, other = two
    for _ in range(5):
        one.hit(KEY)
    one.flush()
    other.hit(KEY)
    other.flush()
    assert other.hit(KEY) == 7
    one.hit(KEY)
    other.flush()
    one.flush()
    assert one.hit(KEY) == 9


def test_a_new_window_begins_at_nought(two: tuple[SharedCounts, SharedCounts], clock: Clock) -> None:
    one, _ = two
    one.hit(KEY)
    one.flush()
    left = one.seconds_left()
    assert 1 <= left <= WINDOW_SECONDS
    clock.at += left
    assert one.hit(KEY) == 1


def test_they_are_gone_from_redis_some_time_later(
    two: tuple[SharedCounts, SharedCounts], redis_client: redis.Redis
) -> None:
    two[0].hit(KEY)
    two[0].flush()
    (place,) = redis_client.keys("counts:votes:*")
    assert 0 < redis_client.ttl(place) <= 2 * WINDOW_SECONDS


@pytest.mark.parametrize("way", BREAKS)
def test_without_redis_this_process_counts_alone(own_redis: BreakableRedis, way: str, clock: Clock) -> None:
    client = redis.Redis.from_url(own_redis.url, socket_timeout=0.3, socket_connect_timeout=0.3)
    counts = SharedCounts(client, "votes", clock=clock)
    counts.hit(KEY)
    own_redis.break_as(way)
    counts.flush()
    assert counts.hit(KEY) == 2
    counts.close()
    client.close()
