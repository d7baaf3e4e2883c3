"""What the cache did is counted exactly, over processes and while Redis is away."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import redis

from setlist.embedded.processes import wait_until
from setlist.services.cache import Cache, Namespace, NamespaceStats
from setlist.services.cache_stats import ADD, Counts
from tests.broken_redis import BREAKS, BreakableRedis

NAME, KEY = "things", "one"


class SourceDownError(Exception):
    pass


def down() -> None:
    raise SourceDownError


@pytest.fixture
def cache(redis_client: redis.Redis) -> Iterator[Cache]:
    cache = Cache(redis_client)
    yield cache
    cache.close()


def of(cache: Cache, name: str = NAME) -> NamespaceStats:
    found = cache.stats()
    assert found is not None
    return next(stats for stats in found if stats.name == name)


def past_its_time(namespace: Namespace) -> None:
    assert wait_until(lambda: not namespace.lookup(KEY).fresh, 5)


def test_each_question_is_a_hit_a_miss_or_a_stale_answer(cache: Cache) -> None:
    lasting = cache.namespace(NAME, ttl=600)
    for key in ("a", "a", "a", "b"):
        lasting.get_or_create(key, lambda: 1)
    passing = cache.namespace(NAME, ttl=0.001, stale=600)
    passing.get_or_create(KEY, lambda: 1)
    past_its_time(passing)
    for _ in range(2):
        passing.get_or_create(KEY, down, survives=(SourceDownError,))
    found = of(cache)
    assert (found.hits, found.misses, found.stale) == (2, 3, 2)
    assert (found.computations, found.survived) == (3, 1)
    assert found.hit_share == 4 / 7


def test_those_who_wait_for_anothers_computation_missed_too(cache: Cache) -> None:
    lasting = cache.namespace(NAME, ttl=600)
    may_go_on = threading.Event()

    def create() -> int:
        assert may_go_on.wait(10)
        return 1

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(lasting.get_or_create, KEY, create) for _ in range(4)]
        may_go_on.set()
        assert [question.result() for question in asked] == [1] * 4
    found = of(cache)
    assert (found.computations, found.misses + found.hits) == (1, 4)
    assert found.misses >= 1


def test_one_that_failed_was_asked_too(cache: Cache) -> None:
    with pytest.raises(SourceDownError):
        cache.namespace(NAME, ttl=600).get_or_create(KEY, down, survives=(SourceDownError,))
    found = of(cache)
    assert (found.misses, found.computations, found.survived) == (1, 0, 0)


def test_looking_counts_nothing(cache: Cache) -> None:
    namespace = cache.namespace(NAME, ttl=600)
    namespace.put(KEY, 1)
    namespace.lookup(KEY)
    assert cache.stats() == ()


def test_the_mean_age_is_that_of_what_was_served(cache: Cache) -> None:
    passing = cache.namespace(NAME, ttl=0.001, stale=600)
    passing.put(KEY, 1)
    assert wait_until(lambda: passing.lookup(KEY).age_seconds > 0.3, 5)
    passing.get_or_create(KEY, down, survives=(SourceDownError,))
    assert of(cache).mean_age_seconds >= 0.3


def test_namespaces_are_told_apart_and_sorted(cache: Cache) -> None:
    for name in ("setlistfm setlists", "musicbrainz artist"):
        cache.namespace(name, ttl=600).get_or_create(KEY, lambda: 1)
    assert [(stats.name, stats.misses) for stats in cache.stats()] == [
        ("musicbrainz artist", 1),
        ("setlistfm setlists", 1),
    ]


class TestWarmedEntries:
    def test_are_counted_and_so_are_those_that_answered_somebody(
        self, cache: Cache, redis_client: redis.Redis
    ) -> None:
        namespace = cache.namespace(NAME, ttl=600)
        for key in ("a", "b", "c", "d"):
            namespace.warm(key, lambda: 1)
        others = Cache(redis_client)
        for _ in range(3):
            namespace.get_or_create("a", down)
            others.namespace(NAME, ttl=600).get_or_create("a", down)
        others.close()
        found = of(cache)
        assert (found.warmed, found.warmed_used, found.warmed_used_share) == (4, 1, 0.25)
        assert (found.hits, found.misses, found.computations) == (6, 0, 4)

    def test_warmed_again_is_another_one(self, cache: Cache) -> None:
        namespace = cache.namespace(NAME, ttl=600)
        for _ in range(2):
            namespace.warm(KEY, lambda: 1)
            namespace.get_or_create(KEY, down)
        assert (of(cache).warmed, of(cache).warmed_used) == (2, 2)

    def test_belong_to_the_day_they_were_warmed_on_whenever_they_are_used(
        self, redis_client: redis.Redis
    ) -> None:
        counts = Counts(redis_client)
        now = datetime.now(UTC)
        counts.count(NAME, warmed=1)
        counts.used(NAME, "of today", now.timestamp())
        counts.used(NAME, "of yesterday", (now - timedelta(days=1)).timestamp())
        (found,) = counts.read(now.date())
        assert (found.warmed, found.warmed_used, found.warmed_used_share) == (1, 1, 1.0)
        counts.close()


def test_nothing_known_is_no_share(cache: Cache) -> None:
    nothing = NamespaceStats(name=NAME)
    assert (nothing.hit_share, nothing.mean_age_seconds, nothing.warmed_used_share) == (None, None, None)


def test_a_hit_costs_one_round_trip(cache: Cache, redis_client: redis.Redis) -> None:
    namespace = cache.namespace(NAME, ttl=600)
    namespace.put(KEY, 1)

    def commands() -> int:
        return redis_client.info("stats")["total_commands_processed"]

    before = commands()
    between = commands() - before
    for _ in range(50):
        namespace.get_or_create(KEY, down)
    writes_behind = 30  # once a second, however slow this machine is
    assert commands() - before - 2 * between <= 50 + writes_behind


def test_what_was_counted_is_written_within_a_second_by_itself(
    cache: Cache, redis_client: redis.Redis
) -> None:
    cache.namespace(NAME, ttl=600).get_or_create(KEY, lambda: 1)
    assert wait_until(lambda: redis_client.exists(f"cache-counts:{datetime.now(UTC).date()}") == 1, 10)
    cache.namespace(NAME, ttl=600).get_or_create(KEY, lambda: 1)
    other = Cache(redis_client)
    assert wait_until(lambda: [stats.hits for stats in other.stats() or ()] == [1], 10)


def test_days_are_apart_and_end(cache: Cache, redis_client: redis.Redis) -> None:
    cache.namespace(NAME, ttl=600).get_or_create(KEY, lambda: 1)
    assert cache.stats()
    today = datetime.now(UTC).date()
    assert cache.stats(today - timedelta(days=1)) == ()
    assert 8 * 86_400 < redis_client.ttl(f"cache-counts:{today}") <= 9 * 86_400


def test_a_batch_whose_answer_was_lost_is_added_once(redis_client: redis.Redis) -> None:
    for _ in range(2):
        redis_client.eval(ADD, 2, "cache-batch:1", "cache-counts:x", 60, 60, 1, "things\x1fhits", 5)
    assert redis_client.hgetall("cache-counts:x") == {b"things\x1fhits": b"5"}


@pytest.mark.parametrize("how", BREAKS)
def test_what_was_counted_without_redis_is_written_when_it_is_back(
    own_redis: BreakableRedis, how: str
) -> None:
    connection = redis.Redis.from_url(own_redis.url, socket_timeout=1)
    counts = Counts(connection)
    own_redis.break_as(how)
    for _ in range(3):
        counts.count(NAME, hits=1)
        counts.used(NAME, "an entry", datetime.now(UTC).timestamp())
        counts.flush()
    if how in {"stopped", "frozen"}:
        assert counts.read(None) is None
    own_redis.repair()
    counts.count(NAME, hits=1)
    (found,) = counts.read(None)
    assert (found.hits, found.warmed_used) == (4, 1)
    counts.close()
    connection.close()


def test_threads_lose_no_count(cache: Cache) -> None:
    namespace = cache.namespace(NAME, ttl=600)
    namespace.put(KEY, 1)

    def ask(_: int) -> int:
        cache.stats()
        return namespace.get_or_create(KEY, down)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(200))) == 200
    assert of(cache).hits == 200
