"""All that an artist's page shows, for the page itself and for the pieces that a running import refreshes."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings, Sources
from setlist.models import Artist, ExternalId
from setlist.pages import freshness, listings, repertoire
from setlist.pages.story import latest_story

SHOWS = 300  # the longest tours recorded have fewer
SHOWS_AT_ONCE = 12
SONGS = 25
ALL_SONGS = 600
SETLISTS = 12
HOMES = {
    "musicbrainz": ("MusicBrainz", "https://musicbrainz.org/artist/{id}"),
    "setlistfm": ("setlist.fm", "https://www.setlist.fm/search?mbid={id}"),
    "spotify": ("Spotify", "https://open.spotify.com/artist/{id}"),
}


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where else the artist is at home. No address for what the sandbox invented."""

    label: str
    url: str


def artist_context(
    session: Session, artist: Artist, now: datetime, *, all_songs: bool = False, page: int = 1
) -> dict[str, object]:
    past, has_older = repertoire.past_setlists(session, artist.id, page=page, size=SETLISTS)
    limit = ALL_SONGS if all_songs else SONGS
    return {
        "artist": artist,
        "coming": listings.of_artist(session, artist.id, now, limit=SHOWS),
        "shows_at_once": SHOWS_AT_ONCE,
        "repertoire": repertoire.repertoire(session, artist.id, now.date(), limit=limit),
        "past": past,
        "page": page,
        "has_older": has_older,
        "story": latest_story(session, artist.id, now),
        "freshness": freshness.of_artist(session, artist.id, now),
    }


def homes(session: Session, artist: Artist, settings: Settings) -> list[Home]:
    statement = select(ExternalId).where(ExternalId.artist_id == artist.id, ExternalId.kind == "artist")
    ids = {row.provider: row.external_id for row in session.scalars(statement.order_by(ExternalId.id.desc()))}
    if artist.mbid:
        ids |= {"musicbrainz": artist.mbid, "setlistfm": artist.mbid}
    is_invented = settings.data_sources is Sources.SANDBOX
    return [
        Home(label=label, url="" if is_invented else address.format(id=quote(ids[provider], safe="")))
        for provider, (label, address) in HOMES.items()
        if provider in ids
    ]


def missing(settings: Settings) -> list[str]:
    """What this site cannot show, for want of a key, in words for fans."""
    if settings.data_sources is Sources.SANDBOX:
        return []
    gaps = {
        "Coming shows are missing: this site is not connected to Ticketmaster.": settings.ticketmaster_key,
        "Past setlists are missing: this site is not connected to setlist.fm.": settings.setlistfm_key,
        "Spotify’s catalogue is missing: this site is not connected to it.": settings.spotify_client_id,
    }
    return [words for words, key in gaps.items() if not key]
