"""A fan's own account: what they wished for, where they are signed in, their data, and leaving."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask_security import current_user, logout_user
from flask_security.utils import check_and_update_authn_fresh
from sqlalchemy import Select, select

from setlist.domain.account_data import LastAdminError, account_data, delete_account
from setlist.extensions import db
from setlist.models import Fan, Show, Vote
from setlist.models.voting import VoteState
from setlist.pages.finding import possible
from setlist.pages.listings import is_still_to_come, read
from setlist.web import page_cache
from setlist.web.members import account_id, is_signed_in
from setlist.web.rendering import go_to, private, render
from setlist.web.sessions import end_all_sessions, end_session, is_this_one, sessions_of
from setlist.web.sign_in import FRESH_FOR
from setlist.web.sign_in_views import record

MOST_SHOWS = 50
OPEN_TO_ALL = {"accounts.sent"}
FRESH_ONLY = {"accounts.data", "accounts.delete", "accounts.really_delete"}
ENDED = "That browser is signed out."
ENDED_BEFORE = "That browser was signed out already."
EVERYWHERE = "You are signed out everywhere."
GONE = "Your account is deleted."
AGAIN = "Enter your password again before you go on."
LAST_ADMIN = "You are the only operator. Make somebody else one first, with: setlist admin create ADDRESS"

blueprint = Blueprint("accounts", __name__, url_prefix="/account")


@blueprint.before_request
def members_only() -> Response | None:
    """Signed in, and for what matters only with the password given lately."""
    if request.endpoint in OPEN_TO_ALL:
        return None
    if not is_signed_in():
        return _by_way_of("security.login")
    if request.endpoint in FRESH_ONLY and not _is_fresh():
        flash(AGAIN, "info")
        return _by_way_of("security.verify")
    return None


def _is_fresh() -> bool:
    return bool(check_and_update_authn_fresh(FRESH_FOR, timedelta(0), "session"))


def _by_way_of(endpoint: str) -> Response:
    back = request.path if request.method == "GET" else url_for("accounts.account")
    return private(make_response(redirect(url_for(endpoint, next=back), HTTPStatus.SEE_OTHER)))


@blueprint.get("/sent")
def sent() -> Response:
    """After signing up; the same for an address that has an account already."""
    return private(render("accounts/sent.html"))


@blueprint.get("")
def account() -> Response:
    return private(
        render(
            "accounts/account.html",
            account=current_user,
            sessions=[(row, is_this_one(row)) for row in sessions_of(_account())],
            listings=read(db.session(), _wished_shows(_account())),
        )
    )


@blueprint.post("/sessions/<int:session_id>/end")
def end(session_id: int) -> Response:
    is_ended = end_session(_account(), possible(session_id))
    db.session.commit()
    flash(ENDED if is_ended else ENDED_BEFORE, "info")
    return go_to(url_for("accounts.account"))


@blueprint.post("/sessions/end")
def end_everywhere() -> Response:
    """This browser, too."""
    member = _account()
    end_all_sessions(member)
    record("signed_out_everywhere", member)
    logout_user()
    flash(EVERYWHERE, "info")
    return go_to(url_for("security.login"))


@blueprint.get("/data")
def data() -> Response:
    """All that is kept of the account, as a file."""
    member = _account()
    found = account_data(db.session(), member)
    record("data_taken", member)
    response = make_response(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="setlist-account.json"'
    return private(response)


@blueprint.get("/delete")
def delete() -> Response:
    return private(render("accounts/delete.html", account=current_user, problem=""))


@blueprint.post("/delete")
def really_delete() -> Response:
    if request.form.get("sure") != "yes":
        abort(422, "Tick the box if you are sure.")
    member = _account()
    try:
        delete_account(db.session(), member, now=datetime.now(UTC))
    except LastAdminError:
        db.session.rollback()
        response = private(render("accounts/delete.html", account=current_user, problem=LAST_ADMIN))
        response.status_code = HTTPStatus.CONFLICT
        return response
    logout_user()  # before what it looks at is gone
    db.session.commit()
    page_cache.wrote()
    flash(GONE, "info")
    return go_to(url_for("security.login"))


def _account() -> int:
    member = account_id()
    if member is None:
        abort(401)
    return member


def _wished_shows(member: int) -> Select[Show]:
    """Those to come at which they have wishes."""
    wished = select(Vote.show_id).join(Fan, Fan.id == Vote.fan_id)
    mine = wished.where(Fan.account_id == member, Vote.state == VoteState.ON)
    found = select(Show).where(Show.id.in_(mine), is_still_to_come(datetime.now(UTC)))
    return found.order_by(Show.locks_at.nulls_last(), Show.id).limit(MOST_SHOWS)
