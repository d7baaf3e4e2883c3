"""Row first, message second."""

import json
from datetime import datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models.base import Json
from setlist.models.queue import QueueJob
from setlist.queue.names import rule_of
from setlist.queue.outbox import default_attempts, send_after_commit
from setlist.queue.states import IS_ACTIVE


def enqueue(
    session: Session,
    queue: str,
    args: Json,
    *,
    dedup_key: str | None = None,
    run_at: datetime | None = None,
) -> QueueJob:
    """The job's row, in the caller's transaction; its id goes to a worker after the commit.

    While a job with the same `dedup_key` waits or runs, that one is the answer and no row is added.
    """
    rule = rule_of(queue)
    values = {
        "queue": queue,
        "args": _checked(args),
        "dedup_key": dedup_key,
        "max_attempts": rule.attempts or default_attempts(),
        **_times(run_at),
    }
    while True:
        job = _inserted(session, values)
        if job is not None:
            if job.sent_at is not None:
                send_after_commit(session, queue, job.id)
            return job
        active = session.scalar(select(QueueJob).where(QueueJob.dedup_key == dedup_key, IS_ACTIVE))
        if active is not None:
            return active  # else it ended between the two statements


def _checked(args: Json) -> Json:
    """Raises TypeError or ValueError for what JSON cannot carry."""
    if not isinstance(args, dict):
        raise TypeError("a job's args are a dict")
    json.dumps(args, allow_nan=False)
    return args


def _times(run_at: datetime | None) -> dict[str, object]:
    """By the database's clock: due jobs count as sent, later ones wait for the dispatcher."""
    if run_at is None:
        return {"sent_at": func.clock_timestamp()}
    if run_at.tzinfo is None:
        raise ValueError("run_at must be an aware datetime")
    due = literal(run_at) <= func.clock_timestamp()
    return {"run_at": run_at, "sent_at": case((due, func.clock_timestamp()), else_=None)}


def _inserted(session: Session, values: dict[str, object]) -> QueueJob | None:
    statement = (
        insert(QueueJob)
        .values(values)
        .on_conflict_do_nothing(index_elements=[QueueJob.dedup_key], index_where=IS_ACTIVE)
        .returning(QueueJob)
    )
    return session.scalar(statement)
