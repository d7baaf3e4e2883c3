"""A venue: where it is, what comes and what was."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from setlist.extensions import db
from setlist.pages import freshness, listings
from setlist.pages.finding import moved, venue_or_404
from setlist.web.rendering import render, shared

SHOWN = 30

blueprint = Blueprint("venues", __name__, url_prefix="/venues")


@blueprint.get("/<int:venue_id>")
def show(venue_id: int) -> Response:
    venue = venue_or_404(venue_id)
    if way := moved(venue_id, venue.id, "venue_id"):
        return way
    now = datetime.now(UTC)
    coming, past = listings.at_venue(db.session(), venue.id, now, limit=SHOWN)
    checked = freshness.of_venue(venue, now)
    return shared(render("venues/show.html", venue=venue, coming=coming, past=past, checked=checked))
