"""Looking at jobs, and moving them in time instead of waiting."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from setlist.models.queue import QueueJob, QueueJobAttempt
from setlist.queue.claim import Lease, claim
from setlist.queue.enqueue import enqueue

QUEUE = "artist_search"
OTHER_QUEUE = "trending_calc"


def stored(session: Session, queue: str = QUEUE, **args: object) -> int:
    """A committed job's id."""
    job_id = enqueue(session, queue, args).id
    session.commit()
    return job_id


def claimed(session: Session, job_id: int, worker: str = "one", queue: str = QUEUE) -> Lease:
    lease = claim(session, queue, job_id, worker=worker, seconds=30)
    session.commit()
    assert lease is not None
    return lease


def fresh(session: Session, job_id: int) -> QueueJob:
    """The row as it is in the database now."""
    session.rollback()
    return session.get_one(QueueJob, job_id, populate_existing=True)


def outcomes(session: Session, job_id: int) -> list[str | None]:
    session.rollback()
    statement = select(QueueJobAttempt.outcome).where(QueueJobAttempt.job_id == job_id)
    return list(session.scalars(statement.order_by(QueueJobAttempt.fence)))


def seconds_until(session: Session, job_id: int) -> float:
    """From now, by the database's clock, to the job's run_at."""
    statement = select(func.extract("epoch", QueueJob.run_at - func.clock_timestamp()))
    return float(session.scalar(statement.where(QueueJob.id == job_id)))


def age(session: Session, job_id: int, column: str, seconds: float) -> None:
    """As if it had happened earlier."""
    session.execute(
        text(f"UPDATE queue_jobs SET {column} = {column} - make_interval(secs => :seconds) WHERE id = :id"),  # noqa: S608
        {"id": job_id, "seconds": seconds},
    )
    session.commit()


def make_due(session: Session, job_id: int) -> None:
    """As if its waiting time were over."""
    session.rollback()
    age(session, job_id, "run_at", 10**6)


def expire(session: Session, lease: Lease) -> None:
    age(session, lease.job_id, "lease_until", 1000)
