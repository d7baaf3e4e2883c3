"""Figures of the queues, counted in the rows at a bounded cost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.queue.names import QUEUES

CAP = 10_000  # a count that says so many means "or more"

_COUNTS = text("""
SELECT name AS queue,
    pause.queue IS NOT NULL AS paused, pause.paused_at AS paused_since, pause.reason AS paused_because,
    (SELECT count(*) FROM (
        SELECT 1 FROM queue_jobs WHERE queue = name AND state IN ('queued', 'retrying')
            AND run_at <= now() LIMIT :cap) AS capped) AS waiting,
    (SELECT count(*) FROM (
        SELECT 1 FROM queue_jobs WHERE queue = name AND state IN ('queued', 'retrying')
            AND run_at > now() LIMIT :cap) AS capped) AS scheduled,
    (SELECT count(*) FROM (
        SELECT 1 FROM queue_jobs WHERE queue = name AND state = 'running' LIMIT :cap) AS capped) AS running,
    (SELECT count(*) FROM (
        SELECT 1 FROM queue_jobs WHERE queue = name AND state = 'retrying' LIMIT :cap) AS capped) AS retrying,
    (SELECT count(*) FROM (
        SELECT 1 FROM queue_jobs WHERE queue = name AND state = 'dead' LIMIT :cap) AS capped) AS dead,
    (SELECT count(*) FROM (
        SELECT 1 FROM queue_jobs WHERE queue = name AND state = 'done'
            AND finished_at > now() - interval '24 hours' LIMIT :cap) AS capped) AS done_24h,
    (SELECT extract(epoch FROM now() - min(run_at))::float8 FROM queue_jobs
        WHERE queue = name AND state IN ('queued', 'retrying') AND run_at <= now()) AS oldest_waiting_seconds
FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS listed (name, position)
LEFT JOIN queue_pauses AS pause ON pause.queue = name
ORDER BY position
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueStats:
    """Counts stop at CAP. `waiting` are due, `scheduled` are not yet; `retrying` are among both."""

    queue: str
    purpose: str
    group: str
    paused: bool
    paused_since: datetime | None
    paused_because: str | None
    waiting: int
    scheduled: int
    running: int
    retrying: int
    dead: int
    done_24h: int
    oldest_waiting_seconds: float | None


def queue_stats(session: Session) -> list[QueueStats]:
    """All queues, in the order of their table."""
    rows = session.execute(_COUNTS, {"names": list(QUEUES), "cap": CAP})
    return [
        QueueStats(purpose=QUEUES[row.queue].purpose, group=QUEUES[row.queue].group, **row._asdict())
        for row in rows
    ]
