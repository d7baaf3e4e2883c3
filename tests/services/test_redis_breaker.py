import logging
import threading
from collections.abc import Callable

import pytest
import redis
from redis.exceptions import AuthorizationError, MaxConnectionsError

from setlist.services.redis_breaker import RedisAway, RedisBreaker, is_absence

REST = 5.0


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> RedisBreaker:
    return RedisBreaker(REST, clock=clock)


def use(breaker: RedisBreaker, call: Callable[[bool], None] = lambda _: None) -> None:
    with breaker.admission() as is_trial:
        call(is_trial)


def fail(breaker: RedisBreaker, error: redis.RedisError) -> None:
    breaker.failed(error)
    raise error


@pytest.mark.parametrize(
    ("error", "absent"),
    [
        (redis.ConnectionError("refused"), True),
        (redis.TimeoutError("silent"), True),
        (redis.AuthenticationError("WRONGPASS"), False),
        (AuthorizationError("NOPERM"), False),
        (redis.BusyLoadingError("LOADING"), False),
        (redis.OutOfMemoryError("OOM"), False),
        (redis.ReadOnlyError("READONLY"), False),
        (MaxConnectionsError("too many of our own"), False),
        (RedisAway("known"), False),
    ],
)
def test_only_who_does_not_answer_is_absent(error: redis.RedisError, *, absent: bool) -> None:
    assert is_absence(error) is absent


def test_the_first_failure_opens_it_and_the_next_are_refused(breaker: RedisBreaker) -> None:
    use(breaker)
    breaker.failed(redis.TimeoutError())
    with pytest.raises(RedisAway):
        use(breaker)


def test_after_the_rest_a_success_closes_it(breaker: RedisBreaker, clock: Clock) -> None:
    breaker.failed(redis.TimeoutError())
    clock.now += REST
    trials: list[bool] = []
    use(breaker, trials.append)
    use(breaker, trials.append)
    assert trials == [True, False]


def test_a_failing_trial_starts_the_rest_anew(breaker: RedisBreaker, clock: Clock) -> None:
    breaker.failed(redis.TimeoutError())
    clock.now += REST
    with pytest.raises(redis.TimeoutError):
        use(breaker, lambda _: fail(breaker, redis.TimeoutError()))
    clock.now += REST - 1
    with pytest.raises(RedisAway):
        use(breaker)
    clock.now += 1
    use(breaker)
    assert not breaker.is_open


def test_a_trial_that_is_told_no_was_answered(breaker: RedisBreaker, clock: Clock) -> None:
    breaker.failed(redis.TimeoutError())
    clock.now += REST
    with pytest.raises(redis.AuthenticationError):
        use(breaker, lambda _: fail_with(redis.AuthenticationError("NOAUTH")))
    assert not breaker.is_open


def test_a_trial_that_never_reached_redis_is_left_to_the_next(breaker: RedisBreaker, clock: Clock) -> None:
    breaker.failed(redis.TimeoutError())
    clock.now += REST
    with pytest.raises(MaxConnectionsError):
        use(breaker, lambda _: fail_with(MaxConnectionsError()))
    assert breaker.is_open
    use(breaker)
    assert not breaker.is_open


def test_while_one_thread_tries_the_others_are_refused(breaker: RedisBreaker, clock: Clock) -> None:
    breaker.failed(redis.TimeoutError())
    clock.now += REST
    refused: list[bool] = []

    def ask() -> None:
        with pytest.raises(RedisAway):
            use(breaker)
        with pytest.raises(RedisAway):
            breaker.refuse()
        refused.append(True)

    def try_while_others_ask(_: bool) -> None:  # noqa: FBT001
        breaker.refuse()  # not the one that tries
        others = [threading.Thread(target=ask) for _ in range(5)]
        for other in others:
            other.start()
        for other in others:
            other.join()

    use(breaker, try_while_others_ask)
    assert refused == [True] * 5


def test_who_began_to_wait_before_it_opened_does_not_prolong_it(breaker: RedisBreaker, clock: Clock) -> None:
    breaker.failed(redis.TimeoutError())
    clock.now += REST - 1
    breaker.failed(redis.TimeoutError())
    clock.now += 1
    use(breaker)
    assert not breaker.is_open


def test_each_change_is_logged_once(
    breaker: RedisBreaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(3):
        breaker.failed(redis.TimeoutError("no answer in time"))
    clock.now += REST
    with pytest.raises(redis.TimeoutError):
        use(breaker, lambda _: fail(breaker, redis.TimeoutError()))
    clock.now += REST
    for _ in range(3):
        use(breaker)
    away, back = [record.getMessage() for record in caplog.records]
    assert "no answer in time" in away
    assert back == "Redis answers again"


def fail_with(error: redis.RedisError) -> None:
    raise error
