"""Festivals: each block of acts has one, on a weekend of every year, with some of them on each day."""

from datetime import date, time, timedelta
from functools import lru_cache

from setlist.sandbox.catalogue.calendar import FIRST_YEAR, Event, Status
from setlist.sandbox.catalogue.cities import CITIES
from setlist.sandbox.catalogue.draw import Dice, share
from setlist.sandbox.catalogue.grammar import Grammar
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.venues import Room, choose

BLOCK = 24  # acts that share a festival
DAYS = 3
NUMBERS_A_YEAR = 8
PASS = 7  # the number of the ticket for all days
_SOUTHERN = -10.0  # degrees: below it summer is in January

_NAMES = Grammar(
    """
        {word} Festival | {word} Fest | {word} & {word} Festival | {word} Weekender |
        Festival of {things} | {word} Days | {word} Sounds
    """,
    word="""
        Longgrass | Saltmarsh | Brightwater | Firefly Hill | Northlight | Riverbend | Stonecircle |
        Wildflower | Moonfield |
    """
    "Highmeadow | Driftwood | Sunfall | Lakeside | Harvest Moon | Lighthouse | Cloudburst",
    things="Small Lights | Open Skies | Slow Rivers | Late Summer | Odd Instruments",
)


class Festivals:
    def __init__(self, seed: int, artists: int) -> None:
        self._seed = seed
        self._artists = artists
        self.days = lru_cache(maxsize=2_000)(self._days)

    def exists(self, block: int) -> bool:
        return 0 <= block * BLOCK < self._artists

    def name(self, block: int) -> str:
        return _NAMES.expand(Dice(self._seed, "festival", block)).text

    def of_act(self, index: int, year: int) -> list[Event]:
        return [event for event in self.days(index // BLOCK, year) if index in event.acts]

    def find(self, block: int, number: int) -> Event | None:
        year, place = FIRST_YEAR + number // NUMBERS_A_YEAR, number % NUMBERS_A_YEAR
        if place == PASS:
            return self.all_days(block, year)
        return next((event for event in self.days(block, year) if event.number == number), None)

    def all_days(self, block: int, year: int) -> Event | None:
        """The pass for the whole weekend: a listing of its own on the first day, half of the time."""
        days = self.days(block, year)
        if not days or share(self._seed, "pass", block) < 0.5:
            return None
        acts = tuple(act for day in days for act in day.acts)
        return _event(block, days[0].day, days[0].venue, acts, PASS)

    def _days(self, block: int, year: int) -> tuple[Event, ...]:
        dice = Dice(self._seed, "festival place", block)
        city = dice.below(len(CITIES))
        week = dice.below(14)
        summer = date(year, 1, 3) if CITIES[city].latitude < _SOUTHERN else date(year, 5, 25)
        friday = summer + timedelta(days=week * 7 % 56 if summer.month == 1 else week * 7)
        friday += timedelta(days=(4 - friday.weekday()) % 7)
        venue = choose(city, Room.GROUND, dice)
        acts = [self._acts(block, year, place) for place in range(DAYS)]
        return tuple(
            _event(block, friday + timedelta(days=place), venue, tuple(acts[place]), place)
            for place in range(DAYS)
            if acts[place]
        )

    def _acts(self, block: int, year: int, place: int) -> list[int]:
        """A third of the block, each on one day; billed in the order of a draw."""
        members = range(block * BLOCK, min(block * BLOCK + BLOCK, self._artists))
        playing = [
            act
            for act in members
            if act != BENCHMARK_ACT
            and (drawn := share(self._seed, "plays", act, year)) < 0.36
            and int(drawn * 1000) % DAYS == place
        ]
        return sorted(playing, key=lambda act: share(self._seed, "billing", act))


def _event(block: int, day: date, venue: int, acts: tuple[int, ...], place: int) -> Event:
    return Event(
        owner=block,
        number=(day.year - FIRST_YEAR) * NUMBERS_A_YEAR + place,
        is_festival=True,
        day=day,
        at=time(14),
        venue=venue,
        acts=acts,
        status=Status.ON_SALE,
        leg=0,
    )
