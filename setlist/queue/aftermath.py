"""What is said of imports and mails whose job ended without them: they are over too."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Its event streams replay sync_progress: they end with this row. An import that was cancelled while it ran
# says so itself when it stops; only if its worker is silent until the lease is over, it is said here.
_SETTLE = text("""
WITH settled AS (
    UPDATE sync_jobs AS sync
    SET state = CASE job.state WHEN 'cancelled' THEN 'cancelled' ELSE 'failed' END,
        error = coalesce(job.error, 'its job ended as ' || job.state),
        finished_at = clock_timestamp()
    FROM queue_jobs AS job
    WHERE job.id = sync.queue_job_id
      AND (job.state = 'dead' OR job.state = 'cancelled'
           AND (job.lease_until IS NULL OR job.lease_until < clock_timestamp()))
      AND sync.state IN ('queued', 'running')
    RETURNING sync.id, sync.state, sync.phase, sync.percent, sync.counts
)
INSERT INTO sync_progress (sync_job_id, state, phase, percent, counts)
SELECT id, state, phase, percent, counts FROM settled
RETURNING sync_job_id
""")

# A cancelled job that still runs has its mail in hand: it is looked at again when its lease is over.
_SETTLE_MAILS = text("""
UPDATE mails AS mail
SET state = 'failed', last_error = coalesce(mail.last_error, job.error, 'its job ended as ' || job.state)
FROM queue_jobs AS job
WHERE job.id = mail.queue_job_id AND mail.state = 'waiting'
  AND (job.state IN ('dead', 'discarded') OR job.state = 'cancelled'
       AND (job.lease_until IS NULL OR job.lease_until < clock_timestamp()))
RETURNING mail.id
""")


def settle_imports(session: Session) -> list[int]:
    """Fail or cancel the imports whose job is dead or cancelled; their ids."""
    return list(session.scalars(_SETTLE))


def settle_mails(session: Session) -> list[int]:
    """Fail the mails that nothing sends any more; their ids."""
    return list(session.scalars(_SETTLE_MAILS))
