"""Knowing a process again, and ending it for certain."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from setlist.embedded.processes import Identity, end, end_child, tethered, wait_until

# Starts a child tied to itself, tells its number, and waits.
PARENT = """
import json, signal, subprocess, sys, time
from setlist.embedded.processes import tethered
child = subprocess.Popen(tethered(["sleep", "60"], death=signal.SIGTERM), start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("on", flush=True)
time.sleep(60)
"""


def test_a_process_is_known_by_its_start_and_not_by_its_number_alone() -> None:
    ours = Identity.of(os.getpid())
    assert ours is not None
    assert ours.runs
    assert not Identity(pid=ours.pid, started="another time").runs


def test_an_ended_process_is_not_running_even_before_it_is_reaped() -> None:
    child = subprocess.Popen(["true"])
    identity = Identity.of(child.pid)
    assert wait_until(lambda: Identity.of(child.pid) is None, 10)
    assert identity is None or not identity.runs
    child.wait()


def test_an_identity_survives_being_written_and_read(tmp_path: Path) -> None:
    ours = Identity.of(os.getpid())
    assert ours is not None
    ours.write(tmp_path / "process.json")
    assert Identity.read(tmp_path / "process.json") == ours


@pytest.mark.parametrize("content", ["", "{", json.dumps({"pid": 1}), json.dumps([1, 2])])
def test_a_damaged_identity_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "process.json").write_text(content)
    assert Identity.read(tmp_path / "process.json") is None


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux does this")
def test_a_tethered_process_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = Identity.of(int(parent.stdout.readline()))
    assert child is not None
    assert child.runs
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not child.runs, 10)


def test_a_program_that_is_missing_is_named() -> None:
    ran = subprocess.run(
        tethered(["no-such-program"], death=signal.SIGTERM), capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert "no-such-program cannot be started: No such file or directory" in ran.stderr


def test_what_ignores_one_signal_gets_the_next() -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    identity = Identity.of(child.pid)
    assert identity is not None
    assert end(identity, (signal.SIGTERM, 0.1), (signal.SIGKILL, 10.0))
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()


def test_a_stubborn_child_is_killed_at_last() -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    end_child(child, (signal.SIGTERM, 0.1))
    assert child.returncode == -signal.SIGKILL
    child.stdout.close()
