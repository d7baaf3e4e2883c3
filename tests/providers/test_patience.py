"""What the gate waits for before a call and after a refusal, and what it leaves to others."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer

from setlist.providers import base
from setlist.providers.errors import ProviderError, RateLimited
from setlist.providers.translation import throttled
from setlist.providers.wire import Answer, Call
from setlist.services.budget import Allowance, BudgetRule, Purpose
from setlist.services.redis_client import connect
from setlist.services.spending import Budget
from tests.providers.conftest import QUICK, Counter, OpenGate, as_it_is, usual


def impatient(answer: Answer) -> ProviderError:
    return throttled("someone", answer, otherwise=0.01)


def quick() -> Budget:
    return Budget("someone", QUICK)


class Oversleeper:
    """In the place of `time`: does not really sleep, and the first time wakes up late."""

    def __init__(self, by: float) -> None:
        self.naps: list[float] = []
        self._now, self._late = 0.0, by

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self._now += seconds + self._late
        self._late = 0.0


class TestPace:
    def test_calls_keep_it(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        naps: list[float] = []
        monkeypatch.setattr(time, "sleep", naps.append)
        gate = open_gate("someone", budget=Budget("someone", BudgetRule(per_second=0.02, longest_wait=1_000)))
        for _ in range(3):
            gate.ask(call, usual, as_it_is)
        assert naps == pytest.approx([50, 100], abs=5)

    def test_a_slot_that_was_overslept_is_given_up_for_the_next(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        sleeper = Oversleeper(by=60)
        monkeypatch.setattr(base, "time", sleeper)
        budget = Budget("someone", BudgetRule(per_second=0.01, longest_wait=1_000))
        gate = open_gate("someone", budget=budget)
        for _ in range(2):
            gate.ask(call, usual, as_it_is)
        assert sleeper.naps == pytest.approx([100, 200], abs=5)
        assert sum(budget.account().used.values()) == 2

    def test_a_slot_too_far_away_costs_no_call(
        self, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        budget = quick()
        budget.hold(3600, "said so")
        gate = open_gate("someone", budget=budget, on_call=counter)
        with pytest.raises(RateLimited) as caught:
            gate.ask(call, usual, as_it_is)
        assert counter.calls == []
        assert caught.value.is_ours
        assert caught.value.until is not None
        assert caught.value.until > datetime.now(UTC) + timedelta(minutes=55)

    def test_a_spent_day_is_told_with_its_end(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        rule = BudgetRule(per_second=1_000, allowance=Allowance(calls=2))
        gate = open_gate("someone", budget=Budget("someone", rule), on_call=counter, purpose=Purpose.IMPORT)
        for _ in range(2):
            gate.ask(call, usual, as_it_is)
        with pytest.raises(RateLimited, match="no calls left for this, until") as caught:
            gate.ask(call, usual, as_it_is)
        assert caught.value.spent
        assert len(counter.calls) == 2

    def test_processes_share_it_through_redis(
        self,
        httpserver: HTTPServer,
        open_gate: OpenGate,
        call: Call,
        redis_url: str,
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        rule = BudgetRule(per_second=0.01, longest_wait=1_000)
        with connect(redis_url) as one, connect(redis_url) as other:
            one.flushdb()
            open_gate("someone", budget=Budget("someone", rule, connection=one)).ask(call, usual, as_it_is)
            waits = Budget("someone", rule, connection=other).reserve(Purpose.IMPORT)
        assert waits == pytest.approx(100, abs=20)


class TestThrottles:
    def answers(self, httpserver: HTTPServer, *statuses: int, headers: dict[str, str] | None = None) -> None:
        for status in statuses:
            httpserver.expect_ordered_request("/songs").respond_with_json({}, status=status, headers=headers)

    def test_a_short_one_is_waited_out(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429, 429, 200)
        gate = open_gate("someone", budget=quick(), on_call=counter)
        assert gate.ask(call, impatient, as_it_is) == {}
        assert len(counter.calls) == 3

    def test_three_in_a_row_are_enough(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429, 429, 429)
        gate = open_gate("someone", budget=quick(), on_call=counter)
        with pytest.raises(RateLimited):
            gate.ask(call, impatient, as_it_is)
        assert len(counter.calls) == 3

    def test_thirteen_hours_are_not_slept_but_kept_for_all(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429, headers={"Retry-After": str(13 * 3600)})
        budget = quick()
        for _ in range(3):
            gate = open_gate("someone", budget=budget, on_call=counter)
            with pytest.raises(RateLimited) as caught:
                gate.ask(call, usual, as_it_is)
            assert caught.value.until is not None
            assert caught.value.until > datetime.now(UTC) + timedelta(hours=12, minutes=50)
        assert len(counter.calls) == 1

    def test_one_without_a_time_is_not_retried(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429)
        gate = open_gate("someone", budget=quick(), on_call=counter)
        with pytest.raises(RateLimited) as caught:
            gate.ask(call, lambda answer: throttled("someone", answer), as_it_is)
        assert caught.value.until is None
        assert len(counter.calls) == 1
