"""Where the limits are counted: in Redis for all processes, or in this one while Redis is of no use.

Flask-Limiter's own fallback lets requests pass uncounted that fail side by side, writes a traceback for each,
and asks for Redis again at its own pace. Here each count falls back by itself; the breaker knows when to ask.
"""

from typing import Any

import redis
from limits.storage import MemoryStorage, RedisStorage

SCHEME = "redis-or-process"


class RedisOrProcess(RedisStorage):
    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as the library has it

    def __init__(self, uri: str, connection_pool: redis.ConnectionPool, **options: Any) -> None:
        self._here = MemoryStorage()
        super().__init__(uri, connection_pool=connection_pool, **options)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        try:
            return super().incr(key, expiry, amount)
        except redis.RedisError:
            return self._here.incr(key, expiry, amount)

    def get(self, key: str) -> int:
        try:
            return super().get(key)
        except redis.RedisError:
            return self._here.get(key)

    def get_expiry(self, key: str) -> float:
        try:
            return super().get_expiry(key)
        except redis.RedisError:
            return self._here.get_expiry(key)
