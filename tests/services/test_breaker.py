"""A breaker that counts, refuses, and obeys; with Redis and without."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import redis

from setlist.services.breaker import BreakerChange, BreakerOpenError, Breakers
from tests.services.breaker_calls import (
    AT_ONCE,
    RULE,
    DownError,
    Interrupted,
    OurFaultError,
    StartProcess,
    ThrottledError,
    call,
    eventually,
    fail,
    refused,
    weigh,
)


class TestClosed:
    def test_it_opens_once_the_points_are_full(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", RULE)
        fail(breaker, 2)
        assert breaker.state == "closed"
        fail(breaker, 1)
        assert breaker.state == "open"
        assert process.heard.states == [("closed", "open")]
        assert process.heard[0].reason == "9 of 9 points, the last for DownError; rests for 60 s"
        assert process.heard[0].until == process.heard[0].at + timedelta(seconds=60)

    def test_an_open_one_refuses_until_its_rest_is_over(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", RULE)
        breaker.refuse_if_open()
        fail(breaker)
        assert refused(breaker) == process.heard[0].until
        with pytest.raises(BreakerOpenError) as caught:
            breaker.refuse_if_open()
        assert caught.value.until == process.heard[0].until
        assert caught.value.name == "someone"

    def test_errors_count_by_their_weight(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        for _ in range(8):
            with pytest.raises(ThrottledError):
                call(breaker, ThrottledError())
        assert breaker.snapshot().points == 8
        assert breaker.state == "closed"
        fail(breaker, 1)
        assert breaker.state == "open"

    def test_a_success_starts_the_count_anew(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        fail(breaker, 2)
        assert call(breaker) == "answered"
        fail(breaker, 2)
        assert breaker.state == "closed"

    def test_an_answer_that_we_do_not_like_is_a_success(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        fail(breaker, 2)
        for _ in range(5):
            with pytest.raises(OurFaultError):
                call(breaker, OurFaultError())
        assert breaker.snapshot().points == 0

    def test_what_interrupts_a_call_passes_through_and_counts_for_nothing(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        fail(breaker, 2)
        with pytest.raises(Interrupted):
            call(breaker, Interrupted())
        assert breaker.snapshot().points == 6

    def test_callers_do_not_queue_behind_a_slow_call(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        both_inside = threading.Barrier(2, timeout=5)

        def slow() -> None:
            with breaker.calling(weigh=weigh):
                both_inside.wait()

        threads = [threading.Thread(target=slow) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not both_inside.broken


class TestByHand:
    def test_a_reset_closes_it(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", RULE)
        fail(breaker)
        breaker.reset(by="Ann")
        assert call(breaker) == "answered"
        assert process.heard.states[-1] == ("open", "closed")
        assert process.heard[-1].reason == "reset by Ann"

    def test_a_reset_of_a_closed_one_forgets_its_points(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", RULE)
        fail(breaker, 2)
        breaker.reset(by="Ann")
        breaker.reset(by="Ann")
        assert breaker.snapshot().points == 0
        assert process.heard == []

    def test_one_forced_open_stays_so_until_it_is_reset(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", AT_ONCE)
        breaker.force_open(by="Ann")
        assert refused(breaker) > datetime.now(UTC) + timedelta(seconds=250)
        snapshot = breaker.snapshot()
        assert (snapshot.state, snapshot.forced, snapshot.until) == ("open", True, None)
        assert process.heard[-1].reason == "forced open by Ann"
        breaker.reset(by="Ann")
        assert call(breaker) == "answered"
        assert not breaker.snapshot().forced

    def test_one_forced_open_for_a_time_is_tried_after_it(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        end = datetime.now(UTC) + timedelta(minutes=5)
        breaker.force_open(by="Ann", until=end)
        assert refused(breaker) == end
        breaker.force_open(by="Ann", until=datetime.now(UTC))
        eventually(lambda: call(breaker))
        assert breaker.state == "closed"


class TestAnnouncements:
    def test_one_that_cannot_be_passed_on_breaks_no_call(
        self, connection: redis.Redis, caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse(_change: BreakerChange) -> None:
            raise RuntimeError("no database")

        breaker = Breakers(connection, on_change=refuse).get("someone", RULE)
        fail(breaker)
        assert breaker.state == "open"
        assert "could not be passed on" in caplog.text

    def test_each_is_logged(self, start: StartProcess, caplog: pytest.LogCaptureFixture) -> None:
        fail(start().breakers.get("someone", RULE))
        said = [record.getMessage() for record in caplog.records if "->" in record.getMessage()]
        assert said == [
            "breaker someone: closed -> open, 9 of 9 points, the last for DownError; rests for 60 s"
        ]

    def test_they_are_counted_by_the_new_state(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(DownError):
            call(breaker, DownError())
        call(breaker)
        assert breaker.snapshot().changes == {"open": 2, "half-open": 2, "closed": 1}
