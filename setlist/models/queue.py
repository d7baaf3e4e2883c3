"""Jobs as rows. PostgreSQL is the truth; Redis carries their ids."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, SmallInteger, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from setlist.models.base import Base, Created, Json, Key, foreign, one_of


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"  # was dead, and somebody looked at it


WAITING = (JobState.QUEUED, JobState.RETRYING)
ACTIVE = (*WAITING, JobState.RUNNING)


def _where(states: tuple[JobState, ...], also: str = "") -> dict[str, Any]:
    listed = ", ".join(f"'{state.value}'" for state in states)
    return {"postgresql_where": text(f"state IN ({listed}) {also}".rstrip())}


class QueueJob(Base):
    """One row a job. `fence` grows with each claim: a writer with an older one is refused.

    `sent_at` is when its id last went to Redis; empty while it waits for `run_at`. `crashes` are the claims
    whose worker went silent.
    """

    __tablename__ = "queue_jobs"
    __table_args__ = (
        one_of("state", JobState),
        Index("ix_queue_jobs_dedup_key", "dedup_key", unique=True, **_where(ACTIVE)),
        Index("ix_queue_jobs_waiting_by_queue", "queue", "run_at", **_where(WAITING)),
        Index("ix_queue_jobs_unsent", "queue", "run_at", "id", **_where(WAITING, "AND sent_at IS NULL")),
        Index("ix_queue_jobs_sent", "queue", "sent_at", **_where(WAITING)),
        Index("ix_queue_jobs_leases", "lease_until", **_where((JobState.RUNNING,))),
        Index("ix_queue_jobs_queue_state_finished_at", "queue", "state", desc("finished_at")),
        Index("ix_queue_jobs_state_finished_at", "state", desc("finished_at")),
    )

    id: Mapped[Key]
    queue: Mapped[str]
    args: Mapped[Json]
    dedup_key: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=JobState.QUEUED.value)
    run_at: Mapped[Created]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    max_attempts: Mapped[int] = mapped_column(SmallInteger)
    crashes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    created_at: Mapped[Created]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class QueueJobAttempt(Base):
    """One claim of a job. `outcome` is empty while it runs, `lost` if its worker went silent."""

    __tablename__ = "queue_job_attempts"
    __table_args__ = (
        Index("ix_queue_job_attempts_started_at", "started_at"),
        # Few, and counted by the minute; the many that went well stay out of it.
        Index(
            "ix_queue_job_attempts_failed",
            "finished_at",
            postgresql_where=text("outcome IN ('retrying', 'dead', 'lost')"),
        ),
    )

    job_id: Mapped[int] = foreign("queue_jobs.id", primary_key=True)
    fence: Mapped[int] = mapped_column(primary_key=True)
    worker: Mapped[str]
    started_at: Mapped[Created]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    error: Mapped[str | None]
    traceback: Mapped[str | None]


class QueuePause(Base):
    """A paused queue: dispatcher and claim both read it."""

    __tablename__ = "queue_pauses"

    queue: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(server_default="")
    paused_by: Mapped[str] = mapped_column(server_default="")
    paused_at: Mapped[Created]


class QueueMinute(Base):
    """What a queue did in a minute, and what waited at its end. Minutes in which nothing was have no row.

    Times are milliseconds: `wait` from being due to the last start, `run` from there to the end, both of the
    jobs that were done in that minute.
    """

    __tablename__ = "queue_minutes"
    __table_args__ = (Index("ix_queue_minutes_minute", "minute"),)

    queue: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)  # its beginning
    done: Mapped[int]
    failed: Mapped[int]  # attempts that ended in an error, the last ones too
    lost: Mapped[int]  # attempts whose worker went silent
    dead: Mapped[int]
    wait_p50: Mapped[float | None]
    wait_p95: Mapped[float | None]
    run_p50: Mapped[float | None]
    run_p95: Mapped[float | None]
    waiting: Mapped[int]  # due and not running; counted up to a cap
    oldest_seconds: Mapped[float | None]


class Worker(Base):
    """A worker process that is or was alive."""

    __tablename__ = "workers"
    __table_args__ = (Index("ix_workers_heartbeat_at", "heartbeat_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    worker_group: Mapped[str] = mapped_column(server_default="")
    threads: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[str]
    memory_bytes: Mapped[int | None]  # resident
    started_at: Mapped[Created]
    heartbeat_at: Mapped[Created]
    stopped_at: Mapped[datetime | None]
