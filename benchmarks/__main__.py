"""All benchmarks, one after the other."""

from benchmarks import import_path, kill_worker, redis_away

for benchmark in (import_path, kill_worker, redis_away):
    print(f"\n== {benchmark.__name__}")
    benchmark.main()
