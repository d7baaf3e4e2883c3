"""The one way to reach Redis: short timeouts, a bounded pool, one retry."""

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

CONNECT_SECONDS = 0.25
SOCKET_SECONDS = 0.5  # a hung Redis must not hang pages: redis-py 7 would wait for ever by default
MOST_CONNECTIONS = 64
HEALTH_CHECK_SECONDS = 30  # a connection idle for longer is tried with a PING before it is used


def connect(url: str) -> redis.Redis:
    """A client for redis://, rediss:// or unix://. Nothing is connected before the first command.

    Every failure is a `redis.RedisError`: callers catch that at the one place where they know what to do
    without Redis. Answers are text.
    """
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=SOCKET_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=SOCKET_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        # A connection that the server closed while it was idle deserves one more try; a timeout does not,
        # since a script may have run and a hung server would be waited for twice.
        retry=Retry(ConstantBackoff(0.02), 1, supported_errors=(redis.ConnectionError,)),
        decode_responses=True,
    )
    return redis.Redis.from_pool(pool)
