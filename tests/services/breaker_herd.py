"""A process that meets a breaker together with others: `python -m tests.services.breaker_herd URL`.

It makes a call for each "call" that it reads and says "refused", or "inside" and waits for how the call is to
end: "badly" or "well". Calls are counted on the server as well.
"""

import sys

from setlist.services.breaker import BreakerOpenError, BreakerRule, Breakers
from setlist.services.redis_client import connect

RULE = BreakerRule(points=1, rest_seconds=0, trial_seconds=60)
NAME, SENT = "herd", "herd:sent"


class DownError(Exception):
    pass


def main(url: str) -> None:
    connection = connect(url)
    breaker = Breakers(connection).get(NAME, RULE)
    say("ready")
    while hear() == "call":
        try:
            with breaker.calling(weigh=lambda _error: 1):
                connection.incr(SENT)
                say("inside")
                if hear() == "badly":
                    raise DownError
            say("answered")
        except DownError:
            say("failed")
        except BreakerOpenError:
            say("refused")


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def hear() -> str:
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    main(sys.argv[1])
