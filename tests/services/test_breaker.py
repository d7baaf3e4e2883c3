import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from setlist.services.breaker import Breaker, BreakerOpenError, Breakers


class DownError(Exception):
    pass


class OurFaultError(Exception):
    pass


def counts(error: Exception) -> bool:
    return isinstance(error, DownError)


def call(breaker: Breaker, error: BaseException | None = None) -> str:
    with breaker.calling(counts=counts):
        if error is not None:
            raise error
    return "answered"


@pytest.fixture
def rest() -> float:
    return 60


@pytest.fixture
def breaker(rest: float) -> Breaker:
    return Breaker("someone", failures=3, rest_seconds=rest)


@pytest.fixture
def fail(breaker: Breaker) -> Callable[[int], None]:
    def failing(times: int) -> None:
        for _ in range(times):
            with pytest.raises(DownError):
                call(breaker, DownError())

    return failing


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker, fail: Callable[[int], None]) -> None:
    fail(3)
    with pytest.raises(BreakerOpenError) as caught:
        call(breaker)
    assert breaker.state == "open"
    assert caught.value.until > datetime.now(UTC)


def test_a_success_in_between_starts_the_count_again(breaker: Breaker, fail: Callable[[int], None]) -> None:
    fail(2)
    assert call(breaker) == "answered"
    fail(2)
    assert breaker.state == "closed"


def test_an_error_that_does_not_count_passes_through(breaker: Breaker) -> None:
    for _ in range(10):
        with pytest.raises(OurFaultError):
            call(breaker, OurFaultError())
    assert breaker.state == "closed"


def test_what_interrupts_a_call_passes_through(breaker: Breaker) -> None:
    with pytest.raises(KeyboardInterrupt):
        call(breaker, KeyboardInterrupt())


def test_an_open_breaker_refuses_beforehand_too(fail: Callable[[int], None], breaker: Breaker) -> None:
    breaker.refuse_if_open()
    fail(3)
    with pytest.raises(BreakerOpenError):
        breaker.refuse_if_open()


class TestAfterItsRest:
    @pytest.fixture
    def rest(self) -> float:
        return 0

    @pytest.fixture(autouse=True)
    def opened(self, fail: Callable[[int], None]) -> None:
        fail(3)

    def test_a_trial_that_succeeds_closes_it(self, breaker: Breaker) -> None:
        breaker.refuse_if_open()
        assert call(breaker) == "answered"
        assert breaker.state == "closed"

    def test_a_trial_that_fails_opens_it_again(self, breaker: Breaker) -> None:
        with pytest.raises(DownError):
            call(breaker, DownError())
        assert breaker.state == "open"

    def test_only_one_thread_makes_the_trial(self, breaker: Breaker) -> None:
        inside, finish = threading.Event(), threading.Event()

        def slow_trial() -> None:
            with breaker.calling(counts=counts):
                inside.set()
                finish.wait(5)

        trial = threading.Thread(target=slow_trial)
        trial.start()
        inside.wait(5)
        with pytest.raises(BreakerOpenError):
            call(breaker)
        finish.set()
        trial.join()
        assert call(breaker) == "answered"


def test_callers_do_not_queue_behind_a_slow_call(breaker: Breaker) -> None:
    both_inside = threading.Barrier(2, timeout=5)

    def slow() -> None:
        with breaker.calling(counts=counts):
            both_inside.wait()

    threads = [threading.Thread(target=slow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not both_inside.broken


def test_one_name_is_one_breaker() -> None:
    breakers = Breakers()
    assert breakers.get("someone") is breakers.get("someone")
    assert breakers.get("someone") is not breakers.get("someone else")
