import socket
import threading
import time
from pathlib import Path
from unittest.mock import Mock

import pytest
import redis

from setlist.api import hub, wake
from setlist.api.wake import Wake
from setlist.broker import ear
from setlist.embedded import start_redis
from setlist.services import redis_client as redis_clients
from setlist.services.redis_client import RedisLink
from tests.broken_redis import ANSWERING_BREAKS, SILENT_BREAKS, BreakableRedis
from tests.queue.polling import until

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


def test_a_redis_that_dies_and_comes_back_is_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RETRY_SECONDS", 0.05)
    own = start_redis(tmp_path)
    client = redis_clients.connect(own.url)
    with Wake(client, CHANNEL) as waiting:
        hearing = hub.hub_of(client)
        assert hearing.hears
        with redis.Redis.from_url(own.url) as connection:
            connection.shutdown(nosave=True)
        until(lambda: not hearing.hears)
        waiting.wait(0.01)
        until(lambda: not own.alive)
        own.start()
        until(lambda: hearing.hears)
        with redis.Redis.from_url(own.url) as publisher:
            assert _is_woken(waiting, publisher)
    own.stop()


def test_without_redis_it_looks_by_itself(gone: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "LOOK_WITHOUT_REDIS_SECONDS", 0.01)
    with Wake(gone, CHANNEL) as waiting:
        assert not hub.hub_of(gone).hears
        waiting.wait(60)  # long over if it looks by itself


def test_a_site_without_redis_waits_all_the_same() -> None:
    with Wake(None, CHANNEL) as waiting:
        waiting.wait(0.01)


def test_a_message_wakes_all_who_wait_for_its_import_and_nobody_else(
    redis_url: str, redis_client: redis.Redis
) -> None:
    client = redis_clients.connect(redis_url)
    with Wake(client, CHANNEL) as one, Wake(client, CHANNEL) as two, Wake(client, f"{CHANNEL}0") as other:
        rung = [Mock(side_effect=waiting._sleeper.ring) for waiting in (one, two, other)]
        for waiting, ring in zip((one, two, other), rung, strict=True):
            waiting._sleeper.ring = ring
        redis_client.publish(CHANNEL, "7")
        until(lambda: rung[0].called and rung[1].called)
        assert not rung[2].called


def test_the_ear_is_gone_with_the_last_stream(
    redis_url: str, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "SILENCE_SECONDS", 0.05)
    client = redis_clients.connect(redis_url)
    with Wake(client, CHANNEL):
        assert hub.hub_of(client).hears
        with Wake(client, CHANNEL):
            assert redis_client.pubsub_numpat() == 1
    until(lambda: redis_client.pubsub_numpat() == 0)
    with Wake(client, CHANNEL) as waiting:
        assert _is_woken(waiting, redis_client)


@pytest.mark.parametrize("way", SILENT_BREAKS)
def test_a_silence_is_looked_into(
    own_redis: BreakableRedis, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(ear, "ANSWER_SECONDS", 0.3)
    link = RedisLink(own_redis.url, seconds=0.3)
    client = link.client()
    with Wake(client, CHANNEL):
        assert hub.hub_of(client).hears
        own_redis.break_as(way)
        until(lambda: not hub.hub_of(client).hears)
        assert link.breaker.is_open
    link.close()


@pytest.mark.parametrize("way", SILENT_BREAKS)
def test_a_stream_that_opens_while_redis_is_away_does_not_believe_in_it(
    own_redis: BreakableRedis, way: str
) -> None:
    link = RedisLink(own_redis.url, seconds=0.3)
    client = link.client()
    client.ping()  # leaves a connection in the pool, to which a word may be sent
    own_redis.break_as(way)
    with Wake(client, CHANNEL):
        assert not hub.hub_of(client).hears
    link.close()


@pytest.mark.parametrize("way", ANSWERING_BREAKS)
def test_a_redis_that_is_full_or_read_only_still_wakes(own_redis: BreakableRedis, way: str) -> None:
    with own_redis.client() as publisher, Wake(redis_clients.connect(own_redis.url), CHANNEL) as waiting:
        own_redis.break_as(way)
        assert _is_woken(waiting, publisher)
