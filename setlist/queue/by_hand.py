"""What an operator does about jobs. Each may be asked for twice: the second time it changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from setlist.models.queue import JobState, QueueJob, QueueJobAttempt
from setlist.queue.aftermath import settle_imports
from setlist.queue.states import IS_ACTIVE, IS_WAITING, state_is

BATCH = 500
MAY_BE_RETRIED = (JobState.DEAD, JobState.CANCELLED, JobState.DISCARDED)
_IS_OVER_BADLY = state_is(*MAY_BE_RETRIED)
_IS_DEAD = state_is(JobState.DEAD)

# Its import goes on from its checkpoint; one that was not ended with its job is left as it is.
_REVIVE = text("""
WITH revived AS (
    UPDATE sync_jobs
    SET state = 'queued', error = NULL, finished_at = NULL, left_seconds = NULL, left_at = NULL
    WHERE queue_job_id = :id AND state IN ('failed', 'cancelled')
    RETURNING id, state, phase, percent, counts
)
INSERT INTO sync_progress (sync_job_id, state, phase, percent, counts)
SELECT id, state, phase, percent, counts FROM revived
""")


class StandsInTheWay(Exception):  # noqa: N818 - reads as what happened
    """Another job that does the same waits or runs."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} does the same and is active")
        self.job_id = job_id


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadOnes:
    """Which dead jobs: of a queue or of all, those with these words in their error, and ended by `until`."""

    until: datetime
    queue: str = ""
    words: str = ""

    def condition(self) -> ColumnElement[bool]:
        chosen = _IS_DEAD & (QueueJob.finished_at <= self.until)
        if self.queue:
            chosen &= QueueJob.queue == self.queue
        if self.words:
            chosen &= QueueJob.error.icontains(self.words, autoescape=True)
        return chosen


def retry(session: Session, job_id: int) -> bool:
    """A dead, cancelled or discarded job begins anew, due at once. False: it was none of these.

    Raises StandsInTheWay where another job with its dedup key is active.
    """
    job = session.scalar(
        select(QueueJob)
        .where(QueueJob.id == job_id, _IS_OVER_BADLY)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if job is None:
        return False
    while not _is_anew(session, job):
        active = session.scalar(select(QueueJob.id).where(QueueJob.dedup_key == job.dedup_key, IS_ACTIVE))
        if active is not None:
            raise StandsInTheWay(active)  # else it ended between the two statements
    session.execute(_REVIVE, {"id": job_id})
    return True


def discard(session: Session, job_id: int) -> bool:
    """A dead job was looked at, and need not be shown any more. False: it was not dead."""
    settle_imports(session)  # by the state that the job leaves here
    return bool(_change(session, (QueueJob.id == job_id) & _IS_DEAD, **_discarded()))


def discard_batch(session: Session, which: DeadOnes) -> int:
    """Some of them; fewer than BATCH: those were all."""
    settle_imports(session)
    return _change(session, _some(which.condition()), **_discarded())


def count_dead(session: Session, which: DeadOnes, *, cap: int) -> int:
    counted = select(QueueJob.id).where(which.condition()).limit(cap).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def cancel_waiting_batch(session: Session, queue: str, *, until: datetime, reason: str) -> int:
    """Some of the jobs of the queue that were there at `until` and wait; fewer than BATCH: those were all."""
    chosen = _some(IS_WAITING & (QueueJob.queue == queue) & (QueueJob.created_at <= until))
    return _change(
        session, chosen, state=JobState.CANCELLED, finished_at=func.clock_timestamp(), error=reason
    )


def attempts_of(session: Session, job_id: int, *, limit: int) -> list[QueueJobAttempt]:
    """The newest first."""
    statement = select(QueueJobAttempt).where(QueueJobAttempt.job_id == job_id)
    return list(session.scalars(statement.order_by(QueueJobAttempt.fence.desc()).limit(limit)))


def _is_anew(session: Session, job: QueueJob) -> bool:
    """The dispatcher sends it within a second or so. False: the index of dedup keys refuses it."""
    anew: dict[str, Any] = {
        "state": JobState.QUEUED,
        "run_at": func.clock_timestamp(),
        "attempts": 0,
        "crashes": 0,
        **dict.fromkeys(("error", "finished_at", "sent_at", "lease_owner", "lease_until")),
    }
    try:
        with session.begin_nested():
            _change(session, QueueJob.id == job.id, **anew)
    except IntegrityError:
        return False
    return True


def _discarded() -> dict[str, Any]:
    # From then on it is kept as long as what was done; when it died, its last attempt tells.
    return {"state": JobState.DISCARDED, "finished_at": func.clock_timestamp()}


def _some(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    chosen = select(QueueJob.id).where(condition).limit(BATCH).with_for_update(skip_locked=True)
    # An array, since a subquery that locks may be read more than once, and take another batch each time.
    return QueueJob.id == func.any(func.array(chosen.correlate(None).scalar_subquery()))


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> int:
    values["state"] = values["state"].value
    statement = (
        update(QueueJob)
        .where(which)
        .values(values)
        .returning(QueueJob.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(statement).all())
