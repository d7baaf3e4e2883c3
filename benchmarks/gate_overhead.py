"""What the gate adds to a healthy call: breaker, budget and bookkeeping, Redis included.

    python -m benchmarks.gate_overhead

The same look-up from the sandbox, by turns through the gate and by plain requests. Redis and PostgreSQL are
real; limits are on, at a clock so fast that no call waits for its slot.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from benchmarks.processes import product
from setlist.providers.sources import Providers
from setlist.sandbox.catalogue.ids import BENCHMARK_MBID
from setlist.sandbox.options import SandboxOptions

CALLS = 1_500
SPEED = 100_000.0
WARM_UP = 100


def main() -> None:
    options = SandboxOptions(artists=20, seed=7, latency_ms=0)
    settings = {"sandbox_limits": True, "sandbox_limit_speed": SPEED}
    with (
        tempfile.TemporaryDirectory() as folder,
        product(Path(folder), options, **settings) as (app, sandbox, _environment),
        app.app_context(),
    ):
        providers: Providers = app.extensions["providers"]
        gated = _gated(providers)
        plain = _plain(f"{sandbox.url}/musicbrainz/ws/2/artist/{BENCHMARK_MBID}")
        for _ in range(WARM_UP):
            gated()
            plain()
        pairs = [(_seconds(gated), _seconds(plain)) for _ in range(CALLS)]
    through, without = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    added = statistics.median(gate - bare for gate, bare in pairs) * 1000
    print(f"plain requests            median {without:6.2f} ms")
    print(f"through the gate          median {through:6.2f} ms")
    print(f"the gate adds, pair by pair, median {added:6.2f} ms   (bar: 3 ms)")


def _gated(providers: Providers) -> Callable[[], object]:
    client = providers.sources().musicbrainz
    return lambda: client.artist(BENCHMARK_MBID)


def _plain(url: str) -> Callable[[], object]:
    session = requests.Session()
    session.headers["User-Agent"] = "Setlist benchmark ( https://example.org )"
    parameters = {"inc": "aliases+url-rels+genres+tags", "fmt": "json"}
    return lambda: session.get(url, params=parameters, timeout=5).json()


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
