"""A wish, cast or taken back: htmx gets the song's row, a plain form goes back to the sheet."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound, TooManyRequests

from setlist.domain.ballot_stage import Stage
from setlist.domain.voting import Voter, WishAnswer, fan_wishes
from setlist.extensions import db
from setlist.pages.finding import kept_song, show_or_404
from setlist.pages.sheet import SongRow, answered_row, song_row, stage_of
from setlist.pages.shows import personal_page
from setlist.web.limits import limit_votes
from setlist.web.rendering import go_to, private, render_fragment, wants_fragment
from setlist.web.vote_guard import ask
from setlist.web.voters import forget_account, voter
from setlist.web.wishing import NOT_THERE, REFUSALS, SIGNED_OUT, HurdleError, SignedOutError
from setlist.web.wishing import wish as give_wish

TARGETS = {"on": True, "off": False}

blueprint = Blueprint("votes", __name__)


@blueprint.post("/shows/<int:show_id>/songs/<int:song_id>/wish")
@limit_votes
def wish(show_id: int, song_id: int) -> Response:
    """`wish` is what shall be true afterwards, on or off: sent twice it is still one wish."""
    wanted = TARGETS.get(request.form.get("wish", ""))
    if wanted is None:
        abort(422, "A wish is either on or off.")
    try:
        answer = give_wish(show_id, song_id, wanted=wanted)
    except SignedOutError:
        forget_account()
        return _refused(show_id, song_id, SIGNED_OUT, HTTPStatus.UNAUTHORIZED)
    except HurdleError as first:
        return ask(first.hurdle, song_id)
    if answer.outcome in NOT_THERE:
        return _not_there(song_id, REFUSALS[answer.outcome])
    kept = answer.wish
    if not wants_fragment():
        if answer.accepted:
            return go_to(url_for("shows.show", show_id=kept.show_id, fan=1, _anchor=f"song-{kept.song_id}"))
        return _refused(kept.show_id, kept.song_id, REFUSALS[answer.outcome], HTTPStatus.CONFLICT)
    notice = "" if answer.accepted else REFUSALS[answer.outcome]
    response = answered(answer, notice)
    response.status_code = HTTPStatus.OK if answer.accepted else HTTPStatus.CONFLICT
    return response


@blueprint.errorhandler(TooManyRequests)
def too_fast(error: TooManyRequests) -> Response:
    """Said at the row, like any other refusal."""
    wait = error.retry_after
    ids = request.view_args or {}
    notice = f"A little too fast. Try again in {wait} seconds."
    try:
        response = _refused(ids["show_id"], kept_song(ids["song_id"]), notice, HTTPStatus.TOO_MANY_REQUESTS)
    except (NotFound, SQLAlchemyError) as worse:  # raised by an error handler, it would end as a 500
        return current_app.make_response(current_app.handle_user_exception(worse))
    response.headers["Retry-After"] = str(wait)
    return response


def answered(answer: WishAnswer, notice: str = "") -> Response:
    """The row and the wishes left, from what the wish's own statement has read."""
    return _row(row_of(answer, notice), answer.wish.voter, answer.used)


def row_of(answer: WishAnswer, notice: str = "") -> SongRow:
    return answered_row(answer, datetime.now(UTC), notice)


def _refused(show_id: int, song_id: int, notice: str, status: HTTPStatus) -> Response:
    show, fan = show_or_404(show_id), voter()
    if not wants_fragment():
        response = personal_page(show, {song_id: notice})
    else:
        row = song_row(db.session(), show, song_id, stage_of(show, datetime.now(UTC)))
        if row is None:
            abort(404, "This song is not on the sheet.")
        wished = fan_wishes(db.session(), fan, show.id)
        response = _row(row.for_fan(is_wished=song_id in wished, notice=notice), fan, len(wished))
    response.status_code = status
    return response


def _not_there(song_id: int, words: str) -> Response:
    """Its row, if it is on a page that was opened before, says so and has no button any more."""
    if request.headers.get("HX-Target") != f"song-{song_id}":
        abort(404, words)
    response = private(render_fragment("shows/_gone.html", song_id=song_id, words=words))
    response.status_code = HTTPStatus.NOT_FOUND
    return response


def _row(row: SongRow, fan: Voter, used: int) -> Response:
    stage = Stage.OPEN if row.is_open else Stage.LOCKED
    return private(
        render_fragment("shows/_wish_answer.html", row=row, stage=stage, used=used, quota=fan.quota)
    )
