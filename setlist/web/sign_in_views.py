"""Flask-Security's pages as this site shows them: limited, refused with a status, told to the audit log."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask_security import hash_password
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_confirmed,
    user_registered,
)
from flask_security.views import login, logout
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from setlist.extensions import db
from setlist.models import Account, AuditLog
from setlist.web.limits import (
    address,
    limit_codes,
    limit_login,
    limit_login_to,
    limit_mails,
    limit_sign_up,
)
from setlist.web.members import Member, account_id, is_signed_in
from setlist.web.sessions import end_this_session
from setlist.web.sign_in_forms import typed_address

View = Callable[..., Any]  # Flask's own are of many shapes
RECORDED = {
    user_registered: "sign_up",
    user_confirmed: "address_confirmed",
    password_changed: "password_changed",
    password_reset: "password_reset",
    tf_profile_changed: "second_factor_set",
    tf_disabled: "second_factor_removed",
}


def install(app: Flask) -> None:
    views = app.view_functions
    views["security.login"] = limit_login(limit_login_to(_page(_sign_in)))
    views["security.logout"] = _sign_out
    views["security.register"] = limit_sign_up(_page(_signing_up(views["security.register"])))
    for name in ("forgot_password", "send_confirmation"):
        views[f"security.{name}"] = limit_mails(_page(_mailing(views[f"security.{name}"])))
    for name in ("verify", "change_password", "reset_password"):
        views[f"security.{name}"] = limit_login(_page(views[f"security.{name}"]))
    for name in ("two_factor_token_validation", "mf_recovery"):
        views[f"security.{name}"] = limit_codes(_page(_with_code(views[f"security.{name}"])))
    for name in ("two_factor_setup", "two_factor_setup_validate", "mf_recovery_codes"):
        views[f"security.{name}"] = limit_login(_page(views[f"security.{name}"], is_done=_shows_next))
    views["security.two_factor_rescue"] = _no_rescue
    views["security.tf_select"] = _one_factor
    for signal, action in RECORDED.items():
        signal.connect(_recorder(action), app, weak=False)


# The limits are kept by the names of views, so each wrapper here has its view's.
def _page(view: View, *, is_done: Callable[[], bool] = lambda: False) -> View:
    """For people. A form that is shown again was refused, unless what comes next is shown in its place."""

    @wraps(view)
    def shown(**arguments: Any) -> Response:
        if request.is_json:
            abort(415, "Send this as a form.")
        response = make_response(view(**arguments))
        if request.method == "POST" and response.status_code == HTTPStatus.OK and not is_done():
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return shown


def _shows_next() -> bool:
    return request.form.get("setup") == "authenticator" or "generate_new_codes" in request.form


def _sign_in() -> Response:
    tries = request.method == "POST" and not is_signed_in()
    response = make_response(login())
    if tries:
        _tell_of_try(request.form.get("email", ""))
    return response


def _with_code(view: View) -> View:
    """The second step of signing in."""

    @wraps(view)
    def entered(**arguments: Any) -> Response:
        if is_signed_in():  # the library would take it for an attack, and sign them out
            return make_response(redirect(url_for("accounts.account"), HTTPStatus.SEE_OTHER))
        name = session.get("tf_user_id", "")
        response = make_response(view(**arguments))
        if request.method == "POST" and name:
            _tell_of_code(str(name))
        return response

    return entered


def _tell_of_try(email: str) -> None:
    if is_signed_in():
        _forget_form_token()
        record("sign_in", account_id())
    elif "tf_user_id" in session:
        record("sign_in_first_step", _account_of(email))
    else:
        record("sign_in_failed", _account_of(email))


def _tell_of_code(uniquifier: str) -> None:
    if is_signed_in():
        _forget_form_token()
        record("sign_in", account_id())
    else:
        found = db.session.scalar(select(Account.id).where(Account.fs_uniquifier == uniquifier))
        record("sign_in_failed", found)


def _sign_out() -> Response:
    """Of this browser; /account ends the others."""
    member = account_id()
    if member is not None:
        end_this_session()
        record("sign_out", member)
    return make_response(logout())


def _signing_up(view: View) -> View:
    @wraps(view)
    def signed_up(**arguments: Any) -> Response:
        try:
            response = make_response(view(**arguments))
            db.session.commit()
        except IntegrityError:
            # The same address came twice at once. The other one has its mail, and hears the same.
            db.session.rollback()
            hash_password("the other one took as long")
            return make_response(redirect(url_for("accounts.sent"), HTTPStatus.SEE_OTHER))
        return response

    return signed_up


def _mailing(view: View) -> View:
    """A form that asks for a mail: said to be on its way, or refused for what was typed."""

    @wraps(view)
    def asked(**arguments: Any) -> Response:
        response = make_response(view(**arguments))
        db.session.commit()
        if request.method == "POST" and get_flashed_messages():
            flash(*get_flashed_messages(with_categories=True)[-1][::-1])
            return make_response(redirect(request.path, HTTPStatus.SEE_OTHER))
        return response

    return asked


def _no_rescue() -> Response:
    """By a recovery code, and by no mail."""
    return make_response(redirect(url_for("security.mf_recovery"), HTTPStatus.SEE_OTHER))


def _one_factor() -> Response:
    """There is nothing to choose from."""
    return make_response(redirect(url_for("security.two_factor_token_validation"), HTTPStatus.SEE_OTHER))


def _forget_form_token() -> None:
    """What was in the cookie before signing in is of no use afterwards."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _account_of(email: str) -> int | None:
    """The text itself is not kept: people type passwords into the wrong field."""
    typed = typed_address(email).lower()
    return db.session.scalar(select(Account.id).where(func.lower(Account.email) == typed))


def _recorder(action: str) -> Callable[..., None]:
    def note(_: Flask, user: Member, **__: object) -> None:
        db.session.flush()  # who signs up has no number before
        db.session.add(_entry(action, int(user.id)))

    return note


def record(action: str, account: int | None) -> None:
    """In the audit log, with the address that it came from. Commits."""
    db.session.add(_entry(action, account))
    db.session.commit()


def _entry(action: str, account: int | None) -> AuditLog:
    return AuditLog(account_id=account, action=action, details={"address": address()})
