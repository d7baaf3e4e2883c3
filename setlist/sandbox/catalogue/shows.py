"""All shows of an act: its own tours, those it opens for another, and festivals."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from setlist.sandbox.catalogue.artists import BENCHMARK_SETLISTS, Artist, Size
from setlist.sandbox.catalogue.calendar import FIRST_YEAR, NUMBERS_A_YEAR, Event, Status, tour_of, year_of
from setlist.sandbox.catalogue.draw import share
from setlist.sandbox.catalogue.festivals import Festivals
from setlist.sandbox.catalogue.names import BENCHMARK_ACT

EARLIEST = 2016  # nobody wrote setlists down before
_LAST = FIRST_YEAR + (1 << 15) // NUMBERS_A_YEAR - 1
_YEARS_AHEAD = 2
_CALLED_OFF = frozenset({Status.CANCELLED, Status.POSTPONED})
_OVER = timedelta(hours=4)  # after the start


class Shows:
    def __init__(
        self,
        seed: int,
        artists: int,
        act: Callable[[int], Artist],
        festivals: Festivals,
        *,
        most_calendars: int,
    ) -> None:
        self._seed = seed
        self._artists = artists
        self._act = act
        self._festivals = festivals
        self._own = lru_cache(maxsize=most_calendars * 3)(self._own_of_year)
        self._year = lru_cache(maxsize=most_calendars * 3)(self._all_of_year)

    def find(self, owner: int, number: int) -> Event | None:
        """An act's own show by its number."""
        return next((event for event in self._own(owner, year_of(number)) if event.number == number), None)

    def upcoming(self, index: int, now: datetime) -> list[Event]:
        """What is on sale: the next shows after now, as many as acts of its size announce."""
        act = self._act(index)
        years = range(now.year - 1, min(now.year + _YEARS_AHEAD, _LAST) + 1)
        yesterday = (now - timedelta(days=2)).date()
        ahead = [event for year in years for event in self._year(index, year) if event.day > yesterday]
        return sorted((event for event in ahead if event.start > now), key=_by_time)[: act.announced]

    def past(self, index: int, now: datetime) -> Iterator[Event]:
        """Shows that are over, the newest first, without those that were called off."""
        left = BENCHMARK_SETLISTS if index == BENCHMARK_ACT else -1
        lately = (now - timedelta(days=2)).date()
        for year in range(min(now.year + 1, _LAST), EARLIEST - 1, -1):
            for event in reversed(self._year(index, year)):
                if left == 0:
                    return
                if event.status in _CALLED_OFF or (event.day >= lately and event.start + _OVER > now):
                    continue
                left -= 1
                yield event

    def _own_of_year(self, index: int, year: int) -> tuple[Event, ...]:
        """A night that is taken by a festival or by a bigger act's tour is left out."""
        if not EARLIEST - 1 <= year <= _LAST:
            return ()
        taken = {event.day for event in self._festivals.of_act(index, year)}
        taken |= {event.day for event in self._opening(index, year)}
        guests = self._opener(index, year)
        elsewhere = {event.day for guest in guests for event in self._festivals.of_act(guest, year)}
        events = [event for event in tour_of(self._seed, self._act(index), year) if event.day not in taken]
        return tuple(
            event if event.day in elsewhere else replace(event, acts=event.acts + guests) for event in events
        )

    def _all_of_year(self, index: int, year: int) -> tuple[Event, ...]:
        events = [*self._own(index, year), *self._opening(index, year)]
        if EARLIEST - 1 <= year <= _LAST:
            events += self._festivals.of_act(index, year)
        return tuple(sorted(events, key=_by_time))

    def _opening(self, index: int, year: int) -> tuple[Event, ...]:
        headliner = index ^ 1
        if headliner >= self._artists or self._opener(headliner, year) != (index,):
            return ()
        return tuple(event for event in self._own(headliner, year) if index in event.acts)

    def _opener(self, index: int, year: int) -> tuple[int, ...]:
        """Neighbours tour together: the smaller act opens for the bigger one."""
        other = index ^ 1
        if other >= self._artists:
            return ()
        mine, theirs = self._act(index), self._act(other)
        bigger = mine.size > theirs.size or (mine.size == theirs.size == Size.MIDDLE and index > other)
        together = (
            bigger and year >= theirs.began_year and share(self._seed, "tour together", index, year) < 0.55
        )
        return (other,) if together else ()


def _by_time(event: Event) -> tuple[datetime, int]:
    return datetime.combine(event.day, event.at, UTC), event.number
