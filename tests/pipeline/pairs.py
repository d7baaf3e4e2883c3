"""Two rows of a kind, each with one of everything that may refer to it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from setlist.models import (
    Doubt,
    ExternalId,
    Score,
    SongAlias,
    SongIsrc,
    SyncJob,
    SyncMark,
    SyncSummary,
    VenueAlias,
    VoteBurst,
)
from tests.pages.catalogue import add_artist, add_setlist, add_show, add_song, add_to_ballot, add_venue

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Pair = tuple[Any, Any]


def two_artists(session: Session) -> Pair:
    pair = add_artist(session, "Low Tide"), add_artist(session, "Low Tide (UK)")
    for place, artist in enumerate(pair):
        show = add_show(session, artist)
        own = add_song(session, artist, f"Song {place}")
        setlist = add_setlist(session, show, artist, own)
        job = SyncJob(kind="import", artist_id=artist.id)
        session.add_all(
            [
                job,
                SyncSummary(queue="artist_import", queue_job_id=place, artist_id=artist.id, started_at=NOW),
                SyncMark(artist_id=artist.id, provider="setlistfm", listing="setlists", checked_at=NOW),
                Score(
                    show_id=show.id,
                    artist_id=artist.id,
                    kind="wishes",
                    hits=1,
                    total=2,
                    details={},
                    computed_at=NOW,
                ),
                an_id("ticketmaster", "artist", f"K{place}", artist_id=artist.id),
                a_doubt("artist", f"D{place}", artist_id=artist.id),
            ]
        )
        assert setlist.artist_id == artist.id
    session.flush()
    return pair


def two_venues(session: Session) -> Pair:
    pair = add_venue(session, "O2 Arena"), add_venue(session, "North Greenwich Arena")
    for place, venue in enumerate(pair):
        add_show(session, add_artist(session), venue=venue)
        alias = VenueAlias(venue_id=venue.id, name=f"Dome {place}", name_folded=f"dome {place}")
        doubt = a_doubt("venue", f"D{place}", venue_id=venue.id)
        session.add_all([alias, doubt, an_id("ticketmaster", "venue", f"V{place}", venue_id=venue.id)])
    session.flush()
    return pair


def two_shows(session: Session) -> Pair:
    acts = add_artist(session), add_artist(session, "Guests")
    pair = add_show(session, acts[0]), add_show(session, acts[0], acts[1])
    for place, show in enumerate(pair):
        add_to_ballot(session, show, add_song(session, acts[place], f"Song {place}"))
        add_setlist(session, show, acts[place])
        session.add_all(
            [
                Score(
                    show_id=show.id,
                    artist_id=acts[0].id,
                    kind=f"kind {place}",
                    hits=1,
                    total=2,
                    details={},
                    computed_at=NOW,
                ),
                an_id("ticketmaster", "show", f"E{place}", show_id=show.id),
                a_doubt("show", f"D{place}", show_id=show.id),
                VoteBurst(
                    show_id=show.id,
                    kind="address",
                    fingerprint=bytes(place),
                    fans=1,
                    votes=1,
                    first_at=NOW,
                    last_at=NOW,
                ),
            ]
        )
    session.flush()
    return pair


def two_songs(session: Session) -> Pair:
    artist = add_artist(session)
    show = add_show(session, artist)
    pair = add_song(session, artist, "Loveless"), add_song(session, artist, "Love-Less")
    add_setlist(session, show, artist, *pair)
    add_to_ballot(session, show, *pair)
    for place, song in enumerate(pair):
        alias = SongAlias(song_id=song.id, title=f"Other {place}", title_folded=f"other {place}")
        isrc = SongIsrc(song_id=song.id, isrc=f"GBAAA000000{place}")
        doubt = a_doubt("song", f"D{place}", song_id=song.id)
        session.add_all([alias, isrc, doubt, an_id("musicbrainz", "recording", f"R{place}", song_id=song.id)])
    session.flush()
    return pair


def an_id(provider: str, kind: str, external_id: str, **target: int) -> ExternalId:
    tie = {"provider": provider, "kind": kind, "external_id": external_id, "confidence": 1.0}
    return ExternalId(**tie, matched_by="same_id", **target)


def a_doubt(kind: str, external_id: str, *, state: str = "open", **candidate: int) -> Doubt:
    words = {"name": "x", "reason": "nothing proves it", "provider": "ticketmaster"}
    return Doubt(kind=kind, external_id=external_id, state=state, **words, **candidate)


PAIRS = {"artists": two_artists, "venues": two_venues, "shows": two_shows, "songs": two_songs}
