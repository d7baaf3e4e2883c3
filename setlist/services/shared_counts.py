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


class SharedCounts:
    def __init__(
        self, client: redis.Redis | None, name: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
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
        if self._client is None or not told:
            return
        try:
            pipeline = self._client.pipeline(transaction=False)
            for key, count in told.items():
                place = f"counts:{self._name}:{window}:{key}"
                pipeline.incrby(place, count)
                pipeline.expire(place, KEPT_SECONDS)
            totals = pipeline.execute()[::2]
        except redis.RedisError as error:
            log.debug("%s are counted here alone: %s", self._name, error)
            return
        with self._lock:
            if window == self._window:
                for key, total in zip(told, totals, strict=True):
                    self._counts[key] = int(total) + self._untold[key]

    def forget(self) -> None:
        """All that was counted here."""
        with self._lock:
            self._counts, self._untold = Counter(), Counter()

    def close(self) -> None:
        self._behind.close()
