"""The row that each run of a processor ends with, in the transaction of its last commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from setlist.models import SyncJob, SyncSummary
from setlist.models.base import Json
from setlist.pipeline.tally import Tally
from setlist.processors.running import JobRun


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a processor that has no import's row says of its run."""

    started_at: datetime
    calls: Mapping[str, int] = field(default_factory=dict)  # by provider
    tally: Tally = field(default_factory=Tally)
    skipped: Mapping[str, int] = field(default_factory=dict)  # by reason
    note: str = ""


def write_summary(run: JobRun, summary: Summary) -> None:
    """Adds it; the caller commits. A job that ran twice has one, of its last run."""
    _write(
        run,
        {
            "started_at": summary.started_at,
            "calls": dict(summary.calls),
            "rows": summary.tally.as_json(),
            "skipped": dict(summary.skipped),
            "doubts": summary.tally.doubts,
            "note": summary.note,
        },
    )


def summarise(run: JobRun, sync: SyncJob) -> None:
    """What an import or a sync of an artist did, over all its runs, as its own row says."""
    later = ", ".join(sorted(sync.postponed))
    values = {
        "sync_job_id": sync.id,
        "artist_id": sync.artist_id,
        "started_at": sync.started_at,
        "calls": sync.calls,
        "rows": sync.rows,
        "skipped": sync.skipped,
        "doubts": Tally(sync.rows).doubts,
        "note": f"follows later: {later}" if later else "",
    }
    _write(run, values)


def _write(run: JobRun, values: Json) -> None:
    row = {"queue": run.lease.queue, "queue_job_id": run.job_id, **values}
    statement = insert(SyncSummary).values(row)
    run.session.execute(
        statement.on_conflict_do_update(index_elements=[SyncSummary.queue_job_id], set_=values)
    )
