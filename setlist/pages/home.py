"""The first page: search, tonight and this week, what is rising, what is being imported."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app

from setlist.extensions import db
from setlist.pages import listings, rising
from setlist.pages.invented import names_to_try
from setlist.pages.story import running_imports
from setlist.web.rendering import render, shared

SHOWN = 24
NEXT_UP = 8

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> Response:
    now = datetime.now(UTC)
    tonight, this_week = listings.soon(db.session(), now, limit=SHOWN)
    next_up = [] if tonight or this_week else listings.next_up(db.session(), now, limit=NEXT_UP)
    page = render(
        "home/index.html",
        fragments=("running",),
        tonight=tonight,
        this_week=this_week,
        next_up=next_up,
        rising_shows=rising.shows(db.session(), limit=6),
        rising_artists=rising.artists(db.session(), limit=8),
        names_to_try=names_to_try(current_app.extensions["settings"]),
        running=running_imports(db.session(), now, limit=4),
    )
    return shared(page)
