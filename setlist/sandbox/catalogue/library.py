"""The whole invented world behind one object, with what was computed lately kept in memory."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice

from setlist.sandbox.catalogue.artists import Artist, artist
from setlist.sandbox.catalogue.calendar import Event
from setlist.sandbox.catalogue.discography import Discography, discography
from setlist.sandbox.catalogue.draw import share
from setlist.sandbox.catalogue.festivals import Festivals
from setlist.sandbox.catalogue.ids import Ids, Kind
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.search import NameIndex
from setlist.sandbox.catalogue.setlists import Setlist, Setlists
from setlist.sandbox.catalogue.shows import Shows
from setlist.sandbox.catalogue.venues import Venues
from setlist.sandbox.options import SandboxOptions

BROWSED = 400  # acts that listings without an act look through: the first ones


@dataclass
class Generated:
    """How much was computed since the start."""

    artists: int = 0
    discographies: int = 0


class Catalogue:
    def __init__(self, options: SandboxOptions) -> None:
        self.seed = options.seed
        self.size = options.artists
        self.frozen_now = options.now
        self.generated = Generated()
        self.ids = Ids(options.seed)
        self.venues = Venues(options.seed)
        self.search = NameIndex(options.seed, options.artists)
        self.festivals = Festivals(options.seed, options.artists)
        self.artist = lru_cache(maxsize=20_000)(self._artist)
        self.records = lru_cache(maxsize=1_000)(self._records)
        self.shows = Shows(
            options.seed, options.artists, self.artist, self.festivals, most_calendars=options.most_calendars
        )
        self.setlists = Setlists(options.seed, options.artists, self.artist, self.records)

    @property
    def now(self) -> datetime:
        return self.frozen_now or datetime.now(UTC)

    def act_of_mbid(self, mbid: str) -> int | None:
        """Also by an id that was merged into the act's present one."""
        meaning = self.ids.read_mbid(mbid)
        if meaning is None or meaning.kind not in {Kind.ARTIST, Kind.MERGED_ARTIST}:
            return None
        return meaning.artist if meaning.artist < self.size else None

    def mbid(self, index: int) -> str:
        return self.ids.mbid(Kind.ARTIST, index)

    def merged_mbid(self, index: int) -> str | None:
        """The id that an act had before two entries were merged; one in twelve had one."""
        if index == BENCHMARK_ACT or share(self.seed, "merged", index) > 1 / 12:
            return None
        return self.ids.mbid(Kind.MERGED_ARTIST, index)

    def spotify_id(self, index: int) -> str:
        return self.ids.spotify(Kind.ARTIST, index)

    def upcoming(self, index: int) -> list[Event]:
        return self.shows.upcoming(index, self.now)

    def setlist(self, index: int, event: Event) -> Setlist:
        return self.setlists.of(index, event, self.now)

    def past(self, index: int, *, skip: int = 0, most: int | None = None) -> list[Event]:
        stop = None if most is None else skip + most
        return list(islice(self.shows.past(index, self.now), skip, stop))

    def browsed(self) -> range:
        return range(min(self.size, BROWSED))

    def _artist(self, index: int) -> Artist:
        self.generated.artists += 1
        return artist(self.seed, index)

    def _records(self, index: int) -> Discography:
        self.generated.discographies += 1
        return discography(self.seed, self.artist(index))
