"""Taking a job back."""

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from setlist.models.queue import JobState, QueueJob, QueueJobAttempt
from setlist.queue.states import IS_ACTIVE


def cancel(session: Session, job_id: int, *, reason: str = "cancelled") -> bool:
    """Whether it was waiting or running. A running one stops at its next checkpoint."""
    statement = (
        update(QueueJob)
        .where(QueueJob.id == job_id, IS_ACTIVE)
        .values(state=JobState.CANCELLED.value, finished_at=func.clock_timestamp(), error=reason)
        .returning(QueueJob.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).first() is None:
        return False
    session.execute(
        update(QueueJobAttempt)
        .where(QueueJobAttempt.job_id == job_id, QueueJobAttempt.outcome.is_(None))
        .values(outcome=JobState.CANCELLED.value, finished_at=func.clock_timestamp(), error=reason)
        .execution_options(synchronize_session=False)
    )
    return True
