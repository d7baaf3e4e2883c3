"""The broken Redis of other tests is broken as it says, and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.broken_redis import BREAKS, BreakableRedis, breakable_redis


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableRedis]:
    with breakable_redis(Path(tmp_path_factory.mktemp("redis"))) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("stopped", redis.ConnectionError),
        ("frozen", redis.TimeoutError),
        ("full", redis.OutOfMemoryError),
        ("read-only", redis.ReadOnlyError),
    ],
)
def test_each_way_to_break_it_shows_and_is_undone(
    server: BreakableRedis, name: str, error: type[redis.RedisError]
) -> None:
    with redis.Redis.from_url(server.url, socket_timeout=0.3) as client:
        client.set("kept", "before")
        server.break_as(name)
        with pytest.raises(error):
            client.set("kept", "meanwhile")
        server.repair()
        assert client.set("kept", "after")


def test_the_names_are_all_there_are(server: BreakableRedis) -> None:
    for name in BREAKS:
        server.break_as(name)
        server.repair()
    with server.client() as client:
        assert client.ping()
