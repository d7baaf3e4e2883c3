"""The breakers of a process whose Redis stops being of use, in each of four ways, and comes back."""

from collections.abc import Iterator

import pytest
import redis

from setlist.embedded.processes import wait_until
from setlist.services.breaker import BreakerChange, Breakers
from setlist.services.breaker_board import MOST_TRIES, Board
from setlist.services.breaker_record import Record, scored
from setlist.services.breaker_redis import KEY, Reach, RedisRecord
from setlist.services.redis_breaker import RedisBreaker
from setlist.services.redis_client import RedisLink
from tests.broken_redis import BREAKS, BreakableRedis, breakable_redis
from tests.services.breaker_calls import AT_ONCE, RULE, DownError, call, eventually, fail, refused

SECONDS = 1.0  # that a Redis which hangs is waited for
REST_SECONDS = 0.2  # until it is asked again


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableRedis]:
    with breakable_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def server(broken: BreakableRedis) -> Iterator[BreakableRedis]:
    yield broken
    broken.repair()
    with broken.client() as client:
        client.flushall()


@pytest.fixture
def connection(server: BreakableRedis) -> Iterator[redis.Redis]:
    link = RedisLink(server.url, seconds=SECONDS, breaker=RedisBreaker(REST_SECONDS))
    yield link.client()
    link.close()


@pytest.fixture
def heard() -> list[BreakerChange]:
    return []


@pytest.fixture
def breakers(connection: redis.Redis, heard: list[BreakerChange]) -> Breakers:
    return Breakers(connection, on_change=heard.append)


@pytest.fixture
def other_process(server: BreakableRedis) -> Iterator[Breakers]:
    link = RedisLink(server.url, seconds=SECONDS, breaker=RedisBreaker(REST_SECONDS))
    yield Breakers(link.client())
    link.close()


@pytest.mark.parametrize("way", BREAKS)
class TestAway:
    def test_an_open_one_stays_open(self, server: BreakableRedis, breakers: Breakers, way: str) -> None:
        breaker = breakers.get("someone", RULE)
        fail(breaker)
        until = breaker.snapshot().until
        server.break_as(way)
        assert refused(breaker) == until

    def test_points_go_on_from_what_redis_said_last(
        self, server: BreakableRedis, breakers: Breakers, heard: list[BreakerChange], way: str
    ) -> None:
        breaker = breakers.get("someone", RULE)
        fail(breaker, 2)
        server.break_as(way)
        fail(breaker, 1)
        assert breaker.state == "open"
        assert [change.new_state for change in heard] == ["open"]

    def test_it_tries_and_closes_alone(self, server: BreakableRedis, breakers: Breakers, way: str) -> None:
        breaker = breakers.get("someone", AT_ONCE)
        server.break_as(way)
        fail(breaker)
        eventually(lambda: call(breaker))
        assert breaker.state == "closed"

    def test_a_call_that_redis_is_lost_under_ends_as_it_would(
        self, server: BreakableRedis, breakers: Breakers, way: str
    ) -> None:
        breaker = breakers.get("someone", RULE)
        fail(breaker, 2)
        with pytest.raises(DownError):
            call(breaker, DownError(), during=lambda: server.break_as(way))
        assert breaker.state == "open"

    def test_it_is_said_once(
        self, server: BreakableRedis, breakers: Breakers, caplog: pytest.LogCaptureFixture, way: str
    ) -> None:
        server.break_as(way)
        fail(breakers.get("someone", RULE))
        refused(breakers.get("someone"))
        assert caplog.text.count("Redis is of no use") == 1
        assert "Redis is back" not in caplog.text

    def test_what_it_did_alone_is_known_to_all_when_redis_is_back(
        self, server: BreakableRedis, breakers: Breakers, other_process: Breakers, way: str
    ) -> None:
        breaker = breakers.get("someone", RULE)
        call(breaker)
        server.break_as(way)
        fail(breaker)
        assert not breaker.snapshot().shared
        server.repair()
        assert wait_until(lambda: breaker.snapshot().shared, 10)
        refused(breaker)
        refused(other_process.get("someone", RULE))


class TestBack:
    def test_what_others_decided_meanwhile_goes_before(
        self, server: BreakableRedis, breakers: Breakers, other_process: Breakers
    ) -> None:
        breaker = breakers.get("someone", RULE)
        fail(breaker, 1)
        server.freeze()
        fail(breaker, 2)
        assert breaker.state == "open"
        server.thaw()
        other_process.get("someone", RULE).reset(by="Ann")
        assert wait_until(lambda: breaker.snapshot().shared, 10)
        assert breaker.state == "closed"

    def test_it_stays_open_when_redis_forgot_all(
        self, server: BreakableRedis, connection: redis.Redis, heard: list[BreakerChange]
    ) -> None:
        breakers = Breakers(
            connection, on_change=heard.append, restore=lambda _name: heard[-1] if heard else None
        )
        breaker = breakers.get("someone", RULE)
        fail(breaker, 1)
        server.stop()
        fail(breaker, 2)
        server.start()
        with server.client() as client:
            client.flushall()
        assert wait_until(lambda: breaker.snapshot().shared, 10)
        refused(breaker)
        assert connection.hexists(KEY.format(name="someone"), "record")

    def test_a_restart_of_redis_forgets_nothing(self, server: BreakableRedis, breakers: Breakers) -> None:
        breaker = breakers.get("someone", RULE)
        fail(breaker)
        with server.client() as client:
            client.save()
        server.stop()
        server.start()
        assert wait_until(lambda: breaker.snapshot().shared, 10)
        refused(breaker)
        assert breaker.snapshot().changes == {"open": 1}


class TestOutrun:
    """A writer that others are faster than."""

    @pytest.fixture(params=["alone", "shared"])
    def board(self, request: pytest.FixtureRequest, connection: redis.Redis) -> Board:
        shared = (RedisRecord(connection, "someone"), Reach("someone"))
        return Board("someone", RULE, shared if request.param == "shared" else None, None, None)

    def test_it_reads_again_and_no_write_is_lost(self, board: Board) -> None:
        faster = [2, 2]

        def step(record: Record, _now: int) -> Record:
            if faster:
                add_points(board, faster.pop())
            return scored(record, 1)

        known, taken = board.update(step)
        assert taken
        assert known.record.points == board.look().record.points == 5

    def test_one_that_never_gets_through_gives_up(
        self, board: Board, caplog: pytest.LogCaptureFixture
    ) -> None:
        def step(record: Record, _now: int) -> Record:
            add_points(board, 1)
            return scored(record, 1000)

        known, taken = board.update(step)
        assert not taken
        assert known.record.points == MOST_TRIES
        assert "were outrun" in caplog.text


def add_points(board: Board, points: int) -> None:
    board.update(lambda record, _now: scored(record, points))
