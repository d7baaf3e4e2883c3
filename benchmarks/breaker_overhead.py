"""What a circuit breaker adds to a call: closed, with points, refused; beside a plain PING in the same run.

python -m benchmarks.breaker_overhead
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from setlist.embedded import start_redis
from setlist.services.breaker import Breaker, BreakerOpenError, BreakerRule, Breakers
from setlist.services.redis_client import connect

CALLS = 3000
NEVER = BreakerRule(points=10**9)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = start_redis(Path(folder))
        connection = connect(running.url)
        breaker = Breakers(connection).get("measured", NEVER)
        alone = Breakers().get("alone")
        opened = Breakers(connection).get("open")
        opened.force_open(by="the benchmark")
        ping = _median(connection.ping)
        _row("PING, the yardstick", ping, ping)
        _row("healthy call: look beforehand, then the call", _median(lambda: _healthy(breaker)), ping)
        _row("the same without Redis", _median(lambda: _healthy(alone)), ping)
        _row("failed call that adds points", _median(lambda: _failed(breaker)), ping)
        _row("refused beforehand", _median(lambda: _refused(opened)), ping)
        connection.close()
        running.stop()


def _healthy(breaker: Breaker) -> None:
    breaker.refuse_if_open()
    with breaker.calling(weigh=lambda _error: 1):
        pass


def _failed(breaker: Breaker) -> None:
    try:
        with breaker.calling(weigh=lambda _error: 1):
            raise ArithmeticError
    except ArithmeticError:
        return


def _refused(breaker: Breaker) -> None:
    try:
        breaker.refuse_if_open()
    except BreakerOpenError:
        return


def _median(act: Callable[[], object]) -> float:
    took = []
    for _ in range(CALLS):
        started = time.perf_counter()
        act()
        took.append(time.perf_counter() - started)
    return statistics.median(took[CALLS // 10 :])


def _row(what: str, seconds: float, yardstick: float) -> None:
    print(f"{what:<48}{seconds * 1000:8.3f} ms{seconds / yardstick:8.1f} x PING")


if __name__ == "__main__":
    main()
