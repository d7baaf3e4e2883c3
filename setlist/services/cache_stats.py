"""What the cache did, counted: in the process first, and once a second in Redis, by day and namespace."""

import logging
import secrets
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import redis

from setlist.services.write_behind import WriteBehind

log = logging.getLogger(__name__)

DAYS_KEPT = 9
KEPT_SECONDS = DAYS_KEPT * 86_400
REMEMBERED_SECONDS = 3_600  # that a batch was added, should its answer have been lost
MOST_USED = 20_000  # warmed entries whose use is noted while Redis is away
COUNTS = "cache-counts:{day}"
USED = "cache-used:{day}:{name}"
BETWEEN = "\x1f"
FIELDS = ("hits", "misses", "stale", "computations", "survived", "age_ms", "warmed")

# KEYS: the batch, the day's counts, then a set of used entries each. ARGV: seconds the batch is remembered,
# seconds the day is kept, how many counts, then field and count each, then the key's number and entry each.
# A batch is added once, however often it is sent.
ADD = """
if not redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[1]) then return 0 end
local counts = tonumber(ARGV[3])
for index = 4, 2 * counts + 3, 2 do redis.call('HINCRBY', KEYS[2], ARGV[index], ARGV[index + 1]) end
redis.call('EXPIRE', KEYS[2], ARGV[2])
for index = 2 * counts + 4, #ARGV, 2 do redis.call('SADD', KEYS[tonumber(ARGV[index])], ARGV[index + 1]) end
for index = 3, #KEYS do redis.call('EXPIRE', KEYS[index], ARGV[2]) end
return 1
"""


@dataclass(frozen=True, kw_only=True)
class NamespaceStats:
    """Of one day. Each question is one of hits, misses and stale answers."""

    name: str
    hits: int = 0  # answered from a fresh value
    misses: int = 0  # nothing of use was there, or it was this one's turn to make it anew
    stale: int = 0  # answered from a value past its time
    computations: int = 0  # values made: by those who missed, ahead of them, or after an answer
    survived: int = 0  # failures of the source that a stale value answered for
    age_ms: int = 0  # of all hits and stale answers together
    warmed: int = 0  # entries made before anybody asked
    warmed_used: int = 0  # of these, the ones that answered somebody, be it on the next day

    @property
    def hit_share(self) -> float | None:
        """Hits and stale answers among all; None where nothing was asked."""
        asked = self.hits + self.misses + self.stale
        return (self.hits + self.stale) / asked if asked else None

    @property
    def mean_age_seconds(self) -> float | None:
        answered = self.hits + self.stale
        return self.age_ms / answered / 1000 if answered else None

    @property
    def warmed_used_share(self) -> float | None:
        return self.warmed_used / self.warmed if self.warmed else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "hit_share": self.hit_share,
            "mean_age_seconds": self.mean_age_seconds,
            "warmed_used_share": self.warmed_used_share,
        }


@dataclass
class _Batch:
    day: date = date.min  # of its first count
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    counts: Counter[str] = field(default_factory=Counter)
    used: set[tuple[str, str]] = field(default_factory=set)  # key of its set, entry

    def arguments(self) -> tuple[list[str], list[str | int]]:
        sets = sorted({key for key, _ in self.used})
        keys = [f"cache-batch:{self.id}", COUNTS.format(day=self.day), *sets]
        values: list[str | int] = [REMEMBERED_SECONDS, KEPT_SECONDS, len(self.counts)]
        for counted, count in self.counts.items():
            values += [counted, count]
        for key, entry in sorted(self.used):
            values += [sets.index(key) + 3, entry]
        return keys, values


class Counts:
    """Of a process. Without a connection nothing is counted, since nothing is kept."""

    def __init__(self, connection: redis.Redis | None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._batch = _Batch()
        self._unsent: list[_Batch] = []  # the first may have arrived although its answer did not
        self._behind = WriteBehind(self.flush)

    def count(self, name: str, **counts: int) -> None:
        if self._connection is None:
            return
        with self._lock:
            if not self._batch.counts:
                self._batch.day = _today()
            for counted, count in counts.items():
                self._batch.counts[f"{name}{BETWEEN}{counted}"] += count
        self._behind.soon()

    def used(self, name: str, entry: str, at: float) -> None:
        """A warmed entry answered somebody: noted before that is counted. However often, it is one entry,
        and it belongs to the day it was warmed on, so that a share of that day's warmed ones can be told.
        """
        key = USED.format(day=datetime.fromtimestamp(at, UTC).date(), name=name)
        with self._lock:
            if len(self._batch.used) < MOST_USED:
                self._batch.used.add((key, entry))

    def flush(self) -> None:
        """Send what was counted. What cannot be sent is kept, and sent with what comes later."""
        if self._connection is None:
            return
        with self._sending:
            self._put_aside()
            try:
                while self._unsent:
                    keys, values = self._unsent[0].arguments()
                    self._connection.eval(ADD, len(keys), *keys, *values)
                    del self._unsent[0]
            except redis.RedisError as error:
                log.debug("counts of the cache are kept for now: %s", error)

    def read(self, day: date | None) -> tuple[NamespaceStats, ...] | None:
        """None while Redis is away: then nobody knows."""
        if self._connection is None:
            return None
        self.flush()
        day = day or _today()
        try:
            counts = _by_name(self._connection.hgetall(COUNTS.format(day=day)))
            used = {name: int(self._connection.scard(USED.format(day=day, name=name))) for name in counts}
        except redis.RedisError as error:
            log.debug("the cache's counts cannot be read: %s", error)
            return None
        return tuple(
            NamespaceStats(name=name, warmed_used=used[name], **counts[name]) for name in sorted(counts)
        )

    def close(self) -> None:
        self._behind.close()

    def _put_aside(self) -> None:
        """Behind the first, which keeps what it was sent with, all of one day are one batch."""
        with self._lock:
            if not self._batch.counts:
                return
            batch, self._batch = self._batch, _Batch()
        if len(self._unsent) > 1 and self._unsent[-1].day == batch.day:
            self._unsent[-1].counts.update(batch.counts)
            self._unsent[-1].used |= batch.used
        else:
            self._unsent.append(batch)


def _today() -> date:
    return datetime.now(UTC).date()


def _by_name(found: Any) -> dict[str, dict[str, int]]:
    named: dict[str, dict[str, int]] = {}
    for key, count in found.items():
        name, _, counted = (key if isinstance(key, str) else key.decode()).partition(BETWEEN)
        if counted in FIELDS:
            named.setdefault(name, {})[counted] = int(count)
    return named
