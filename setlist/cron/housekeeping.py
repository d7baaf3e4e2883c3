"""Deletes what nobody will look at again, in batches, each its own transaction."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import text

from setlist.cron.runs import CronRun, Report

BATCH = 2_000

# By the name of its metric: the rows to delete. Attempts go with their job.
_OLD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "jobs_done": (
            "queue_jobs",
            "state IN ('done', 'cancelled') AND finished_at < now() - interval '7 days'",
        ),
        "jobs_dead": ("queue_jobs", "state = 'dead' AND finished_at < now() - interval '30 days'"),
        "progress_events": (
            "sync_progress",
            "at < now() - interval '2 days' AND NOT EXISTS (SELECT 1 FROM sync_jobs WHERE"
            " sync_jobs.id = sync_job_id AND sync_jobs.state IN ('queued', 'running'))",
        ),
        "searches": ("artist_searches", "requested_at < now() - interval '7 days'"),
        "workers": ("workers", "heartbeat_at < now() - interval '1 day'"),
        "cron_runs": ("cron_logs", "started_at < now() - interval '60 days'"),
        "health_checks": ("system_health", "checked_at < now() - interval '14 days'"),
        "breaker_changes": ("breaker_events", "at < now() - interval '90 days'"),
        "provider_calls": ("provider_usage", "since < now() - interval '400 days'"),
    }
)


def clean_up(run: CronRun) -> Report:
    deleted = {metric: _delete(run, table, condition) for metric, (table, condition) in _OLD.items()}
    return Report(message=f"{sum(deleted.values())} rows deleted", metrics=deleted)


def _delete(run: CronRun, table: str, condition: str) -> int:
    statement = text(
        f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - both come from the table above
        f"SELECT ctid FROM {table} WHERE {condition} LIMIT :batch)) RETURNING 1"
    )
    deleted = 0
    while not run.stopping.is_set():
        batch = len(run.session.execute(statement, {"batch": BATCH}).all())
        run.session.commit()
        deleted += batch
        if batch < BATCH:
            break
    return deleted
