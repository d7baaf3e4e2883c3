"""A circuit breaker for each thing that may be down, one for all processes and hosts.

Closed: calls go through, failures add points, a success starts anew. Open: calls are refused without a try.
Half-open: the rest is over, and one call over all processes is let through as a trial.

pybreaker decides; the state is in Redis (breaker_board.py). With Redis away each process goes on alone from
what it knew last.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import redis
from pybreaker import STATE_CLOSED, CircuitBreaker, CircuitBreakerError

from setlist.services.breaker_board import Board, OnChange, Restore
from setlist.services.breaker_record import (
    BreakerChange,
    BreakerRule,
    Record,
    cleared,
    closed,
    forced_open,
    instant,
)
from setlist.services.breaker_redis import Reach, RedisRecord
from setlist.services.breaker_storage import CallStorage

__all__ = ["Breaker", "BreakerChange", "BreakerOpenError", "BreakerRule", "BreakerSnapshot", "Breakers"]

DEFAULT_RULE = BreakerRule()


class BreakerOpenError(Exception):
    """Refused without a call; asking again makes sense at `until`."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__(f"{name} failed repeatedly and is left alone for a while")
        self.name = name
        self.until = until


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerSnapshot:
    name: str
    state: str
    points: int
    points_max: int
    until: datetime | None  # when an open one tries again; None: when a person resets it
    forced: bool
    reason: str  # of its latest change
    changes: Mapping[str, int]  # by new state, since Redis knows it
    shared: bool  # whether this is what all processes see; else Redis is away


class Breaker:
    def __init__(self, board: Board, rule: BreakerRule) -> None:
        self.name = board.name
        self._board = board
        self._rule = rule

    @property
    def state(self) -> str:
        """closed, open or half-open."""
        return self._board.look().record.state

    def refuse_if_open(self) -> None:
        """Raise BreakerOpenError if a call made now would be refused: before anything is spent on it."""
        record, sight = self._board.look()
        until = record.refused_until(sight.now, self._rule)
        if until is not None:
            raise BreakerOpenError(self.name, instant(until))

    @contextmanager
    def calling(self, *, weigh: Callable[[Exception], int]) -> Iterator[None]:
        """Run a call. What it raises passes through, and counts as many points as `weigh` says.

        One that weighs nothing is an answer as good as any: it starts the count anew, and a trial succeeds.
        pybreaker's breaker is made for the call: one for all would queue them up behind its lock, and its
        idea of the state would be another call's.
        """
        call = CallStorage(self._board, self._rule)
        circuit = CircuitBreaker(
            fail_max=self._rule.points,
            reset_timeout=self._rule.rest_seconds,
            exclude=[call.judged_by(weigh)],
            state_storage=call,
            name=self.name,
            throw_new_error_on_trip=False,  # the caller wants to know what went wrong, not that it counted
        )
        try:
            with circuit.calling():
                call.begin()
                yield
        except CircuitBreakerError:
            raise BreakerOpenError(self.name, call.refused_until) from None
        finally:
            call.leave()

    def reset(self, *, by: str) -> None:
        def step(record: Record, _now: int) -> Record | None:
            if record.state == STATE_CLOSED:
                return cleared(record) if record.points else None
            return closed(because=f"reset by {by}")

        self._board.update(step)

    def force_open(self, *, by: str, until: datetime | None = None) -> None:
        """Let no call through until then, trials neither; without an end, until it is reset."""
        self._board.update(lambda _record, _now: forced_open(self._rule, until, by=by))

    def snapshot(self) -> BreakerSnapshot:
        record, sight = self._board.look()
        return BreakerSnapshot(
            name=self.name,
            state=record.state,
            points=record.points,
            points_max=self._rule.points,
            until=None if record.until is None else instant(record.until),
            forced=record.forced,
            reason=record.reason,
            changes=self._board.counts(),
            shared=sight.shared,
        )


class Breakers:
    """The breakers of a process, by name.

    `on_change` hears of every change once over all processes. `restore` is asked for the latest one where
    Redis does not know the breaker. Neither may break a call: what they raise is logged.
    """

    def __init__(
        self,
        connection: redis.Redis | None = None,
        *,
        on_change: OnChange | None = None,
        restore: Restore | None = None,
    ) -> None:
        self._redis = connection
        self._on_change = on_change
        self._restore = restore
        self._lock = threading.Lock()
        self._breakers: dict[str, Breaker] = {}

    def get(self, name: str, rule: BreakerRule = DEFAULT_RULE) -> Breaker:
        """One name is one breaker; its rule is that of the first time."""
        with self._lock:
            breaker = self._breakers.get(name)
            if breaker is None:
                breaker = self._breakers[name] = self._made(name, rule)
            return breaker

    def _made(self, name: str, rule: BreakerRule) -> Breaker:
        shared = None if self._redis is None else (RedisRecord(self._redis, name), Reach(name))
        return Breaker(Board(name, rule, shared, self._on_change, self._restore), rule)
