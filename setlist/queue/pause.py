"""A paused queue: its jobs wait, whoever fetched their messages. What runs goes on."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models.queue import QueuePause
from setlist.queue.names import rule_of


def pause(session: Session, queue: str, *, reason: str = "", by: str = "") -> None:
    rule_of(queue)
    statement = insert(QueuePause).values(queue=queue, reason=reason, paused_by=by)
    session.execute(statement.on_conflict_do_nothing(index_elements=[QueuePause.queue]))


def resume(session: Session, queue: str) -> None:
    """The dispatcher sends what waited: its messages were dropped while the queue was paused."""
    session.execute(delete(QueuePause).where(QueuePause.queue == queue))


def paused_queues(session: Session) -> set[str]:
    return set(session.scalars(select(QueuePause.queue)))
