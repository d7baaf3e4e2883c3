"""What Flask-Security wants mailed goes through our outbox, with links to the address that visitors use."""

from typing import Any

from flask import Flask, current_app, url_for
from flask_security import MailUtil
from flask_security.signals import tf_disabled, tf_profile_changed

from setlist.domain.mails import write_mail
from setlist.extensions import db
from setlist.models.mails import MailKind
from setlist.web.members import Member

KINDS = {
    "welcome": MailKind.CONFIRM_ADDRESS,
    "welcome_existing": MailKind.ADDRESS_TAKEN,
    "confirmation_instructions": MailKind.CONFIRM_ADDRESS,
    "reset_instructions": MailKind.RESET_PASSWORD,
    "reset_notice": MailKind.PASSWORD_CHANGED,
    "change_notice": MailKind.PASSWORD_CHANGED,
}
SUBJECTS = {
    "SECURITY_EMAIL_SUBJECT_REGISTER": "Setlist: confirm your address",
    "SECURITY_EMAIL_SUBJECT_CONFIRM": "Setlist: confirm your address",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Setlist: a new password",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Setlist: your password was changed",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Setlist: your password was changed",
}
FACTOR_SUBJECT = "Setlist: your second factor was changed"
FACTOR_ON = "From now on signing in to Setlist also takes a code from your authenticator app."
FACTOR_OFF = "Signing in to Setlist takes only your password from now on, and no code any more."
FACTOR_BODY = """{words}

If this was not you, somebody knows your password. Choose a new one now, which signs everybody out:
{reset}
"""


class OutboxMail(MailUtil):
    """The caller's request commits."""

    def send_mail(  # noqa: PLR0913, PLR0917 - Flask-Security's own
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None,
        **context: Any,
    ) -> None:  # fmt: skip
        """As plain text, whatever else was rendered. Raises ValueError for an address that is none."""
        user: Member = context["user"]
        write_mail(
            db.session(),
            to=str(recipient),
            kind=KINDS[template.rpartition("/")[2]],
            subject=str(subject),
            body=(body or "").strip() + "\n",
            account_id=int(user.id),
        )


def install(app: Flask) -> None:
    app.config.update(SUBJECTS, SECURITY_EMAIL_HTML=False)
    app.jinja_env.globals["external_link"] = external_link
    tf_profile_changed.connect(_factor_on, app)
    tf_disabled.connect(_factor_off, app)


def external_link(endpoint: str, **values: Any) -> str:
    """For mails: by the settings, never by the Host that somebody sent."""
    external: str = current_app.extensions["settings"].external_url
    return external.rstrip("/") + url_for(endpoint, **values)


def _factor_on(_: Flask, user: Member, **__: object) -> None:
    _tell_of_factor(user, FACTOR_ON)


def _factor_off(_: Flask, user: Member, **__: object) -> None:
    _tell_of_factor(user, FACTOR_OFF)


def _tell_of_factor(user: Member, words: str) -> None:
    body = FACTOR_BODY.format(words=words, reset=external_link("security.forgot_password"))
    kind = MailKind.SECOND_FACTOR_CHANGED
    write_mail(
        db.session(), to=user.email, kind=kind, subject=FACTOR_SUBJECT, body=body, account_id=int(user.id)
    )
