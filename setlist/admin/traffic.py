"""How busy the site is and usually is, and what heavy work was told about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import TimingDecision, Traffic
from setlist.services.timing import TrafficNow, traffic_now
from setlist.services.traffic_pattern import hour_of_week
from setlist.web.rendering import private, render

HOURS = 24
DECISIONS = 40
TALL = 48  # of the chart, in its own units: a bar is 4 wide
ALL_HOURS = range(7 * HOURS)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An hour. Requests a minute, and how tall that is; `was` is None for an hour not counted yet."""

    at: datetime
    was: float | None
    usual: float
    was_tall: float
    usual_tall: float
    is_quiet: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    decision: TimingDecision
    ago_seconds: float
    wait_seconds: float | None


def traffic() -> Response:
    now = datetime.now(UTC)
    known = traffic_now(db.session(), now)
    page = render(
        "admin/traffic.html",
        known=known,
        is_busy=known.pattern.is_busy(known.load, now),
        bars=_bars(db.session(), known),
        tall=TALL,
        decisions=_decisions(db.session(), now),
    )
    return private(page)


def _bars(session: Session, known: TrafficNow) -> Sequence[Bar]:
    """Twelve hours back and as many ahead: what was, beside what is usual."""
    here = known.at.replace(minute=0, second=0, microsecond=0)
    first = here - timedelta(hours=HOURS // 2)
    was = _by_hour(session, first, here)
    hours = [first + timedelta(hours=number) for number in range(HOURS)]
    quiet = known.pattern.quiet_hours(ALL_HOURS)
    most = max([1.0, *was.values(), *(known.pattern.at(hour) for hour in hours)])
    return [
        Bar(
            at=hour,
            was=was.get(hour, 0.0) if hour < here else None,
            usual=known.pattern.at(hour),
            was_tall=round(TALL * was.get(hour, 0.0) / most, 1),
            usual_tall=round(TALL * known.pattern.at(hour) / most, 1),
            is_quiet=hour_of_week(hour) in quiet,
        )
        for hour in hours
    ]


def _by_hour(session: Session, since: datetime, until: datetime) -> dict[datetime, float]:
    hour = func.date_trunc("hour", Traffic.minute)
    statement = (
        select(hour, func.sum(Traffic.requests))
        .where(Traffic.minute >= since, Traffic.minute < until)
        .group_by(hour)
    )
    return {at: float(requests) / 60 for at, requests in session.execute(statement)}


def _decisions(session: Session, now: datetime) -> list[Told]:
    latest = select(TimingDecision).order_by(TimingDecision.at.desc(), TimingDecision.id.desc())
    return [
        Told(
            decision=one,
            ago_seconds=(now - one.at).total_seconds(),
            wait_seconds=(one.until - one.at).total_seconds() if one.until else None,
        )
        for one in session.scalars(latest.limit(DECISIONS))
    ]
