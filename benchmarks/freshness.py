"""Thirty days of 20,000 artists through the rules of what is asked for when, and the providers' days.

    python -m benchmarks.freshness [ARTISTS] [DAYS] [SEED]

Every five minutes what is due is served as scheduled_sync does it: the ages, the order, the shares of the day
and the verdict on each call are the product's own functions. Invented are the artists and venues
(freshness_world.py), what their re-syncs find, what fans import meanwhile, and the hours in which a provider
is down (freshness_providers.py). Once a day, each at a moment of its own, all things are looked at: are they
within their allowance?
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from math import ceil
from random import Random

from benchmarks.freshness_providers import Provider, providers
from benchmarks.freshness_world import DAY, TOURS_A_DAY, Act, halls, people, tour
from setlist.services.budget import Purpose
from setlist.services.freshness import WHOLE_AGAIN
from setlist.services.freshness_ages import Age, Kind, Reason, age_of
from setlist.services.freshness_order import CALLS, LISTINGS_OF_SHOWS, PROVIDERS, Thing, batches, serve

STEP = timedelta(minutes=5)
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
VENUES_AN_ARTIST = 0.4
# What fans ask for: first imports with the calls that they take, and news of an artist that is here.
IMPORTS_A_DAY, LOOKS_A_DAY, FOLLOWS_A_DAY = 22, 60, 12
IMPORT_CALLS = {"musicbrainz": 5, "ticketmaster": 4, "setlistfm": 12, "spotify": 18}
MOST_CALLS = {"setlistfm": 10}  # the pages that a first import reads
HOURS = (1.3, 1.1, 0.9, 0.7, 0.5, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # when they come, of a mean of one
HOURS = (*HOURS, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.5, 1.5, 1.4, 1.3)
# How often a list of recordings or albums is not what it was, and what a new album costs.
RECORDED_EVERY, RELEASED_EVERY, RELEASE_CALLS = 150 * DAY, 150 * DAY, 3
PROMISED = {Reason.NEAR, Reason.FOLLOWED, Reason.TRENDING}
BAR, MOST_RATIO = 99.0, 3.0
Key = tuple[Kind, int]


@dataclass
class Looks:
    """At all things of a kind, for a reason."""

    checks: int = 0
    within: int = 0
    worst: float = 0.0

    def add(self, ratio: float) -> None:
        self.checks += 1
        self.within += ratio <= 1
        self.worst = max(self.worst, ratio)


@dataclass
class Simulation:
    artists: int
    seed: int
    looks: dict[tuple[Kind, Reason], Looks] = field(default_factory=dict)
    served: Counter[Kind] = field(default_factory=Counter)
    now: datetime = BEGAN
    in_flight: set[Key] = field(default_factory=set)
    _turns: list[tuple[datetime, Kind, int]] = field(default_factory=list)  # a heap: when each is due
    _due_at: dict[Key, datetime] = field(default_factory=dict)
    _shows: list[tuple[datetime, int]] = field(default_factory=list)  # a heap: when whose next one begins
    _next_show: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - the same seed gives the same month
        self.acts = people(self.artists, BEGAN, self.random)
        self.acts += halls(self.artists, int(self.artists * VENUES_AN_ARTIST), BEGAN, self.random)
        self.followed = [act for act in self.acts if act.followed_since]
        self.providers: dict[str, Provider] = providers(BEGAN)
        for act in self.acts:
            for kind in act.checked:  # as old as things are where all was served until now
                due_at = age_of(kind, act.known(BEGAN), BEGAN, BEGAN).due_at
                act.checked[kind] = BEGAN - self.random.random() * max(due_at - BEGAN, timedelta(0))
            self._plan(act)
            self._await_show(act)

    def run(self, days: int) -> None:
        while self.now - BEGAN < DAY * days:
            self._world()
            self._fans()
            self._serve()
            for provider in self.providers.values():
                if not provider.is_down(self.now):
                    provider.work(self.now, self.now + STEP)
            self._look()
            self.now += STEP

    def ages(self, act: Act, *kinds: Kind) -> dict[Kind, Age]:
        known = act.known(self.now)
        return {kind: age_of(kind, known, act.checked[kind], self.now) for kind in kinds or act.checked}

    def _plan(self, act: Act, *kinds: Kind) -> None:
        """When its turns are. Of all kinds, where anything was learned that may change them."""
        for kind, age in self.ages(act, *kinds).items():
            if (kind, act.id) not in self.in_flight:
                self._take_turn((kind, act.id), age.due_at)

    def _take_turn(self, key: Key, due_at: datetime) -> None:
        if self._due_at.get(key) != due_at:
            self._due_at[key] = due_at
            heappush(self._turns, (due_at, *key))

    def _await_show(self, act: Act) -> None:
        if act.next_change and self._next_show.get(act.id) != act.next_change:
            self._next_show[act.id] = act.next_change
            heappush(self._shows, (act.next_change, act.id))

    def _world(self) -> None:
        """Shows begin, tours are announced, fans begin to wish for somebody's songs and leave somebody."""
        while self._shows and self._shows[0][0] <= self.now:
            at, number = heappop(self._shows)
            if self._next_show[number] == at:
                self.acts[number].pass_shows(self.now, self.random)
                self._await_show(self.acts[number])
                self._plan(self.acts[number])
        for _ in range(self._happens(TOURS_A_DAY * self.artists)):
            act = self.random.choice(self.acts[: self.artists])
            if act.is_listed and (act.kind != "dormant" or self.random.random() < 0.1):
                begins = self.now + DAY * self.random.uniform(20, 120)
                act.announced.append(tour(act, begins, self.random))
        for _ in range(self._happens(FOLLOWS_A_DAY)):
            begun = self.random.choice(self.acts[: self.artists])
            left = self.followed.pop(self.random.randrange(len(self.followed)))
            left.followed_since, left.is_trending = None, False
            begun.followed_since = begun.followed_since or self.now
            self.followed.append(begun)
            self._plan(begun)

    def _fans(self) -> None:
        for _ in range(self._happens(IMPORTS_A_DAY * HOURS[self.now.hour])):
            for name, calls in IMPORT_CALLS.items():
                some = max(1, round(self.random.lognormvariate(0, 0.7) * calls))
                self.providers[name].add(Purpose.IMPORT, min(some, MOST_CALLS.get(name, some)))
        for _ in range(self._happens(LOOKS_A_DAY * HOURS[self.now.hour])):
            for provider in self.providers.values():
                provider.add(Purpose.IMPORT, 1)

    def _happens(self, a_day: float) -> int:
        mean = a_day * (STEP / DAY)
        return int(mean) + (self.random.random() < mean % 1)

    def _serve(self) -> None:
        due = {(thing.kind, thing.id): thing for thing in self._due()}
        purses = {name: provider.purse(self.now, STEP) for name, provider in self.providers.items()}
        closed = {name: "is down" for name, one in self.providers.items() if one.is_down(self.now)}
        served = serve(due.values(), purses, closed).served
        self.in_flight |= {(thing.kind, thing.id) for thing in served}
        for key in due.keys() - self.in_flight:
            self._due_at[key] = self.now
            heappush(self._turns, (self.now, *key))
        for batch in batches(thing for thing in served if thing.kind is Kind.SHOWS):
            pages = max(1, ceil(sum(thing.coming for thing in batch) / 200))
            self._ask(batch, LISTINGS_OF_SHOWS - 1 + pages)
        for thing in served:
            if thing.kind is not Kind.SHOWS:
                backlog = self.acts[thing.id].backlog
                self._ask([thing], min(CALLS[thing.kind], backlog) if thing.kind in CALLS else 1)

    def _due(self) -> Iterable[Thing]:
        while self._turns and self._turns[0][0] <= self.now:
            due_at, kind, number = heappop(self._turns)
            if self._due_at.get((kind, number)) == due_at and (kind, number) not in self.in_flight:
                act = self.acts[number]
                yield Thing(kind=kind, id=number, age=self.ages(act, kind)[kind], coming=act.coming)

    def _ask(self, things: list[Thing], calls: int) -> None:
        provider = self.providers[PROVIDERS[things[0].kind]]
        provider.add(things[0].purpose, calls, then=lambda at: sum(self._done(thing, at) for thing in things))

    def _done(self, thing: Thing, at: datetime) -> int:
        """It was read: how many further calls took what was new."""
        act, kind = self.acts[thing.id], thing.kind
        more = self._found(kind, act, at - act.checked[kind], at)
        self.served[kind] += 1
        self.in_flight.discard((kind, act.id))
        act.checked[kind] = at
        if kind is Kind.BACKLOG and not act.backlog:
            del act.checked[kind]
        self._plan(act, *(() if kind in {Kind.SHOWS, Kind.SETLISTS} else {kind} & act.checked.keys()))
        return more

    def _found(self, kind: Kind, act: Act, passed: timedelta, at: datetime) -> int:
        if kind is Kind.SHOWS and act.read_shows(at):
            self._await_show(act)
        if kind is Kind.SETLISTS:
            act.read_setlists(at)
        if kind is Kind.BACKLOG:
            act.backlog = max(0, act.backlog - CALLS[kind])
        if kind is Kind.RECORDINGS and self.random.random() < passed / WHOLE_AGAIN + passed / RECORDED_EVERY:
            return ceil(act.recordings / 100)
        if kind is Kind.ALBUMS and act.kind != "dormant" and self.random.random() < passed / RELEASED_EVERY:
            return RELEASE_CALLS
        return 0

    def _look(self) -> None:
        """At each act once a day."""
        of_a_day = DAY // STEP
        for act in self.acts[(self.now - BEGAN) // STEP % of_a_day :: of_a_day]:
            for kind, age in self.ages(act).items():
                self.looks.setdefault((kind, age.reason), Looks()).add(age.ratio)


def main(artists: int = 20_000, days: int = 30, seed: int = 7) -> None:
    started = time.monotonic()
    simulation = Simulation(artists, seed)
    simulation.run(days)
    _tell(simulation, days)
    print(f"{days} days of {artists:,} artists in {time.monotonic() - started:.0f} s")


def _tell(simulation: Simulation, days: int) -> None:
    print(f"{'kind':<12}{'because':<12}{'checks':>10}{'within':>10}{'worst':>8}")
    for (kind, reason), looks in sorted(simulation.looks.items()):
        within = f"{looks.within / looks.checks:.2%}"
        print(f"{kind:<12}{reason:<12}{looks.checks:>10,}{within:>10}{looks.worst:>8.2f}")
    print(f"\n{'a day':<14}{'fans':>8}{'mornings':>10}{'syncs':>8}{'of':>8}{'most':>8}")
    for provider in simulation.providers.values():
        provider.tell(days)
    promised = [looks for (_, reason), looks in simulation.looks.items() if reason in PROMISED]
    share = 100 * sum(one.within for one in promised) / sum(one.checks for one in promised)
    late = [age for act in simulation.acts for age in simulation.ages(act).values() if age.ratio > 1]
    worst = max(looks.worst for looks in simulation.looks.values())
    print(f"\nserved: {', '.join(f'{number:,} {kind}' for kind, number in simulation.served.most_common())}")
    print(f"past their allowance at the end: {len(late)} of {sum(simulation.served.values()):,} served")
    print(f"followed and near within theirs: {share:.2f} %   (bar: {BAR:.0f} %)")
    print(f"oldest seen: {worst:.2f} times its allowance   (bar: {MOST_RATIO:.0f})")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
