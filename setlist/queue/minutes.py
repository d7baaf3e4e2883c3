"""What each queue did, a row a minute: written once the minute is over, and kept as history."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from setlist.models.queue import QueueMinute
from setlist.queue.names import QUEUES
from setlist.queue.stats import CAP

MINUTE = timedelta(minutes=1)
MOST_BEHIND = timedelta(hours=1)  # what a clock that stood still makes up for
AT_ONCE = timedelta(minutes=2)  # in one statement, so that a busy hour does not run into its timeout
SETTLING = timedelta(seconds=5)  # what ended in a minute is committed a little after it

# Ended jobs tell of themselves; attempts tell of the runs that failed although their job went on. A job that
# was dead and is retried or discarded before its minute is written is in it by its attempt alone.
#
# Waiting is told as of each minute's end: what was due then and waits still, and for the newest minute, whose
# end is seconds ago, also what was taken since. For minutes that are made up for it is the least that it was:
# who was taken meanwhile is not looked for, since that would read all that ran since then.
_RECORD = text("""
WITH minutes AS (
    SELECT minute FROM generate_series(
        CAST(:since AS timestamptz), :until - interval '1 minute', interval '1 minute') AS series (minute)
), ended AS (
    SELECT queue, date_trunc('minute', finished_at) AS minute,
        count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'dead') AS dead,
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY greatest(
            0, 1000 * extract(epoch FROM started_at - greatest(run_at, created_at))::float8)
        ) FILTER (WHERE state = 'done') AS wait,
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
            ORDER BY 1000 * extract(epoch FROM finished_at - started_at)::float8
        ) FILTER (WHERE state = 'done') AS run
    FROM queue_jobs
    WHERE state IN ('done', 'dead') AND finished_at >= :since AND finished_at < :until
    GROUP BY 1, 2
), tried AS (
    SELECT job.queue, date_trunc('minute', attempt.finished_at) AS minute,
        count(*) FILTER (WHERE attempt.outcome <> 'lost') AS failed,
        count(*) FILTER (WHERE attempt.outcome = 'lost') AS lost
    FROM queue_job_attempts AS attempt JOIN queue_jobs AS job ON job.id = attempt.job_id
    WHERE attempt.outcome IN ('retrying', 'dead', 'lost')
        AND attempt.finished_at >= :since AND attempt.finished_at < :until
    GROUP BY 1, 2
), waits AS (
    SELECT name AS queue, minute, count(due.at) AS waiting, min(due.at) AS oldest
    FROM unnest(CAST(:names AS text[])) AS listed (name)
    CROSS JOIN minutes
    CROSS JOIN LATERAL (
        (SELECT greatest(run_at, created_at) AS at FROM queue_jobs
            WHERE queue = name AND state IN ('queued', 'retrying')
                AND run_at < minute + interval '1 minute' AND created_at < minute + interval '1 minute'
            ORDER BY run_at LIMIT :cap)
        UNION ALL
        (SELECT greatest(run_at, created_at) FROM queue_jobs
            WHERE minute + interval '1 minute' = :newest AND queue = name AND state = 'running'
                AND started_at >= :newest AND run_at < :newest AND created_at < :newest LIMIT :cap)
        UNION ALL
        (SELECT greatest(run_at, created_at) FROM queue_jobs
            WHERE minute + interval '1 minute' = :newest AND queue = name AND state IN ('done', 'dead')
                AND finished_at >= :newest
                AND started_at >= :newest AND run_at < :newest AND created_at < :newest LIMIT :cap)
    ) AS due
    GROUP BY 1, 2
)
INSERT INTO queue_minutes (queue, minute, done, failed, lost, dead,
    wait_p50, wait_p95, run_p50, run_p95, waiting, oldest_seconds)
SELECT queue, minute, coalesce(done, 0), coalesce(failed, 0), coalesce(lost, 0), coalesce(dead, 0),
    wait[1], wait[2], run[1], run[2], least(coalesce(waiting, 0), :cap),
    extract(epoch FROM minute + interval '1 minute' - oldest)::float8
FROM ended
FULL JOIN tried USING (queue, minute)
FULL JOIN waits USING (queue, minute)
ON CONFLICT (queue, minute) DO NOTHING
RETURNING 1
""")


def record_minutes(session: Session, now: datetime) -> int:
    """Write the minutes that are over and not written yet, at most an hour back. How many rows that made.

    Twice writes the same: whatever follows the last row had nothing to tell, and has nothing still.
    """
    until = _whole(now - SETTLING)
    written = session.scalar(select(func.max(QueueMinute.minute)))
    since = until - MOST_BEHIND if written is None else max(until - MOST_BEHIND, written + MINUTE)
    rows = 0
    while since < until:
        step = {"since": since, "until": min(until, since + AT_ONCE), "newest": until}
        rows += len(session.execute(_RECORD, step | {"names": list(QUEUES), "cap": CAP}).all())
        since += AT_ONCE
    return rows


def _whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
