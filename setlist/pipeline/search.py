"""What the providers know by a name: candidates for a person to choose from, never chosen here."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from setlist.domain.known_artists import artists_by_mbid
from setlist.models import ArtistSearch
from setlist.providers.errors import ProviderError, RateLimited, Unavailable
from setlist.providers.sources import Sources

MOST_CANDIDATES = 12
PATIENCE = timedelta(seconds=20)  # of somebody who looks at the page


def find_candidates(
    session: Session, sources: Sources, search: ArtistSearch, *, now: datetime, give_up: bool
) -> None:
    """Fills the search with MusicBrainz's hits, or with why there are none. Flushes.

    Raises a ProviderError that may be over soon, unless this is the time to give up.
    """
    try:
        hits = sources.musicbrainz.search_artists(search.query, limit=MOST_CANDIDATES)
    except ProviderError as error:
        if not give_up and _over_soon(error, now):
            raise
        search.error, search.finished_at = str(error), now
        session.flush()
        return
    here = artists_by_mbid(session, [hit.mbid for hit in hits])
    search.candidates = [asdict(hit) | {"artist_id": here.get(hit.mbid)} for hit in hits]
    search.error, search.finished_at = None, now
    session.flush()


def _over_soon(error: ProviderError, now: datetime) -> bool:
    if not isinstance(error, RateLimited | Unavailable):
        return False
    return error.until is None or error.until - now < PATIENCE
