import socket
import threading
import time
from pathlib import Path

import pytest
import redis

from setlist.api import wake
from setlist.api.wake import Wake
from setlist.embedded import start_redis
from setlist.services import redis_client as redis_clients
from setlist.services.redis_client import RedisLink
from tests.broken_redis import ANSWERING_BREAKS, SILENT_BREAKS, BreakableRedis

CHANNEL = "setlist:progress:1"


@pytest.fixture
def gone() -> redis.Redis:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return redis_clients.connect(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")


def _is_woken(waiting: Wake, redis_client: redis.Redis) -> bool:
    """By a message that is sent while it waits, long before it would look by itself."""
    woken = threading.Event()

    def wait() -> None:
        waiting.wait(60)
        woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    deadline = time.monotonic() + 4
    while not woken.is_set() and time.monotonic() < deadline:
        redis_client.publish(CHANNEL, "7")
        woken.wait(timeout=0.05)
    was_woken = woken.is_set()
    thread.join()
    return was_woken


def test_a_message_wakes(redis_url: str, redis_client: redis.Redis) -> None:
    with Wake(redis_clients.connect(redis_url), CHANNEL) as waiting:
        assert _is_woken(waiting, redis_client)


def test_a_subscription_that_redis_cut_is_made_again(redis_url: str, redis_client: redis.Redis) -> None:
    with Wake(redis_clients.connect(redis_url), CHANNEL) as waiting:
        redis_client.client_kill_filter(_type="pubsub")
        assert _is_woken(waiting, redis_client)


def test_without_redis_it_looks_by_itself_and_asks_for_redis_again_later(
    gone: redis.Redis, redis_url: str, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "RETRY_REDIS_SECONDS", 0.0)
    with Wake(gone, CHANNEL) as waiting:
        waiting.wait(0.01)
        waiting._client = redis_clients.connect(redis_url)  # Redis is back
        assert _is_woken(waiting, redis_client)


def test_a_redis_that_dies_under_a_subscription_is_survived(tmp_path: Path) -> None:
    own = start_redis(tmp_path)
    with Wake(redis_clients.connect(own.url), CHANNEL) as waiting:
        assert waiting._subscription is not None
        own.stop()
        waiting.wait(0.2)
        assert waiting._subscription is None
        waiting.wait(0.01)


def test_a_site_without_redis_waits_all_the_same() -> None:
    with Wake(None, CHANNEL) as waiting:
        waiting.wait(0.01)


@pytest.mark.parametrize("way", SILENT_BREAKS)
def test_a_silence_is_looked_into_and_without_redis_it_looks_by_itself(
    own_redis: BreakableRedis, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "LOOK_SECONDS", 0.1)
    link = RedisLink(own_redis.url, seconds=0.3)
    with Wake(link.client(), CHANNEL) as waiting:
        waiting.wait(60)
        assert waiting._subscription is not None
        own_redis.break_as(way)
        waiting.wait(60)
        assert waiting._subscription is None
        assert link.breaker.is_open
        monkeypatch.setattr(wake, "LOOK_WITHOUT_REDIS_SECONDS", 0.01)
        waiting.wait(60)  # long over if it looks by itself
    link.close()


@pytest.mark.parametrize("way", SILENT_BREAKS)
def test_a_stream_that_opens_while_redis_is_away_does_not_believe_in_it(
    own_redis: BreakableRedis, way: str
) -> None:
    link = RedisLink(own_redis.url, seconds=0.3)
    link.client().ping()  # leaves a connection in the pool, to which a word may be sent
    own_redis.break_as(way)
    with Wake(link.client(), CHANNEL) as waiting:
        assert waiting._subscription is None
    link.close()


@pytest.mark.parametrize("way", ANSWERING_BREAKS)
def test_a_redis_that_is_full_or_read_only_still_wakes(own_redis: BreakableRedis, way: str) -> None:
    with own_redis.client() as publisher, Wake(redis_clients.connect(own_redis.url), CHANNEL) as waiting:
        own_redis.break_as(way)
        assert _is_woken(waiting, publisher)
