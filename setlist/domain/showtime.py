"""When a show begins, and so when its voting locks. A show's day is its venue's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, kw_only=True)
class ShowTime:
    """What is known of a show's start; any part may be missing."""

    local_date: date | None
    local_time: time | None = None
    starts_at: datetime | None = None
    timezone: str | None = None


def start_instant(known: ShowTime) -> datetime | None:
    """The start in UTC, or None where it is not known to the hour.

    Venue-local date and time win over the provider's instant: they are what is printed on the ticket.
    """
    if known.local_date and known.local_time and (zone := zone_of(known.timezone)):
        return datetime.combine(known.local_date, known.local_time, zone).astimezone(UTC)
    return known.starts_at


def lock_instant(known: ShowTime, *, default_hour: int) -> datetime | None:
    """When voting ends: at the start; else at `default_hour` of the day, venue-local; None without a day.

    Without a time zone UTC stands in.
    """
    start = start_instant(known)
    if start is not None or known.local_date is None:
        return start
    zone = zone_of(known.timezone) or ZoneInfo("UTC")
    return datetime.combine(known.local_date, time(default_hour), zone).astimezone(UTC)


def zone_of(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA name, or None for a name that nobody knows."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
