"""Whom recorded answers are about: artists by the ids in them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from setlist.pipeline.artist_ties import Named
from setlist.pipeline.files.hand import Hand, read
from setlist.pipeline.files.people import SPOTIFY, TICKETMASTER
from setlist.pipeline.files.shapes import Found, Shape
from setlist.pipeline.files.tracks import read_tracks
from setlist.pipeline.files.writing import Notes
from setlist.providers import musicbrainz_answers, reading, setlistfm_answers, spotify_answers
from setlist.providers.reading import Json
from setlist.providers.ticketmaster_events import read_attraction, read_event


def _meet_acts(hand: Hand, found: Found, notes: Notes) -> None:
    for act in read(found, read_attraction, notes):
        if hand.people.act(act, notes) is None:
            notes.skip("acts that name no MusicBrainz id and have no event here")


def _meet_bills(hand: Hand, found: Found, notes: Notes) -> None:
    """An event has somebody: if nobody on the bill is known by a better id, then the first of it."""
    for event in read(found, read_event, Notes()):
        known = [hand.people.act(act, notes) for act in event.attractions]
        if event.attractions and not any(known):
            first = event.attractions[0]
            hand.people.by_id(TICKETMASTER, first.id, first.name, notes)


def _meet_players(hand: Hand, found: Found, notes: Notes) -> None:
    for hit in read(found, setlistfm_answers.read_artist, notes):
        hand.people.told_of(hit, notes)


def _meet_bands(hand: Hand, found: Found, notes: Notes) -> None:
    for record in read(found, setlistfm_answers.read_setlist, Notes()):
        hand.people.by_mbid(record.artist_mbid, record.artist_name or record.artist_mbid, notes)


def _meet_artists(hand: Hand, found: Found, notes: Notes) -> None:
    for record in read(found, musicbrainz_answers.read_artist, notes):
        hand.people.describe(record, notes)


def _meet_profiles(hand: Hand, found: Found, notes: Notes) -> None:
    for record in read(found, spotify_answers.read_artist, notes):
        hand.people.pictured(record, notes)


def _meet_musicians(hand: Hand, found: Found, notes: Notes) -> None:
    for owner in read_tracks(found, said=hand.said).owners():
        if found.shape is not Shape.RECORDINGS:
            hand.people.by_id(SPOTIFY, owner.id, owner.name, notes)
        elif owner.name:
            hand.people.by_mbid(owner.id, owner.name, notes)


def _meet_links(hand: Hand, found: Found, notes: Notes) -> None:
    """A page at Spotify that MusicBrainz relates to one artist."""
    for entry in reading.mappings(list(found.entries)):
        ((url, mbid),) = musicbrainz_answers.related_artists(entry).items()
        spotify_ids = reading.spotify_artist_ids([url])
        if not mbid or not spotify_ids:
            notes.skip("links that do not lead from one artist to Spotify")
            continue
        artist = hand.people.by_mbid(mbid, _related_name(entry, mbid), notes)
        named = Named(external_id=spotify_ids[0], name=artist.name, url=url)
        hand.people.tie(artist, SPOTIFY, named, notes)


def _related_name(entry: Json, mbid: str) -> str:
    related = [reading.mapping(one.get("artist")) for one in reading.mappings(entry.get("relations"))]
    return next((name for one in related if (name := reading.text(one.get("name")))), mbid)


WHO: Mapping[Shape, Callable[[Hand, Found, Notes], None]] = MappingProxyType(
    {
        Shape.EVENTS: _meet_bills,
        Shape.ACTS: _meet_acts,
        Shape.SETLISTS: _meet_bands,
        Shape.PLAYERS: _meet_players,
        Shape.ARTISTS: _meet_artists,
        Shape.RECORDINGS: _meet_musicians,
        Shape.LINKS: _meet_links,
        Shape.PROFILES: _meet_profiles,
        Shape.ALBUMS: _meet_musicians,
        Shape.TRACKS: _meet_musicians,
    }
)
