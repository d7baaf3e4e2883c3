"""Shows as they stand in lists: at home, on an artist's page and on a venue's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from setlist.domain.showtime import zone_of
from setlist.models import Artist, BallotSong, Show, ShowArtist
from setlist.models.catalogue import ShowStatus

STILL_ON = timedelta(hours=6)  # after its start a show is "tonight" for this long
WEEK = timedelta(days=7)
FESTIVAL_ACTS = 6


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A show with the names on its bill and the wishes it has so far."""

    show: Show
    wishes: int

    @property
    def title(self) -> str:
        return title_of(self.show)

    def others_than(self, artist_id: int) -> list[str]:
        return [place.billed_as for place in self.show.line_up if place.artist_id != artist_id]

    @property
    def headliner(self) -> Artist | None:
        return headliner(self.show)


def headliner(show: Show) -> Artist | None:
    """The first act of the bill, if it is here; a festival has none."""
    return show.line_up[0].artist if show.line_up and not is_festival(show) else None


def is_festival(show: Show) -> bool:
    return len(show.line_up) >= FESTIVAL_ACTS and bool(show.name)


def title_of(show: Show) -> str:
    """The first act's name, as we know it or else as it is billed; a festival's own name."""
    if is_festival(show):
        return show.name
    artist = headliner(show)
    if artist is not None:
        return artist.name
    return show.line_up[0].billed_as if show.line_up else show.name or "A show"


def is_still_to_come(now: datetime) -> ColumnElement[bool]:
    """Not over yet; a show without a date is still to come."""
    return or_(Show.locks_at > now - STILL_ON, Show.locks_at.is_(None))


def soon(session: Session, now: datetime, *, limit: int) -> tuple[list[Listing], list[Listing]]:
    """Tonight's shows, by the day at the venue, and those of the coming week."""
    statement = (
        select(Show)
        .where(
            Show.locks_at.between(now - STILL_ON, now + WEEK),
            Show.status.in_((ShowStatus.SCHEDULED, ShowStatus.RESCHEDULED)),
        )
        .order_by(Show.locks_at, Show.id)
        .limit(limit)
    )
    listings = read(session, statement)
    tonight = [listing for listing in listings if _is_today(listing.show, now)]
    return tonight, [listing for listing in listings if listing not in tonight]


def next_up(session: Session, now: datetime, *, limit: int) -> list[Listing]:
    """The nearest shows, however far away: for a week in which there are none."""
    statement = select(Show).where(Show.locks_at > now, Show.status != ShowStatus.CANCELLED)
    return read(session, statement.order_by(Show.locks_at, Show.id).limit(limit))


def of_artist(session: Session, artist_id: int, now: datetime, *, limit: int) -> list[Listing]:
    billed = select(ShowArtist.show_id).where(ShowArtist.artist_id == artist_id)
    statement = select(Show).where(Show.id.in_(billed), is_still_to_come(now))
    return read(session, statement.order_by(Show.local_date.asc().nulls_last(), Show.id).limit(limit))


def at_venue(
    session: Session, venue_id: int, now: datetime, *, limit: int
) -> tuple[list[Listing], list[Listing]]:
    """Coming shows, the next first, and past ones, the last first."""
    at = select(Show).where(Show.venue_id == venue_id)
    coming = at.where(is_still_to_come(now)).order_by(Show.local_date.asc().nulls_last(), Show.id)
    past = at.where(~is_still_to_come(now)).order_by(Show.local_date.desc(), Show.id.desc())
    return read(session, coming.limit(limit)), read(session, past.limit(limit))


def read(session: Session, statement: Select[Show]) -> list[Listing]:
    """The shows of a statement with all that a list says of them, in three queries."""
    shows = session.scalars(
        statement.options(joinedload(Show.venue), selectinload(Show.line_up).joinedload(ShowArtist.artist))
    ).all()
    wishes = _wishes(session, [show.id for show in shows])
    return [Listing(show=show, wishes=wishes.get(show.id, 0)) for show in shows]


def _wishes(session: Session, show_ids: Iterable[int]) -> dict[int, int]:
    total = func.sum(BallotSong.wishes_accounts + BallotSong.wishes_guests)
    statement = (
        select(BallotSong.show_id, total)
        .where(BallotSong.show_id.in_(list(show_ids)))
        .group_by(BallotSong.show_id)
    )
    return {show_id: int(wishes) for show_id, wishes in session.execute(statement)}


def _is_today(show: Show, now: datetime) -> bool:
    return show.local_date is not None and show.local_date <= today_at(show, now)


def today_at(show: Show, now: datetime) -> date:
    """The day it is at the show's venue."""
    zone = zone_of(show.venue.timezone if show.venue else None)
    return now.astimezone(zone).date() if zone else now.date()
