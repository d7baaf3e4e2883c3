"""When something is due. Pure: `now` is an argument, aware and UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Schedule(Protocol):
    def last_due(self, now: datetime) -> datetime:
        """The latest instant, not after `now`, at which it was due."""

    def next_due(self, now: datetime) -> datetime:
        """The first one after `now`."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Every:
    """At whole multiples of the interval, whichever clock counts them."""

    interval: timedelta

    def last_due(self, now: datetime) -> datetime:
        return now - (now - _EPOCH) % self.interval

    def next_due(self, now: datetime) -> datetime:
        return self.last_due(now) + self.interval

    def __str__(self) -> str:
        minutes = self.interval.total_seconds() / 60
        return "every minute" if minutes == 1 else f"every {minutes:g} minutes"


@dataclass(frozen=True, slots=True)
class DailyAt:
    """Once a day, at a time in UTC: no day has it twice or not at all."""

    at: time

    def last_due(self, now: datetime) -> datetime:
        today = datetime.combine(now.astimezone(UTC).date(), self.at, tzinfo=UTC)
        return today if today <= now else today - timedelta(days=1)

    def next_due(self, now: datetime) -> datetime:
        return self.last_due(now) + timedelta(days=1)

    def __str__(self) -> str:
        return f"daily at {self.at:%H:%M} UTC"
