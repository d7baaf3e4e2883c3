"""Taking a job, and keeping it: a lease that is renewed, a fence that refuses whoever lost it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from setlist.models.base import Json
from setlist.models.queue import JobState, QueueJob, QueueJobAttempt
from setlist.queue.errors import Cancelled, Interrupted, LeaseLost
from setlist.queue.states import IS_PAUSED, IS_RUNNING, IS_WAITING

_IS_DUE = QueueJob.run_at <= func.clock_timestamp()


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


def claim(session: Session, queue: str, job_id: int, *, worker: str, seconds: float) -> Lease | None:
    """The job for this worker; None where it is not there, not due, paused, taken or over.

    The attempt is counted here, so that a job that kills its process is counted too.
    """
    statement = (
        update(QueueJob)
        .where(QueueJob.id == job_id, QueueJob.queue == queue, IS_WAITING, _IS_DUE, ~IS_PAUSED)
        .values(
            state=JobState.RUNNING.value,
            fence=QueueJob.fence + 1,
            attempts=QueueJob.attempts + 1,
            lease_owner=worker,
            lease_until=_until(seconds),
            started_at=func.clock_timestamp(),
        )
        .returning(QueueJob.fence, QueueJob.args, QueueJob.attempts, QueueJob.max_attempts)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    session.add(QueueJobAttempt(job_id=job_id, fence=row.fence, worker=worker))
    session.flush()
    return Lease(job_id=job_id, queue=queue, seconds=seconds, **row._asdict())


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
