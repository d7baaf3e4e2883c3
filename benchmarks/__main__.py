"""All benchmarks, one after the other."""

from benchmarks import (
    breaker_overhead,
    cache,
    gate_overhead,
    hundred_artists,
    import_path,
    kill_worker,
    provider_calls,
    redis_away,
    weather,
)

ALL = (
    import_path,
    kill_worker,
    redis_away,
    breaker_overhead,
    gate_overhead,
    cache,
    provider_calls,
    hundred_artists,
    weather,
)

for benchmark in ALL:
    print(f"\n== {benchmark.__name__}")
    benchmark.main()
