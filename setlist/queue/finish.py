"""The ends of a run. Each checks the lease and raises LeaseLost or Cancelled where it is not held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from setlist.models.queue import JobState, QueueJob, QueueJobAttempt
from setlist.queue.claim import Lease, held, refusal
from setlist.queue.names import rule_of
from setlist.queue.retry import delay_after

# Outcomes of an attempt that counts for nothing.
PUT_OFF = "put_off"
ADVANCED = "advanced"  # put off after it had got further
HANDED_BACK = "handed_back"
MOST_PUT_OFFS = 200  # in a row: about four days at the longest delay

_LONGEST_ERROR = 2_000
_LONGEST_TRACEBACK = 20_000


_DONE = text("""
WITH ended AS (
    SELECT job.id, job.fence
    FROM queue_jobs AS job
    JOIN unnest(CAST(:ids AS bigint[]), CAST(:fences AS bigint[])) AS listed (id, fence)
        ON listed.id = job.id AND listed.fence = job.fence
    WHERE job.state = 'running'
    ORDER BY job.id
    FOR UPDATE OF job
), finished AS (
    UPDATE queue_jobs AS job
    SET state = 'done', finished_at = clock_timestamp(), lease_owner = NULL, lease_until = NULL, error = NULL
    FROM ended
    WHERE job.id = ended.id
    RETURNING job.id, job.fence
), noted AS (
    UPDATE queue_job_attempts AS attempt
    SET outcome = 'done', finished_at = clock_timestamp(), error = NULL, traceback = NULL
    FROM finished
    WHERE attempt.job_id = finished.id AND attempt.fence = finished.fence
)
SELECT id FROM finished
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    error: str
    traceback: str = ""
    hopeless: bool = False


def done(session: Session, lease: Lease) -> None:
    if lease.job_id not in done_all(session, [lease]):
        raise refusal(session, lease)


def done_all(session: Session, leases: Sequence[Lease]) -> set[int]:
    """The ids of those that were still held, and are done."""
    held_by_id = {lease.job_id: lease.fence for lease in leases}
    return set(session.scalars(_DONE, {"ids": list(held_by_id), "fences": list(held_by_id.values())}))


def failed(session: Session, lease: Lease, failure: Failure) -> JobState:
    """Retrying, after a delay that grows; dead after the last attempt, or where it is hopeless."""
    error = failure.error[:_LONGEST_ERROR]
    if lease.is_last or failure.hopeless:
        state, values = JobState.DEAD, _over(JobState.DEAD)
    else:
        delay = delay_after(rule_of(lease.queue), lease.attempts)
        state, values = JobState.RETRYING, _waiting(JobState.RETRYING) | {"run_at": _in(delay)}
    _end_run(session, lease, values | {"error": error})
    _end_attempt(session, lease, state.value, Failure(error=error, traceback=failure.traceback))
    return state


def put_off(
    session: Session, lease: Lease, when: datetime | None, reason: str, *, advanced: bool = False
) -> None:
    """Not before `when`, or after a delay that grows with each time in a row; the attempt does not count.

    At least a second, or a wrong clock spins. `advanced`: it reached a checkpoint before, which ends the row.
    """
    if when is None:
        delay = delay_after(rule_of(lease.queue), 1 if advanced else put_offs(session, lease.job_id) + 1)
        run_at = _in(max(1.0, delay))
    else:
        run_at = func.greatest(when, _in(1.0))
    _end_run(session, lease, _waiting(JobState.QUEUED) | {"run_at": run_at, "error": reason} | _UNCOUNTED)
    _end_attempt(session, lease, ADVANCED if advanced else PUT_OFF, Failure(error=reason))


def put_offs(session: Session, job_id: int) -> int:
    """How many times in a row the job was put off without having got any further."""
    outcomes = session.scalars(
        select(QueueJobAttempt.outcome)
        .where(QueueJobAttempt.job_id == job_id, QueueJobAttempt.outcome.not_in([HANDED_BACK]))
        .order_by(QueueJobAttempt.fence.desc())
        .limit(MOST_PUT_OFFS)
    )
    return len(list(takewhile(lambda outcome: outcome == PUT_OFF, outcomes)))


def hand_back(session: Session, lease: Lease, reason: str = "its worker stopped") -> None:
    """Another worker goes on at once; the attempt does not count."""
    run_at = func.clock_timestamp()
    _end_run(session, lease, _waiting(JobState.QUEUED) | {"run_at": run_at} | _UNCOUNTED)
    _end_attempt(session, lease, HANDED_BACK, Failure(error=reason))


_UNCOUNTED: dict[str, Any] = {"attempts": QueueJob.attempts - 1}


def _over(state: JobState) -> dict[str, Any]:
    return {
        "state": state.value,
        "finished_at": func.clock_timestamp(),
        "lease_owner": None,
        "lease_until": None,
    }


def _waiting(state: JobState) -> dict[str, Any]:
    return {"state": state.value, "sent_at": None, "lease_owner": None, "lease_until": None}


def _in(seconds: float) -> Any:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _end_run(session: Session, lease: Lease, values: dict[str, Any]) -> None:
    ended = session.execute(held(lease).values(values).returning(QueueJob.id)).first()
    if ended is None:
        raise refusal(session, lease)


def _end_attempt(session: Session, lease: Lease, outcome: str, failure: Failure | None = None) -> None:
    session.execute(
        update(QueueJobAttempt)
        .where(QueueJobAttempt.job_id == lease.job_id, QueueJobAttempt.fence == lease.fence)
        .values(
            outcome=outcome,
            finished_at=func.clock_timestamp(),
            error=failure.error if failure else None,
            traceback=failure.traceback[-_LONGEST_TRACEBACK:] if failure else None,
        )
        .execution_options(synchronize_session=False)
    )
