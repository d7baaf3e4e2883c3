"""Progress is told to whoever listens, and to nobody where Redis is of no use."""

import pytest
import redis
from flask import Flask

from setlist.models.sync import progress_channel
from setlist.processors.progress import announce
from setlist.services.redis_client import RedisLink
from tests.broken_redis import ANSWERING_BREAKS, BREAKS, BreakableRedis


def test_who_listens_is_told_the_event(app: Flask, redis_client: redis.Redis) -> None:
    listener = redis_client.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(progress_channel(3))
    listener.get_message(timeout=5)
    announce(3, 41)
    message = listener.get_message(timeout=5)
    listener.close()
    assert message is not None
    assert message["data"] == b"41"


@pytest.mark.parametrize("way", BREAKS)
def test_a_broken_redis_does_not_stop_the_import(
    app: Flask,
    own_redis: BreakableRedis,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    way: str,
) -> None:
    link = RedisLink(own_redis.url, seconds=0.3)
    monkeypatch.setitem(app.extensions, "redis", link.client())
    announce(3, 41)
    assert "are not woken" not in caplog.text
    own_redis.break_as(way)
    announce(3, 42)
    announce(3, 43)
    assert caplog.text.count("are not woken") == (0 if way in ANSWERING_BREAKS else 2)
    link.close()
