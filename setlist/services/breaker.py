"""A circuit breaker for each thing that may be down, shared by all threads of the process.

The state lives in the process for now; a storage that processes share takes the place of `storage`.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pybreaker import (
    STATE_CLOSED,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitBreakerStorage,
    CircuitMemoryStorage,
)

LOG = logging.getLogger(__name__)
FAILURES = 5  # in a row, until the breaker opens
REST_SECONDS = 20.0  # how long it stays open before one trial


class BreakerOpenError(Exception):
    """Refused without a call; the next trial may be made at `until`."""

    def __init__(self, name: str, until: datetime) -> None:
        super().__init__(f"{name} failed repeatedly and is left alone for a while")
        self.until = until


class Breaker:
    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        storage: CircuitBreakerStorage | None = None,
    ) -> None:
        self.name = name
        self._rest = timedelta(seconds=rest_seconds)
        self._storage = storage or CircuitMemoryStorage(STATE_CLOSED)
        self._trial = threading.Lock()
        self._circuit = CircuitBreaker(
            fail_max=failures,
            reset_timeout=rest_seconds,
            state_storage=self._storage,
            listeners=[_Log()],
            name=name,
            throw_new_error_on_trip=False,  # the caller wants to know what went wrong, not that it counted
        )

    @property
    def state(self) -> str:
        """closed, open or half-open."""
        return str(self._circuit.current_state)

    def refuse_if_open(self) -> None:
        """Raise BreakerOpenError if a call made now would be refused: before anything is spent on it."""
        if self.state != STATE_CLOSED and self._next_trial() > datetime.now(UTC):
            raise BreakerOpenError(self.name, self._next_trial())

    @contextmanager
    def calling(self, *, counts: Callable[[Exception], bool]) -> Iterator[None]:
        """Run a call. What it raises passes through, and is a failure of the callee if `counts` says so.

        pybreaker's own `call` and decorator hold a lock during the call, which makes callers queue.
        """
        innocent: list[Exception] = []
        with self._one_trial():
            try:
                with self._circuit.calling():
                    try:
                        yield
                    except Exception as error:
                        if counts(error):
                            raise
                        innocent.append(error)
            except CircuitBreakerError:
                raise BreakerOpenError(self.name, self._next_trial()) from None
        if innocent:
            raise innocent[0]

    @contextmanager
    def _one_trial(self) -> Iterator[None]:
        """While the breaker is not closed, one thread may try; pybreaker alone would let all of them."""
        if self.state == STATE_CLOSED:
            yield
            return
        if not self._trial.acquire(blocking=False):
            raise BreakerOpenError(self.name, datetime.now(UTC) + timedelta(seconds=1))
        try:
            yield
        finally:
            self._trial.release()

    def _next_trial(self) -> datetime:
        return (self._storage.opened_at or datetime.now(UTC)) + self._rest


class Breakers:
    """The breakers of a process, by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._breakers: dict[str, Breaker] = {}

    def get(self, name: str) -> Breaker:
        with self._lock:
            return self._breakers.setdefault(name, Breaker(name))


class _Log(CircuitBreakerListener):
    def state_change(self, cb: CircuitBreaker, old_state: object, new_state: object) -> None:
        LOG.warning("breaker %s: %s -> %s", cb.name, _name(old_state), _name(new_state))


def _name(state: object) -> str:
    return str(getattr(state, "name", state))
