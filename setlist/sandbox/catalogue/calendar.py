"""Where an act plays and when. An event's number says its year and its place in it, for good."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from math import hypot
from random import Random
from zoneinfo import ZoneInfo

from setlist.sandbox.catalogue.artists import Artist, Size
from setlist.sandbox.catalogue.cities import CITIES, REGIONS
from setlist.sandbox.catalogue.draw import Dice, chance, share, weighted
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.venues import VENUES_PER_CITY, Room, choose

FIRST_YEAR, NUMBERS_A_YEAR = 2000, 512
SUPPORT, FESTIVAL = 256, 508  # where in a year's numbers an act's support and festival shows begin
_SHOWS_IN_A_LEG = 16
_TIMES = (time(18, 30), time(19), time(19, 30), time(20), time(20), time(20), time(20, 30), time(21))
_WEEKDAY_WEIGHTS = (0.7, 0.9, 1.0, 1.2, 1.8, 1.9, 0.9)


class Status(StrEnum):
    ON_SALE = "onsale"
    OFF_SALE = "offsale"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    UNDECIDED = "undecided"  # dateTBD: a date that nobody vouches for


@dataclass(frozen=True, slots=True)
class Event:
    """One night. `owner` and `number` are its identity; the acts are in billing order."""

    owner: int  # the headliner, or the block of acts that a festival belongs to
    number: int
    is_festival: bool
    day: date
    at: time
    venue: int
    acts: tuple[int, ...]
    status: Status
    leg: int

    @property
    def timezone(self) -> str:
        return CITIES[self.venue // VENUES_PER_CITY].timezone

    @property
    def start(self) -> datetime:
        return datetime.combine(self.day, self.at, _zone(self.timezone)).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    """zoneinfo itself keeps only the last eight in memory, and reads files for the others."""
    return ZoneInfo(name)


def year_of(number: int) -> int:
    return FIRST_YEAR + number // NUMBERS_A_YEAR


def tour_of(seed: int, act: Artist, year: int) -> list[Event]:
    """An act's own shows of a year, in order; who opens for it is added by the caller."""
    if year < act.began_year or (act.ended and year > act.began_year + 12):
        return []
    random = chance(seed, "tour", act.index, year)
    amount = (
        act.shows_a_year if act.index == BENCHMARK_ACT else int(act.shows_a_year * random.uniform(0.5, 1.4))
    )
    legs = max(1, round(amount / _SHOWS_IN_A_LEG))
    slot = 365 // legs
    events: list[Event] = []
    for leg in range(legs):
        shows = amount // legs + (leg < amount % legs)
        first = date(year, 1, 1) + timedelta(days=leg * slot)
        days = _days(random, first, shows, slot)
        for day, city in zip(days, _route(random, act, len(days)), strict=True):
            events += _nights(seed, act, _Night(year, len(events), day, city, leg))
    return events[:SUPPORT]


@dataclass(frozen=True, slots=True)
class _Night:
    year: int
    place: int
    day: date
    city: int
    leg: int


def _nights(seed: int, act: Artist, night: _Night) -> Iterator[Event]:
    """One show, or in a club now and then an early and a late one."""
    number = (night.year - FIRST_YEAR) * NUMBERS_A_YEAR + night.place
    dice = Dice(seed, "night", act.index, number)
    room = _room(dice, act)
    venue, at = choose(night.city, room, dice), dice.pick(_TIMES)
    twice = room is Room.CLUB and dice.below(60) == 0 and act.index != BENCHMARK_ACT
    for late in range(2 if twice else 1):
        yield Event(
            owner=act.index,
            number=number + late,
            is_festival=False,
            day=night.day,
            at=(time(18, 30), time(21, 45))[late] if twice else at,
            venue=venue,
            acts=(act.index,),
            status=Status.ON_SALE if twice else status_of(seed, act.index, number),
            leg=night.leg,
        )


def status_of(seed: int, owner: int, number: int) -> Status:
    """The benchmark act's shows all have a date, so that they can be counted."""
    drawn = share(seed, "status", owner, number)
    steps = [
        (0.82, Status.ON_SALE),
        (0.89, Status.OFF_SALE),
        (0.93, Status.RESCHEDULED),
        (0.96, Status.CANCELLED),
    ]
    if owner != BENCHMARK_ACT:
        steps += [(0.98, Status.POSTPONED), (0.99, Status.UNDECIDED)]
    return next((status for limit, status in steps if drawn < limit), Status.ON_SALE)


def _room(dice: Dice, act: Artist) -> Room:
    drawn = dice.below(100)
    if act.size is Size.SMALL:
        return Room.CLUB if drawn < 90 else Room.THEATRE
    if act.size is Size.MIDDLE:
        return Room.THEATRE if drawn < 72 else Room.CLUB
    return Room.ARENA if drawn < 65 else Room.THEATRE


def _days(random: Random, first: date, shows: int, slot: int) -> list[date]:
    """Different days in a stretch of the slot, weekends more often."""
    stretch = min(slot, max(int(shows * 1.9), shows + 2))
    begin = first + timedelta(days=random.randrange(slot - stretch + 1))
    days = [begin + timedelta(days=offset) for offset in range(stretch)]
    return sorted(
        weighted(random, ((day, _WEEKDAY_WEIGHTS[day.weekday()]) for day in days), min(shows, stretch))
    )


def _route(random: Random, act: Artist, stops: int) -> list[int]:
    """From city to the nearest city not seen yet, through one region at a time."""
    home = act.city.country.region
    abroad = {Size.SMALL: 0.12, Size.MIDDLE: 0.4, Size.LARGE: 0.65}[act.size]
    route: list[int] = []
    while len(route) < stops:
        region = random.choice(tuple(REGIONS)) if random.random() < abroad else home
        left = list(REGIONS[region])
        here = random.choice(left)
        while left and len(route) < stops:
            left.remove(here)
            route.append(here)
            here = min(left, key=lambda city: _apart(city, route[-1]), default=here)
    return route


def _apart(one: int, other: int) -> float:
    return hypot(
        CITIES[one].latitude - CITIES[other].latitude, CITIES[one].longitude - CITIES[other].longitude
    )
