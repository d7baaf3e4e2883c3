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


class SyncState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


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
    error: Mapped[str | None]
    created_at: Mapped[Created]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    artist: Mapped[Artist] = relationship()


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
