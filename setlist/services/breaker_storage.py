"""What pybreaker sees of a breaker during one call.

pybreaker reads and writes piece by piece and decides in between: whether the points suffice, whether the
rest is over, where a trial leads. Each write goes to the board only if the breaker is still what the call
found, so that a late one neither opens, closes nor extends anything. To pybreaker, half-open means that this
call makes the trial; for all others such a breaker is open for another moment.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pybreaker import STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN, CircuitBreakerStorage

from setlist.services.breaker_board import Board, Known
from setlist.services.breaker_record import (
    BreakerRule,
    Record,
    cleared,
    closed,
    instant,
    opened,
    released,
    scored,
    tried,
)

Weigh = Callable[[Exception], int]


class CallStorage(CircuitBreakerStorage):
    def __init__(self, board: Board, rule: BreakerRule) -> None:
        super().__init__(board.name)
        self._board = board
        self._rule = rule
        self._token = ""  # of the trial that this call makes
        self._begun = False
        self._successes = 0
        self._points = 0
        self._weight = 0
        self._failure = ""
        self._find(board.look())

    def begin(self) -> None:
        """The call is let through; what is counted from here on is its result."""
        self._begun = True

    def judged_by(self, weigh: Weigh) -> Callable[[BaseException], bool]:
        """Whether an error is to be counted as an answer."""

        def is_answer(error: BaseException) -> bool:
            if not isinstance(error, Exception):  # whoever interrupts a call says nothing about the callee
                self._begun = False
                self.leave()
                return True
            self._weight, self._failure = weigh(error), type(error).__name__
            return self._weight <= 0

        return is_answer

    def leave(self) -> None:
        """Give back a trial that came to no judgement."""
        if self._token:
            self._board.update(lambda record, _now: released(record) if self._is_ours(record) else None)
            self._token = ""

    @property
    def refused_until(self) -> datetime:
        until = self._known.record.refused_until(self._known.sight.now, self._rule)
        return instant(until or self._known.sight.now)

    @property
    def state(self) -> str:
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        if state == STATE_HALF_OPEN:
            self._try()
        elif self._begun:
            self._state = state
            self._board.update(self._open if state == STATE_OPEN else self._close)
            self._token = ""

    @property
    def opened_at(self) -> datetime | None:
        """By this host's clock, against which pybreaker holds it; None: the rest is over."""
        known = self._known
        until = known.record.refused_until(known.sight.now, self._rule)
        if until is None:
            return None
        wait = timedelta(microseconds=until - known.sight.now)
        return datetime.now(UTC) + wait - timedelta(seconds=self._rule.rest_seconds)

    @opened_at.setter
    def opened_at(self, when: datetime) -> None:
        """Written with the state, by Redis' clock."""

    @property
    def counter(self) -> int:
        return self._points

    def increment_counter(self) -> None:
        if self._begun and self._state == STATE_CLOSED:
            known, counted = self._board.update(self._score)
            self._points = known.record.points if counted else 0

    def reset_counter(self) -> None:
        if self._begun and self._state == STATE_CLOSED and self._known.record.points:
            self._board.update(self._clear)

    @property
    def success_counter(self) -> int:
        return self._successes

    def increment_success_counter(self) -> None:
        self._successes += 1

    def reset_success_counter(self) -> None:
        self._successes = 0

    def _find(self, known: Known) -> None:
        self._known = known
        self._state = STATE_CLOSED if known.record.state == STATE_CLOSED else STATE_OPEN

    def _try(self) -> None:
        token = secrets.token_hex(8)
        known, taken = self._board.update(lambda record, now: tried(record, self._rule, now, token=token))
        self._find(known)
        if taken:
            self._token, self._state = token, STATE_HALF_OPEN

    def _score(self, record: Record, _now: int) -> Record | None:
        return scored(record, self._weight) if self._is_as_found(record) else None

    def _clear(self, record: Record, _now: int) -> Record | None:
        return cleared(record) if record.points and self._is_as_found(record) else None

    def _open(self, record: Record, now: int) -> Record | None:
        if self._is_ours(record):
            return opened(record, self._rule, now, because=f"the trial ended with {self._failure}")
        if self._token or not self._is_as_found(record):
            return None
        points = f"{self._points} of {self._rule.points} points, the last for {self._failure}"
        return opened(record, self._rule, now, because=points)

    def _close(self, record: Record, _now: int) -> Record | None:
        return closed(because="the trial was answered") if self._is_ours(record) else None

    def _is_as_found(self, record: Record) -> bool:
        return record.state == STATE_CLOSED and record.era == self._known.record.era

    def _is_ours(self, record: Record) -> bool:
        return self._token != "" and record.trial == self._token
