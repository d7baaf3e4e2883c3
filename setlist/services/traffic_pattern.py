"""How busy the site usually is at each hour of the week, and how busy it is now. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

HOURS = 168  # of a week, from Monday 0:00 UTC
DAY_HOURS = 24
WEEKS = 6  # that a pattern is made from
ENOUGH = 2  # observations of an hour of the week; with fewer, those of its hour of the day speak
NEAR = (0.25, 0.5, 0.25)  # the hour of a day and its neighbours
QUIETEST = 1 / 3
RISE = 1.5  # times the usual: busy
CALM_PER_MINUTE = 60.0  # below this nothing is busy, whatever is usual
FAILING, FAILING_FROM = 0.05, 20  # of the requests, from so many on


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """Requests a minute just now, and what share of them failed for our fault."""

    per_minute: float = 0.0
    requests: int = 0
    failures: int = 0

    @property
    def is_failing(self) -> bool:
        return self.requests >= FAILING_FROM and self.failures / self.requests > FAILING


@dataclass(frozen=True, slots=True)
class Pattern:
    """Requests a minute by hour of the week."""

    by_hour: tuple[float, ...] = (0.0,) * HOURS

    def at(self, moment: datetime) -> float:
        return self.by_hour[hour_of_week(moment)]

    def quiet_hours(self, allowed: Iterable[int]) -> frozenset[int]:
        """Of some hours of the week, the quietest third of each day's, since what is due daily has that day.

        Hours that are as quiet as the last of them are too.
        """
        quiet: set[int] = set()
        hours = sorted(set(allowed), key=lambda hour: (self.by_hour[hour], hour))
        for day in range(HOURS // DAY_HOURS):
            today = [hour for hour in hours if hour // DAY_HOURS == day]
            if today:
                most = self.by_hour[today[max(0, round(len(today) * QUIETEST) - 1)]]
                quiet.update(hour for hour in today if self.by_hour[hour] <= most)
        return frozenset(quiet)

    def is_busy(self, load: Load, now: datetime) -> bool:
        return load.is_failing or load.per_minute > max(CALM_PER_MINUTE, RISE * self.at(now))


def hour_of_week(moment: datetime) -> int:
    moment = moment.astimezone(UTC)
    return moment.weekday() * DAY_HOURS + moment.hour


def pattern_of(hours: Mapping[datetime, float], *, now: datetime) -> Pattern:
    """From the requests of whole hours: the middle of the last weeks, so that one busy night is no habit.

    An hour without requests after the first one that had some is a quiet hour. Where a week is not there yet,
    the hour of the day speaks; where nothing is, all hours are alike.
    """
    since = max(now - timedelta(weeks=WEEKS), min(hours, default=now))
    seen: dict[int, list[float]] = defaultdict(list)
    hour = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour + timedelta(hours=1) <= now:
        seen[hour_of_week(hour)].append(hours.get(hour, 0.0) / 60)
        hour += timedelta(hours=1)
    return Pattern(tuple(_usual(seen, hour) for hour in range(HOURS)))


def _usual(seen: Mapping[int, Sequence[float]], hour: int) -> float:
    of_week = seen.get(hour, ())
    return median(of_week) if len(of_week) >= ENOUGH else _usual_in_a_day(seen, hour % DAY_HOURS)


def _usual_in_a_day(seen: Mapping[int, Sequence[float]], hour: int) -> float:
    """With its neighbours, since little is known: what came at 20:05 once may come at 19:55 next."""
    level = 0.0
    for weight, near in zip(NEAR, (hour - 1, hour, hour + 1), strict=True):
        values = [one for at, of in seen.items() if at % DAY_HOURS == near % DAY_HOURS for one in of]
        level += weight * (median(values) if values else 0.0)
    return level
