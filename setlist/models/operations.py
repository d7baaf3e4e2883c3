"""What operators read: cron runs, health, provider calls, traffic and who did what."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Numeric, UniqueConstraint, desc
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
    """Calls of a UTC day by provider and by what they were for."""

    __tablename__ = "provider_usage"

    provider: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")


class Traffic(Base):
    """Requests of one minute."""

    __tablename__ = "traffic"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")


class AuditLog(Base):
    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_at", desc("at")),)

    id: Mapped[Key]
    at: Mapped[Created]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    action: Mapped[str]
    target: Mapped[str] = mapped_column(server_default="")
    details: Mapped[Json] = mapped_column(server_default="{}")
