"""Trials, rests, and calls that come too late; with Redis and without."""

from datetime import UTC, datetime, timedelta

import pytest

from setlist.services.breaker import BreakerOpenError, BreakerRule
from tests.services.breaker_calls import (
    AT_ONCE,
    RULE,
    SHORT_TRIAL,
    DownError,
    Interrupted,
    OurFaultError,
    Process,
    StartProcess,
    ThrottledError,
    call,
    eventually,
    fail,
    refused,
    weigh,
)


class TestHalfOpen:
    def test_a_trial_that_is_answered_closes_it(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", AT_ONCE)
        fail(breaker)
        breaker.refuse_if_open()
        assert call(breaker) == "answered"
        assert breaker.state == "closed"
        assert process.heard.states == [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]
        assert breaker.snapshot().points == 0

    def test_an_answer_that_we_do_not_like_closes_it_too(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(OurFaultError):
            call(breaker, OurFaultError())
        assert breaker.state == "closed"

    def test_a_trial_that_fails_opens_it_again_however_little_it_weighs(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(ThrottledError):
            call(breaker, ThrottledError())
        assert breaker.state == "open"
        assert process.heard.states[-1] == ("half-open", "open")

    def test_while_one_thread_tries_the_others_are_refused(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", AT_ONCE)
        fail(breaker)
        with breaker.calling(weigh=weigh):
            assert breaker.state == "half-open"
            with pytest.raises(BreakerOpenError):
                breaker.refuse_if_open()
            assert refused(breaker) < datetime.now(UTC) + timedelta(seconds=30)  # sooner than the lease ends
        assert call(breaker) == "answered"

    def test_an_interrupted_trial_is_nobodys_and_the_next_call_makes_it(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(Interrupted):
            call(breaker, Interrupted())
        assert breaker.state == "half-open"
        assert call(breaker) == "answered"
        assert process.heard.states == [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]

    def test_a_trial_that_cannot_be_weighed_is_given_back(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(ZeroDivisionError), breaker.calling(weigh=lambda _error: 1 // 0):
            raise DownError
        assert call(breaker) == "answered"

    def test_a_trial_whose_process_died_is_given_up_after_its_time(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", SHORT_TRIAL)
        fail(breaker)
        dead = breaker.calling(weigh=weigh)
        dead.__enter__()  # and never left
        eventually(lambda: call(breaker))
        assert breaker.state == "closed"
        dead.__exit__(DownError, DownError(), None)
        assert breaker.state == "closed"  # what comes of it so late is not heard


class TestLateCalls:
    def test_a_failure_after_the_opening_neither_counts_nor_extends(self, start: StartProcess) -> None:
        process = start()
        breaker = process.breakers.get("someone", RULE)
        with pytest.raises(DownError):
            call(breaker, DownError(), during=lambda: fail(breaker))
        assert breaker.snapshot().points == 9
        assert refused(breaker) == process.heard[0].until
        assert process.heard.states == [("closed", "open")]

    def test_a_success_after_the_opening_does_not_close(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)
        call(breaker, during=lambda: fail(breaker))
        assert breaker.state == "open"

    def test_nor_does_it_speak_for_the_time_after_a_reset(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", RULE)

        def open_and_reset() -> None:
            fail(breaker)
            breaker.reset(by="Ann")
            fail(breaker, 1)

        with pytest.raises(DownError):
            call(breaker, DownError(), during=open_and_reset)
        assert breaker.snapshot().points == 3

    def test_a_trial_that_was_overruled_decides_nothing(self, start: StartProcess) -> None:
        breaker = start().breakers.get("someone", AT_ONCE)
        fail(breaker)
        call(breaker, during=lambda: breaker.force_open(by="Ann"))
        assert breaker.snapshot().forced


class TestRest:
    @pytest.fixture
    def process(self, start: StartProcess) -> Process:
        return start()

    def test_each_failed_trial_doubles_it_up_to_the_longest(self, process: Process) -> None:
        rule = BreakerRule(points=9, rest_seconds=0.02, longest_rest=0.06)
        breaker = process.breakers.get("someone", rule)
        fail(breaker)
        for _ in range(3):
            eventually(lambda: fail(breaker, 1))
        assert self.rests(process) == pytest.approx([0.02, 0.04, 0.06, 0.06])

    def test_closing_starts_it_anew(self, process: Process) -> None:
        breaker = process.breakers.get("someone", BreakerRule(points=9, rest_seconds=0.02))
        fail(breaker)
        eventually(lambda: fail(breaker, 1))
        eventually(lambda: call(breaker))
        fail(breaker)
        assert self.rests(process) == pytest.approx([0.02, 0.04, 0.02])

    def rests(self, process: Process) -> list[float]:
        opened = [change for change in process.heard if change.until is not None]
        return [(change.until - change.at).total_seconds() for change in opened if change.until]
