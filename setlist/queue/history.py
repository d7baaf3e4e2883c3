"""What the minutes tell: rows of a stretch, and sums over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from setlist.models.queue import QueueMinute
from setlist.queue.minutes import MINUTE

WRITTEN_AFTER = timedelta(seconds=15)  # a minute's end, by a clock that keeps up

_SUMS = text("""
SELECT queue, sum(done)::bigint AS done, sum(failed)::bigint AS failed, sum(lost)::bigint AS lost,
    sum(dead)::bigint AS dead,
    sum(wait_p50 * done) / nullif(sum(done), 0) AS wait_p50,
    sum(wait_p95 * done) / nullif(sum(done), 0) AS wait_p95,
    sum(run_p50 * done) / nullif(sum(done), 0) AS run_p50,
    sum(run_p95 * done) / nullif(sum(done), 0) AS run_p95
FROM queue_minutes
WHERE minute >= :since AND minute < :until
GROUP BY queue
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """Of a queue over a stretch. Times are milliseconds: the minutes' figures, each weighted by its jobs."""

    minutes: int
    done: int = 0
    failed: int = 0
    lost: int = 0
    dead: int = 0
    wait_p50: float | None = None
    wait_p95: float | None = None
    run_p50: float | None = None
    run_p95: float | None = None

    @property
    def per_minute(self) -> float:
        return self.done / self.minutes


def sums(session: Session, now: datetime, minutes: int) -> dict[str, Sums]:
    """By queue, over the last so many whole minutes; a queue in which nothing was is not in it."""
    until = last_end(now)
    rows = session.execute(_SUMS, {"since": until - minutes * MINUTE, "until": until})
    return {row.queue: _of(row._asdict(), minutes) for row in rows}


def history(session: Session, now: datetime, minutes: int, *, queue: str = "") -> Sequence[QueueMinute]:
    """The rows of the last so many whole minutes, the oldest first; of one queue or of all."""
    until = last_end(now)
    statement = (
        select(QueueMinute)
        .where(QueueMinute.minute >= until - minutes * MINUTE, QueueMinute.minute < until)
        .order_by(QueueMinute.minute, QueueMinute.queue)
    )
    return session.scalars(statement.where(QueueMinute.queue == queue) if queue else statement).all()


def counted_until(session: Session) -> datetime | None:
    """The end of the newest minute that has a row. Long ago: nothing runs, or no clock counts."""
    newest = session.scalar(select(func.max(QueueMinute.minute)))
    return newest + MINUTE if newest else None


def last_end(now: datetime) -> datetime:
    """Of the last minute that a clock has surely written."""
    return (now - WRITTEN_AFTER).replace(second=0, microsecond=0)


def _of(figures: dict[str, object], minutes: int) -> Sums:
    figures.pop("queue")
    return Sums(minutes=minutes, **figures)  # type: ignore[arg-type] # the columns of the statement above
