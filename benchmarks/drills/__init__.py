"""Fault drills: the real processes are hurt under load, and the rows are read afterwards.

    python -m benchmarks.drills [NAME ...] [--rounds N]

| file | what |
|---|---|
| `__main__.py` | runs them and writes the table |
| `catalogue.py` | which drills there are |
| `scene.py` | PostgreSQL and Redis of the drill's own, which may be stopped, frozen and filled |
| `workers.py` | worker processes and the clock |
| `puppet.py` | what the jobs do: steps, each with one row and a checkpoint |
| `load.py` | jobs enqueued all through, and which of them were acknowledged |
| `trial.py` | one round: load, fault, the wait until all is over |
| `verdict.py` | the invariants, from rows |
| the others | the drills, by what is hurt |
"""
