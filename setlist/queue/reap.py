"""Jobs whose worker went silent."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_BATCH = 200
_SILENT = "its worker went silent"

# The attempt was counted at the claim: a job that kills its process is dead after the last one. The first
# loss is taken for bad luck and goes on at once; after that the job is suspect and waits, so that it does
# not kill worker after worker.
_REAP = text("""
WITH expired AS (
    SELECT id FROM queue_jobs
    WHERE state IN ('running') AND lease_until < clock_timestamp()
    ORDER BY lease_until
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
), reaped AS (
    UPDATE queue_jobs AS job
    SET state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'retrying' END,
        run_at = clock_timestamp() + make_interval(secs => least(60, (attempts - 1) * 5)),
        finished_at = CASE WHEN attempts >= max_attempts THEN clock_timestamp() END,
        sent_at = NULL,
        lease_owner = NULL,
        lease_until = NULL,
        error = :silent
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
    states = list(session.scalars(_REAP, {"batch": _BATCH, "silent": _SILENT}))
    dead = states.count("dead")
    return Reaped(returned=len(states) - dead, dead=dead)
