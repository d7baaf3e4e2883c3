"""What the gate waits for before a call and after a refusal, and what it leaves to others."""

from datetime import UTC, datetime, timedelta

import pytest
import redis
from pytest_httpserver import HTTPServer

from setlist.providers.errors import ProviderError, RateLimited
from setlist.providers.translation import throttled
from setlist.providers.wire import Answer, Call
from setlist.services.pacing import LocalSlots, Pacer
from tests.providers.conftest import QUICK, Counter, OpenGate, usual


def impatient(answer: Answer) -> ProviderError:
    return throttled("someone", answer, otherwise=0.01)


def local_pacer() -> Pacer:
    return Pacer(local=LocalSlots())


class TestPace:
    def test_calls_keep_it(self, httpserver: HTTPServer, open_gate: OpenGate, call: Call) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        slots: list[float] = []

        class Watched(LocalSlots):
            def reserve(self, name: str, interval: float, longest: float) -> float:
                slots.append(super().reserve(name, interval, longest))
                return slots[-1]

        gate = open_gate("someone", pacer=Pacer(local=Watched(lambda: 0.0)), pace=QUICK)
        for _ in range(3):
            gate.ask(call, usual)
        assert slots == pytest.approx([0, 0.01, 0.02])

    def test_a_slot_too_far_away_costs_no_call(
        self, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        pacer = local_pacer()
        pacer.hold("someone", 3600)
        gate = open_gate("someone", pacer=pacer, pace=QUICK, on_call=counter)
        with pytest.raises(RateLimited) as caught:
            gate.ask(call, usual)
        assert counter.calls == []
        assert caught.value.until is not None
        assert caught.value.until > datetime.now(UTC) + timedelta(minutes=55)

    def test_through_redis_as_well(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, redis_client: redis.Redis
    ) -> None:
        httpserver.expect_request("/songs").respond_with_json({})
        open_gate("someone", pacer=Pacer(redis_client), pace=QUICK).ask(call, usual)
        assert len(redis_client.keys("*someone*")) == 1


class TestThrottles:
    def answers(self, httpserver: HTTPServer, *statuses: int, headers: dict[str, str] | None = None) -> None:
        for status in statuses:
            httpserver.expect_ordered_request("/songs").respond_with_json({}, status=status, headers=headers)

    def test_a_short_one_is_waited_out(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429, 429, 200)
        gate = open_gate("someone", pacer=local_pacer(), pace=QUICK, on_call=counter)
        assert gate.ask(call, impatient) == {}
        assert len(counter.calls) == 3

    def test_three_in_a_row_are_enough(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429, 429, 429)
        gate = open_gate("someone", pacer=local_pacer(), pace=QUICK, on_call=counter)
        with pytest.raises(RateLimited):
            gate.ask(call, impatient)
        assert len(counter.calls) == 3

    def test_thirteen_hours_are_not_slept_but_kept_for_all(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429, headers={"Retry-After": str(13 * 3600)})
        pacer = local_pacer()
        for _ in range(3):
            gate = open_gate("someone", pacer=pacer, pace=QUICK, on_call=counter)
            with pytest.raises(RateLimited) as caught:
                gate.ask(call, usual)
            assert caught.value.until is not None
            assert caught.value.until > datetime.now(UTC) + timedelta(hours=12, minutes=50)
        assert len(counter.calls) == 1

    def test_one_without_a_time_is_not_retried(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429)
        gate = open_gate("someone", pacer=local_pacer(), pace=QUICK, on_call=counter)
        with pytest.raises(RateLimited) as caught:
            gate.ask(call, lambda answer: throttled("someone", answer))
        assert caught.value.until is None
        assert len(counter.calls) == 1

    def test_where_nothing_is_paced_nothing_is_retried(
        self, httpserver: HTTPServer, open_gate: OpenGate, call: Call, counter: Counter
    ) -> None:
        self.answers(httpserver, 429)
        with pytest.raises(RateLimited):
            open_gate("someone", on_call=counter).ask(call, impatient)
        assert len(counter.calls) == 1
