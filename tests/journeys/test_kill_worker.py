"""The drill of the benchmark, in short."""

import os
import subprocess
import sys

from config import ROOT

ROUNDS = 2
SECONDS = 300
LEASE_SECONDS = "3"  # how long nobody else may touch what the killed worker did: here no need to wait long


def test_killed_in_the_middle_of_imports_a_worker_leaves_the_same_rows_in_the_end() -> None:
    """In a process of its own, since its app would take over the limits of this one's, and on a Redis of
    its own, since its worker would take the messages of other tests."""
    drill = [sys.executable, "-m", "benchmarks.kill_worker", str(ROUNDS)]
    environment = {**os.environ, "JOB_LEASE_SECONDS": LEASE_SECONDS, "REDIS_URL": ""}
    done = subprocess.run(
        drill, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"same rows {ROUNDS} of {ROUNDS};" in done.stdout, done.stdout
