"""Calls a second, shared by all processes: each caller reserves the next free slot on Redis' clock."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis

LOG = logging.getLogger(__name__)
KEY = "setlist:pace:{name}"
LONGEST_HOLD = 48 * 3600  # a provider that asks for more is not believed
REDIS_REST_SECONDS = 5  # after a failure of Redis, how long it is not asked again

# Reserves a slot and returns the microseconds until it, or, past ARGV[2], reserves nothing.
RESERVE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local slot = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local wait = slot - now
if wait <= tonumber(ARGV[2]) then
    local following = slot + tonumber(ARGV[1])
    local life = math.ceil((following - now) / 1000) + 1000
    redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', life)
end
return wait
"""
# Moves the next slot to ARGV[1] microseconds from now, never nearer.
HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local slot = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or '0'))
local life = math.ceil((slot - now) / 1000) + 1000
redis.call('SET', KEYS[1], string.format('%.0f', slot), 'PX', life)
return slot - now
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    per_second: float
    longest_wait: float = (
        6.0  # seconds that a caller may be told to wait: less than a worker's grace at its end
    )

    @property
    def interval(self) -> float:
        return 1 / self.per_second


class SlotTooFarError(Exception):
    """No slot within the longest wait: nothing was reserved."""

    def __init__(self, name: str, wait: float) -> None:
        super().__init__(f"the next free slot of {name} is {wait:.1f} s away")
        self.wait = wait


class LocalSlots:
    """The slots of one process, for the time that Redis is away: then each process keeps its own pace."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def reserve(self, name: str, interval: float, longest: float) -> float:
        with self._lock:
            now = self._clock()
            slot = max(now, self._next.get(name, now))
            if slot - now <= longest:
                self._next[name] = slot + interval
            return slot - now

    def hold(self, name: str, seconds: float) -> None:
        with self._lock:
            now = self._clock()
            self._next[name] = max(self._next.get(name, now), now + seconds)


_PROCESS_SLOTS = LocalSlots()


class Pacer:
    def __init__(self, connection: redis.Redis | None = None, *, local: LocalSlots = _PROCESS_SLOTS) -> None:
        self._local = local
        self._redis_rests_until = 0.0
        self._redis = connection
        if connection is not None:
            self._reserve = connection.register_script(RESERVE)
            self._hold = connection.register_script(HOLD)

    def reserve(self, name: str, pace: Pace) -> float:
        """Take the next slot of `name`; the answer is how many seconds to wait before using it."""
        wait = self._ask_redis(
            lambda: self._reserve([KEY.format(name=name)], [_micro(pace.interval), _micro(pace.longest_wait)])
        )
        if wait is None:
            wait = self._local.reserve(name, pace.interval, pace.longest_wait)
        if wait > pace.longest_wait:
            raise SlotTooFarError(name, wait)
        return wait

    def hold(self, name: str, seconds: float) -> None:
        """Let nobody call `name` for so many seconds: the provider asked for it."""
        seconds = min(max(seconds, 0.0), LONGEST_HOLD)
        # Kept here too, so that Redis going away does not make us rude.
        self._local.hold(name, seconds)
        self._ask_redis(lambda: self._hold([KEY.format(name=name)], [_micro(seconds)]))

    def _ask_redis(self, ask: Callable[[], object]) -> float | None:
        """What Redis answers, in seconds; None where there is no Redis or it fails."""
        if self._redis is None or time.monotonic() < self._redis_rests_until:
            return None
        try:
            return float(str(ask())) / 1_000_000
        except redis.RedisError as error:
            self._redis_rests_until = time.monotonic() + REDIS_REST_SECONDS
            LOG.warning("Redis is away (%s): this process paces its calls alone", type(error).__name__)
            return None


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)
