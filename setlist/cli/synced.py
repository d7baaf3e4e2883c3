"""What an import or a sync did, when it is over: for people, and as JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.cli.following import Errand
from setlist.cli.tables import table
from setlist.models import QueueJob, SyncJob, SyncSummary
from setlist.models.sync import SyncKind, SyncState
from setlist.pages.story import Story, story_of
from setlist.pipeline.tally import CHANGED, DOUBTS, NEW, UNCHANGED
from setlist.providers.errors import LABELS

ASKED_FOR = {
    SyncKind.TICKETMASTER: "shows",
    SyncKind.SETLISTS: "setlists",
    SyncKind.CATALOGUE: "who they are, and their songs,",
    SyncKind.SPOTIFY: "albums",
}
ROW_HEADS = ("Rows", "New", "Changed", "Unchanged")


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What an errand did."""

    as_text: str
    as_json: dict[str, Any]


def done_by(session: Session, errand: Errand) -> Done:
    if errand.sync_id is not None:
        sync = session.get_one(SyncJob, errand.sync_id)
        return Done(as_text=as_text(session, sync), as_json=as_json(session, sync))
    return _summed(session, errand)


def as_json(session: Session, sync: SyncJob) -> dict[str, Any]:
    story = story_of(session, sync, datetime.now(UTC))
    return {
        "kind": sync.kind,
        "artist": {"id": sync.artist_id, "mbid": sync.artist.mbid, "name": sync.artist.name},
        "state": sync.state,
        "error": why(sync),
        "seconds": _seconds(sync),
        "calls": sync.calls,
        "rows": {name: counts for name, counts in sync.rows.items() if name != DOUBTS},
        "doubts": _doubts(sync),
        "counts": sync.counts,
        "skipped": sync.skipped,
        "follows": list(story.follows),
    }


def as_text(session: Session, sync: SyncJob) -> str:
    story = story_of(session, sync, datetime.now(UTC))
    lines = [f"{_headline(sync, story)}{f' after {story.elapsed}' if story.elapsed else ''}."]
    if sync.error:
        lines.append(why(sync))
    if sync.calls:
        lines.append("Calls: " + ", ".join(f"{LABELS[name]} {n:,}" for name, n in sorted(sync.calls.items())))
    lines += [rows_table(sync.rows)] if sync.rows else []
    lines += skipped_lines(sync.skipped)
    if _doubts(sync):
        lines.append(f"Left to a person to decide: {_doubts(sync):,}")
    return "\n".join([*lines, *story.follows])


def why(sync: SyncJob) -> str:
    """An operator reads what a fan's page leaves out; the name of the error's class says nothing to both."""
    kind, _, sentence = (sync.error or "").partition(": ")
    return sentence if kind.isidentifier() and sentence else sync.error or ""


def rows_table(rows: dict[str, dict[str, int]]) -> str:
    """By what is counted: new, changed, unchanged."""
    cells = [
        (name.replace("_", " "), *(f"{counts.get(what, 0):,}" for what in (NEW, CHANGED, UNCHANGED)))
        for name, counts in sorted(rows.items())
        if name != DOUBTS
    ]
    return table(ROW_HEADS, cells)


def skipped_lines(skipped: dict[str, int]) -> list[str]:
    if not skipped:
        return []
    return ["Left out:", *(f"  {times:,} × {reason}" for reason, times in sorted(skipped.items()))]


def _summed(session: Session, errand: Errand) -> Done:
    """Of a job that is no one artist's: what its summary says."""
    job = session.get_one(QueueJob, errand.job_id)
    told = session.scalar(select(SyncSummary).where(SyncSummary.queue_job_id == errand.job_id))
    rows, skipped = (told.rows, told.skipped) if told is not None else ({}, {})
    note = told.note if told is not None else job.error or ""
    lines = [f"{errand.headline}: {job.state}{f', {note}' if note else ''}."]
    lines += [rows_table(rows)] if rows else []
    known = {"kind": errand.queue, "state": job.state, "error": job.error, "note": note}
    calls = dict(told.calls) if told is not None else {}
    return Done(
        as_text="\n".join(lines + skipped_lines(skipped)),
        as_json=known | {"rows": rows, "skipped": skipped, "calls": calls},
    )


def _headline(sync: SyncJob, story: Story) -> str:
    """An artist who is here already does not come in again."""
    asked_for = ASKED_FOR.get(SyncKind(sync.kind))
    if asked_for is None or sync.state != SyncState.DONE:
        return story.headline
    return f"{sync.artist.name}: {asked_for} asked for anew"


def _doubts(sync: SyncJob) -> int:
    return int(sync.rows.get(DOUBTS, {}).get(NEW, 0))


def _seconds(sync: SyncJob) -> float | None:
    if sync.started_at is None or sync.finished_at is None:
        return None
    return round((sync.finished_at - sync.started_at).total_seconds(), 1)
