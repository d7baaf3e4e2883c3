"""What is known of the site's traffic, and the decisions that were made by it, in rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import SyncSummary, TimingDecision, Traffic
from setlist.services.scheduling import Decision
from setlist.services.traffic_pattern import WEEKS, Load, Pattern, pattern_of

LATELY = timedelta(minutes=5)  # what counts as now
RUNS = 20  # that the length of the next one is judged by


@dataclass(frozen=True, kw_only=True, slots=True)
class TrafficNow:
    """What decisions are made by."""

    load: Load
    pattern: Pattern
    at: datetime

    @property
    def usual(self) -> float:
        """Requests a minute at this hour."""
        return self.pattern.at(self.at)


def traffic_now(session: Session, now: datetime) -> TrafficNow:
    return TrafficNow(load=load_now(session, now), pattern=usual_pattern(session, now), at=now)


def usual_pattern(session: Session, now: datetime) -> Pattern:
    """Made from the rows each time: a week has ten thousand minutes, which is little to add up."""
    hour = func.date_trunc("hour", Traffic.minute)
    statement = (
        select(hour, func.sum(Traffic.requests))
        .where(Traffic.minute >= now - timedelta(weeks=WEEKS), Traffic.minute < now)
        .group_by(hour)
    )
    return pattern_of({at: float(requests) for at, requests in session.execute(statement)}, now=now)


def load_now(session: Session, now: datetime) -> Load:
    statement = select(
        func.coalesce(func.sum(Traffic.requests), 0), func.coalesce(func.sum(Traffic.failures), 0)
    ).where(Traffic.minute > now - LATELY - timedelta(minutes=1), Traffic.minute <= now)
    requests, failures = session.execute(statement).one()
    minutes = LATELY.total_seconds() / 60
    return Load(per_minute=int(requests) / minutes, requests=int(requests), failures=int(failures))


def usual_seconds(session: Session, queue: str, *, otherwise: float) -> float:
    """How long a run of a queue takes: the mean of the last ones."""
    lately = (
        select(func.extract("epoch", SyncSummary.finished_at - SyncSummary.started_at))
        .where(SyncSummary.queue == queue)
        .order_by(SyncSummary.finished_at.desc())
        .limit(RUNS)
    )
    lengths = [float(length) for length in session.scalars(lately)]
    return sum(lengths) / len(lengths) if lengths else otherwise


def note(session: Session, work: str, decision: Decision, *, known: TrafficNow, job_id: int | None) -> None:
    """Adds the decision with its reason."""
    session.add(
        TimingDecision(
            work=work,
            choice=decision.choice.value,
            reason=decision.reason,
            until=decision.until,
            requests_per_minute=round(known.load.per_minute, 1),
            usual_per_minute=round(known.usual, 1),
            queue_job_id=job_id,
        )
    )
