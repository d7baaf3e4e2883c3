"""Jobs whose worker went silent."""

from dataclasses import dataclass

from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from setlist.models.queue import QueueJob, Worker
from setlist.queue.states import IS_RUNNING

MOST_CRASHES = 3
_BATCH = 200
_SILENT = "its worker went silent"
_POISON = f"its worker went silent {MOST_CRASHES} times: it may be this job that ends them"

# A claim that ends so was no attempt of the job's own, so it is counted apart: three of them, and the job is
# taken for poison. The first is taken for bad luck and goes on at once; after that the job is suspect and
# waits, so that it does not kill worker after worker.
_REAP = text("""
WITH expired AS (
    SELECT id FROM queue_jobs
    WHERE state IN ('running') AND lease_until < statement_timestamp()
    ORDER BY lease_until
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
), reaped AS (
    UPDATE queue_jobs AS job
    SET crashes = crashes + 1,
        attempts = attempts - 1,
        state = CASE WHEN crashes + 1 >= :most THEN 'dead' ELSE 'retrying' END,
        run_at = clock_timestamp() + make_interval(secs => least(60, crashes * 5)),
        finished_at = CASE WHEN crashes + 1 >= :most THEN clock_timestamp() END,
        sent_at = NULL,
        lease_owner = NULL,
        lease_until = NULL,
        error = CASE WHEN crashes + 1 >= :most THEN :poison ELSE :silent END
    FROM expired
    WHERE job.id = expired.id
    RETURNING job.id, job.fence, job.state
), marked AS (
    UPDATE queue_job_attempts AS attempt
    SET outcome = 'lost', finished_at = clock_timestamp(), error = :silent
    FROM reaped
    WHERE attempt.job_id = reaped.id AND attempt.fence = reaped.fence
)
SELECT state FROM reaped
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reaped:
    returned: int
    dead: int


def reap(session: Session) -> Reaped:
    """Expired leases go back to waiting, or end as dead."""
    limits = {"batch": _BATCH, "most": MOST_CRASHES, "silent": _SILENT, "poison": _POISON}
    states = list(session.scalars(_REAP, limits))
    dead = states.count("dead")
    return Reaped(returned=len(states) - dead, dead=dead)


def worker_died(session: Session, *, host: str, pid: int) -> int:
    """For whoever saw it end: nobody has to wait until its leases run out. How many jobs it had."""
    owner = f"{host}:{pid}:"
    expired = session.execute(
        update(QueueJob)
        .where(IS_RUNNING, func.starts_with(QueueJob.lease_owner, owner))
        .values(lease_until=func.clock_timestamp())
        .returning(QueueJob.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        update(Worker)
        .where(Worker.stopped_at.is_(None), func.starts_with(Worker.id, owner))
        .values(stopped_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    return len(expired)
