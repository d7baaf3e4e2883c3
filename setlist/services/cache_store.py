"""dogpile.cache's Redis backend as the cache uses it: where values are, and whose turn it is to make one.

A value is good as long as two marks are what they were when its computation began: one of its namespace
and one of its key. So a value whose computation was overtaken by a deletion is never served, and clearing a
namespace is one command, however many keys it has.
"""

import hashlib
import logging
import math
import secrets
import time
from dataclasses import dataclass, replace
from typing import Any

import redis
from dogpile.cache.api import NO_VALUE
from dogpile.cache.backends.redis import RedisBackend

from setlist.services.cache_value import Entry, dump, load

log = logging.getLogger(__name__)

LONGEST_KEY = 200
LOCK_SLEEP_SECONDS = 0.04  # between two looks at another's lock
LOCK_SHARE = 0.75  # of the longest wait: when its holder died there is time for another to make the value
MARK_SECONDS = 60  # that the mark of a deletion outlives what was being computed then
GENERATION = "cache-generation:{name}"

Marks = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one round trip found: an entry that is still good, and the marks that a new one will carry."""

    entry: Entry | None
    marks: Marks


class Store:
    """The values of one namespace. Methods raise redis.RedisError while Redis is of no use."""

    def __init__(
        self, connection: redis.Redis, name: str, *, ttl: float, stale: float, longest_wait: float
    ) -> None:
        self._connection = connection
        self._name = name
        self._stale = stale
        self._life = max(1, math.ceil(ttl + stale))
        self._backend = _Backend(  # type: ignore[no-untyped-call]
            {
                "connection_pool": connection.connection_pool,
                "redis_expiration_time": self._life,
                "distributed_lock": True,
                "thread_local_lock": False,  # a refresh that comes later may end in another thread
                "lock_prefix": "lock:",
                "lock_timeout": longest_wait * LOCK_SHARE,
                "lock_sleep": LOCK_SLEEP_SECONDS,
                "lock_blocking_timeout": longest_wait,
            }
        )

    def look(self, key: str) -> Look:
        keys = [self._generation, self._mark(key), self._key(key)]
        found = self._backend.get_serialized_multi(keys)  # type: ignore[no-untyped-call]
        generation, mark, data = (None if part is NO_VALUE else part for part in found)
        marks = (_text(generation), _text(mark))
        entry = load(data) if data is not None else None
        return Look(entry=entry if entry and self._is_good(entry, marks) else None, marks=marks)

    def keep(self, key: str, entry: Entry, marks: Marks) -> None:
        data = dump(replace(entry, marks=marks))
        self._backend.set_serialized(self._key(key), data)

    def delete(self, key: str) -> None:
        """What is being computed at this moment is not kept either."""
        with self._connection.pipeline() as pipe:
            pipe.set(self._mark(key), secrets.token_hex(4), ex=self._life + MARK_SECONDS)
            pipe.delete(self._key(key))
            pipe.execute()

    def mutex(self, key: str) -> "Mutex":
        return Mutex(self._backend.get_mutex(self._key(key)))  # type: ignore[no-untyped-call]

    def _is_good(self, entry: Entry, marks: Marks) -> bool:
        """Redis counts in whole seconds and keeps it for the longest time that any key has."""
        return entry.marks == marks and time.time() < entry.until + self._stale

    @property
    def _generation(self) -> str:
        return GENERATION.format(name=self._name)

    def _mark(self, key: str) -> str:
        return f"cache-mark:{self._name}:{_short(key)}"

    def _key(self, key: str) -> str:
        return f"cache:{self._name}:{_short(key)}"


class _Backend(RedisBackend):
    def set_serialized(self, key: str, value: bytes) -> None:
        """Dogpile's own uses SETEX, which redis-py wants no more."""
        self.writer_client.set(key, value, ex=self.redis_expiration_time)


class Mutex:
    """Whose turn it is. Where Redis cannot tell, or the wait was too long, it is everyone's."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock
        self._is_held = False

    def acquire(self, wait: bool = True) -> bool:  # noqa: FBT001, FBT002 - as dogpile has it
        try:
            self._is_held = self._lock.acquire(wait)
        except redis.RedisError as error:
            log.debug("no lock can be had: %s", error)
            return True
        return self._is_held or wait

    def release(self) -> None:
        if not self._is_held:
            return
        try:
            self._lock.release()
        except redis.RedisError as error:  # it ran out meanwhile, or ends by itself
            log.debug("a lock could not be given back: %s", error)


def clear(connection: redis.Redis, name: str) -> int:
    """The number of the namespace's new generation. Values of older ones expire by themselves."""
    return int(connection.incr(GENERATION.format(name=name)))


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _text(mark: bytes | None) -> str:
    return mark.decode(errors="replace") if mark is not None else ""
