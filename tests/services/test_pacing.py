import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import redis

from setlist.services.pacing import LocalSlots, Pace, Pacer, SlotTooFarError
from setlist.services.redis_client import connect

EVERY_100_SECONDS = Pace(per_second=0.01, longest_wait=240)  # far apart: a slow machine changes nothing


class HandMovedClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TestThroughRedis:
    def test_each_caller_gets_a_later_slot(self, connection: redis.Redis) -> None:
        pacer = Pacer(connection)
        waits = [pacer.reserve("someone", EVERY_100_SECONDS) for _ in range(3)]
        assert waits == pytest.approx([0, 100, 200], abs=40)

    def test_processes_share_the_slots(self, connection: redis.Redis, redis_url: str) -> None:
        other_process = connect(redis_url)
        Pacer(connection).reserve("someone", EVERY_100_SECONDS)
        assert Pacer(other_process, local=LocalSlots()).reserve("someone", EVERY_100_SECONDS) > 0
        other_process.close()

    def test_threads_never_get_one_slot_twice(self, connection: redis.Redis) -> None:
        pacer, pace = Pacer(connection), Pace(per_second=0.01, longest_wait=10_000)
        with ThreadPoolExecutor(8) as threads:
            waits = sorted(threads.map(lambda _: pacer.reserve("someone", pace), range(16)))
        assert min(later - earlier for earlier, later in pairwise(waits)) > 50

    def test_providers_do_not_wait_for_each_other(self, connection: redis.Redis) -> None:
        pacer = Pacer(connection)
        pacer.reserve("someone", EVERY_100_SECONDS)
        assert pacer.reserve("someone else", EVERY_100_SECONDS) == 0

    def test_a_slot_too_far_away_is_refused_and_not_taken(self, connection: redis.Redis) -> None:
        pacer = Pacer(connection)
        for _ in range(3):
            pacer.reserve("someone", EVERY_100_SECONDS)
        for _ in range(5):
            with pytest.raises(SlotTooFarError) as caught:
                pacer.reserve("someone", EVERY_100_SECONDS)
            assert caught.value.wait == pytest.approx(300, abs=40)

    def test_a_hold_keeps_every_process_away(self, connection: redis.Redis, redis_url: str) -> None:
        Pacer(connection).hold("someone", 13 * 3600)
        other_process = connect(redis_url)
        with pytest.raises(SlotTooFarError) as caught:
            Pacer(other_process, local=LocalSlots()).reserve("someone", EVERY_100_SECONDS)
        assert caught.value.wait == pytest.approx(13 * 3600, abs=40)
        other_process.close()

    def test_a_hold_never_shortens_another(self, connection: redis.Redis) -> None:
        pacer = Pacer(connection)
        pacer.hold("someone", 600)
        pacer.hold("someone", 1)
        with pytest.raises(SlotTooFarError):
            pacer.reserve("someone", EVERY_100_SECONDS)

    def test_what_redis_keeps_goes_away_by_itself(self, connection: redis.Redis) -> None:
        Pacer(connection).reserve("someone", EVERY_100_SECONDS)
        (key,) = connection.keys("*")
        assert 0 < connection.pttl(key) <= 101_000


class TestWithoutRedis:
    @pytest.fixture
    def clock(self) -> HandMovedClock:
        return HandMovedClock()

    @pytest.fixture(params=["none", "down", "hung"])
    def pacer(self, request: pytest.FixtureRequest, clock: HandMovedClock) -> Pacer:
        name = {"none": None, "down": "unreachable", "hung": "silent"}[request.param]
        connection = request.getfixturevalue(name) if name else None
        return Pacer(connection, local=LocalSlots(clock))

    def test_the_process_keeps_the_pace_alone(self, pacer: Pacer, clock: HandMovedClock) -> None:
        assert [pacer.reserve("someone", EVERY_100_SECONDS) for _ in range(3)] == [0, 100, 200]
        clock.now += 500
        assert pacer.reserve("someone", EVERY_100_SECONDS) == 0

    def test_a_slot_too_far_away_is_refused(self, pacer: Pacer) -> None:
        for _ in range(3):
            pacer.reserve("someone", EVERY_100_SECONDS)
        with pytest.raises(SlotTooFarError):
            pacer.reserve("someone", EVERY_100_SECONDS)

    def test_a_hold_is_kept(self, pacer: Pacer, clock: HandMovedClock) -> None:
        pacer.hold("someone", 300)
        with pytest.raises(SlotTooFarError):
            pacer.reserve("someone", EVERY_100_SECONDS)
        clock.now += 301
        assert pacer.reserve("someone", EVERY_100_SECONDS) == 0

    def test_an_absurd_hold_is_cut(self, pacer: Pacer, clock: HandMovedClock) -> None:
        pacer.hold("someone", 10**9)
        clock.now += 3 * 24 * 3600
        assert pacer.reserve("someone", EVERY_100_SECONDS) == 0


def test_a_redis_that_failed_is_not_asked_again_at_once() -> None:
    """Or every call would wait for its timeout."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.05)
        client = connect(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        pacer = Pacer(client, local=LocalSlots())
        pacer.reserve("someone", EVERY_100_SECONDS)
        accepted, _ = server.accept()
        accepted.close()
        pacer.reserve("someone", EVERY_100_SECONDS)
        with pytest.raises(TimeoutError):
            server.accept()
        client.close()
