"""The one place from which a link that lets a guest vote is mailed."""

from flask import current_app

from config import Environment, Settings
from setlist.domain.mails import write_mail
from setlist.extensions import db
from setlist.models.mails import MailKind

SUBJECT = "Your link to go on wishing"
TEXT = """\
Somebody, we hope you, asked for this link on Setlist while many wishes came in at once.
Open it within an hour, in the browser in which you asked for it, and you can go on wishing:

{url}

If it was not you, you need do nothing: the link is of no use in any other browser.
"""


class MailNotSetUpError(Exception):
    """There is no way to send mail here."""


def send_pass_link(address: str, url: str) -> bool:
    """Writes a mail to `address` with the link `url`; the caller commits. False: it stays in the outbox.

    Raises MailNotSetUpError in production without a mail server, where no guest can read the outbox.
    """
    settings: Settings = current_app.extensions["settings"]
    goes_out = settings.mail_server is not None
    if not goes_out and settings.environment is Environment.PRODUCTION:
        raise MailNotSetUpError("MAIL_SERVER is not set")
    write_mail(db.session(), to=address, kind=MailKind.PASS_LINK, subject=SUBJECT, body=TEXT.format(url=url))
    return goes_out
