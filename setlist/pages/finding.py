"""The rows that an address names, or 404."""

from typing import TypeVar

from flask import abort
from sqlalchemy.orm import joinedload, selectinload

from setlist.extensions import db
from setlist.models import Artist, Show, ShowArtist, SyncJob, Venue

Row = TypeVar("Row")

LARGEST_ID = 2**63 - 1


def artist_or_404(artist_id: int) -> Artist:
    return _found(db.session.get(Artist, possible(artist_id)), "We do not know this artist.")


def venue_or_404(venue_id: int) -> Venue:
    return _found(db.session.get(Venue, possible(venue_id)), "We do not know this venue.")


def show_or_404(show_id: int) -> Show:
    """With its venue and line-up, since every view of a show names them."""
    options = [
        joinedload(Show.venue),
        selectinload(Show.line_up).joinedload(ShowArtist.artist),
    ]
    return _found(
        db.session.get(Show, possible(show_id), options=options),
        "We do not know this show. It may have been listed twice and merged.",
    )


def import_or_404(sync_id: int) -> SyncJob:
    options = [joinedload(SyncJob.artist)]
    return _found(db.session.get(SyncJob, possible(sync_id), options=options), "No such import.")


def possible(number: int) -> int:
    """PostgreSQL's bigint ends here, a typed address does not."""
    if number > LARGEST_ID:
        abort(404)
    return number


def _found(row: Row | None, why_not: str) -> Row:
    if row is None:
        abort(404, why_not)
    return row
