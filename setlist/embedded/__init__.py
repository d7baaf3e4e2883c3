"""PostgreSQL and Redis on this machine, from PyPI wheels or PATH, where no server is configured."""

from setlist.embedded.places import EngineError
from setlist.embedded.postgres_server import RunningPostgres, start_postgres
from setlist.embedded.redis_server import RunningRedis, start_redis

__all__ = ["EngineError", "RunningPostgres", "RunningRedis", "start_postgres", "start_redis"]
