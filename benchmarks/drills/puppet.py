"""A processor that does what its job says, for all queues, and the table in which its steps are seen."""

import os
import time

import click
from sqlalchemy import Connection, text

from setlist.pipeline.identity import lock_catalogue
from setlist.processors.running import JobRun, Processor
from setlist.queue.names import QUEUES
from setlist.worker import boot

# Two rows of one place are a doubled effect. No constraint forbids it: lease, fence and checkpoint must.
TABLE = """
CREATE TABLE drill_effects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id bigint NOT NULL,
    step integer NOT NULL,
    fence integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON drill_effects (job_id, step)
"""
_TAKEN = text("SELECT coalesce(max(step) + 1, 0) FROM drill_effects WHERE job_id = :job_id")
_APPLY = text("INSERT INTO drill_effects (job_id, step, fence) VALUES (:job_id, :step, :fence)")


def make_table(connection: Connection) -> None:
    for statement in TABLE.split(";"):
        connection.execute(text(statement))


def puppet(run: JobRun) -> None:
    """Takes `steps` from where an earlier run was, one every `pause` seconds.

    `holds`: how long the transaction of each is open; `locks`: it takes the lock that imports take.
    `exits_at`: the process ends at this step. `fails_at`: the first attempt fails at it.
    """
    args = run.args
    taken = run.session.scalar(_TAKEN, {"job_id": run.job_id}) or 0
    run.session.rollback()
    for step in range(taken, args.get("steps", 0)):
        time.sleep(args.get("pause", 0.1))
        if step == args.get("exits_at"):
            os._exit(1)
        if step == args.get("fails_at") and run.lease.attempts == 1:
            raise RuntimeError("as it was told")
        _apply(run, step)
        run.commit()


def _apply(run: JobRun, step: int) -> None:
    if run.args.get("locks"):
        lock_catalogue(run.session)
    run.session.execute(_APPLY, {"job_id": run.job_id, "step": step, "fence": run.fence})
    time.sleep(run.args.get("holds", 0))


@click.command()
@click.option("--group", default="all")
@click.option("--threads", type=int, default=None)
def main(group: str, threads: int | None) -> None:
    """As `python -m setlist.worker`, with puppets."""
    boot([Processor(queue, puppet) for queue in QUEUES], group=group, threads=threads).run()


if __name__ == "__main__":
    main()
