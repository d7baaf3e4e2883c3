"""What was asked for anew already: syncs that wait or run, and those of the last day that brought nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.orm import Session

from setlist.models import QueueJob, SyncJob
from setlist.models.base import Json
from setlist.models.queue import JobState
from setlist.models.sync import SyncKind, SyncState
from setlist.pipeline.due import LISTINGS
from setlist.pipeline.scope import SYNCS
from setlist.queue.states import IS_ACTIVE
from setlist.services.budget import Purpose
from setlist.services.freshness_ages import Kind
from setlist.services.freshness_order import CALLS, LISTINGS_OF_SHOWS, PROVIDERS

IN_VAIN = timedelta(days=1)  # what changed no mark is not asked for again before
VENUE_SYNC = "venue_sync"
TOGETHER, VENUES = "artist_ids", "venue_ids"  # in the args of jobs that ask for many at once
SYNC_OF: Mapping[Kind, SyncKind] = {
    kind: sync
    for kind, listings in LISTINGS.items()
    for sync, scope in SYNCS.items()
    if scope.listings.issuperset(listings)
}
ENDED = (SyncState.DONE, SyncState.FAILED, SyncState.CANCELLED)
IS_UNDER_WAY: TextClause = text("sync_jobs.state IN ('queued', 'running')")  # as its index says it


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    under_way: frozenset[tuple[int, str]]  # artist, kind of sync
    together: frozenset[int]  # artists whose shows are being asked for with others'
    venues: frozenset[int]
    apart: frozenset[int]  # those whose shows could not be read with others'
    began: Mapping[tuple[int, Kind], datetime]  # the last one that has ended
    calls: Mapping[tuple[str, Purpose], float]  # that those under way will send, about

    def is_under_way(self, id: int, kind: Kind) -> bool:
        if kind is Kind.VENUES:
            return id in self.venues
        if kind is Kind.SHOWS and id in self.together:
            return True
        return not {(id, SYNC_OF[kind].value), (id, SyncKind.IMPORT.value)}.isdisjoint(self.under_way)

    def was_in_vain(self, id: int, kind: Kind, checked_at: datetime | None) -> bool:
        began = self.began.get((id, kind))
        return began is not None and (checked_at is None or checked_at < began)


def asked(session: Session, now: datetime) -> Asked:
    active = select(SyncJob.artist_id, SyncJob.kind).where(IS_UNDER_WAY)
    args = select(QueueJob.args).where(
        QueueJob.queue.in_([*(kind.value for kind in SYNCS), VENUE_SYNC]), IS_ACTIVE
    )
    dead = select(QueueJob.args).where(
        QueueJob.queue == SyncKind.TICKETMASTER.value,
        QueueJob.state == JobState.DEAD.value,
        QueueJob.finished_at > now - IN_VAIN,
    )
    jobs = session.scalars(args).all()
    return Asked(
        under_way=frozenset((artist_id, kind) for artist_id, kind in session.execute(active)),
        together=_ids_in(jobs, TOGETHER),
        venues=_ids_in(jobs, VENUES),
        apart=_ids_in(session.scalars(dead), TOGETHER),
        began=_began(session, now),
        calls=_calls(jobs),
    )


def _ids_in(jobs: Iterable[Json], name: str) -> frozenset[int]:
    return frozenset(id for args in jobs for id in args.get(name, ()))


def _began(session: Session, now: datetime) -> dict[tuple[int, Kind], datetime]:
    statement = (
        select(
            SyncJob.artist_id,
            SyncJob.kind,
            func.coalesce(SyncJob.started_at, SyncJob.created_at),
            QueueJob.args,
        )
        .join(QueueJob, QueueJob.id == SyncJob.queue_job_id)
        .where(SyncJob.state.in_(ENDED), SyncJob.finished_at > now - IN_VAIN)
        .order_by(SyncJob.id)
    )
    found = {}
    for artist_id, kind, began, args in session.execute(statement):
        for read in _kinds_in(kind, args):
            found[artist_id, read] = began
    return found


def _calls(jobs: Iterable[Json]) -> Counter[tuple[str, Purpose]]:
    found = Counter[tuple[str, Purpose]]()
    for args in jobs:
        if TOGETHER in args:
            found[PROVIDERS[Kind.SHOWS], Purpose.SYNC] += LISTINGS_OF_SHOWS
        found[PROVIDERS[Kind.VENUES], Purpose.SYNC] += len(args.get(VENUES, ()))
        for kind in _kinds_in("", args):
            found[PROVIDERS[kind], Purpose(args["purpose"])] += CALLS.get(kind, 1)
    return found


def _kinds_in(sync: str, args: Json) -> list[Kind]:
    """Those that a job reads: what its args name, else what its kind of sync is asked for usually."""
    named = set(args.get("listings", ()))
    usual = SYNCS[SyncKind(sync)].asked if not named and sync in SYNCS else frozenset()
    return [kind for kind, listings in LISTINGS.items() if listings[0] in (named or usual)]
