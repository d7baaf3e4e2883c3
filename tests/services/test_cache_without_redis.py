"""The cache over a Redis that is stopped, frozen, full or read-only: everyone computes, nothing raises."""

from collections.abc import Iterator

import pytest
import redis

from setlist.services.cache import Cache, KeptFor
from setlist.services.redis_client import RedisLink
from tests.broken_redis import ANSWERING_BREAKS, BREAKS, BreakableRedis
from tests.services.cache_source import KEY, NAME, Source, SourceDownError


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture(params=BREAKS)
def broken(request: pytest.FixtureRequest, own_redis: BreakableRedis) -> Iterator[Cache]:
    link = RedisLink(own_redis.url, seconds=0.5)
    cache = Cache(link.client(texts=False))
    cache.namespace(NAME, ttl=600).put("known", "kept")
    own_redis.break_as(request.param)
    yield cache
    own_redis.repair()
    cache.close()
    link.close()


def test_each_one_computes(broken: Cache, source: Source) -> None:
    namespace = broken.namespace(NAME, ttl=600)
    assert [namespace.get_or_create(KEY, source) for _ in range(3)] == [1, 2, 3]
    assert namespace.lookup(KEY) is None


def test_nothing_raises(broken: Cache) -> None:
    namespace = broken.namespace(NAME, ttl=600)
    namespace.put(KEY, 1)
    namespace.delete(KEY)
    assert not namespace.warm(KEY, lambda: 1)
    assert broken.clear(NAME) is None


def test_what_was_kept_is_served_where_redis_can_still_be_read(
    broken: Cache, source: Source, request: pytest.FixtureRequest
) -> None:
    answers = request.node.callspec.params["broken"] in ANSWERING_BREAKS
    expected = "kept" if answers else 1
    assert broken.namespace(NAME, ttl=600).get_or_create("known", source) == expected


def test_the_callers_own_failure_is_raised(broken: Cache, source: Source) -> None:
    source.is_down = True
    with pytest.raises(SourceDownError):
        broken.namespace(NAME, ttl=600).get_or_create(KEY, source, survives=(SourceDownError,))


def test_it_is_used_again_when_it_is_back(own_redis: BreakableRedis, source: Source) -> None:
    cache = Cache(redis.Redis.from_url(own_redis.url, socket_timeout=2))
    namespace = cache.namespace(NAME, ttl=600)
    own_redis.stop()
    assert [namespace.get_or_create(KEY, source) for _ in range(2)] == [1, 2]
    own_redis.start()
    assert [namespace.get_or_create(KEY, source) for _ in range(2)] == [3, 3]
    cache.close()


def test_not_configured(source: Source) -> None:
    cache = Cache(None)
    namespace = cache.namespace(NAME, ttl=600)
    namespace.put(KEY, 9)
    namespace.delete(KEY)
    assert [namespace.get_or_create(KEY, source) for _ in range(2)] == [1, 2]
    assert (namespace.lookup(KEY), cache.stats(), cache.clear(NAME)) == (None, None, None)
    assert namespace.get_or_create(KEY, lambda: KeptFor(value=5, seconds=1)) == 5
    cache.close()
