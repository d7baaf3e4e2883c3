"""A processor that does what its job says, for worker processes that tests start and kill."""

import os
import time
from dataclasses import replace

import click
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


@click.command()
@click.option("--group", default="all")
@click.option("--threads", type=int, default=3)
@click.option("--queue-limit", type=float, default=None, help="Another time limit for all queues.")
def main(group: str, threads: int, queue_limit: float | None) -> None:
    processors = [Processor(queue, puppet) for queue in QUEUES]
    for processor in processors if queue_limit else ():
        processor.rule = replace(processor.rule, time_limit=queue_limit)
    boot(processors, group=group, threads=threads).run()


if __name__ == "__main__":
    main()
