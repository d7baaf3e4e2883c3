"""Providers of a simulation: their days, by the product's own verdicts, and their bad hours."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from config import Settings, Sources
from setlist.providers.habits import budget_rule
from setlist.services.budget import SHARES, Account, BudgetRule, Purpose, Refusal, decide
from setlist.services.freshness_order import Purse, purse

NAMES = ("musicbrainz", "ticketmaster", "setlistfm", "spotify")
# Day, first hour, hours.
BAD_HOURS = {
    "musicbrainz": ((6, 3, 3), (20, 11, 5)),
    "ticketmaster": ((4, 14, 6), (17, 2, 4), (24, 20, 3)),
    "setlistfm": ((9, 8, 10), (22, 5, 3)),
    "spotify": ((13, 9, 13), (26, 0, 6)),
}


def _nothing_more(_: datetime) -> int:
    return 0


@dataclass(slots=True)
class Job:
    purpose: Purpose
    calls: int
    then: Callable[[datetime], int]  # what happened, and how many calls it turned out to need besides


@dataclass(slots=True)
class Provider:
    name: str
    rule: BudgetRule
    began: datetime
    account: Account = field(default_factory=Account)
    jobs: deque[Job] = field(default_factory=deque)
    in_flight: Counter[Purpose] = field(default_factory=Counter)
    calls: Counter[tuple[int, str]] = field(default_factory=Counter)  # by day and purpose

    def add(self, purpose: Purpose, calls: int, then: Callable[[datetime], int] = _nothing_more) -> None:
        self.jobs.append(Job(purpose, calls, then))
        self.in_flight[purpose] += calls

    def is_down(self, now: datetime) -> bool:
        passed = now - self.began
        return any(
            timedelta(days=day, hours=hour) <= passed < timedelta(days=day, hours=hour + hours)
            for day, hour, hours in BAD_HOURS[self.name]
        )

    def purse(self, now: datetime, step: timedelta) -> Purse:
        """What may be begun, less what was begun and is not done."""
        found = purse(self.account, self.rule, now, until_next=step)
        for purpose in (Purpose.SETLISTS, Purpose.SYNC):
            found.pay(self.in_flight[purpose], purpose)
        return found

    def work(self, now: datetime, until: datetime) -> None:
        """Job after job, each call in its slot; those that may not be sent stay for the next time."""
        self._forget(now)
        refused: set[Purpose] = set()
        at = now
        for _ in range(len(self.jobs)):
            job = self.jobs.popleft()
            while job.calls and at < until and job.purpose not in refused:
                at = self._call(job, at, refused)
            if job.calls:
                self.jobs.append(job)
            elif more := job.then(min(at, until)):
                job.calls, job.then = more, _nothing_more
                self.in_flight[job.purpose] += more
                self.jobs.append(job)

    def _call(self, job: Job, at: datetime, refused: set[Purpose]) -> datetime:
        share = SHARES[job.purpose]
        verdict = decide(self.account, self.rule, share, at)
        if verdict.refusal is Refusal.BUSY and verdict.until is not None:
            return verdict.until
        if verdict.slot is None:
            refused.add(job.purpose)
            return at
        key = (self.rule.slices.slice_of(verdict.slot), share)
        used = dict(self.account.used)
        used[key] = used.get(key, 0) + 1
        after = verdict.slot + timedelta(seconds=self.rule.interval)
        self.account = replace(self.account, used=used, next_slot_at=after)
        self.calls[(verdict.slot - self.began).days, job.purpose.value] += 1
        self.in_flight[job.purpose] -= 1
        job.calls -= 1
        return verdict.slot

    def tell(self, days: int) -> None:
        by_purpose, by_day = Counter[str](), Counter[int]()
        for (day, purpose), calls in self.calls.items():
            by_purpose[purpose] += calls
            by_day[day] += calls
        fans, mornings, syncs = (round(by_purpose[name] / days) for name in ("import", "setlists", "sync"))
        limit = f"{self.rule.allowance.calls:,}" if self.rule.allowance else "1/s"
        most = max(by_day.values())
        print(f"{self.name:<14}{fans:>8,}{mornings:>10,}{syncs:>8,}{limit:>8}{most:>8,}")

    def _forget(self, now: datetime) -> None:
        """The slices that count no more."""
        oldest = self.rule.slices.slice_of(now) - 50
        used = {key: calls for key, calls in self.account.used.items() if key[0] >= oldest}
        self.account = replace(self.account, used=used)


def providers(began: datetime) -> dict[str, Provider]:
    settings = Settings(_env_file=None, sources=Sources.LIVE)
    return {name: Provider(name, budget_rule(name, settings), began) for name in NAMES}
