"""Answers kept in Redis for all processes, on dogpile.cache: made once, served stale rather than not at all.

| the value is | whoever asks |
|---|---|
| fresh | gets it |
| past its time, by less than `stale` | makes it anew, if it is the first; the others get it as it is |
| warmed ahead of its first reader | gets it; it is made anew once the answer is out |
| past its time, and its source is down | gets it |
| not there | makes it, if it is the first; the others wait for that |

Without Redis everyone makes their own. Values are JSON; nothing here unpickles.
"""

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import redis
from dogpile.lock import Lock, NeedRegenerationException

from setlist.services import cache_store
from setlist.services.cache_stats import Counts, NamespaceStats
from setlist.services.cache_store import Marks, Mutex, Store
from setlist.services.cache_value import Entry

log = logging.getLogger(__name__)

JITTER = 0.1  # of a key's time: what was made in one moment does not run out in one
REST_SECONDS = 5.0  # after its source failed a stale value is served without another try
MOST_RESTING = 2_000  # keys
AHEAD_SECONDS = 900.0  # a warmed value waits for its first reader: longer than from one warming to the next

Create = Callable[[], Any]
Later = Callable[[Callable[[], None]], None]
Survives = tuple[type[Exception], ...]


@dataclass(frozen=True, kw_only=True)
class KeptFor:
    """What create() may return to have its value kept for less time than others; 0: not at all."""

    value: Any
    seconds: float


class Cache:
    """One for a process. Without a connection nothing is kept and everything is computed."""

    def __init__(self, connection: redis.Redis | None) -> None:
        if connection is not None and connection.get_encoder().decode_responses:
            raise ValueError("the cache's values are bytes: it needs a client that does not decode answers")
        self._connection = connection
        self._counts = Counts(connection)

    def namespace(
        self, name: str, *, ttl: float, stale: float = 0.0, longest_wait: float = 10.0
    ) -> "Namespace":
        """`ttl` and `stale` in seconds; `longest_wait` for another's computation, and for one to end."""
        if not name or ":" in name:
            raise ValueError(f"{name!r} is no name of a namespace: it goes into keys, before a colon")
        store = None
        if self._connection is not None:
            life = ttl * (1 + JITTER) + stale
            store = Store(self._connection, name, life_seconds=life, lock_seconds=longest_wait)
        return Namespace(name, store, self._counts, ttl=ttl)

    def clear(self, name: str) -> int | None:
        """Forget all that a namespace holds, for all processes. Its new generation; None: Redis is away."""
        if self._connection is None:
            return None
        try:
            return cache_store.clear(self._connection, name)
        except redis.RedisError as error:
            log.warning("%s could not be cleared: %s", name, error)
            return None

    def stats(self, day: date | None = None) -> tuple[NamespaceStats, ...] | None:
        """Of a day in UTC, today by default. None while Redis is away: nobody knows then."""
        return self._counts.read(day)

    def close(self) -> None:
        """Write down what was counted. It also happens by itself, within a second and at exit."""
        self._counts.close()


class Namespace:
    """Values of one kind, with one time to live."""

    def __init__(self, name: str, store: Store | None, counts: Counts, *, ttl: float) -> None:
        self.name = name
        self._store = store
        self._counts = counts
        self._ttl = ttl
        self._rests = _Rests()

    def get_or_create(
        self, key: str, create: Create, *, survives: Survives = (), later: Later | None = None
    ) -> Any:
        """The key's value, made by `create` where need be.

        If that raises one of `survives` and an old value is there, that is the answer. `later` is handed
        the refresh of a warmed value, to be run once the answer is out.
        """
        question = _Question(self, key, create, survives)
        if self._store is None or not question.look():
            return _value(self._computed(create))
        entry = question.entry
        if entry is not None and (entry.fresh or self._rests.has(key)):
            return self._serve(entry)
        entry = question.settle(self._store.mutex(key), later)
        return _value(entry.value) if question.is_made else self._serve(entry, waited=question.was_cold)

    def lookup(self, key: str) -> Entry | None:
        """What is there, fresh or not. Counts nothing."""
        if self._store is None:
            return None
        try:
            return self._store.look(key).entry
        except redis.RedisError:
            return None

    def put(self, key: str, value: Any, *, warmed: bool = False) -> None:
        self._keep_new(key, lambda: value, warmed=warmed)

    def warm(self, key: str, create: Create) -> bool:
        """Make the value before anybody asks. False: it could not be kept."""
        return self._keep_new(key, lambda: self._created(create), warmed=True)

    def delete(self, key: str) -> None:
        if self._store is None:
            return
        try:
            self._store.delete(key)
        except redis.RedisError as error:
            log.debug("%s of %s could not be deleted: %s", key, self.name, error)

    def _keep_new(self, key: str, create: Create, *, warmed: bool) -> bool:
        if self._store is None:
            return False
        try:
            marks = self._store.look(key).marks
            at = time.time()
            return self._keep(key, self._entry(key, create(), at, warmed=warmed), marks)
        except redis.RedisError as error:
            log.debug("%s of %s is not kept: %s", key, self.name, error)
            return False

    def _keep(self, key: str, entry: Entry, marks: Marks) -> bool:
        if entry.until <= entry.at or self._store is None:
            return False
        try:
            self._store.keep(key, entry, marks)
        except redis.RedisError as error:
            log.debug("%s of %s is not kept: %s", key, self.name, error)
            return False
        if entry.warmed:
            self._counts.count(self.name, warmed=1)
        return True

    def _entry(self, key: str, value: Any, at: float, *, warmed: bool = False) -> Entry:
        seconds = self._ttl
        if isinstance(value, KeptFor):
            seconds, value = min(value.seconds, seconds), value.value
        return Entry(value=value, at=at, until=at + seconds * _spread(key), warmed=warmed)

    def _computed(self, create: Create) -> Any:
        """By somebody who missed."""
        self._counts.count(self.name, misses=1)
        return self._created(create)

    def _created(self, create: Create) -> Any:
        value = create()
        self._counts.count(self.name, computations=1)
        return value

    def _serve(self, entry: Entry, *, waited: bool = False) -> Any:
        if entry.warmed:
            self._counts.used(self.name, entry.made)
        if waited:  # for another's computation
            self._counts.count(self.name, misses=1)
        else:
            kind = "hits" if entry.fresh else "stale"
            self._counts.count(self.name, **{kind: 1}, age_ms=round(entry.age_seconds * 1000))
        return entry.value
