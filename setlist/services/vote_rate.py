"""How fast guests vote at a show, and whether that is abnormal for it.

Votes are counted in windows of ten seconds, in Redis for all processes; while Redis is away each process
counts its own. Whether a show is strict is worked out anew from its last twenty minutes: nothing is switched
on or off that could be lost, and all processes come to the same answer. A process asks for it once a second,
and sooner the less room there is left, so that few votes wait for it.
"""

import logging
import statistics
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import redis

log = logging.getLogger(__name__)

WINDOW_SECONDS = 10
WINDOWS = 120  # twenty minutes: what is recent
FIRST_WINDOWS = 6  # their median is where the mean begins
LEARNS = 0.05  # how much one window moves the mean: it remembers some three minutes
LEARNS_STRICT = 0.005  # a flood does not soon pass as usual
CALM_SHARE = 0.5  # of the limit: below it a window is calm
CALM_WINDOWS = 6  # in a row end the strictness, so that it does not flap
ASKED_EVERY = 1.0  # seconds
SHARE_UNTOLD = 8  # of the room that is left, a process keeps at most one part in so many to itself
MOST_KEPT = 4_096  # windows that a process without Redis remembers


@dataclass(frozen=True, kw_only=True)
class RateRule:
    """`floor`: votes in a window that are never too many; `factor`: times the mean that are, beyond it."""

    floor: int
    factor: float


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`excess`: how many times the limit the fastest of the latest calm-down's windows was, 1 or more.

    `room`: votes that the window still has until the limit.
    """

    is_strict: bool
    excess: float = 1.0
    room: float = field(default=0.0, compare=False)


NORMAL = Rate(is_strict=False)


def judge(counts: Sequence[int], rule: RateRule) -> Rate:
    """What the counts of successive windows, oldest first, make of the last one, which is still filling.

    Beyond the limit a show turns strict at once; it stays so until it was calm for a minute.
    What lasts for longer than the counts reach back is usual: that is for the list of bursts to find.
    """
    if rule.floor == 0:
        return Rate(is_strict=True)
    if max(counts, default=0) <= rule.floor:  # no limit is lower
        return replace(NORMAL, room=rule.floor - (counts[-1] if counts else 0))
    mean, is_strict, calm, excess, limit = _first_mean(counts), False, 0, 1.0, float(rule.floor)
    for count in counts:
        limit = max(float(rule.floor), rule.factor * mean)
        if count > limit:
            excess = max(excess, count / limit) if is_strict else count / limit
            is_strict, calm = True, 0
        elif is_strict:
            calm = calm + 1 if count < CALM_SHARE * limit else 0
            is_strict = calm < CALM_WINDOWS
        mean += (LEARNS_STRICT if is_strict else LEARNS) * (min(count, limit) - mean)
    return Rate(is_strict=True, excess=excess) if is_strict else replace(NORMAL, room=limit - counts[-1])


def _first_mean(counts: Sequence[int]) -> float:
    return statistics.median(counts[:FIRST_WINDOWS]) if counts else 0.0


@dataclass(kw_only=True, slots=True)
class _Known:
    """Of one show, in this process. `untold`: votes since it asked."""

    rate: Rate = NORMAL
    asked_at: float = -ASKED_EVERY
    untold: int = 0

    def is_due(self, now: float) -> bool:
        if abs(now - self.asked_at) >= ASKED_EVERY:
            return True
        return not self.rate.is_strict and self.untold * SHARE_UNTOLD >= self.rate.room


class VoteRate:
    """One for a process. `client` is None where no Redis is configured."""

    def __init__(self, client: redis.Redis | None, rule: RateRule) -> None:
        self._client = client
        self._rule = rule
        self._here = _HereCounts()
        self._known: dict[int, _Known] = {}
        self._lock = threading.Lock()

    def note(self, show_id: int, now: float) -> Rate:
        """Counts one vote; `now` in seconds since 1970. Says what the rate is with it."""
        window = int(now // WINDOW_SECONDS)
        with self._lock:
            self._here.note(show_id, window)
            known = self._known_of(show_id)
            known.untold += 1
            if not known.is_due(now):
                return known.rate
            untold, known.untold, known.asked_at = known.untold, 0, now
        rate = judge(self._recent_counts(show_id, window, untold), self._rule)
        with self._lock:
            known.rate = rate
        return rate

    def _known_of(self, show_id: int) -> _Known:
        if len(self._known) >= MOST_KEPT:
            self._known.clear()  # each asks again
        return self._known.setdefault(show_id, _Known())

    def _recent_counts(self, show_id: int, window: int, untold: int) -> list[int]:
        if self._client is not None:
            try:
                return _tell(self._client, show_id, window, untold)
            except redis.RedisError as error:
                log.debug("votes are counted in the process: %s", error)
        with self._lock:
            return self._here.recent(show_id, window)


class _HereCounts:
    """Those of this process; the oldest are forgotten. Not for several threads at once."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, int]] = Counter()
        self._window = 0

    def note(self, show_id: int, window: int) -> None:
        if window != self._window:
            self._window = window
            if len(self._counts) > MOST_KEPT:
                self._forget(window)
        self._counts[show_id, window] += 1

    def recent(self, show_id: int, window: int) -> list[int]:
        return [self._counts.get((show_id, one), 0) for one in _recent(window)]

    def _forget(self, window: int) -> None:
        """What is not recent; while that does not suffice, all but the present window."""
        recent = {key: n for key, n in self._counts.items() if key[1] > window - WINDOWS}
        if len(recent) > MOST_KEPT // 2:
            recent = {key: n for key, n in recent.items() if key[1] == window}
        self._counts = Counter(recent)


def _tell(client: redis.Redis, show_id: int, window: int, votes: int) -> list[int]:
    keys = [f"setlist:votes:{{{show_id}}}:{one}" for one in _recent(window)]
    pipe = client.pipeline(transaction=False)
    pipe.incrby(keys[-1], votes)
    pipe.expire(keys[-1], (WINDOWS + 1) * WINDOW_SECONDS)
    pipe.mget(keys)
    return [int(count or 0) for count in pipe.execute()[2]]


def _recent(window: int) -> range:
    return range(window - WINDOWS + 1, window + 1)
