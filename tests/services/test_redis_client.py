import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from setlist.services.redis_breaker import RedisAway, RedisBreaker
from setlist.services.redis_client import RedisLink, connect
from tests.broken_redis import ANSWERING_BREAKS, SILENT_BREAKS, BreakableRedis
from tests.services.redis_stand_ins import (
    StandIn,
    hang_up,
    stand_in,
    stay_silent,
)

QUICK = 0.2  # for what will not be answered
AMPLE = 5.0
REST = 1000.0
PASSWORD = "wish/for:it@once"
QUOTED = "wish%2Ffor%3Ait%40once"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> RedisBreaker:
    return RedisBreaker(REST, clock=clock)


@pytest.fixture
def link(own_redis: BreakableRedis, breaker: RedisBreaker) -> Iterator[RedisLink]:
    made = RedisLink(own_redis.url, seconds=QUICK, breaker=breaker)
    yield made
    made.close()


@pytest.fixture
def silent_server() -> Iterator[StandIn]:
    with stand_in(stay_silent) as server:
        yield server


def test_answers_are_text(connection: redis.Redis) -> None:
    connection.set("motto", "wish")
    assert connection.get("motto") == "wish"


def test_who_decodes_by_itself_gets_bytes(link: RedisLink) -> None:
    link.client().set("motto", "wish")
    assert link.client(texts=False).get("motto") == b"wish"


def test_nothing_is_connected_before_the_first_command() -> None:
    connect("redis://127.0.0.1:1/0").close()


def test_a_connection_that_the_server_closed_is_replaced_unnoticed(
    connection: redis.Redis, redis_client: redis.Redis
) -> None:
    redis_client.client_kill_filter(_id=connection.client_id())
    assert connection.ping()


def test_a_connection_that_breaks_under_a_command_is_tried_once_more() -> None:
    answers = iter([b"", b"+PONG\r\n"])

    def answer(conversation: socket.socket) -> None:
        conversation.recv(100)
        conversation.sendall(next(answers))
        conversation.shutdown(socket.SHUT_RDWR)

    with stand_in(answer) as server:
        client = connect(server.url)
        assert client.ping()
        client.close()
        assert len(server.connections) == 2


def test_a_redis_that_is_down_is_a_redis_error(unreachable: redis.Redis) -> None:
    with pytest.raises(redis.ConnectionError):
        unreachable.ping()


def test_a_missing_unix_socket_is_a_redis_error(tmp_path: Path) -> None:
    client = connect(f"unix://{tmp_path}/no.sock")
    with pytest.raises(redis.ConnectionError):
        client.ping()
    client.close()


class TestPatience:
    """Counted in connections: each would be one more wait."""

    def test_a_redis_that_hangs_is_waited_for_once(self, silent_server: StandIn) -> None:
        link = RedisLink(silent_server.url, seconds=QUICK)
        with pytest.raises(redis.TimeoutError):
            link.client().ping()
        for texts in (True, False):
            for _ in range(20):
                with pytest.raises(RedisAway):
                    link.client(texts=texts).get("anything")
            with pytest.raises(RedisAway):
                link.client(texts=texts).pipeline().get("anything").execute()
        link.close()
        assert len(silent_server.connections) == 1

    def test_one_that_hangs_up_is_tried_once_more_and_then_left_alone(self) -> None:
        with stand_in(hang_up) as server:
            link = RedisLink(server.url, seconds=AMPLE)
            for kind in (redis.ConnectionError, RedisAway, RedisAway):
                with pytest.raises(kind):
                    link.client().ping()
            link.close()
            assert len(server.connections) == 2

    def test_a_handshake_that_hangs_is_waited_for_once(self, silent_server: StandIn) -> None:
        link = RedisLink(f"rediss://127.0.0.1:{silent_server.port}/0", seconds=QUICK)
        for kind in (redis.TimeoutError, RedisAway):
            with pytest.raises(kind):
                link.client().ping()
        link.close()
        assert len(silent_server.connections) == 1

    def test_the_steps_of_a_command_share_one_wait(self) -> None:
        """Each of them comes in time, and all of them together do not."""

        def be_slow(conversation: socket.socket) -> None:
            while conversation.recv(1000):
                time.sleep(QUICK * 0.6)
                conversation.sendall(b"+OK\r\n")

        with stand_in(be_slow) as server:
            link = RedisLink(f"redis://:secret@127.0.0.1:{server.port}/3", seconds=QUICK)
            with pytest.raises(redis.TimeoutError):
                link.client().ping()
            link.close()

    def test_each_command_has_its_own_wait(self, link: RedisLink) -> None:
        with link.client().pipeline() as pipe:  # its connection stays taken
            for _ in range(3):
                pipe.watch("key")
                time.sleep(QUICK * 0.6)
            assert pipe.get("key") is None

    def test_of_many_threads_one_makes_the_trial(
        self, silent_server: StandIn, breaker: RedisBreaker, clock: Clock
    ) -> None:
        link = RedisLink(silent_server.url, seconds=QUICK, breaker=breaker)
        with pytest.raises(redis.TimeoutError):
            link.client().ping()
        clock.now += REST
        raised: list[type[Exception]] = []
        start = threading.Barrier(20)

        def ask() -> None:
            start.wait()
            with pytest.raises(redis.RedisError) as caught:
                link.client().ping()
            raised.append(caught.type)

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        link.close()
        assert sorted(kind.__name__ for kind in raised) == ["RedisAway"] * 19 + ["TimeoutError"]
        assert len(silent_server.connections) == 2


class TestBroken:
    @pytest.mark.parametrize("way", SILENT_BREAKS)
    def test_one_that_does_not_answer_is_left_alone_until_it_does(
        self, own_redis: BreakableRedis, link: RedisLink, clock: Clock, way: str
    ) -> None:
        text, raw = link.client(), link.client(texts=False)
        assert text.ping()
        assert raw.ping()  # both have a connection to lose
        own_redis.break_as(way)
        with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
            text.get("song")
        with pytest.raises(RedisAway):
            raw.get("song")
        own_redis.repair()
        with pytest.raises(RedisAway):
            raw.get("song")
        clock.now += REST
        assert raw.get("song") is None
        assert text.get("song") is None

    @pytest.mark.parametrize("way", ANSWERING_BREAKS)
    def test_one_that_refuses_to_write_still_reads(
        self, own_redis: BreakableRedis, link: RedisLink, way: str
    ) -> None:
        client = link.client()
        client.set("song", "wished")
        own_redis.break_as(way)
        for _ in range(3):
            with pytest.raises(redis.ResponseError):
                client.set("song", "again")
        assert client.get("song") == "wished"
        assert not link.breaker.is_open

    def test_one_that_refuses_the_password_is_not_away(
        self, own_redis: BreakableRedis, breaker: RedisBreaker
    ) -> None:
        link = RedisLink(f"unix://{own_redis.socket_path}?password=wrong", seconds=AMPLE, breaker=breaker)
        for _ in range(2):
            with pytest.raises(redis.AuthenticationError):
                link.client().ping()
        assert not breaker.is_open
        link.close()

    def test_a_subscription_that_lost_its_server_does_not_knock_while_it_is_away(
        self, own_redis: BreakableRedis, link: RedisLink
    ) -> None:
        listener = link.client().pubsub()
        listener.subscribe("news")
        assert listener.get_message(timeout=AMPLE)
        own_redis.stop()
        with pytest.raises(redis.ConnectionError):
            listener.get_message(timeout=AMPLE)
        with pytest.raises(RedisAway):
            listener.get_message(timeout=AMPLE)
        listener.close()
