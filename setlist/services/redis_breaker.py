"""Whether Redis is there at all, known once for the process so that nobody waits to find out again.

Our own and not pybreaker's: a call to Redis begins in a pool, fails in a connection and may be tried twice in
between, while pybreaker wraps a call as a whole; and it lets every thread try once its rest is over.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis
from redis.exceptions import AuthorizationError, MaxConnectionsError

log = logging.getLogger(__name__)

REST_SECONDS = 5.0
# redis-py makes these ConnectionErrors too: an answer that says no is still an answer,
REFUSALS = (redis.AuthenticationError, AuthorizationError, redis.BusyLoadingError)


class RedisAway(redis.ConnectionError):
    """Refused without asking Redis, which did not answer a moment ago."""


OWN_WORDS = (RedisAway, MaxConnectionsError)  # and these were said without asking


def is_absence(error: BaseException) -> bool:
    """Whether it says that nobody answered."""
    is_lost = isinstance(error, redis.ConnectionError | redis.TimeoutError)
    return is_lost and not isinstance(error, (*REFUSALS, *OWN_WORDS))


class RedisBreaker:
    """Open from the first absence on; after each rest one thread tries, and its success closes it."""

    def __init__(
        self, rest_seconds: float = REST_SECONDS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.openings = 0  # connections made before the latest one are not used again
        self._rest = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._next_trial: float | None = None  # None: closed
        self._trying: int | None = None  # the thread that makes the trial

    @property
    def is_open(self) -> bool:
        return self._next_trial is not None

    def refuse(self) -> None:
        """Raise RedisAway while it is open, except to the thread that makes the trial."""
        if self._next_trial is not None and self._trying != threading.get_ident():
            raise RedisAway("Redis did not answer a moment ago")

    @contextmanager
    def admission(self) -> Iterator[bool]:
        """Around getting a connection. True: this is the trial, and the body has to get an answer."""
        if not self._begin_trial():
            self.refuse()
            yield False
            return
        try:
            yield True
            self._close()
        except REFUSALS:
            self._close()
            raise
        finally:
            self._trying = None

    def failed(self, error: BaseException) -> None:
        """Nobody answered, not even to one more try where that was due."""
        with self._lock:
            was_open = self._next_trial is not None
            if was_open and self._trying != threading.get_ident():
                return  # it began to wait before the others knew
            self._next_trial = self._clock() + self._rest
            if not was_open:
                self.openings += 1
        if not was_open:
            log.warning("Redis is away and left alone, with a trial every %g s: %s", self._rest, error)

    def _begin_trial(self) -> bool:
        if self._next_trial is None:
            return False
        with self._lock:
            if self._trying is not None or not self._is_due():
                return False
            self._trying = threading.get_ident()
            return True

    def _is_due(self) -> bool:
        return self._next_trial is not None and self._clock() >= self._next_trial

    def _close(self) -> None:
        with self._lock:
            self._next_trial = None
        log.warning("Redis answers again")
