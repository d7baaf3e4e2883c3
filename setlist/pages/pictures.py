"""Pictures drawn from names, for artists of whom no provider has one."""

from flask import Blueprint, Response, make_response, render_template

from setlist.pages.finding import artist_or_404
from setlist.web.images import poster
from setlist.web.rendering import shared

DAY_SECONDS = 86_400

blueprint = Blueprint("pictures", __name__, url_prefix="/pictures")


@blueprint.get("/artists/<int:artist_id>.svg")
def artist(artist_id: int) -> Response:
    found = artist_or_404(artist_id)
    drawn = poster(f"{found.name} {found.disambiguation}")  # namesakes look different
    response = make_response(render_template("pictures/poster.svg", poster=drawn))
    response.content_type = "image/svg+xml; charset=utf-8"
    return shared(response, seconds=DAY_SECONDS)
