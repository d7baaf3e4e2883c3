"""What the providers know by a name: candidates for a person to choose from, never chosen here."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, ArtistSearch
from setlist.providers.errors import ProviderError
from setlist.providers.sources import Sources

MOST_CANDIDATES = 12


def find_candidates(session: Session, sources: Sources, search: ArtistSearch, *, now: datetime) -> None:
    """Fills the search with MusicBrainz's hits, or with why there are none. Flushes."""
    try:
        hits = sources.musicbrainz.search_artists(search.query, limit=MOST_CANDIDATES)
    except ProviderError as error:
        search.error, search.finished_at = str(error), now
        session.flush()
        return
    mbids = [hit.mbid for hit in hits]
    rows = session.execute(select(Artist.mbid, Artist.id).where(Artist.mbid.in_(mbids)))
    here = dict(rows.all())
    search.candidates = [asdict(hit) | {"artist_id": here.get(hit.mbid)} for hit in hits]
    search.error, search.finished_at = None, now
    session.flush()
