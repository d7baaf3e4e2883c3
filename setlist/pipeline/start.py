"""Asking for an import or a sync: once, however often it is asked for. And for what follows an import."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, QueueJob, SyncJob
from setlist.models.base import Json
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.postponed import follows_at
from setlist.pipeline.scope import is_sync
from setlist.queue.enqueue import enqueue
from setlist.services.budget import Purpose
from setlist.services.freshness import Listing

IMPORTS = "artist_import"  # the queue of imports and of what follows them; a sync's is called as its kind

ACTIVE = (SyncState.QUEUED, SyncState.RUNNING)


def start_import(session: Session, artist: Artist) -> SyncJob:
    """The artist's active import, started if there is none. Adds and flushes; the caller commits."""
    if active := active_import(session, artist.id):
        return active
    sync = SyncJob(kind=SyncKind.IMPORT, artist_id=artist.id)
    return _enqueued(session, sync, dedup_key=f"artist_import:{artist.id}")


def start_sync(
    session: Session,
    artist: Artist,
    kind: SyncKind,
    *,
    purpose: Purpose = Purpose.SYNC,
    listings: Collection[Listing] = (),
) -> SyncJob:
    """Asks for what one provider knows of an artist anew; an import under way does that and more.

    `purpose` says whose part of the provider's budget it may spend. Of what the kind can read, it reads the
    `listings`; without any, what it usually does.
    """
    under_way = active_import(session, artist.id) or _active(session, artist.id, kind)
    if under_way is not None:
        return under_way
    sync = SyncJob(kind=kind, artist_id=artist.id)
    wanted: Json = {"purpose": purpose.value}
    if listings:
        wanted["listings"] = sorted(listings)
    return _enqueued(session, sync, dedup_key=f"{kind}:{artist.id}", wanted=wanted)


def start_follow_up(session: Session, sync: SyncJob) -> SyncJob | None:
    """What a finished import had to do without, when its providers are worth asking again.

    If one waits already, it takes these parts along. None: nothing is missing.
    """
    when = follows_at(sync)
    if when is None:
        return None
    waiting = _active(session, sync.artist_id, SyncKind.FOLLOW_UP, but=sync.id)
    if waiting is not None and waiting.state == SyncState.QUEUED:
        waiting.postponed = {**sync.postponed, **waiting.postponed}
        session.flush()
        return waiting
    following = SyncJob(kind=SyncKind.FOLLOW_UP, artist_id=sync.artist_id, postponed=sync.postponed)
    return _enqueued(session, following, dedup_key=f"follow_up:{sync.id}", run_at=when)


def start_shows_sync(session: Session, artist_ids: Sequence[int]) -> QueueJob:
    """Asks for the coming shows of many artists in as few calls as Ticketmaster allows."""
    return enqueue(session, SyncKind.TICKETMASTER, {"artist_ids": sorted(artist_ids)})


def active_import(session: Session, artist_id: int) -> SyncJob | None:
    """A follow-up is none: its artist is here, and may be imported anew meanwhile."""
    return _active(session, artist_id, SyncKind.IMPORT)


def _active(session: Session, artist_id: int, kind: SyncKind, *, but: int = 0) -> SyncJob | None:
    statement = (
        select(SyncJob)
        .where(
            SyncJob.artist_id == artist_id,
            SyncJob.kind == kind.value,
            SyncJob.state.in_(ACTIVE),
            SyncJob.id != but,
        )
        .order_by(SyncJob.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def _enqueued(
    session: Session,
    sync: SyncJob,
    *,
    dedup_key: str,
    run_at: datetime | None = None,
    wanted: Json | None = None,
) -> SyncJob:
    session.add(sync)
    session.flush()
    queue = sync.kind if is_sync(sync.kind) else IMPORTS
    args = {"sync_id": sync.id, **(wanted or {})}
    job = enqueue(session, queue, args, dedup_key=dedup_key, run_at=run_at)
    if job.args["sync_id"] != sync.id:  # another request was faster, between our look and our insert
        session.delete(sync)
        session.flush()
        return session.get_one(SyncJob, job.args["sync_id"])
    sync.queue_job_id = job.id
    session.flush()
    return sync
