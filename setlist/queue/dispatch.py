"""Sends what is due and was not sent: scheduled jobs, retries, and what a crash or Redis lost.

A row that was sent and still waits is sent again
- after a few seconds, where the transport's list is empty: then its message is gone;
- after minutes, where the list is shorter than what waits: then some messages are gone.
A message too many is harmless, since only one claim wins, but a long backlog must not be sent over and
over: the list never grows longer than what waits by more than a batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import TextClause, text, update
from sqlalchemy.orm import Session

from setlist.models.queue import QueueJob
from setlist.queue.names import QUEUES
from setlist.queue.outbox import send_after_commit
from setlist.queue.pause import paused_queues
from setlist.queue.states import IS_WAITING

BATCH = 500
PATIENCE_EMPTY = 3.0
PATIENCE = 300.0

_UNSENT = text("""
UPDATE queue_jobs AS job SET sent_at = clock_timestamp()
FROM (
    SELECT id FROM queue_jobs
    WHERE queue = :queue AND state IN ('queued', 'retrying') AND sent_at IS NULL
      AND run_at <= clock_timestamp()
    ORDER BY run_at, id
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
) AS due
WHERE job.id = due.id
RETURNING job.id
""")
_LOST = text("""
UPDATE queue_jobs AS job SET sent_at = clock_timestamp()
FROM (
    SELECT id FROM queue_jobs
    WHERE queue = :queue AND state IN ('queued', 'retrying')
      AND sent_at < clock_timestamp() - make_interval(secs => :patience)
    ORDER BY sent_at
    LIMIT :missing
    FOR UPDATE SKIP LOCKED
) AS lost
WHERE job.id = lost.id
RETURNING job.id
""")
_SENT_AND_WAITING = text("""
SELECT count(*) FROM (
    SELECT 1 FROM queue_jobs
    WHERE queue = :queue AND state IN ('queued', 'retrying') AND sent_at IS NOT NULL
    LIMIT :enough
) AS waiting
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    sent: int
    resent: int


def sweep(session: Session, lengths: Mapping[str, int]) -> Swept:
    """Mark as sent, and send after the caller's commit. `lengths`: of the transport's lists, by queue."""
    sent = resent = 0
    paused = paused_queues(session)
    for queue in QUEUES:
        if queue in paused:
            continue
        sent += _mark(session, queue, _UNSENT, batch=BATCH)
        resent += _resend(session, queue, lengths[queue])
    return Swept(sent=sent, resent=resent)


def send_again(session: Session, queue: str, job_id: int) -> None:
    """For whoever took its message and cannot run it: the next sweep sends another, if it still waits."""
    session.execute(
        update(QueueJob)
        .where(QueueJob.id == job_id, QueueJob.queue == queue, IS_WAITING)
        .values(sent_at=None)
        .execution_options(synchronize_session=False)
    )


def _resend(session: Session, queue: str, length: int) -> int:
    enough = length + BATCH
    waiting = session.scalar(_SENT_AND_WAITING, {"queue": queue, "enough": enough}) or 0
    missing = waiting - length
    if missing <= 0:
        return 0
    patience = PATIENCE if length else PATIENCE_EMPTY
    return _mark(session, queue, _LOST, patience=patience, missing=missing)


def _mark(session: Session, queue: str, statement: TextClause, **limits: float) -> int:
    job_ids = session.scalars(statement, {"queue": queue, **limits}).all()
    for job_id in job_ids:
        send_after_commit(session, queue, job_id)
    return len(job_ids)
