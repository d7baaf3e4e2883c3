"""What was asked for in which hour, in a real Redis."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from setlist.embedded.processes import wait_until
from setlist.services.asked_paths import MOST_PATHS, AskedPaths
from tests.broken_redis import BREAKS, BreakableRedis


@pytest.fixture
def asked(redis_client: redis.Redis) -> Iterator[AskedPaths]:
    asked = AskedPaths(redis_client)
    yield asked
    asked.close()


def test_the_most_asked_for_come_first(asked: AskedPaths) -> None:
    for path in ("/a", "/b", "/b", "/c", "/b", "/c"):
        asked.note(path)
    asked.flush()
    assert asked.at(datetime.now(UTC)) == ("/b", "/c", "/a")


def test_processes_are_added_up(asked: AskedPaths, redis_client: redis.Redis) -> None:
    other = AskedPaths(redis_client)
    for paths, given in ((asked, "/a"), (asked, "/b"), (other, "/b")):
        paths.note(given)
    asked.flush()
    other.close()
    assert asked.at(datetime.now(UTC)) == ("/b", "/a")


def test_it_is_written_within_a_second_by_itself(asked: AskedPaths) -> None:
    asked.note("/a")
    assert wait_until(lambda: asked.at(datetime.now(UTC)) == ("/a",), 10)
    asked.note("/b")
    assert wait_until(lambda: len(asked.at(datetime.now(UTC))) == 2, 10)


def test_hours_are_apart(asked: AskedPaths) -> None:
    asked.note("/a")
    asked.flush()
    assert asked.at(datetime.now(UTC) - timedelta(hours=24)) == ()


def test_an_hour_is_known_a_week_later_and_then_no_more(asked: AskedPaths, redis_client: redis.Redis) -> None:
    asked.note("/a")
    asked.flush()
    (key,) = redis_client.keys("pages-asked:*")
    assert timedelta(days=7, hours=1) < timedelta(seconds=redis_client.ttl(key)) < timedelta(days=9)


def test_of_too_many_paths_the_most_asked_for_stay(asked: AskedPaths) -> None:
    for number in range(MOST_PATHS):
        asked.note(f"/often/{number}")
        asked.note(f"/often/{number}")
    asked.flush()
    for number in range(MOST_PATHS):
        asked.note(f"/once/{number}")
    asked.flush()
    kept = asked.at(datetime.now(UTC))
    assert len(kept) == MOST_PATHS
    assert all(path.startswith("/often/") for path in kept)


@pytest.mark.parametrize("how", BREAKS)
def test_without_redis_it_is_forgotten(own_redis: BreakableRedis, how: str) -> None:
    connection = redis.Redis.from_url(own_redis.url, socket_timeout=1)
    asked = AskedPaths(connection)
    own_redis.break_as(how)
    asked.note("/a")
    asked.flush()
    assert asked.at(datetime.now(UTC)) == ()
    own_redis.repair()
    asked.note("/b")
    asked.flush()
    assert asked.at(datetime.now(UTC)) == ("/b",)
    asked.close()
    connection.close()


def test_not_configured_nothing_is_noted() -> None:
    asked = AskedPaths(None)
    asked.note("/a")
    asked.flush()
    assert asked.at(datetime.now(UTC)) == ()
    asked.close()
