"""When heavy work runs: in the quietest of its allowed hours, and slower while the site is busy. Pure.

Heavy work can wait for hours, but not for ever: each has a deadline, and near it runs whatever the load.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from setlist.services.traffic_pattern import HOURS, Load, Pattern, hour_of_week

AGAIN = timedelta(minutes=10)  # a busy site is looked at again
MARGIN = timedelta(minutes=30)  # before a deadline, for what else waits for a worker
LONGEST_PAUSE = 3.0  # seconds between two steps: longer ones would only hold a worker
ALL_DAY = ((0, 24),)


class Choice(StrEnum):
    RUN = "run"
    WAIT = "wait"
    SLOW = "slow"


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """`hours`: when it may run, as (from, to) in UTC; `to` before `from` goes past midnight."""

    name: str
    seconds: float  # that it takes, about
    deadline: datetime  # by which it is to be done
    hours: Sequence[tuple[int, int]] = ALL_DAY

    def allowed(self) -> list[int]:
        """Hours of the week."""
        return [hour for hour in range(HOURS) if any(_within(hour % 24, span) for span in self.hours)]

    @property
    def latest_start(self) -> datetime:
        return self.deadline - timedelta(seconds=self.seconds) - MARGIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    choice: Choice
    reason: str  # in words for an operator
    until: datetime | None = None  # of a wait
    pause_seconds: float = 0.0  # of slow work, between two steps


def decide(work: Work, pattern: Pattern, load: Load, now: datetime) -> Decision:
    """Whether the work starts now."""
    if now >= work.latest_start:
        return Decision(choice=Choice.RUN, reason="its deadline is near, so it runs whatever the load is")
    quiet = pattern.quiet_hours(work.allowed())
    start = _next_stretch(work, quiet, now)
    if start is None:
        start = _quietest_left(work, pattern, now)
    if start > now:
        return Decision(choice=Choice.WAIT, until=start, reason=_why_later(pattern, start, now))
    if pattern.is_busy(load, now):
        until = min(now + AGAIN, work.latest_start)
        return Decision(
            choice=Choice.WAIT, until=until, reason=f"the site is busy: {_told(pattern, load, now)}"
        )
    return Decision(choice=Choice.RUN, reason=f"a quiet hour: {_told(pattern, load, now)}")


def pace(pattern: Pattern, load: Load, now: datetime) -> Decision:
    """How work that has begun goes on."""
    if not pattern.is_busy(load, now):
        return Decision(choice=Choice.RUN, reason=f"the site is calm: {_told(pattern, load, now)}")
    usual = max(pattern.at(now), 1.0)
    seconds = LONGEST_PAUSE if load.is_failing else min(LONGEST_PAUSE, load.per_minute / usual - 1)
    reason = f"slower, since the site is busy: {_told(pattern, load, now)}"
    return Decision(choice=Choice.SLOW, pause_seconds=max(0.2, seconds), reason=reason)


def _next_stretch(work: Work, quiet: frozenset[int], now: datetime) -> datetime | None:
    """When quiet hours in a row are long enough for it, from now on; None: not before its deadline."""
    start = now
    while start < work.latest_start:
        if hour_of_week(start) in quiet and _lasts(start, work.seconds, quiet):
            return start
        start = _next_hour(start)
    return None


def _lasts(start: datetime, seconds: float, quiet: frozenset[int]) -> bool:
    end, hour = start + timedelta(seconds=seconds), start
    while hour < end:
        if hour_of_week(hour) not in quiet:
            return False
        hour = _next_hour(hour)
    return True


def _quietest_left(work: Work, pattern: Pattern, now: datetime) -> datetime:
    """Of what is left before its deadline; the last moment where nothing of it is allowed."""
    allowed, starts = set(work.allowed()), [now]
    while (following := _next_hour(starts[-1])) < work.latest_start:
        starts.append(following)
    possible = [start for start in starts if hour_of_week(start) in allowed]
    return min(possible, key=lambda start: (pattern.at(start), start), default=work.latest_start)


def _next_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _within(hour: int, span: tuple[int, int]) -> bool:
    begin, end = span
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def _why_later(pattern: Pattern, start: datetime, now: datetime) -> str:
    then, usual = pattern.at(start), pattern.at(now)
    return f"quieter at {start:%a %H:%M} UTC: usually {then:.0f} requests a minute, {usual:.0f} at this hour"


def _told(pattern: Pattern, load: Load, now: datetime) -> str:
    words = f"{load.per_minute:.0f} requests a minute, usually {pattern.at(now):.0f}"
    return f"{words}, and {load.failures} of {load.requests} fail" if load.is_failing else words
