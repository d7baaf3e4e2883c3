"""What a person decided about an artist shows only once the provider is read again."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from setlist.models import Artist, SyncJob
from setlist.models.sync import SyncKind
from setlist.pipeline.deciding import Decision
from setlist.pipeline.start import start_import, start_sync
from setlist.services.freshness import Listing

# Of a provider that was not read for this artist before, all that there is of it.
WHOLE: Mapping[SyncKind, tuple[Listing, ...]] = MappingProxyType(
    {
        SyncKind.TICKETMASTER: (Listing.ATTRACTION, Listing.DATED, Listing.UNDATED),
        SyncKind.SPOTIFY: (Listing.PICTURE, Listing.ALBUMS),
    }
)


def read_anew(session: Session, decision: Decision) -> list[SyncJob]:
    """Asks for it, once however often it is asked for; the caller commits."""
    artists = [session.get_one(Artist, artist_id) for artist_id in decision.refresh]
    return [_asked(session, artist, decision.sync) for artist in artists if artist.mbid is not None]


def _asked(session: Session, artist: Artist, kind: SyncKind | None) -> SyncJob:
    if kind is None or artist.imported_at is None:
        return start_import(session, artist)
    return start_sync(session, artist, kind, listings=WHOLE.get(kind, ()))
