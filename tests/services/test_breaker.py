"""A breaker through all its states, with Redis and without; what processes share; what outlives Redis."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
import redis

from setlist.services.breaker import (
    Breaker,
    BreakerChange,
    BreakerOpenError,
    BreakerRule,
    Breakers,
)
from setlist.services.breaker_redis import KEY

RULE = BreakerRule(points=9, rest_seconds=60, longest_rest=200, trial_seconds=60)
AT_ONCE = BreakerRule(points=9, rest_seconds=0, trial_seconds=60)  # a trial may follow at once
SHORT_TRIAL = BreakerRule(points=9, rest_seconds=0, trial_seconds=0.05)


class DownError(Exception):
    pass


class ThrottledError(Exception):
    pass


class OurFaultError(Exception):
    pass


class Interrupted(BaseException):
    pass


def weigh(error: Exception) -> int:
    return {DownError: 3, ThrottledError: 1}.get(type(error), 0)


def call(
    breaker: Breaker, error: BaseException | None = None, *, during: Callable[[], object] = tuple
) -> str:
    """A call during which something happens, and which ends with an error or well."""
    with breaker.calling(weigh=weigh):
        during()
        if error is not None:
            raise error
    return "answered"


def fail(breaker: Breaker, times: int = 3) -> None:
    for _ in range(times):
        with pytest.raises(DownError):
            call(breaker, DownError())


def refused(breaker: Breaker) -> datetime:
    with pytest.raises(BreakerOpenError) as caught:
        call(breaker)
    return caught.value.until


class Heard(list[BreakerChange]):
    """The changes that a process announced."""

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(change.old_state, change.new_state) for change in self]


class Process(NamedTuple):
    """Breakers as one process has them, and what it announced."""

    breakers: Breakers
    heard: Heard


StartProcess = Callable[..., Process]


@pytest.fixture(params=["none", "shared", "down"])
def start(request: pytest.FixtureRequest) -> StartProcess:
    """Processes over no Redis at all, over a sound one and over one that is down."""
    name = {"none": None, "shared": "connection", "down": "unreachable"}[request.param]
    connection = request.getfixturevalue(name) if name else None
    return _starting(connection)


@pytest.fixture
def start_shared(connection: redis.Redis) -> StartProcess:
    return _starting(connection)


def _starting(connection: redis.Redis | None) -> StartProcess:
    def start(restore: Callable[[str], BreakerChange | None] | None = None) -> Process:
        heard = Heard()
        return Process(Breakers(connection, on_change=heard.append, restore=restore), heard)

    return start


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


class TestLostRecord:
    def test_an_open_one_survives_a_flush(self, connection: redis.Redis, start_shared: StartProcess) -> None:
        process = start_shared()
        process_that_remembers = start_shared(restore=lambda _name: process.heard[-1])
        fail(process.breakers.get("someone", RULE))
        connection.flushdb()
        breaker = process_that_remembers.breakers.get("someone", RULE)
        assert refused(breaker) == process.heard[-1].until
        assert breaker.snapshot().reason == process.heard[-1].reason
        assert process_that_remembers.heard == []  # nothing changed

    def test_one_forced_open_without_an_end_stays_forced(
        self, connection: redis.Redis, start_shared: StartProcess
    ) -> None:
        process = start_shared()
        process.breakers.get("someone", RULE).force_open(by="Ann")
        connection.flushdb()
        breaker = start_shared(restore=lambda _name: process.heard[-1]).breakers.get("someone", RULE)
        assert breaker.snapshot().forced
        refused(breaker)

    def test_one_whose_end_has_passed_is_closed(self, start_shared: StartProcess) -> None:
        long_ago = BreakerChange(
            name="someone",
            old_state="closed",
            new_state="open",
            reason="",
            at=datetime.now(UTC) - timedelta(hours=1),
            until=datetime.now(UTC) - timedelta(minutes=50),
        )
        assert start_shared(restore=lambda _name: long_ago).breakers.get("someone").state == "closed"

    def test_one_that_was_being_tried_is_tried_again(
        self, connection: redis.Redis, start_shared: StartProcess
    ) -> None:
        process = start_shared()
        breaker = process.breakers.get("someone", AT_ONCE)
        fail(breaker)
        with pytest.raises(Interrupted):
            call(breaker, Interrupted())
        connection.flushdb()
        other = start_shared(restore=lambda _name: process.heard[-1])
        assert call(other.breakers.get("someone", AT_ONCE)) == "answered"
        assert other.heard.states == [("open", "half-open"), ("half-open", "closed")]

    def test_memory_that_fails_is_a_closed_one(
        self, start_shared: StartProcess, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail_to_remember(_name: str) -> BreakerChange | None:
            raise RuntimeError("no database")

        assert call(start_shared(restore=fail_to_remember).breakers.get("someone")) == "answered"
        assert "cannot be read" in caplog.text

    @pytest.mark.parametrize("garbage", ["", "null", "[1]", '{"state"', '{"colour": "red"}'])
    def test_a_record_that_cannot_be_read_is_replaced(
        self, connection: redis.Redis, start_shared: StartProcess, garbage: str
    ) -> None:
        connection.hset(KEY.format(name="someone"), "record", garbage)
        breaker = start_shared().breakers.get("someone", RULE)
        fail(breaker)
        assert breaker.state == "open"


def eventually(act: Callable[[], object]) -> None:
    """As soon as the breaker lets it through."""
    patience = threading.Event()
    for _ in range(2000):
        try:
            act()
        except BreakerOpenError:
            patience.wait(0.005)
        else:
            return
    raise AssertionError("it was refused for too long")
