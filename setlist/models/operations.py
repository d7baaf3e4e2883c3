"""What operators read: cron runs, health, provider calls, traffic and who did what."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint, desc
from sqlalchemy.orm import Mapped, mapped_column

from setlist.models.base import Base, Created, Json, Key, foreign


class CronLog(Base):
    """A run of a timetable entry, written by the SQL function log_cron_run()."""

    __tablename__ = "cron_logs"
    __table_args__ = (
        UniqueConstraint("name", "due_at"),
        Index("ix_cron_logs_started_at", desc("started_at")),
    )

    id: Mapped[Key]
    name: Mapped[str]
    due_at: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str]
    message: Mapped[str] = mapped_column(server_default="")


class CronMetric(Base):
    __tablename__ = "cron_metrics"

    cron_log_id: Mapped[int] = foreign("cron_logs.id", primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Decimal] = mapped_column(Numeric)


class SystemHealth(Base):
    __tablename__ = "system_health"
    __table_args__ = (Index("ix_system_health_part_checked_at", "part", desc("checked_at")),)

    id: Mapped[Key]
    part: Mapped[str]
    state: Mapped[str]
    latency_ms: Mapped[float | None]
    detail: Mapped[str] = mapped_column(server_default="")
    checked_at: Mapped[Created]


class ProviderUsage(Base):
    """Calls sent to a provider in a stretch of time that begins at `since`, by what they were for.

    The mirror of what Redis counts: a budget that Redis lost is counted again from here.
    """

    __tablename__ = "provider_usage"
    __table_args__ = (Index("ix_provider_usage_provider_since", "provider", "since"),)

    provider: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")
    throttles: Mapped[int] = mapped_column(server_default="0")


class ProviderState(Base):
    """What is known of a provider and must outlive Redis. One row for each."""

    __tablename__ = "provider_states"

    provider: Mapped[str] = mapped_column(primary_key=True)
    next_slot_at: Mapped[datetime | None]  # paces calls while Redis is away
    held_until: Mapped[datetime | None]  # the provider asked for no calls before
    held_because: Mapped[str] = mapped_column(server_default="")
    quota_left: Mapped[int | None]  # what it said of itself, last
    quota_resets_at: Mapped[datetime | None]
    breaker_state: Mapped[str] = mapped_column(server_default="closed")
    breaker_until: Mapped[datetime | None]  # when an open one tries again; None: when a person closes it
    last_error: Mapped[str] = mapped_column(server_default="")
    last_error_at: Mapped[datetime | None]


class BreakerEvent(Base):
    """A change of a circuit breaker's state."""

    __tablename__ = "breaker_events"
    __table_args__ = (
        Index("ix_breaker_events_provider_at", "provider", desc("at")),
        Index("ix_breaker_events_at", desc("at")),
    )

    id: Mapped[Key]
    provider: Mapped[str]
    at: Mapped[Created]
    old_state: Mapped[str]
    new_state: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")


class Traffic(Base):
    """Requests of one minute."""

    __tablename__ = "traffic"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")


class TimingDecision(Base):
    """When heavy work was let run, slowed or put off, and why."""

    __tablename__ = "timing_decisions"
    __table_args__ = (
        Index("ix_timing_decisions_at", desc("at")),
        Index("ix_timing_decisions_work_at", "work", desc("at")),
    )

    id: Mapped[Key]
    at: Mapped[Created]
    work: Mapped[str]
    choice: Mapped[str]
    reason: Mapped[str]
    until: Mapped[datetime | None]
    requests_per_minute: Mapped[float | None]  # just now
    usual_per_minute: Mapped[float | None]  # at this hour of the week
    queue_job_id: Mapped[int | None]


class AuditLog(Base):
    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_at", desc("at")),)

    id: Mapped[Key]
    at: Mapped[Created]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    action: Mapped[str]
    target: Mapped[str] = mapped_column(server_default="")
    details: Mapped[Json] = mapped_column(server_default="{}")
