"""What nobody will look at again, and how long each of it is kept."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

from setlist.queue.names import QUEUES

BATCH = 2_000


def _old_jobs() -> str:
    """Each queue says how long; a dead job stays until somebody has looked at it and discards it."""
    by_days: dict[int, list[str]] = {}
    for name, rule in QUEUES.items():
        by_days.setdefault(rule.keep_days, []).append(f"'{name}'")
    kept = " OR ".join(
        f"queue IN ({', '.join(names)}) AND finished_at < now() - interval '{days} days'"
        for days, names in by_days.items()
    )
    longest = max(by_days)  # what a queue left that is not in the table any more
    rest = f"finished_at < now() - interval '{longest} days'"
    return f"state IN ('done', 'cancelled', 'discarded') AND ({kept} OR {rest})"


# By name: the table, and which of its rows are old. Attempts go with their job, events with their sync.
OLD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "jobs": ("queue_jobs", _old_jobs()),
        "queue minutes": ("queue_minutes", "minute < now() - interval '30 days'"),
        "progress events": (
            "sync_progress",
            "at < now() - interval '2 days' AND NOT EXISTS (SELECT 1 FROM sync_jobs WHERE"
            " sync_jobs.id = sync_job_id AND sync_jobs.state IN ('queued', 'running'))",
        ),
        # Figures look back 30 days, and who asks what became of an import asks within weeks: a quarter is
        # plenty. The latest of each artist stays, since the artist's page tells of it.
        "imports": (
            "sync_jobs",
            "kind IN ('import', 'follow_up') AND state NOT IN ('queued', 'running')"
            " AND finished_at < now() - interval '90 days' AND EXISTS (SELECT 1 FROM sync_jobs AS later"
            " WHERE later.artist_id = sync_jobs.artist_id AND later.kind = sync_jobs.kind"
            " AND later.id > sync_jobs.id)",
        ),
        # Syncs are many, and their summaries tell of them.
        "syncs": (
            "sync_jobs",
            "kind NOT IN ('import', 'follow_up') AND state NOT IN ('queued', 'running')"
            " AND finished_at < now() - interval '14 days'",
        ),
        # Whoever comes with one of these has been signed out for long.
        "sessions": ("account_sessions", "seen_at < now() - interval '1 year'"),
        "summaries": ("sync_summaries", "finished_at < now() - interval '30 days'"),
        "searches": ("artist_searches", "requested_at < now() - interval '7 days'"),
        "workers": ("workers", "heartbeat_at < now() - interval '1 day'"),
        "cron runs": ("cron_logs", "started_at < now() - interval '60 days'"),
        "health checks": ("system_health", "checked_at < now() - interval '14 days'"),
        "breaker changes": ("breaker_events", "at < now() - interval '90 days'"),
        "timing decisions": ("timing_decisions", "at < now() - interval '30 days'"),
        "traffic": ("traffic", "minute < now() - interval '60 days'"),  # the pattern reads six weeks
        "provider calls": ("provider_usage", "since < now() - interval '400 days'"),
    }
)


def delete_old(session: Session, name: str) -> int:
    """A batch of what is old under this name; fewer than BATCH: that was all."""
    table, condition = OLD[name]
    statement = text(
        f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - both come from the table above
        f"SELECT ctid FROM {table} WHERE {condition} LIMIT :batch)) RETURNING 1"
    )
    return len(session.execute(statement, {"batch": BATCH}).all())
