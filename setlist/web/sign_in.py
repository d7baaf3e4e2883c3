"""Signing in and out: Flask-Security with sessions only, an audit row for each, and a limit on tries."""

import uuid
from datetime import timedelta

from flask import Flask, Response, abort, g, make_response, request, session
from flask_security import LoginForm, SQLAlchemyUserDatastore
from flask_security.views import login, logout
from sqlalchemy import func, select, update
from wtforms import Field, StringField  # type: ignore[import-untyped] # has no types
from wtforms.validators import InputRequired, ValidationError  # type: ignore[import-untyped] # has no types

from setlist.extensions import db, security
from setlist.models import Account, AuditLog
from setlist.web.limits import address, limit_login
from setlist.web.members import Member, MemberRole, account_id, is_signed_in

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200  # normalised, a sign may become eighteen, and of more than 4096 no hash is made
NO_MATCH = "That address and that password do not go together."
NEVER = timedelta(seconds=-1)


def install(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # argon2 salts by itself
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_RETURN_GENERIC_RESPONSES=True,  # never says whether an address has an account
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(NO_MATCH, "error"),
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_FRESHNESS=NEVER,  # no second sign-in page; admin pages limit a session's age instead
        SECURITY_STATIC_FOLDER=None,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page left open over lunch still works
    )
    datastore = SQLAlchemyUserDatastore(db, Member, MemberRole)
    security.init_app(app, datastore, login_form=SignInForm)
    security.login_manager.request_loader(lambda _: None)  # sessions only, no tokens in headers or URLs
    security.want_json(lambda _: False)  # a page for people; its errors are told like all others
    # It would look up the account on every request, even for a style sheet or a health check.
    security.principal.identity_loaders.clear()
    app.view_functions["security.login"] = sign_in
    app.view_functions["security.logout"] = sign_out


def _typed_address(typed: str | None) -> str:
    """Without the signs that no address has; PostgreSQL cannot even be asked about a NUL."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in (typed or "").strip())


class SignInForm(LoginForm):
    """No "remember me": a session cookie that lasts is all there is.

    An address is only compared with those of the accounts: Flask-Security's own field would refuse
    admin@setlist.local for its domain.
    """

    email = StringField(
        filters=[_typed_address],
        validators=[InputRequired("Enter your e-mail address.")],
    )
    remember = None  # so WTForms drops an inherited field

    def validate_password(self, field: Field) -> None:
        if len(field.data or "") > LONGEST_PASSWORD:
            raise ValidationError(NO_MATCH)


@limit_login
def sign_in() -> Response:
    if request.is_json:
        abort(415, "Send the address and the password as a form.")
    tries = request.method == "POST" and not is_signed_in()
    response = make_response(login())
    if not tries:
        return response
    if is_signed_in():
        _forget_form_token()
        _record("sign_in", account_id())
    else:
        _record("sign_in_failed", _account_of(request.form.get("email", "")))
        if response.status_code == 200:
            response.status_code = 422
    return response


def sign_out() -> Response:
    """Ends every session of the account: a signed cookie that was copied cannot be called back alone."""
    member = account_id()
    if member is not None:
        new_name = {"fs_uniquifier": uuid.uuid4().hex}
        db.session.execute(update(Account).where(Account.id == member).values(new_name))
        _record("sign_out", member)
    return make_response(logout())


def _forget_form_token() -> None:
    """What was in the cookie before signing in is of no use afterwards."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _account_of(email: str) -> int | None:
    """The text itself is not kept: people type passwords into the wrong field."""
    typed = _typed_address(email).lower()
    return db.session.scalar(select(Account.id).where(func.lower(Account.email) == typed))


def _record(action: str, account: int | None) -> None:
    db.session.add(AuditLog(account_id=account, action=action, details={"address": address()}))
    db.session.commit()
