"""Handing a message to the mail server, and what its answer means for the next try.

SMTP knows no "was this sent?": where the line breaks after the text and before the answer, a server may have
taken what we send again. So a message is delivered at least once.
"""

import logging
import smtplib
import ssl
import unicodedata
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import urlsplit

from setlist.settings.mail import MailSecurity, MailSettings

log = logging.getLogger(__name__)

LONGEST_WORDS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    host: str
    port: int
    security: MailSecurity
    own_name: str  # what we greet it with
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 10.0  # longest wait for each of its answers


class Outcome(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"  # this message or its recipient, for good
    LATER = "later"  # not now, or not from us: that may be put right


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """`words` are for operators and may name the recipient; `brief` names nobody."""

    outcome: Outcome
    brief: str = ""
    words: str = ""


def mail_server(settings: MailSettings) -> MailServer | None:
    """None where none is set."""
    if settings.mail_server is None:
        return None
    password = settings.mail_password
    return MailServer(
        host=settings.mail_server,
        port=settings.mail_port,
        security=settings.mail_security,
        own_name=urlsplit(settings.external_url).hostname or "localhost",
        user=settings.mail_user or "",
        password=password.get_secret_value() if password is not None else "",
        seconds=settings.mail_seconds,
    )


def reach(server: MailServer) -> Delivery:
    """Greets it and signs in, and sends nothing. TAKEN: it would listen to us."""
    try:
        connection = _connected(server)
    except OSError as error:
        return _failed(error)
    _leave(connection)
    return Delivery(outcome=Outcome.TAKEN)


def deliver(server: MailServer, message: EmailMessage) -> Delivery:
    """One message to one recipient, over a connection of its own. Verifies the server's certificate."""
    try:
        connection = _connected(server)
    except OSError as error:  # smtplib's are of this kind too
        return _failed(error)
    try:
        return _handed_over(connection, message)
    except OSError as error:
        return _failed(error)
    finally:
        _leave(connection)


def _connected(server: MailServer) -> smtplib.SMTP:
    """Greeted, encrypted and signed in."""
    context = ssl.create_default_context()
    place, ours, patience = (server.host, server.port), server.own_name, server.seconds
    if server.security is MailSecurity.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(*place, ours, timeout=patience, context=context)
    else:
        connection = smtplib.SMTP(*place, ours, timeout=patience)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.security is MailSecurity.STARTTLS:
            connection.starttls(context=context)
            connection.ehlo_or_helo_if_needed()
        if server.user:
            connection.login(server.user, server.password)
    except OSError:
        connection.close()
        raise
    return connection


def _handed_over(connection: smtplib.SMTP, message: EmailMessage) -> Delivery:
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, words)] = error.recipients.values()
        return _answered(code, words)
    except smtplib.SMTPDataError as error:
        return _answered(error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:  # an address that needs SMTPUTF8
        return Delivery(outcome=Outcome.REFUSED, brief="the address", words=_plain(str(error)))
    return Delivery(outcome=Outcome.TAKEN)


def _answered(code: int, words: bytes | str) -> Delivery:
    """Of the recipient or the text: 5xx is for good."""
    outcome = Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER
    return Delivery(outcome=outcome, brief=str(code), words=f"{code} {_plain(words)}")


def _failed(error: OSError) -> Delivery:
    """Before it came to this recipient: no connection, no encryption, a wrong password, a refused sender."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Delivery(
            outcome=Outcome.LATER,
            brief=f"{type(error).__name__} {error.smtp_code}",
            words=f"{error.smtp_code} {_plain(error.smtp_error)}",
        )
    words = _plain(str(error)) or type(error).__name__
    return Delivery(outcome=Outcome.LATER, brief=type(error).__name__, words=words)


def _leave(connection: smtplib.SMTP) -> None:
    """What was taken stays taken, however the goodbye goes."""
    try:
        connection.quit()
    except OSError as error:
        log.debug("the mail server did not say goodbye: %s", type(error).__name__)
    finally:
        connection.close()


def _plain(words: bytes | str) -> str:
    """One line without what a terminal would obey."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    kept = (sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return " ".join("".join(kept).split())[:LONGEST_WORDS]
