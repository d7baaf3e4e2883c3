"""The rows that an address names, or 404."""

from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, abort, make_response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from setlist.extensions import db
from setlist.models import Artist, Show, ShowArtist, Song, SyncJob, Venue
from setlist.models.base import LARGEST_ID
from setlist.pipeline.merging import kept

Row = TypeVar("Row")
Kept = TypeVar("Kept", Artist, Venue, Show)


def artist_or_404(artist_id: int) -> Artist:
    return _kept(_found(db.session.get(Artist, possible(artist_id)), "We do not know this artist."))


def venue_or_404(venue_id: int) -> Venue:
    return _kept(_found(db.session.get(Venue, possible(venue_id)), "We do not know this venue."))


def show_or_404(show_id: int) -> Show:
    """With its venue and line-up, since every view of a show names them."""
    options = [
        joinedload(Show.venue),
        selectinload(Show.line_up).joinedload(ShowArtist.artist),
    ]
    found = db.session.get(Show, possible(show_id), options=options)
    return _kept(_found(found, "We do not know this show."))


def kept_song(song_id: int) -> int:
    """The song itself, or the one it was merged into; whether it is on a sheet is for others to say."""
    merged_into = db.session.scalar(select(Song.merged_into_id).where(Song.id == possible(song_id)))
    return merged_into or song_id


def moved(asked_for: int, found: int, argument: str) -> Response | None:
    """Where an address names what was merged into another: the way to that one's, for good."""
    if asked_for == found or request.endpoint is None:
        return None
    asked = {name: value for name, value in request.args.items() if not name.startswith("_")}
    arguments: dict[str, Any] = {**asked, **(request.view_args or {}), argument: found}
    return make_response(redirect(url_for(request.endpoint, **arguments), HTTPStatus.PERMANENT_REDIRECT))


def import_or_404(sync_id: int) -> SyncJob:
    options = [joinedload(SyncJob.artist)]
    return _found(db.session.get(SyncJob, possible(sync_id), options=options), "No such import.")


def possible(number: int) -> int:
    """PostgreSQL's bigint ends here, a typed address does not."""
    if number > LARGEST_ID:
        abort(404)
    return number


def _kept(row: Kept) -> Kept:
    """The row itself, or the one it was merged into."""
    return kept(db.session(), row)


def _found(row: Row | None, why_not: str) -> Row:
    if row is None:
        abort(404, why_not)
    return row
