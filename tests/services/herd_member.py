"""One of several processes that ask one cold key at the same moment: REDIS_URL START_AT KEY."""

import sys
import time

from setlist.services.cache import Cache
from setlist.services.redis_client import RedisLink

MAKING_SECONDS = 0.3


def main(url: str, start_at: str, key: str) -> None:
    with RedisLink(url, seconds=5).client(texts=False) as connection:
        namespace = Cache(connection).namespace("herd", ttl=60)

        def create() -> str:
            connection.incr("computations")
            time.sleep(MAKING_SECONDS)
            return "made"

        time.sleep(max(0.0, float(start_at) - time.time()))
        sys.stdout.write(str(namespace.get_or_create(key, create)))


if __name__ == "__main__":
    main(*sys.argv[1:])
