"""A run of a timetable entry: once for each time it is due, and written down by log_cron_run()."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from setlist.cron.schedule import Schedule
from setlist.models.operations import CronLog

log = logging.getLogger(__name__)

_LONGEST_MESSAGE = 2_000


class Outcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"  # nothing could start it within its window
    LOST = "lost"  # its clock ended before it did


@dataclass(frozen=True, kw_only=True, slots=True)
class CronRun:
    """In the hands of an entry's work, which may commit in between and should stop when told."""

    session: Session
    stopping: threading.Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    message: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


Work = Callable[[CronRun], Report]


class Entry(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def work(self) -> Work: ...
    @property
    def window(self) -> timedelta: ...


def run_if_due(entry: Entry, run: CronRun, now: datetime) -> Outcome | None:
    """Run the latest time it was due, unless that was done. Earlier ones that nobody ran are left out."""
    due_at = entry.schedule.last_due(now)
    late = now - due_at > entry.window
    first = CronLog(name=entry.name, due_at=due_at, started_at=now, outcome=Outcome.RUNNING.value)
    if late:
        first.outcome, first.finished_at = Outcome.MISSED.value, now
    if not _claimed(run.session, first):
        return None
    return Outcome.MISSED if late else _run(entry, run, first)


def give_up_lost_runs(session: Session) -> int:
    """A new leader's first act: what still says running belongs to a clock that is gone."""
    statement = (
        update(CronLog)
        .where(CronLog.outcome == Outcome.RUNNING.value)
        .values(outcome=Outcome.LOST.value, finished_at=func.now(), message="its clock ended before it did")
        .returning(CronLog.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def _claimed(session: Session, first: CronLog) -> bool:
    """Whether this clock is to do it: one of them, even if two believe that they lead."""
    one_at_a_time = func.pg_advisory_xact_lock(func.hashtextextended(f"cron {first.name}", 0))
    session.execute(select(one_at_a_time))
    latest = session.scalar(select(func.max(CronLog.due_at)).where(CronLog.name == first.name))
    # Before the very first run nobody was there to miss one.
    wanted = first.outcome == Outcome.RUNNING if latest is None else latest < first.due_at
    if wanted:
        _write(session, first, Report())
    session.commit()
    return wanted


def _run(entry: Entry, run: CronRun, first: CronLog) -> Outcome:
    try:
        report, outcome = entry.work(run), Outcome.DONE
    except Exception as error:
        log.exception("%s failed", entry.name)
        run.session.rollback()
        report, outcome = Report(message=f"{type(error).__name__}: {error}"), Outcome.FAILED
    first.finished_at, first.outcome = datetime.now(UTC), outcome.value
    seconds = (first.finished_at - first.started_at).total_seconds()
    # What the work did and that it was done: one transaction.
    _write(run.session, first, Report(message=report.message, metrics={**report.metrics, "seconds": seconds}))
    run.session.commit()
    return outcome


def _write(session: Session, row: CronLog, report: Report) -> None:
    """By the SQL function; `row` only carries its arguments and is never added."""
    metrics = bindparam(None, dict(report.metrics), type_=JSONB)
    written = func.log_cron_run(
        row.name,
        row.due_at,
        row.started_at,
        row.finished_at,
        row.outcome,
        report.message[:_LONGEST_MESSAGE],
        metrics,
    )
    session.execute(select(written))
