"""Asking for an import: once, however often it is asked for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, SyncJob
from setlist.models.sync import SyncState
from setlist.queue.enqueue import enqueue

ACTIVE = (SyncState.QUEUED, SyncState.RUNNING)


def start_import(session: Session, artist: Artist) -> SyncJob:
    """The artist's active import, started if there is none. Adds and flushes; the caller commits."""
    if active := active_import(session, artist.id):
        return active
    sync = SyncJob(kind="import", artist_id=artist.id)
    session.add(sync)
    session.flush()
    job = enqueue(session, "artist_import", {"sync_id": sync.id}, dedup_key=f"artist_import:{artist.id}")
    if job.args["sync_id"] != sync.id:  # another request was faster, between our look and our insert
        session.delete(sync)
        session.flush()
        return session.get_one(SyncJob, job.args["sync_id"])
    sync.queue_job_id = job.id
    session.flush()
    return sync


def active_import(session: Session, artist_id: int) -> SyncJob | None:
    statement = (
        select(SyncJob)
        .where(SyncJob.artist_id == artist_id, SyncJob.state.in_(ACTIVE))
        .order_by(SyncJob.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()
