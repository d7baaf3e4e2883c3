"""What fans wish for lately, from the views that the timetable refreshes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Artist, Show, TrendingArtist, TrendingShow
from setlist.pages.listings import Listing, read


@dataclass(frozen=True, kw_only=True)
class RisingArtist:
    artist: Artist
    fans: int


def shows(session: Session, *, limit: int) -> list[Listing]:
    """The view may name a show that is gone since, so fewer may come."""
    rows = session.scalars(
        select(TrendingShow.show_id).order_by(TrendingShow.score.desc(), TrendingShow.show_id).limit(limit)
    )
    order = list(rows)
    found = {listing.show.id: listing for listing in read(session, select(Show).where(Show.id.in_(order)))}
    return [found[show_id] for show_id in order if show_id in found]


def artists(session: Session, *, limit: int) -> list[RisingArtist]:
    statement = (
        select(Artist, TrendingArtist.fans)
        .join(TrendingArtist, TrendingArtist.artist_id == Artist.id)
        .order_by(TrendingArtist.score.desc(), Artist.id)
        .limit(limit)
    )
    return [RisingArtist(artist=artist, fans=fans) for artist, fans in session.execute(statement)]
