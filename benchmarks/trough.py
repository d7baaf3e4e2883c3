"""Heavy jobs over a week, started when the product says so: how much of them falls into quiet hours.

    python -m benchmarks.trough

The traffic is recorded by the minute for six weeks before and the week itself: a music site's usual day
(lowest at five in the morning, highest at nine in the evening, more at weekends), noise, and a burst now and
then when a tour is announced. A hundred jobs of five to fifty minutes each, two of which run at once, are
asked for at any time of the week and have one to three days. Told are the share of their seconds that fall
into the quietest third of the hours in which each may run, and how late the latest is.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from setlist.services.scheduling import Choice, Work, decide
from setlist.services.traffic_pattern import Load, Pattern, hour_of_week, pattern_of

# Requests a minute by the hour of a day: invented, in the proportions that sites of this kind show.
DAY = (
    90,
    60,
    42,
    33,
    28,
    27,
    32,
    48,
    74,
    96,
    112,
    126,
    138,
    142,
    140,
    144,
    156,
    182,
    228,
    282,
    318,
    322,
    256,
    158,
)
WEEKEND = 1.35
BURST = 4.0  # times the usual
JOBS, AT_ONCE = 100, 2
BEGIN = datetime(2026, 9, 7, tzinfo=UTC)
WEEKS_BEFORE = 6
WINDOWS = (((0, 24),), ((0, 24),), ((22, 8),), ((1, 7), (12, 16)))


@dataclass(order=True)
class Job:
    wakes_at: datetime
    number: int
    work: Work = field(compare=False)


@dataclass
class Week:
    """The jobs on their way, and what is told of them in the end."""

    minutes: dict[datetime, float]
    truth: Pattern
    jobs: list[Job]
    running: list[datetime] = field(default_factory=list)
    patterns: dict[datetime, Pattern] = field(default_factory=dict)
    decisions: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    quiet_seconds: float = 0.0
    late: timedelta = timedelta.min

    def run(self) -> None:
        heapq.heapify(self.jobs)
        while self.jobs:
            job = heapq.heappop(self.jobs)
            again = self._start(job, job.wakes_at)
            if again is not None:
                heapq.heappush(self.jobs, Job(again, job.number, job.work))

    def _start(self, job: Job, now: datetime) -> datetime | None:
        """When it is looked at again; None: it runs."""
        self.running = [end for end in self.running if end > now]
        if len(self.running) >= AT_ONCE:
            return min(self.running)
        decision = decide(job.work, self._pattern(now), _load(self.minutes, now), now)
        self.decisions[decision.choice] += 1
        if decision.choice is Choice.WAIT and decision.until is not None:
            return max(decision.until, now + timedelta(seconds=1))
        end = now + timedelta(seconds=job.work.seconds)
        self.running.append(end)
        self.late = max(self.late, end - job.work.deadline)
        self.seconds += job.work.seconds
        self.quiet_seconds += _quiet_seconds(self.truth, job.work, now, end)
        return None

    def _pattern(self, now: datetime) -> Pattern:
        """As the rows tell it at the beginning of the day."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if day not in self.patterns:
            self.patterns[day] = _pattern(self.minutes, day)
        return self.patterns[day]


def main() -> None:
    dice = Random(5)  # noqa: S311 - repeatable, not secret
    monday = BEGIN + timedelta(weeks=WEEKS_BEFORE)
    week = Week(minutes=_minutes(dice), truth=_truth(), jobs=_jobs(dice, monday))
    week.run()
    counts = ", ".join(f"{choice} {count}" for choice, count in sorted(week.decisions.items()))
    print(f"{JOBS} jobs, {week.seconds / 3600:.1f} hours; decisions: {counts}")
    share = week.quiet_seconds / week.seconds
    print(f"in the quietest third of their hours: {share:.1%} of the seconds   (bar: 90 %)")
    minutes = week.late.total_seconds() / 60
    print(f"latest end against its deadline: {minutes:+.0f} minutes   (bar: none after it)")


def _minutes(dice: Random) -> dict[datetime, float]:
    found, burst_until = {}, BEGIN
    for number in range((WEEKS_BEFORE + 2) * 7 * 24 * 60):
        minute = BEGIN + timedelta(minutes=number)
        if dice.random() < 1 / (3 * 24 * 60):
            burst_until = minute + timedelta(minutes=dice.randint(20, 90))
        level = DAY[minute.hour] * (WEEKEND if minute.weekday() >= 5 else 1) * dice.uniform(0.7, 1.3)
        found[minute] = level * (BURST if minute < burst_until else 1)
    return found


def _jobs(dice: Random, monday: datetime) -> list[Job]:
    jobs = []
    for number in range(JOBS):
        asked_at = monday + timedelta(hours=dice.uniform(0, 6 * 24))
        deadline = asked_at + timedelta(hours=dice.uniform(24, 48) if number % 4 else dice.uniform(26, 72))
        work = Work(
            name=f"job {number}",
            seconds=dice.uniform(300, 3000),
            deadline=deadline,
            hours=WINDOWS[number % len(WINDOWS)],
        )
        jobs.append(Job(asked_at, number, work))
    return jobs


def _pattern(minutes: dict[datetime, float], now: datetime) -> Pattern:
    hours: Counter[datetime] = Counter()
    for minute, requests in minutes.items():
        if now - timedelta(weeks=6) <= minute < now:
            hours[minute.replace(minute=0)] += requests
    return pattern_of(hours, now=now)


def _load(minutes: dict[datetime, float], now: datetime) -> Load:
    minute = now.replace(second=0, microsecond=0)
    lately = [minutes[minute - timedelta(minutes=back)] for back in range(1, 6)]
    return Load(per_minute=sum(lately) / len(lately), requests=int(sum(lately)))


def _truth() -> Pattern:
    """What the usual week really is, without noise."""
    return Pattern(tuple(DAY[hour % 24] * (WEEKEND if hour // 24 >= 5 else 1) for hour in range(168)))


def _quiet_seconds(truth: Pattern, work: Work, begin: datetime, end: datetime) -> float:
    quiet, found, moment = truth.quiet_hours(work.allowed()), 0.0, begin
    while moment < end:
        following = min(end, moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        if hour_of_week(moment) in quiet:
            found += (following - moment).total_seconds()
        moment = following
    return found


if __name__ == "__main__":
    main()
