"""All benchmarks, one after the other."""

from benchmarks import import_path

for benchmark in (import_path,):
    print(f"\n== {benchmark.__name__}")
    benchmark.main()
