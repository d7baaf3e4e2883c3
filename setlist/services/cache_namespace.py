"""Values of one kind: asked for, made, kept, and counted on the way."""

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis

from setlist.services.cache_stats import Counts
from setlist.services.cache_store import Marks, Store
from setlist.services.cache_turn import Later, Survives, Turn
from setlist.services.cache_value import Entry

log = logging.getLogger(__name__)

JITTER = 0.1  # of a key's time: what was made in one moment does not run out in one
REST_SECONDS = 5.0  # after its source failed a stale value is served without another try
MOST_RESTING = 2_000  # keys

Create = Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class KeptFor:
    """What create() may return to have its value kept for less time than others; 0: not at all."""

    value: Any
    seconds: float


class Namespace:
    """Values with one time to live. No method raises what Redis raises."""

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
        if self._store is None:
            return _bare(create())
        turn = Turn(self._store, key, lambda marks: self._make(key, create, marks), survives)
        if not turn.look():
            self._counts.count(self.name, misses=1)
            return _bare(self._created(create))
        if turn.entry is not None and (turn.entry.fresh or self._rests.has(key)):
            return self._serve(key, turn.entry)
        return self._settle(key, turn, later)

    def lookup(self, key: str) -> Entry | None:
        """What is there, fresh or not. Counts nothing."""
        if self._store is None:
            return None
        try:
            return self._store.look(key).entry
        except redis.RedisError as error:
            log.debug("%s of %s is not looked up: %s", key, self.name, error)
            return None

    def put(self, key: str, value: Any, *, warmed: bool = False) -> None:
        self._keep_new(key, lambda: value, warmed=warmed)

    def warm(self, key: str, create: Create) -> bool:
        """Make the value before anybody asks. False: it could not be kept."""
        return self._keep_new(key, lambda: self._created(create), warmed=True)

    def delete(self, key: str) -> None:
        """A computation that is under way is not kept either."""
        if self._store is None:
            return
        try:
            self._store.delete(key)
        except redis.RedisError as error:
            log.debug("%s of %s could not be deleted: %s", key, self.name, error)

    def _settle(self, key: str, turn: Turn, later: Later | None) -> Any:
        try:
            entry = turn.settle(later)
        except Exception:
            self._counts.count(self.name, misses=1)
            raise
        if turn.failure is not None:
            log.warning("%s of %s is served stale: %s", key, self.name, turn.failure)
            self._rests.begin(key)
            self._counts.count(self.name, survived=1)
        elif turn.made or turn.is_cold:
            self._counts.count(self.name, misses=1)
            return entry.value
        return self._serve(key, entry)

    def _make(self, key: str, create: Create, marks: Marks) -> Entry:
        at = time.time()
        entry = self._entry(key, self._created(create), at)
        self._keep(key, entry, marks)
        return entry

    def _created(self, create: Create) -> Any:
        value = create()
        self._counts.count(self.name, computations=1)
        return value

    def _keep_new(self, key: str, create: Create, *, warmed: bool) -> bool:
        if self._store is None:
            return False
        try:
            marks = self._store.look(key).marks
        except redis.RedisError as error:
            log.debug("%s of %s is not kept: %s", key, self.name, error)
            return False
        at = time.time()
        return self._keep(key, self._entry(key, create(), at, warmed=warmed), marks)

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
        until = (time.time() if seconds else at) + seconds * _spread(key)
        return Entry(value=value, at=at, until=until, warmed=warmed)

    def _serve(self, key: str, entry: Entry) -> Any:
        if entry.warmed:
            self._counts.used(self.name, f"{entry.at:.6f} {zlib.crc32(key.encode()):x}", entry.at)
        counts = {"hits" if entry.fresh else "stale": 1, "age_ms": round(entry.age_seconds * 1000)}
        self._counts.count(self.name, **counts)
        return entry.value


class _Rests:
    """Keys whose source failed a moment ago, as this process saw it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def begin(self, key: str) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._until) >= MOST_RESTING:
                self._until = {other: until for other, until in self._until.items() if until > now}
            if len(self._until) < MOST_RESTING:
                self._until[key] = now + REST_SECONDS

    def has(self, key: str) -> bool:
        return self._until.get(key, 0.0) > time.monotonic()


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, KeptFor) else value


def _spread(key: str) -> float:
    """The same for a key in all processes, and another one for the next key."""
    return 1 - JITTER + 2 * JITTER * zlib.crc32(key.encode()) / 2**32
