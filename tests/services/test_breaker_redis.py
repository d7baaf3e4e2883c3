"""What processes share through Redis."""

import threading

import pytest
import redis

from setlist.services.breaker import Breakers
from tests.services.breaker_calls import (
    AT_ONCE,
    RULE,
    DownError,
    Process,
    StartProcess,
    call,
    fail,
    refused,
    weigh,
)


class TestProcesses:
    """Over one Redis."""

    def test_they_gather_points_together(self, start_shared: StartProcess) -> None:
        one, other = start_shared(), start_shared()
        fail(one.breakers.get("someone", RULE), 2)
        fail(other.breakers.get("someone", RULE), 1)
        assert one.breakers.get("someone").state == "open"
        refused(one.breakers.get("someone"))

    def test_a_change_is_announced_by_the_one_that_made_it(self, start_shared: StartProcess) -> None:
        one, other = start_shared(), start_shared()
        fail(one.breakers.get("someone", RULE))
        refused(other.breakers.get("someone", RULE))
        one.breakers.get("someone").reset(by="Ann")
        call(other.breakers.get("someone"))
        assert len(one.heard) == 2
        assert other.heard == []

    def test_only_one_makes_the_trial(self, start_shared: StartProcess) -> None:
        one, other = (start_shared().breakers.get("someone", AT_ONCE) for _ in range(2))
        fail(one)
        with one.calling(weigh=weigh):
            refused(other)
        assert call(other) == "answered"

    def test_many_threads_that_fail_at_once_open_it_once(self, start_shared: StartProcess) -> None:
        processes = [start_shared() for _ in range(8)]
        all_inside = threading.Barrier(8, timeout=10)

        def failing(process: Process) -> None:
            with pytest.raises(DownError):
                call(process.breakers.get("someone", RULE), DownError(), during=all_inside.wait)

        threads = [threading.Thread(target=failing, args=(process,)) for process in processes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [change.new_state for process in processes for change in process.heard] == ["open"]
        assert processes[0].breakers.get("someone", RULE).snapshot().changes == {"open": 1}

    def test_one_name_is_one_breaker(self, start_shared: StartProcess) -> None:
        breakers = start_shared().breakers
        assert breakers.get("someone", RULE) is breakers.get("someone")
        fail(breakers.get("someone"))
        assert breakers.get("someone else", RULE).state == "closed"

    def test_a_healthy_call_asks_redis_twice(self, connection: redis.Redis) -> None:
        """Once beforehand and once for the call: each is time that every call pays."""
        breaker = Breakers(connection).get("someone", RULE)
        call(breaker)
        connection.config_resetstat()
        breaker.refuse_if_open()
        call(breaker)
        commands = {name: figures["calls"] for name, figures in connection.info("commandstats").items()}
        assert commands["cmdstat_evalsha"] == 2
