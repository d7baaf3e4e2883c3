"""What recorded answers tell: shows, venues, setlists and songs."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from setlist.models import Artist
from setlist.pipeline.files.hand import UNREADABLE, Hand, read
from setlist.pipeline.files.people import MUSICBRAINZ, SPOTIFY, TICKETMASTER
from setlist.pipeline.files.shapes import Found, Shape
from setlist.pipeline.files.tracks import read_tracks
from setlist.pipeline.files.writing import Notes
from setlist.pipeline.identity import lock_catalogue
from setlist.pipeline.setlists import write_setlists
from setlist.pipeline.show_times import retime
from setlist.pipeline.shows import primary_first, write_listings
from setlist.pipeline.tracks import write_tracks
from setlist.pipeline.venues import Venues
from setlist.providers import setlistfm_answers
from setlist.providers.answers import EventRecord, SetlistRecord, VenueRecord
from setlist.providers.ticketmaster_events import read_event, read_venue

SETLISTFM = "setlistfm"
WHOSE = "recordings that do not say whose they are: --artist MBID does"


def _write_events(hand: Hand, found: Found, notes: Notes) -> None:
    of: dict[int | None, list[EventRecord]] = defaultdict(list)
    for event in sorted(read(found, read_event, notes), key=primary_first):
        artists = [hand.people.tied(TICKETMASTER, act.id) for act in event.attractions]
        of[next((artist.id for artist in artists if artist), None)].append(event)
    notes.skip("events without an act", len(of.pop(None, ())))
    for artist_id, events in of.items():
        if artist_id is not None:
            write_listings(hand.writing(hand.session.get_one(Artist, artist_id), notes), events)


def _write_venues(hand: Hand, found: Found, notes: Notes) -> None:
    _tell_venues(hand, TICKETMASTER, read(found, read_venue, notes), notes)


def _write_halls(hand: Hand, found: Found, notes: Notes) -> None:
    _tell_venues(hand, SETLISTFM, read(found, setlistfm_answers.read_venue, notes), notes)


def _tell_venues(hand: Hand, provider: str, records: Sequence[VenueRecord], notes: Notes) -> None:
    lock_catalogue(hand.session)
    venues = Venues(hand.session, provider, records, now=hand.now)
    for record in records:
        venues.resolve(record)
    retime(hand.session, venues.zoned, default_hour=hand.default_start_hour, now=hand.now)
    notes.tally.add(venues.tally)


def _write_setlists(hand: Hand, found: Found, notes: Notes) -> None:
    of: dict[str, list[SetlistRecord]] = defaultdict(list)
    for record in read(found, setlistfm_answers.read_setlist, notes):
        of[record.artist_mbid].append(record)
    for mbid, records in of.items():
        artist = hand.people.here(mbid)
        if artist is not None:
            write_setlists(hand.writing(artist, notes), records)


def _write_tracks(hand: Hand, found: Found, notes: Notes) -> None:
    found_tracks = read_tracks(found, said=hand.said)
    notes.skip(UNREADABLE, found_tracks.unreadable)
    provider = MUSICBRAINZ if found.shape is Shape.RECORDINGS else SPOTIFY
    for owner_id, tracks in found_tracks.by_owner().items():
        artist = _musician(hand, provider, owner_id)
        if artist is not None:
            write_tracks(hand.writing(artist, notes), provider, tracks)
        elif owner_id is None:
            notes.skip(WHOSE, len(tracks))
        else:
            notes.skip("tracks of artists who are not here", len(tracks))


def _musician(hand: Hand, provider: str, owner_id: str | None) -> Artist | None:
    if owner_id is None:
        return None
    return hand.people.here(owner_id) if provider == MUSICBRAINZ else hand.people.tied(SPOTIFY, owner_id)


WHAT: Mapping[Shape, Callable[[Hand, Found, Notes], None]] = MappingProxyType(
    {
        Shape.EVENTS: _write_events,
        Shape.VENUES: _write_venues,
        Shape.SETLISTS: _write_setlists,
        Shape.HALLS: _write_halls,
        Shape.RECORDINGS: _write_tracks,
        Shape.ALBUMS: _write_tracks,
        Shape.TRACKS: _write_tracks,
    }
)
