"""How often something happened within a minute, by all processes, without a round trip for each time.

Counted in this process and told to Redis once a second, which tells what the others counted. So a limit may
be passed by what happens elsewhere within that second, and while Redis is away by what happens elsewhere.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

import redis

from setlist.services.write_behind import WriteBehind

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
KEPT_SECONDS = 2 * WINDOW_SECONDS
MOST_AT_ONCE = 1_000  # counts in one call, which Redis does in about a millisecond
# One call for all that was counted, since packing a command for each would cost more than counting it.
ADD = """
local totals = {}
for i = 2, #ARGV, 2 do
    totals[#totals + 1] = redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return totals
"""


class SharedCounts:
    def __init__(
        self, client: redis.Redis | None, name: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._add = client.register_script(ADD) if client is not None else None
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._window = 0
        self._counts: Counter[str] = Counter()  # by all, as far as is known
        self._untold: Counter[str] = Counter()
        self._behind = WriteBehind(self.flush)

    def hit(self, key: str) -> int:
        """How often in this window, with this time."""
        window = int(self._clock() // WINDOW_SECONDS)
        with self._lock:
            if window != self._window:
                self._window, self._counts, self._untold = window, Counter(), Counter()
            self._counts[key] += 1
            self._untold[key] += 1
            count = self._counts[key]
        self._behind.soon()
        return count

    def seconds_left(self) -> int:
        """Until the next window."""
        return max(1, round(WINDOW_SECONDS - self._clock() % WINDOW_SECONDS))

    def flush(self) -> None:
        """Tells what was counted, and learns what others did."""
        with self._lock:
            window, told, self._untold = self._window, self._untold, Counter()
        if self._add is None:
            return
        pairs = list(told.items())
        for start in range(0, len(pairs), MOST_AT_ONCE):
            some = dict(pairs[start : start + MOST_AT_ONCE])
            arguments: list[str | int] = [KEPT_SECONDS]
            for key, count in some.items():
                arguments += key, count
            try:
                totals: list[int] = self._add([f"counts:{self._name}:{window}"], arguments)
            except redis.RedisError as error:
                log.debug("%s are counted here alone: %s", self._name, error)
                return
            self._learn(window, dict(zip(some, totals, strict=True)))

    def forget(self) -> None:
        """All that was counted here."""
        with self._lock:
            self._counts, self._untold = Counter(), Counter()

    def _learn(self, window: int, totals: dict[str, int]) -> None:
        """What it comes to with what other processes told."""
        with self._lock:
            if window == self._window:
                for key, total in totals.items():
                    self._counts[key] = total + self._untold[key]

    def close(self) -> None:
        self._behind.close()
