"""The short drills of benchmarks/, a round each: real processes are hurt, and the rows are read.

In processes of their own, since their app would take over the limits and the transport of this one's, and
on a Redis of their own, since their workers would take the messages of other tests.
"""

import os
import subprocess
import sys

import pytest

from config import ROOT

SHORT = ("kill_child", "crash_before_send")
SECONDS = 400
LEASE_SECONDS = "3"  # how long nobody else may touch what a killed worker did: here no need to wait long


def output_of(*module_and_arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *module_and_arguments],
        cwd=ROOT,
        env={**os.environ, "JOB_LEASE_SECONDS": LEASE_SECONDS, "REDIS_URL": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", SHORT)
def test_no_job_is_lost_and_none_takes_effect_twice(name: str) -> None:
    output_of("benchmarks.drills", name, "--rounds", "1")


def test_a_worker_killed_in_the_middle_of_an_import_leaves_the_same_rows_in_the_end() -> None:
    assert "same rows 1 of 1;" in output_of("benchmarks.kill_worker", "1")
