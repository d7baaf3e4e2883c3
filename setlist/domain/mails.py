"""Mails are written here: a row and a job to send it, in the caller's transaction."""

import re
import unicodedata
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Mail, QueueJob
from setlist.models.mails import MailKind, MailState
from setlist.queue.enqueue import enqueue
from setlist.queue.states import IS_ACTIVE

LONGEST_ADDRESS = 254  # RFC 5321: a path has 256 with its brackets
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@[^\s@,;:<>()\[\]\"\\]{1,253}")
_BREAKS = {"Cc", "Zl", "Zp", "Cs"}  # control signs, separators of lines and paragraphs, halves of signs
_ALLOWED_IN_TEXT = {"\n", "\t"}


class SentAgain(StrEnum):
    """What became of the wish to send a mail once more."""

    ASKED_FOR = "asked_for"
    UNDER_WAY = "under_way"  # a job of it waits or runs
    SENT_ALREADY = "sent_already"  # its text is gone
    NO_SUCH_MAIL = "no_such_mail"


def is_address(typed: str) -> bool:
    """Whether it is one mail address in its usual form, without a name; not whether it exists."""
    return len(typed) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(typed)) and not _has_breaks(typed)


def write_mail(  # noqa: PLR0913 - what a mail is made of, each by its name
    session: Session, *, to: str, kind: MailKind, subject: str, body: str, account_id: int | None = None
) -> int:
    """Adds a mail of plain text and the job that sends it, flushed; its id. The caller commits.

    Raises ValueError where `to` is no single address, or something would break out of its header or cannot
    be stored. The message does not repeat what was given.
    """
    body = body.replace("\r\n", "\n")
    _refuse_unfit(to, subject, body)
    mail = Mail(recipient=to, kind=kind.value, subject=subject, body=body, account_id=account_id)
    session.add(mail)
    session.flush()
    _ask_for(session, mail)
    return mail.id


def send_again(session: Session, mail_id: int) -> SentAgain:
    """Asks for another try at a mail that was kept or failed, or whose job is gone. The caller commits."""
    mail = session.get(Mail, mail_id, with_for_update=True, populate_existing=True)
    if mail is None:
        return SentAgain.NO_SUCH_MAIL
    if mail.state == MailState.SENT:
        return SentAgain.SENT_ALREADY
    if session.scalar(select(QueueJob.id).where(QueueJob.dedup_key == _key(mail_id), IS_ACTIVE)):
        return SentAgain.UNDER_WAY
    mail.state, mail.last_error = MailState.WAITING.value, None
    _ask_for(session, mail)
    return SentAgain.ASKED_FOR


def _ask_for(session: Session, mail: Mail) -> None:
    mail.queue_job_id = enqueue(session, "mail_send", {"mail_id": mail.id}, dedup_key=_key(mail.id)).id
    session.flush()


def _key(mail_id: int) -> str:
    """One job a mail at a time."""
    return f"mail-{mail_id}"


def _refuse_unfit(to: str, subject: str, body: str) -> None:
    if not is_address(to):
        raise ValueError("that is no single mail address")
    if not subject or len(subject) > LONGEST_SUBJECT or _has_breaks(subject):
        raise ValueError(f"a subject is one line of 1 to {LONGEST_SUBJECT} characters")
    if len(body) > LONGEST_BODY or _has_breaks(body, but=_ALLOWED_IN_TEXT):
        raise ValueError(f"a mail is plain text of up to {LONGEST_BODY} characters")


def _has_breaks(text: str, but: set[str] | frozenset[str] = frozenset()) -> bool:
    return any(unicodedata.category(sign) in _BREAKS and sign not in but for sign in text)
