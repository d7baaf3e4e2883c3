"""Sends what is due and was not sent: scheduled jobs, retries, and what a crash or Redis lost.

A row that was sent and still waits is sent again
- after a few seconds, where the transport's list is empty: then its message is gone;
- after some more, where the list is shorter than what waits: then some messages are gone, those of a
  killed worker for example.
A message too many is harmless, since only one claim wins, but a long backlog must not be sent over and
over: the list never grows longer than what waits by more than a batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from setlist.queue.names import QUEUES
from setlist.queue.outbox import send_after_commit
from setlist.queue.pause import paused_queues

BATCH = 500
ENOUGH = 4 * BATCH  # messages of a queue in Redis: what else is due waits in its rows
PATIENCE_EMPTY = 3.0
PATIENCE = 20.0

# statement_timestamp() and not clock_timestamp(), which changes while a statement runs: no index can be asked
# for what is earlier than that, and a million rows that wait would be read each time.
# Materialised: a plan may read a subquery several times, and each time it would lock and take another batch.
_UNSENT = text("""
WITH due AS MATERIALIZED (
    SELECT id FROM queue_jobs
    WHERE queue = :queue AND state IN ('queued', 'retrying') AND sent_at IS NULL
      AND run_at <= statement_timestamp()
    ORDER BY run_at, id
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
)
UPDATE queue_jobs AS job SET sent_at = clock_timestamp()
FROM due
WHERE job.id = due.id
RETURNING job.id
""")
_LOST = text("""
WITH lost AS MATERIALIZED (
    SELECT id FROM queue_jobs
    WHERE queue = :queue AND state IN ('queued', 'retrying')
      AND sent_at < statement_timestamp() - make_interval(secs => :patience)
    ORDER BY sent_at
    LIMIT :missing
    FOR UPDATE SKIP LOCKED
)
UPDATE queue_jobs AS job SET sent_at = clock_timestamp()
FROM lost
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
    is_full: bool = False  # more of a queue may be due, and there is room for it


def sweep(session: Session, lengths: Mapping[str, int]) -> Swept:
    """Mark as sent, and send after the caller's commit. `lengths`: of the transport's lists, by queue."""
    sent, resent, is_full = 0, 0, False
    paused = paused_queues(session)
    for queue in QUEUES:
        if queue in paused:
            continue
        if lengths[queue] < ENOUGH:
            batch = _mark(session, queue, _UNSENT, batch=BATCH)
            sent, is_full = sent + batch, is_full or batch == BATCH
        resent += _resend(session, queue, lengths[queue])
    return Swept(sent=sent, resent=resent, is_full=is_full)


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
