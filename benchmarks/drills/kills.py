"""Processes that are killed, stopped or frozen."""

import os
import signal
import subprocess

from benchmarks.drills.scene import Scene
from benchmarks.drills.trial import Trial, under_load
from benchmarks.drills.verdict import Outcome
from benchmarks.drills.workers import freeze

DEPLOYS = 4
DRAIN_SECONDS = 30


def kill_child(scene: Scene) -> Outcome:
    """kill -9 of each worker process in turn; their master stays."""
    with under_load(scene) as trial:
        trial.long_jobs()
        for pid in trial.workers.pids():
            victims = trial.running([pid])
            os.kill(pid, signal.SIGKILL)
            trial.mark(victims)
    return trial.outcome()


def kill_master(scene: Scene) -> Outcome:
    """kill -9 of the master alone: its children must not go on unseen."""
    with under_load(scene) as trial:
        trial.long_jobs()
        orphans = trial.workers.pids()
        victims = trial.running()
        trial.workers.signal(signal.SIGKILL)
        trial.mark(victims)
        trial.more_workers()
    remaining = [pid for pid in orphans if _runs(pid)]
    trial.expect("the children of a killed master end", holds=not remaining)
    for pid in remaining:
        os.kill(pid, signal.SIGKILL)
    return trial.outcome()


def kill_all(scene: Scene) -> Outcome:
    """kill -9 of the master and all children at the same moment: leases have to run out."""
    with under_load(scene) as trial:
        trial.long_jobs()
        victims = trial.running()
        trial.workers.kill_all()
        trial.mark(victims)
        trial.more_workers()
    return trial.outcome()


def sigterm_loop(scene: Scene) -> Outcome:
    """Deploy after deploy while busy: the next workers are ready, then the last ones get SIGTERM."""
    with under_load(scene) as trial:
        trial.long_jobs(steps=60)
        running = trial.workers
        for _ in range(DEPLOYS):
            following = trial.more_workers()
            victims = trial.running(running.pids())
            running.signal(signal.SIGTERM)
            trial.mark(victims)
            trial.expect("it ends in good order", holds=_status(running.process) == 0)
            running = following
    lost = scene.rows("SELECT count(*) FROM queue_job_attempts WHERE outcome = 'lost'")
    trial.expect("no attempt counts as lost after SIGTERM", holds=lost == [(0,)])
    return trial.outcome()


def frozen_worker(scene: Scene) -> Outcome:
    """SIGSTOP of a worker process past its lease, while another one goes on; then it wakes up."""
    with under_load(scene) as trial:
        trial.more_workers()
        trial.long_jobs(each=2, locks=True)
        pids = trial.workers.pids()
        victims = trial.running(pids)
        trial.expect("it was busy when it froze", holds=bool(victims))
        trial.mark(victims)
        freeze(pids, scene.lease_seconds + 5)
    _note_refusals(trial)
    return trial.outcome()


def _note_refusals(trial: Trial) -> None:
    [(taken,)] = trial.scene.rows("SELECT count(*) FROM queue_job_attempts WHERE outcome = 'lost'")
    trial.notes.append(f"{taken} claims lost")


def _status(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(DRAIN_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
