"""Taking a job, and keeping it: a lease that is renewed, a fence that refuses whoever lost it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.orm import Session

from setlist.models.base import Json
from setlist.models.queue import JobState, QueueJob
from setlist.queue.errors import Cancelled, Interrupted, LeaseLost
from setlist.queue.states import IS_RUNNING

# In the order of ids and past what others hold, so that no two claims wait for each other. A job that lost a
# worker is suspect: a worker runs one of those at a time, so that poison takes no innocent along twice.
_CLAIM = text("""
WITH wanted AS (
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:queues AS text[]), CAST(:seconds AS float8[]))
        AS listed (id, queue, seconds)
), free AS (
    SELECT job.id, wanted.seconds
    FROM queue_jobs AS job JOIN wanted ON wanted.id = job.id AND wanted.queue = job.queue
    WHERE job.state IN ('queued', 'retrying')
      AND job.run_at <= clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue_pauses.queue = job.queue)
      AND (job.crashes = 0 OR job.id = (
          SELECT min(suspect.id) FROM queue_jobs AS suspect JOIN wanted USING (id)
          WHERE suspect.crashes > 0
            AND suspect.state IN ('queued', 'retrying')
            AND NOT EXISTS (
                SELECT 1 FROM queue_jobs AS other
                WHERE other.state IN ('running') AND other.crashes > 0 AND other.lease_owner = :worker)))
    ORDER BY job.id
    FOR UPDATE OF job SKIP LOCKED
), taken AS (
    UPDATE queue_jobs AS job
    SET state = 'running',
        fence = job.fence + 1,
        attempts = job.attempts + 1,
        lease_owner = :worker,
        lease_until = clock_timestamp() + make_interval(secs => free.seconds),
        started_at = clock_timestamp()
    FROM free
    WHERE job.id = free.id
    RETURNING job.id AS job_id, job.queue, job.fence, job.args, job.attempts, job.max_attempts, free.seconds
), noted AS (
    INSERT INTO queue_job_attempts (job_id, fence, worker) SELECT job_id, fence, :worker FROM taken
)
SELECT * FROM taken
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to run a job and to write for it, until another one has a higher fence."""

    job_id: int
    fence: int
    queue: str
    args: Json
    attempts: int
    max_attempts: int
    seconds: float

    @property
    def is_last(self) -> bool:
        return self.attempts >= self.max_attempts


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A job that came as a message, and for how many seconds it is to be leased."""

    queue: str
    job_id: int
    seconds: float


def claim_all(session: Session, wanted: Sequence[Wanted], *, worker: str) -> dict[int, Lease]:
    """Those that this worker may run, by id; not in it: what is not there, not due, paused, taken or over.

    The attempt is counted here, so that a job that kills its process is counted too.
    """
    by_id = {one.job_id: one for one in wanted}
    rows = session.execute(
        _CLAIM,
        {
            "ids": list(by_id),
            "queues": [one.queue for one in by_id.values()],
            "seconds": [one.seconds for one in by_id.values()],
            "worker": worker,
        },
    )
    return {row.job_id: Lease(**row._asdict()) for row in rows}


def claim(session: Session, queue: str, job_id: int, *, worker: str, seconds: float) -> Lease | None:
    """One of them, or None."""
    return claim_all(session, [Wanted(queue=queue, job_id=job_id, seconds=seconds)], worker=worker).get(
        job_id
    )


def renew(session: Session, lease: Lease) -> None:
    """The lease starts anew with this transaction's commit. Raises LeaseLost or Cancelled."""
    statement = held(lease).values(lease_until=_until(lease.seconds))
    if session.execute(statement.returning(QueueJob.id)).first() is None:
        raise refusal(session, lease)


def renew_all(session: Session, leases: Iterable[Lease]) -> set[int]:
    """Renew what is still held; the ids of those jobs."""
    by_seconds: dict[float, list[tuple[int, int]]] = {}
    for lease in leases:
        by_seconds.setdefault(lease.seconds, []).append((lease.job_id, lease.fence))
    kept: set[int] = set()
    for seconds, keys in by_seconds.items():
        statement = (
            update(QueueJob)
            .where(tuple_(QueueJob.id, QueueJob.fence).in_(keys), IS_RUNNING)
            .values(lease_until=_until(seconds))
            .returning(QueueJob.id)
            .execution_options(synchronize_session=False)
        )
        kept.update(session.scalars(statement))
    return kept


def held(lease: Lease) -> Any:
    """An UPDATE of the job that touches no row unless the lease is still this one."""
    return (
        update(QueueJob)
        .where(QueueJob.id == lease.job_id, QueueJob.fence == lease.fence, IS_RUNNING)
        .execution_options(synchronize_session=False)
    )


def refusal(session: Session, lease: Lease) -> Interrupted:
    """Why a write was refused."""
    job = session.execute(select(QueueJob.state, QueueJob.fence).where(QueueJob.id == lease.job_id)).first()
    if job is not None and job.state == JobState.CANCELLED and job.fence == lease.fence:
        return Cancelled(f"job {lease.job_id} was cancelled")
    return LeaseLost(f"job {lease.job_id} is not this worker's any more")


def _until(seconds: float) -> Any:
    # clock_timestamp(), since now() stands still in a transaction, and a phase's can be long.
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
