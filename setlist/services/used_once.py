"""What may be used one time only: remembered in Redis for as long as it is good, else in this process."""

import hashlib
import threading
from datetime import timedelta

import redis

MOST_KEPT = 10_000


class UsedOnce:
    """`client` is None where no Redis is configured. After `FLUSHALL` a thing may be used once more."""

    def __init__(self, client: redis.Redis | None, name: str) -> None:
        self._client = client
        self._name = name
        self._here: dict[str, None] = {}
        self._lock = threading.Lock()

    def take(self, what: str, *, good_for: timedelta) -> bool:
        """Whether it was not used before."""
        key = f"setlist:{self._name}:{hashlib.sha256(what.encode()).hexdigest()[:32]}"
        if not self._take_here(key):
            return False
        if self._client is None:
            return True
        try:
            return bool(self._client.set(key, "", nx=True, ex=good_for))
        except redis.RedisError:
            return True  # the process has just noted it

    def _take_here(self, key: str) -> bool:
        with self._lock:
            if key in self._here:
                return False
            self._here[key] = None
            if len(self._here) > MOST_KEPT:
                del self._here[next(iter(self._here))]
            return True
