"""Artists by MusicBrainz's ids, also by those that were merged into theirs since."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, ExternalId


def artists_by_mbid(session: Session, mbids: Iterable[str]) -> dict[str, int]:
    """The ids of our artists, as far as they are here."""
    wanted = set(mbids)
    if not wanted:
        return {}
    own = select(Artist.mbid, Artist.id).where(Artist.mbid.in_(wanted))
    former = select(ExternalId.external_id, ExternalId.artist_id).where(
        ExternalId.provider == "musicbrainz",
        ExternalId.kind == "artist",
        ExternalId.external_id.in_(wanted),
        ExternalId.artist_id.is_not(None),
    )
    found = [*session.execute(former), *session.execute(own)]  # an artist's own id wins
    return {mbid: artist_id for mbid, artist_id in found if mbid and artist_id}
