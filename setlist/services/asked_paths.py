"""Which pages were asked for in which hour: what is likely to be asked for when that hour comes again."""

import logging
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import redis

from setlist.services.write_behind import WriteBehind

log = logging.getLogger(__name__)

KEPT_SECONDS = 8 * 86_400 + 7_200  # a week later the hour is looked up once more
MOST_PATHS = 500  # of an hour: the most asked for stay
MOST_AT_ONCE = 500  # of a second, in one process


class AskedPaths:
    """Noted in the process, and written once a second. What cannot be written then is forgotten."""

    def __init__(self, connection: redis.Redis | None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._noted: Counter[str] = Counter()
        self._behind = WriteBehind(self.flush)

    def note(self, path: str) -> None:
        if self._connection is None:
            return
        with self._lock:
            if path in self._noted or len(self._noted) < MOST_AT_ONCE:
                self._noted[path] += 1
        self._behind.soon()

    def flush(self) -> None:
        with self._lock:
            noted, self._noted = self._noted, Counter()
        if not noted or self._connection is None:
            return
        key = _key(datetime.now(UTC))
        try:
            with self._connection.pipeline(transaction=False) as pipe:
                for path, count in noted.items():
                    pipe.zincrby(key, count, path)
                pipe.zremrangebyrank(key, 0, -MOST_PATHS - 1)
                pipe.expire(key, KEPT_SECONDS)
                pipe.execute()
        except redis.RedisError as error:
            log.debug("what was asked for is not remembered: %s", error)

    def at(self, moment: datetime) -> tuple[str, ...]:
        """The paths of its hour, the most asked for first; none while Redis is away."""
        if self._connection is None:
            return ()
        try:
            found: Any = self._connection.zrevrange(_key(moment), 0, -1)
        except redis.RedisError as error:
            log.debug("what was asked for is not known: %s", error)
            return ()
        return tuple(path if isinstance(path, str) else path.decode(errors="replace") for path in found)

    def close(self) -> None:
        self._behind.close()


def _key(moment: datetime) -> str:
    return f"pages-asked:{moment.astimezone(UTC):%Y-%m-%dT%H}"
