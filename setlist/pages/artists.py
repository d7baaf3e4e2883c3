"""An artist: who, the next shows, the songs, past setlists; and asking for an import."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, request, url_for

from setlist.domain import search as searching
from setlist.extensions import db
from setlist.models import Artist
from setlist.pages.artist_page import artist_context, homes, missing
from setlist.pages.finding import artist_or_404, moved
from setlist.pages.story import Story
from setlist.pipeline.start import start_import
from setlist.web import page_cache
from setlist.web.limits import limit_imports
from setlist.web.rendering import go_to, render, shared

LAST_PAGE = 500

blueprint = Blueprint("artists", __name__, url_prefix="/artists")


@blueprint.get("/<int:artist_id>")
def show(artist_id: int) -> Response:
    artist = artist_or_404(artist_id)
    if way := moved(artist_id, artist.id, "artist_id"):
        return way
    settings = current_app.extensions["settings"]
    context = artist_context(
        db.session(),
        artist,
        datetime.now(UTC),
        all_songs=request.args.get("songs") == "all",
        page=min(max(request.args.get("page", 1, int), 1), LAST_PAGE),
    )
    homes_known = homes(db.session(), artist, settings)
    story = context["story"]
    if isinstance(story, Story) and story.is_running:
        page_cache.moving()
    page = render(
        "artists/show.html",
        fragments=("songs", "past"),
        homes=homes_known,
        missing=missing(settings),
        **context,
    )
    return shared(page)


@blueprint.post("")
@limit_imports
def choose() -> Response:
    """Only an artist that a stored search offered: nobody makes artists up."""
    search = searching.stored_search(db.session(), searching.clean_query(request.form.get("q", "")))
    candidate = searching.candidate_of(search, request.form.get("mbid", ""))
    if candidate is None:
        abort(422, "Choose the artist from the list that the search found.")
    artist = searching.artist_of_candidate(db.session(), candidate)
    return _started(artist)


@blueprint.post("/<int:artist_id>/import")
@limit_imports
def import_again(artist_id: int) -> Response:
    artist = artist_or_404(artist_id)
    if artist.mbid is None:
        abort(422, "This artist cannot be brought in: MusicBrainz does not know them.")
    return _started(artist)


def _started(artist: Artist) -> Response:
    start_import(db.session(), artist)
    db.session.commit()
    page_cache.forget("artists.show", artist_id=artist.id)
    return go_to(url_for("artists.show", artist_id=artist.id))
