"""Past and present imports, the newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session, joinedload

from setlist.models import QueueJob, SyncJob
from setlist.models.sync import IMPORTS, SyncState

IS_IMPORT = text(f"sync_jobs.{IMPORTS}")  # as the partial indexes spell it


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """`job` is None once it is deleted: jobs are kept for days, imports for months."""

    sync: SyncJob
    job: QueueJob | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPage:
    entries: Sequence[Kept]
    older: int | None  # ask for those before this id; None: there are none


def history(
    session: Session, *, state: SyncState | None = None, before: int | None = None, limit: int
) -> HistoryPage:
    found = _read(session, _which(state, before), limit + 1)
    return HistoryPage(entries=found[:limit], older=found[limit - 1].sync.id if len(found) > limit else None)


def import_of(session: Session, sync_id: int) -> Kept | None:
    found = _read(session, [SyncJob.id == sync_id], 1)
    return found[0] if found else None


def _which(state: SyncState | None, before: int | None) -> list[ColumnElement[bool]]:
    chosen = [SyncJob.state == state.value] if state is not None else []
    return chosen if before is None else [*chosen, SyncJob.id < before]


def _read(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[Kept]:
    statement = (
        select(SyncJob, QueueJob)
        .outerjoin(QueueJob, QueueJob.id == SyncJob.queue_job_id)
        .options(joinedload(SyncJob.artist))
        .where(IS_IMPORT, *which)
        .order_by(SyncJob.id.desc())
        .limit(limit)
    )
    return [Kept(sync=sync, job=job) for sync, job in session.execute(statement)]
