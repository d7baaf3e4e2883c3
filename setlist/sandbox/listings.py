"""What Ticketmaster lists: one show may be there as itself, a VIP package, parking, and on resale."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache

from setlist.sandbox.catalogue.artists import Size
from setlist.sandbox.catalogue.calendar import Event, Status
from setlist.sandbox.catalogue.draw import Dice, share
from setlist.sandbox.catalogue.ids import Kind, Meaning
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.venues import VENUES_PER_CITY, Room, choose


class Variant(IntEnum):
    PRIMARY = 0
    VIP = 1
    PARKING = 2
    RESALE = 3
    TRIBUTE = 4


FESTIVAL_DAY = 2  # the variant in the ids of festival days, to tell them from the festival itself
_SHARES = ((Variant.VIP, 0.14), (Variant.PARKING, 0.05), (Variant.RESALE, 0.22))
_TRIBUTE_SHOWS = 5


@dataclass(frozen=True, slots=True)
class Listing:
    event: Event
    variant: Variant = Variant.PRIMARY
    start: datetime = field(init=False)  # kept, since listings are sorted and filtered by it

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.event.start)

    @property
    def source(self) -> str:
        return "tmr" if self.variant is Variant.RESALE else "ticketmaster"


class Listings:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._of_minute = lru_cache(maxsize=2)(self._all)

    def of_attraction(self, meaning: Meaning) -> list[Listing]:
        if meaning.kind is Kind.FESTIVAL:
            return self._of_festival(meaning.artist)
        if not self.has_attraction(meaning.artist):
            return []
        if meaning.kind is Kind.TRIBUTE:
            return self.tribute_nights(meaning.artist)
        events = self._catalogue.upcoming(meaning.artist)
        listings = [listing for event in events for listing in self.of_event(event)]
        return listings + self._passes(meaning.artist, events)

    def all(self) -> list[Listing]:
        """Of the acts that are browsed, each listing once; as they were at the last full minute."""
        return list(self._of_minute(self._catalogue.now.replace(second=0, microsecond=0)))

    def _all(self, _minute: datetime) -> list[Listing]:
        found: dict[tuple[bool, int, int, Variant], Listing] = {}
        for act in self._catalogue.browsed():
            for listing in self.of_attraction(Meaning(Kind.ARTIST, act)):
                event = listing.event
                found[event.is_festival, event.owner, event.number, listing.variant] = listing
        return list(found.values())

    def of_event(self, event: Event) -> Iterator[Listing]:
        yield Listing(event)
        if event.is_festival or event.status in {Status.POSTPONED, Status.UNDECIDED, Status.CANCELLED}:
            return
        for variant, likely in _SHARES:
            if share(self._catalogue.seed, "listing", event.owner, event.number, int(variant)) < likely:
                yield Listing(event, variant)

    def find(self, meaning: Meaning) -> Listing | None:
        """By the meaning of an event's id; what is over has vanished."""
        listing = self._found(meaning)
        if listing is None or listing.event.start < self._catalogue.now - timedelta(hours=6):
            return None
        return listing

    def has_attraction(self, act: int) -> bool:
        """Acts that never sell a ticket here are not known here."""
        return act < self._catalogue.size and self._catalogue.artist(act).announced > 0

    def has_tribute(self, act: int) -> bool:
        return self.has_attraction(act) and self._catalogue.artist(act).size is Size.LARGE

    def tribute_nights(self, act: int) -> list[Listing]:
        """The tribute act follows the real one around, two days later, in clubs."""
        if not self.has_tribute(act):
            return []
        events = self._catalogue.upcoming(act)[:_TRIBUTE_SHOWS]
        return [Listing(self._as_tribute(event), Variant.TRIBUTE) for event in events]

    def _found(self, meaning: Meaning) -> Listing | None:
        variant = Variant(meaning.variant)
        if meaning.kind is Kind.FESTIVAL:
            exists = meaning.variant == FESTIVAL_DAY and self._catalogue.festivals.exists(meaning.artist)
            day = self._catalogue.festivals.find(meaning.artist, meaning.number) if exists else None
            return Listing(day) if day is not None else None
        if meaning.kind is not Kind.EVENT or not self.has_attraction(meaning.artist):
            return None
        event = self._catalogue.shows.find(meaning.artist, meaning.number)
        if event is None:
            return None
        return Listing(self._as_tribute(event) if variant is Variant.TRIBUTE else event, variant)

    def _of_festival(self, block: int) -> list[Listing]:
        festivals, now = self._catalogue.festivals, self._catalogue.now
        if not festivals.exists(block):
            return []
        events = [day for year in (now.year, now.year + 1) for day in festivals.days(block, year)]
        events += filter(None, (festivals.all_days(block, year) for year in (now.year, now.year + 1)))
        return [Listing(event) for event in events if event.start > now]

    def _passes(self, act: int, events: list[Event]) -> list[Listing]:
        years = {event.day.year: event.owner for event in events if event.is_festival}
        passes = (self._catalogue.festivals.all_days(block, year) for year, block in years.items())
        return [Listing(event) for event in passes if event is not None and event.start > self._catalogue.now]

    def _as_tribute(self, event: Event) -> Event:
        dice = Dice(self._catalogue.seed, "tribute", event.owner, event.number)
        venue = choose(event.venue // VENUES_PER_CITY, Room.CLUB, dice)
        return replace(
            event,
            day=event.day + timedelta(days=2),
            at=time(21),
            venue=venue,
            acts=(event.owner,),
            status=Status.ON_SALE,
        )


def by_date(listing: Listing) -> tuple[datetime, int, int]:
    return listing.start, listing.event.number, listing.variant
