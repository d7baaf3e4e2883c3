"""Whose turn it is to make a value: one question's way through dogpile's lock."""

import logging
import time
from collections.abc import Callable

import redis
from dogpile.lock import Lock, NeedRegenerationException

from setlist.services.cache_store import Marks, Mutex, Store
from setlist.services.cache_value import Entry

log = logging.getLogger(__name__)

AHEAD_SECONDS = 900.0  # a warmed value waits for its first reader: longer than from one warming to the next

Make = Callable[[Marks], Entry]
Later = Callable[[Callable[[], None]], None]
Survives = tuple[type[Exception], ...]


class Turn:
    """`entry` is what the question found, and then its answer."""

    def __init__(self, store: Store, key: str, make: Make, survives: Survives) -> None:
        self.entry: Entry | None = None
        self.is_cold = False
        self.made = False  # the answer, in this turn
        self.failure: Exception | None = None  # of the source, which the entry answers for
        self._store = store
        self._key = key
        self._make = make
        self._survives = survives
        self._marks: Marks = ("", "")
        self._has_looked = False

    def look(self) -> bool:
        """False: Redis is of no use."""
        try:
            found = self._store.look(self._key)
        except redis.RedisError as error:
            log.debug("%s is not looked up: %s", self._key, error)
            return False
        self.entry, self._marks = found.entry, found.marks
        self.is_cold = self.entry is None
        return True

    def settle(self, later: Later | None) -> Entry:
        """Made by this one or by another, or the stale one while another makes it."""
        in_advance = self.entry is not None and self.entry.warmed and self.entry.age_seconds < AHEAD_SECONDS
        lock = Lock(  # type: ignore[no-untyped-call]
            self._store.mutex(self._key),
            self._create,
            self._found,
            0.0,  # an entry says itself until when it is fresh
            self._put_off(later) if later is not None and in_advance else None,
        )
        with lock as found:
            entry: Entry = found
        return entry

    def _found(self) -> tuple[Entry, float]:
        """At first what look() found, and once there was a wait what came meanwhile."""
        was_cold = self.is_cold
        if self._has_looked:
            self.look()
            self.is_cold = was_cold
        self._has_looked = True
        if self.entry is None:
            raise NeedRegenerationException
        return self.entry, self.entry.until

    def _create(self) -> tuple[Entry, float]:
        try:
            entry = self._make(self._marks)
        except self._survives as error:
            if self.entry is None:
                raise
            self.failure = error
            return self.entry, self.entry.until
        self.made = True
        return entry, entry.until

    def _put_off(self, later: Later) -> Callable[[Mutex], None]:
        def hand_over(mutex: Mutex) -> None:
            def refresh() -> None:
                started = time.monotonic()
                try:
                    self._make(self._marks)
                except self._survives as error:
                    log.warning("%s could not be made anew: %s", self._key, error)
                finally:
                    mutex.release()
                log.debug("%s was made anew in %.3f s", self._key, time.monotonic() - started)

            later(refresh)

        return hand_over
