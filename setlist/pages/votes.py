"""A wish, cast or taken back: htmx gets the song's row, a plain form goes back to the sheet."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import NotFound

from setlist.domain.voting import Wish, WishAnswer, WishOutcome, cast_wish, fan_wishes
from setlist.extensions import db
from setlist.models import Show
from setlist.pages.finding import possible, show_or_404
from setlist.pages.sheet import song_row, stage_of
from setlist.pages.shows import personal_page, wishes_each
from setlist.web import page_cache
from setlist.web.identity import ensure_fan_key, fan_key
from setlist.web.limits import limit_votes, seconds_to_wait
from setlist.web.rendering import go_to, private, render_fragment, wants_fragment

TARGETS = {"on": True, "off": False}
REFUSALS = {
    WishOutcome.QUOTA: "All your wishes here are given. Take one back to wish for this.",
    WishOutcome.LOCKED: "The show has begun, so wishes are locked.",
    WishOutcome.CANCELLED: "The show is cancelled, so there is nothing to wish for.",
    WishOutcome.VOIDED: "This wish was taken out by an admin and cannot be given again.",
}

blueprint = Blueprint("votes", __name__)


@blueprint.post("/shows/<int:show_id>/songs/<int:song_id>/wish")
@limit_votes
def wish(show_id: int, song_id: int) -> Response:
    """`wish` is what shall be true afterwards, on or off: sent twice it is still one wish."""
    show, song_id = show_or_404(show_id), possible(song_id)
    wanted = TARGETS.get(request.form.get("wish", ""))
    if wanted is None:
        abort(422, "A wish is either on or off.")
    asked = Wish(
        fan_key=ensure_fan_key(), show_id=show_id, song_id=song_id, wanted=wanted, quota=wishes_each()
    )
    answer = cast_wish(db.session(), asked, now=datetime.now(UTC))
    db.session.commit()
    if answer.outcome in {WishOutcome.NO_SUCH_SHOW, WishOutcome.NO_SUCH_SONG}:
        abort(404, "This song is not on the sheet.")
    if answer.accepted:
        page_cache.wrote()
    if answer.accepted and not wants_fragment():
        return go_to(url_for("shows.show", show_id=show_id, fan=1, _anchor=f"song-{song_id}"))
    return _answer(show, song_id, answer)


@blueprint.errorhandler(RateLimitExceeded)
def too_fast(_: RateLimitExceeded) -> Response:
    """Said at the row, like any other refusal."""
    wait = seconds_to_wait()
    ids = request.view_args or {}
    notice = f"A little too fast. Try again in {wait} seconds."
    try:
        response = _refused(show_or_404(ids["show_id"]), possible(ids["song_id"]), notice)
    except NotFound as missing:  # raised by an error handler, it would end as a 500
        return current_app.make_response(current_app.handle_user_exception(missing))
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Retry-After"] = str(wait)
    return response


def _answer(show: Show, song_id: int, answer: WishAnswer) -> Response:
    if answer.accepted:
        return _row(show, song_id, is_wished=answer.wanted)
    response = _refused(show, song_id, REFUSALS[answer.outcome])
    response.status_code = HTTPStatus.CONFLICT
    return response


def _refused(show: Show, song_id: int, notice: str) -> Response:
    if not wants_fragment():
        return personal_page(show, {song_id: notice})
    wished = fan_wishes(db.session(), fan_key(), show.id).song_ids
    return _row(show, song_id, is_wished=song_id in wished, notice=notice)


def _row(show: Show, song_id: int, *, is_wished: bool, notice: str = "") -> Response:
    stage = stage_of(show, datetime.now(UTC))
    row = song_row(db.session(), show, song_id, stage)
    if row is None:
        abort(404, "This song is not on the sheet.")
    used = len(fan_wishes(db.session(), fan_key(), show.id).song_ids)
    response = render_fragment(
        "shows/_wish_answer.html",
        row=row.for_fan(is_wished=is_wished, notice=notice),
        show_id=show.id,
        stage=stage,
        used=used,
        quota=wishes_each(),
    )
    return private(response)
