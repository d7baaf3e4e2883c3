"""What may be used once is used once, with Redis and without."""

from datetime import timedelta

import pytest
import redis

from setlist.services.used_once import UsedOnce
from tests.broken_redis import BreakableRedis

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("with_redis", [True, False])
def test_the_second_time_is_refused(redis_client: redis.Redis, *, with_redis: bool) -> None:
    used = UsedOnce(redis_client if with_redis else None, "tests")
    assert [used.take(what, good_for=MINUTE) for what in ("a", "a", "b")] == [True, False, True]


def test_processes_share_what_was_used(redis_client: redis.Redis) -> None:
    one, other = UsedOnce(redis_client, "tests"), UsedOnce(redis_client, "tests")
    assert one.take("a", good_for=MINUTE)
    assert not other.take("a", good_for=MINUTE)
    assert UsedOnce(redis_client, "others").take("a", good_for=MINUTE)
    assert all(0 < redis_client.ttl(key) <= 60 for key in redis_client.keys("*"))


def test_with_redis_away_the_process_knows(own_redis: BreakableRedis) -> None:
    with own_redis.client() as client:
        used = UsedOnce(client, "tests")
        own_redis.stop()
        assert [used.take("a", good_for=MINUTE) for _ in range(2)] == [True, False]
