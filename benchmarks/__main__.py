"""All benchmarks, one after the other."""

from benchmarks import (
    bad_answers,
    breaker_overhead,
    cache,
    freshness,
    gate_overhead,
    hundred_artists,
    import_path,
    kill_worker,
    provider_calls,
    queue_rate,
    redis_away,
    streams,
    time_left,
    titles,
    trough,
    votes,
    weather,
)

ALL = (
    import_path,
    kill_worker,
    redis_away,
    breaker_overhead,
    gate_overhead,
    cache,
    titles,
    trough,
    freshness,
    bad_answers,
    provider_calls,
    hundred_artists,
    weather,
    queue_rate,
    streams,
    time_left,
    votes,
)

for benchmark in ALL:
    print(f"\n== {benchmark.__name__}")
    benchmark.main()
