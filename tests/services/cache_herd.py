"""A process that asks the cache together with others: `python -m tests.services.cache_herd URL`.

For each line "get SECONDS" it asks for one key, whose making takes so long and is counted on the server, and
says the answer. "clear" clears the namespace.
"""

import sys
import time

from setlist.services.cache import Cache
from setlist.services.redis_client import RedisLink

NAME, KEY, MADE = "herd", "the key", "herd:made"


def main(url: str) -> None:
    link = RedisLink(url, seconds=5)
    cache = Cache(link.client(texts=False))
    namespace = cache.namespace(NAME, ttl=60, stale=60)
    say("ready")
    for line in sys.stdin:
        word, _, seconds = line.strip().partition(" ")
        if word == "clear":
            say(cache.clear(NAME))
            continue

        def create(seconds: float = float(seconds)) -> int:
            made = int(link.client().incr(MADE))
            time.sleep(seconds)
            return made

        say(namespace.get_or_create(KEY, create))
    cache.close()
    link.close()


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
