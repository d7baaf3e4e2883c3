"""All benchmarks, one after the other."""

from benchmarks import import_path, kill_worker

for benchmark in (import_path, kill_worker):
    print(f"\n== {benchmark.__name__}")
    benchmark.main()
