"""What the clients answer: small frozen records, the same whichever provider they came from.

Text is stripped and bounded, URLs are http(s) or None, unknown is None or empty: never a placeholder
such as "Undefined". Nothing here is trusted to be complete or in order.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class ShowStatus(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """One page of a listing. `cursor` asks for the next one and is None on the last.

    `later` asks for the next one where a reader wants no more of them for now. `entries` is how many
    things of the listing's count are on it, where that is not its items.
    """

    items: tuple[T, ...]
    cursor: str | None = None
    later: str | None = None
    total: int | None = None  # as claimed; recorded answers are wrong about it
    skipped: int = 0  # entries too broken to read
    entries: int | None = None
    calls: int = 1  # that it took

    @property
    def size(self) -> int:
        """Entries of the listing, readable or not."""
        return (len(self.items) if self.entries is None else self.entries) + self.skipped


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtistCandidate:
    """A search hit, with what tells namesakes apart."""

    mbid: str
    name: str
    disambiguation: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    area: str = ""
    kind: str = ""  # person, group, …
    begin_year: int | None = None
    end_year: int | None = None
    score: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtistRecord:
    mbid: str  # as answered: after a merge not the one asked for
    name: str
    sort_name: str = ""
    disambiguation: str = ""
    country: str = ""
    kind: str = ""
    begin_year: int | None = None
    end_year: int | None = None
    genres: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    spotify_ids: tuple[str, ...] = ()  # from url relations that have not ended
    ticketmaster_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # pages of their own, as own_pages() writes them


@dataclass(frozen=True, kw_only=True, slots=True)
class Attraction:
    """Ticketmaster's word for an act; also festivals, tours and tribute bands."""

    id: str
    name: str
    url: str | None = None
    image_url: str | None = None
    genres: tuple[str, ...] = ()
    mbids: tuple[str, ...] = ()
    spotify_ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # as of an ArtistRecord
    upcoming: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SpotifyArtist:
    id: str
    name: str
    image_url: str | None = None
    url: str | None = None  # must be linked wherever its picture is shown


@dataclass(frozen=True, kw_only=True, slots=True)
class VenueRecord:
    id: str
    name: str
    city: str = ""
    state: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    address: str = ""
    timezone: str | None = None  # an IANA name that zoneinfo knows
    latitude: float | None = None
    longitude: float | None = None  # setlist.fm's coordinates are the city's and are left out
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRecord:
    """A Ticketmaster listing: one show may have several (VIP, parking, resale)."""

    id: str
    name: str
    url: str | None = None
    image_url: str | None = None
    local_date: date | None = None  # None: to be announced
    local_time: time | None = None  # None: no specific time
    starts_at: datetime | None = None  # aware, UTC
    original_date: date | None = None
    timezone: str | None = None
    status: ShowStatus = ShowStatus.SCHEDULED
    is_on_sale: bool = True
    source: str = ""  # ticketmaster, tmr (resale), universe, …
    attractions: tuple[Attraction, ...] = ()  # in billing order
    venue: VenueRecord | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlbumRecord:
    id: str
    title: str
    kind: str = ""  # album, single, compilation, …
    group: str = ""  # its relation to the artist: album, single, compilation, appears_on
    released: str = ""  # "2010", "2010-05" or "2010-05-31"
    image_url: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackRecord:
    id: str
    title: str
    artist_ids: tuple[str, ...] = ()
    isrcs: tuple[str, ...] = ()  # upper case, no dashes
    duration_ms: int | None = None
    album_title: str = ""
    released: str = ""
    url: str | None = None
    is_video: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayedSong:
    """One entry of a setlist. A blank name is a song nobody knew."""

    name: str
    set_index: int  # from 0, in the order played
    set_name: str = ""
    encore: int = 0  # 0: main set; 1: first encore; …
    tape: bool = False
    cover_mbid: str | None = None
    cover_artist: str = ""
    guest: str = ""
    info: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SetlistRecord:
    id: str
    version_id: str
    local_date: date
    updated_at: datetime | None = None  # aware, UTC
    artist_mbid: str
    artist_name: str
    venue: VenueRecord | None = None
    tour: str = ""
    info: str = ""
    url: str | None = None  # must be linked wherever its data is shown
    songs: tuple[PlayedSong, ...] = field(default=())  # empty: a stub, not a show without songs
