"""Imports as anyone can watch them."""

from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, request

from setlist.extensions import db
from setlist.pages import story
from setlist.pages.artist_page import artist_context
from setlist.pages.finding import import_or_404, possible
from setlist.web.rendering import private, render, render_block, wants_fragment

# What an import fills on the artist's page while it runs.
FILLED = ("shows", "songs", "past")
SIZE = 20

blueprint = Blueprint("imports", __name__, url_prefix="/imports")


@blueprint.get("")
def index() -> Response:
    """What comes in, what stopped, what finished; `before` an import's id those that came earlier."""
    now, before = datetime.now(UTC), request.args.get("before", type=int)
    finished = story.finished_imports(db.session(), now, limit=SIZE + 1, before=before and possible(before))
    page = render(
        "imports/index.html",
        fragments=("running",),
        running=story.running_imports(db.session(), now, limit=SIZE) if before is None else [],
        failed=story.failed_imports(db.session(), now, limit=SIZE) if before is None else [],
        finished=finished[:SIZE],
        older=finished[SIZE - 1].sync.id if len(finished) > SIZE else None,
        before=before,
    )
    return private(page)


@blueprint.get("/<int:sync_id>/progress")
def progress(sync_id: int) -> Response:
    """Polls itself while the import runs. New rows come along and take their places on the page."""
    sync = import_or_404(sync_id)
    now = datetime.now(UTC)
    told = story.detailed(db.session(), story.story_of(db.session(), sync, now))
    page = render("imports/progress.html", fragments=("import_progress",), story=told)
    if wants_fragment() and request.args.get("seen") not in {None, told.seen}:
        context = artist_context(db.session(), sync.artist, now)
        blocks = [render_block("artists/show.html", block, oob=True, **context) for block in FILLED]
        page = make_response(page.get_data(as_text=True) + "".join(blocks), page.headers)
    return private(page)
