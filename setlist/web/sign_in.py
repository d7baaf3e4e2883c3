"""Accounts: Flask-Security with sessions only, its pages in our words, mails through our outbox."""

from datetime import timedelta

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from config import Settings
from setlist.extensions import db
from setlist.web import account_mail, second_factor, sessions, sign_in_views
from setlist.web.account_mail import OutboxMail
from setlist.web.members import Member, MemberRole
from setlist.web.passwords import SHORTEST, StrongPasswords
from setlist.web.second_factor import CodesUsedOnce, RecoveryCodesUsedOnce
from setlist.web.sign_in_forms import (
    MESSAGES,
    FactorForm,
    ForgottenForm,
    NewPasswordForm,
    NoRescueForm,
    OtherPasswordForm,
    SignInForm,
    SignUpForm,
)

FRESH_FOR = timedelta(minutes=15)  # after the password was given; then it is asked for before what matters
CONFIRM_WITHIN = timedelta(days=2)
RESET_WITHIN = timedelta(hours=1)
ADDRESSES = {
    "CHANGE": "/account/password",
    "VERIFY": "/account/verify",
    "TWO_FACTOR_SETUP": "/account/second-factor",
    "MULTI_FACTOR_RECOVERY_CODES": "/account/recovery-codes",
    "TWO_FACTOR_TOKEN_VALIDATION": "/login/code",
    "TWO_FACTOR_RESCUE": "/login/rescue",
    "TWO_FACTOR_SELECT": "/login/factor",
    "MULTI_FACTOR_RECOVERY": "/login/recovery-code",
}

security = Security(
    mail_util_cls=OutboxMail,
    password_util_cls=StrongPasswords,
    totp_cls=CodesUsedOnce,
    mf_recovery_codes_util_cls=RecoveryCodesUsedOnce,
)


def install(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of the method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # argon2 salts by itself
        # What is in the signed tokens of mails' links. The library's slow hash would tell by its time who has
        # an account, since such a mail has one link more.
        SECURITY_HASHING_SCHEMES=["hex_sha256"],
        SECURITY_DEPRECATED_HASHING_SCHEMES=[],
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST,
        SECURITY_PASSWORD_CONFIRM_REQUIRED=False,
        SECURITY_REGISTERABLE=True,
        SECURITY_CONFIRMABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_CONFIRM_EMAIL_WITHIN=CONFIRM_WITHIN,
        SECURITY_RESET_PASSWORD_WITHIN=RESET_WITHIN,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},  # would ask the world's name servers
        SECURITY_RETURN_GENERIC_RESPONSES=True,  # never says whether an address has an account
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_FRESHNESS=FRESH_FOR,
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(0),
        SECURITY_POST_REGISTER_VIEW="accounts.sent",
        SECURITY_POST_CHANGE_VIEW="accounts.account",
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page left open over lunch still works
        **{f"SECURITY_{name}_URL": address for name, address in ADDRESSES.items()},
        **{f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()},
    )
    account_mail.install(app)
    second_factor.install(app, settings)
    _bind(app)
    sessions.install(app, settings)
    sign_in_views.install(app)


def _bind(app: Flask) -> None:
    security.init_app(
        app,
        SQLAlchemyUserDatastore(db, Member, MemberRole),
        login_form=SignInForm,
        register_form=SignUpForm,
        reset_password_form=NewPasswordForm,
        change_password_form=OtherPasswordForm,
        forgot_password_form=ForgottenForm,
        two_factor_setup_form=FactorForm,
        two_factor_rescue_form=NoRescueForm,
    )
    security.login_manager.user_loader(sessions.member_of_session)
    security.login_manager.request_loader(lambda _: None)  # sessions only, no tokens in headers or URLs
    security.want_json(lambda _: False)  # pages for people; their errors are told like all others
    # It would look up the account on every request, even for a style sheet or a health check.
    security.principal.identity_loaders.clear()
