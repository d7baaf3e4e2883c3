"""Imports and syncs as fans and operators see them, and searches for artists not yet here."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, desc, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from setlist.models.base import Base, Created, Json, Key, foreign, one_of
from setlist.models.catalogue import Artist


class SyncKind(StrEnum):
    IMPORT = "import"
    FOLLOW_UP = "follow_up"  # the parts of an import that a provider could not answer then
    SPOTIFY = "spotify_sync"
    TICKETMASTER = "ticketmaster_sync"
    SETLISTS = "setlist_sync"
    CATALOGUE = "catalogue_sync"


class SyncState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


IMPORTS = "kind IN ('import', 'follow_up')"


class SyncJob(Base):
    """An import or a sync of one artist. `percent` never falls; `checkpoint` is where it goes on.

    `postponed` holds the phases whose provider could not answer: they follow in a sync of their own.
    """

    __tablename__ = "sync_jobs"
    __table_args__ = (
        one_of("state", SyncState),
        Index("ix_sync_jobs_active", "id", postgresql_where=text("state IN ('queued', 'running')")),
        Index("ix_sync_jobs_artist_id_id", "artist_id", desc("id")),
        Index("ix_sync_jobs_state_finished_at", "state", desc("finished_at")),
        Index("ix_sync_jobs_queue_job_id", "queue_job_id"),
        # Imports are few among the syncs: their history and their figures are read alone.
        Index("ix_sync_jobs_imports_finished_at", desc("finished_at"), postgresql_where=text(IMPORTS)),
        Index("ix_sync_jobs_imports_id", desc("id"), postgresql_where=text(IMPORTS)),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    artist_id: Mapped[int] = foreign("artists.id")
    queue_job_id: Mapped[int | None] = mapped_column(ForeignKey("queue_jobs.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(server_default=SyncState.QUEUED.value)
    phase: Mapped[str] = mapped_column(server_default="")
    percent: Mapped[float] = mapped_column(server_default="0")
    counts: Mapped[Json] = mapped_column(server_default="{}")
    skipped: Mapped[Json] = mapped_column(server_default="{}")
    calls: Mapped[Json] = mapped_column(server_default="{}")
    checkpoint: Mapped[Json] = mapped_column(server_default="{}")
    phase_seconds: Mapped[Json] = mapped_column(server_default="{}")
    postponed: Mapped[Json] = mapped_column(server_default="{}")
    rows: Mapped[Json] = mapped_column(server_default="{}")  # by table: new, changed, unchanged
    runs: Mapped[int] = mapped_column(server_default="0")  # of its jobs, those that began
    work: Mapped[Json] = mapped_column(
        server_default="{}"
    )  # by listing: size and speed (domain/time_left.py)
    left_seconds: Mapped[float | None]  # as estimated then; empty: nothing can be said
    left_at: Mapped[datetime | None]
    estimate_error: Mapped[float | None]  # over its second half: median of |estimated - true| / true
    error: Mapped[str | None]
    created_at: Mapped[Created]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    artist: Mapped[Artist] = relationship()


class SyncSummary(Base):
    """How a run of a processor ended: what it asked for, and what became of it. One row for each job."""

    __tablename__ = "sync_summaries"
    __table_args__ = (
        Index("ix_sync_summaries_finished_at", desc("finished_at")),
        Index("ix_sync_summaries_queue_finished_at", "queue", desc("finished_at")),
        Index("ix_sync_summaries_artist_id", "artist_id", postgresql_where=text("artist_id IS NOT NULL")),
        Index("ix_sync_summaries_sync_job_id", "sync_job_id"),
    )

    id: Mapped[Key]
    queue: Mapped[str]
    queue_job_id: Mapped[int] = mapped_column(unique=True)  # no foreign key: it outlives its job
    sync_job_id: Mapped[int | None] = mapped_column(ForeignKey("sync_jobs.id", ondelete="SET NULL"))
    artist_id: Mapped[int | None] = foreign("artists.id")
    started_at: Mapped[datetime]
    finished_at: Mapped[Created]
    calls: Mapped[Json] = mapped_column(server_default="{}")  # by provider
    rows: Mapped[Json] = mapped_column(server_default="{}")  # by table: new, changed, unchanged
    skipped: Mapped[Json] = mapped_column(server_default="{}")  # by reason
    doubts: Mapped[int] = mapped_column(server_default="0")  # raised anew
    note: Mapped[str] = mapped_column(server_default="")


class SyncMark(Base):
    """What an artist's listing at a provider looked like when it was last read whole.

    A re-sync asks for no more than whether it still looks the same.
    """

    __tablename__ = "sync_marks"

    artist_id: Mapped[int] = foreign("artists.id", primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    listing: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[Json] = mapped_column(server_default="{}")
    checked_at: Mapped[datetime]


class FreshnessCount(Base):
    """How old the things of a kind were when they were last looked at. One row for each kind."""

    __tablename__ = "freshness_counts"

    kind: Mapped[str] = mapped_column(primary_key=True)
    things: Mapped[int]
    due: Mapped[int]
    stale: Mapped[int]
    oldest: Mapped[float]  # its age, in allowances
    counted_at: Mapped[datetime]


class SyncProgress(Base):
    """What an import's event streams replay; `id` is the event's id."""

    __tablename__ = "sync_progress"
    __table_args__ = (Index("ix_sync_progress_sync_job_id_id", "sync_job_id", "id"),)

    id: Mapped[Key]
    sync_job_id: Mapped[int] = foreign("sync_jobs.id")
    at: Mapped[Created]
    state: Mapped[str]
    phase: Mapped[str]
    percent: Mapped[float]
    counts: Mapped[Json]
    left_seconds: Mapped[float | None]


class ArtistSearch(Base):
    """What the providers know by a name that a fan searched for: filled by a job, read by the page."""

    __tablename__ = "artist_searches"
    __table_args__ = (Index("ix_artist_searches_requested_at", "requested_at"),)

    id: Mapped[Key]
    query_folded: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str]
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    error: Mapped[str | None]
    requested_at: Mapped[Created]
    finished_at: Mapped[datetime | None]


def progress_channel(sync_job_id: int) -> str:
    """The Redis channel that wakes the event streams of an import; its messages are event ids."""
    return f"setlist:progress:{sync_job_id}"
