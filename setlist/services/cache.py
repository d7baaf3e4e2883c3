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
from datetime import date

import redis

from setlist.services import cache_store
from setlist.services.cache_namespace import JITTER, KeptFor, Namespace
from setlist.services.cache_stats import Counts, NamespaceStats
from setlist.services.cache_store import Store
from setlist.services.cache_value import Entry

__all__ = ("Cache", "Entry", "KeptFor", "Namespace", "NamespaceStats")

log = logging.getLogger(__name__)


class Cache:
    """One for a process. Without a connection nothing is kept and everything is computed."""

    def __init__(self, connection: redis.Redis | None) -> None:
        if connection is not None and connection.get_encoder().decode_responses:
            raise ValueError("the cache's values are bytes: it needs a client that does not decode answers")
        self._connection = connection
        self._counts = Counts(connection)
        self._lock = threading.Lock()
        self._namespaces: dict[tuple[str, float, float, float], Namespace] = {}

    def namespace(
        self, name: str, *, ttl: float, stale: float = 0.0, longest_wait: float = 10.0
    ) -> Namespace:
        """`ttl` and `stale` in seconds; `longest_wait` for another's computation, and for one to end.

        With the same name and times it is the same object, which knows whose source failed a moment ago.
        """
        if not name or ":" in name:
            raise ValueError(f"{name!r} is no name of a namespace: it goes into keys, before a colon")
        kind = (name, ttl, stale, longest_wait)
        with self._lock:
            if kind not in self._namespaces:
                self._namespaces[kind] = self._opened(*kind)
            return self._namespaces[kind]

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

    def _opened(self, name: str, ttl: float, stale: float, longest_wait: float) -> Namespace:
        store = None
        if self._connection is not None:
            longest = ttl * (1 + JITTER)
            store = Store(self._connection, name, ttl=longest, stale=stale, longest_wait=longest_wait)
        return Namespace(name, store, self._counts, ttl=ttl)
