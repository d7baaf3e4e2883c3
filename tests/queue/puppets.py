"""A processor that does what its job says, for worker processes that tests start and kill."""

import os
import time

from sqlalchemy import func, select

from setlist.models import SystemHealth
from setlist.processors.running import JobRun, Processor
from setlist.queue.names import QUEUES
from setlist.worker import boot

PAUSE = 0.15


def puppet(run: JobRun) -> None:
    """Exits, or sleeps, or takes steps: each with a row and a checkpoint, from where an earlier run was."""
    if run.args.get("exits"):
        os._exit(1)
    time.sleep(run.args.get("sleeps", 0))
    part = f"job {run.job_id}"
    taken = run.session.scalar(select(func.count()).where(SystemHealth.part == part)) or 0
    for step in range(taken, run.args.get("steps", 0)):
        time.sleep(PAUSE)
        run.session.add(SystemHealth(part=part, state=f"step {step}"))
        run.commit()


def start() -> None:
    boot(Processor(queue, puppet) for queue in QUEUES)
