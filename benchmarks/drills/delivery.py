"""Messages that are missing or too many, and a job that ends whoever runs it."""

import subprocess
import sys

from benchmarks.drills.load import QUEUES
from benchmarks.drills.scene import Scene
from benchmarks.drills.trial import under_load
from benchmarks.drills.verdict import Outcome
from benchmarks.processes import ROOT, wait
from setlist.queue.reap import MOST_CRASHES

CRASHES = 4
COPIES = 3
POISON_SECONDS = 120
POISON_PAUSE = 0.2

_STATE = "SELECT state FROM queue_jobs WHERE id = :id"
_OTHERS_HIT = """
SELECT hurt.job_id, bane.started_at + make_interval(secs => :pause)
FROM queue_job_attempts AS hurt
JOIN queue_job_attempts AS bane ON bane.worker = hurt.worker AND bane.job_id = :poison
WHERE hurt.outcome = 'lost' AND hurt.job_id <> :poison
"""


def crash_before_send(scene: Scene) -> Outcome:
    """A process that ends between its commit and the sending of the message."""
    with under_load(scene) as trial:
        for number in range(CRASHES):
            queue = QUEUES[number % len(QUEUES)]
            command = [sys.executable, "-m", "benchmarks.drills.crasher", queue]
            ended = subprocess.run(
                command, cwd=ROOT, env=scene.environment, capture_output=True, text=True, check=False
            )
            trial.expect(f"it ended in send(): {ended.stderr[-300:]}", holds=ended.returncode == 9)
            job_id = int(ended.stdout)
            trial.load.acknowledged.append(job_id)
            trial.mark([job_id])
    return trial.outcome()


def duplicates(scene: Scene) -> Outcome:
    """Every message several times, to two workers at once."""

    def send_copies(queue: str, job_id: int) -> None:
        scene.sender.send(queue, [job_id] * COPIES)

    with under_load(scene, per_second=8, on_acknowledged=send_copies) as trial:
        trial.more_workers()
        for job_id, queue in zip(trial.long_jobs(steps=20), QUEUES, strict=True):
            send_copies(queue, job_id)
    claims = scene.rows(
        "SELECT count(*) FROM queue_job_attempts WHERE job_id = ANY(:ids)", ids=trial.load.acknowledged
    )
    trial.expect("each was claimed once", holds=claims == [(len(trial.load.acknowledged),)])
    return trial.outcome()


def poison(scene: Scene) -> Outcome:
    """A job at whose second step the process ends; the others go on, and it is given up."""
    with under_load(scene) as trial:
        trial.long_jobs()
        job_id = trial.load.give(QUEUES[0], steps=3, pause=POISON_PAUSE, exits_at=1)
        trial.poison.append(job_id)
        wait("it is given up", lambda: scene.rows(_STATE, id=job_id) == [("dead",)], seconds=POISON_SECONDS)
        for hurt, since in scene.rows(_OTHERS_HIT, poison=job_id, pause=2 * POISON_PAUSE):
            trial.hit[hurt] = since
    [(crashes,)] = scene.rows("SELECT crashes FROM queue_jobs WHERE id = :id", id=job_id)
    trial.expect(f"it is dead after {MOST_CRASHES} crashes, not {crashes}", holds=crashes == MOST_CRASHES)
    return trial.outcome()
