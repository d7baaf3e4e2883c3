"""Sends a mail, or keeps it in the outbox where no mail server is set.

A mail that was sent is not sent again. Two mails arrive only where the server's answer, or our note of it, is
lost on its way: both have the same Message-ID.
"""

import logging
from email.headerregistry import Address

from flask import current_app
from sqlalchemy import func, update

from config import Settings
from setlist.models import Mail
from setlist.models.mails import MailState
from setlist.processors.running import JobRun, job
from setlist.services.mail_message import Letter, make_message
from setlist.services.smtp import Delivery, MailServer, Outcome, deliver, mail_server

log = logging.getLogger(__name__)


class MailNotTakenError(Exception):
    """The server did not take it this time. Names nobody: jobs' errors are kept longer than mails."""


@job("mail_send")
def mail_send(run: JobRun) -> None:
    mail = run.session.get(Mail, run.args["mail_id"])
    if mail is None or mail.state == MailState.SENT:
        return  # it went with its account or with its age, or an earlier run sent it
    settings: Settings = current_app.extensions["settings"]
    server, sender = mail_server(settings), settings.sender
    if server is None or sender is None:
        mail.state, mail.last_error = MailState.KEPT.value, None
        log.info("mail %d is kept: no mail server is set", mail.id)
        return
    letter = Letter(
        id=mail.id, written_at=mail.created_at, to=mail.recipient, subject=mail.subject, text=mail.body
    )
    run.commit()  # nothing is open while the server answers, and the lease is fresh
    _note(run, letter.id, _delivered(letter, sender, server))


def _delivered(letter: Letter, sender: Address, server: MailServer) -> Delivery:
    try:
        message = make_message(letter, sender)
    except ValueError:
        return Delivery(outcome=Outcome.REFUSED, brief="the address", words="the address cannot be written")
    return deliver(server, message)


def _note(run: JobRun, mail_id: int, delivery: Delivery) -> None:
    """What became of it, committed with the job's end; the row may be gone by now.

    Raises MailNotTakenError where it is to be tried again.
    """
    told = update(Mail).where(Mail.id == mail_id)
    if delivery.outcome is Outcome.TAKEN:
        run.session.execute(
            told.values(state=MailState.SENT.value, sent_at=func.clock_timestamp(), body="", last_error=None)
        )
        log.info("mail %d is sent", mail_id)
    elif delivery.outcome is Outcome.REFUSED:
        run.session.execute(told.values(state=MailState.FAILED.value, last_error=delivery.words))
        log.warning("mail %d is refused for good: %s", mail_id, delivery.brief)
    else:
        run.session.execute(told.values(last_error=delivery.words))
        run.commit()
        raise MailNotTakenError(f"mail {mail_id} was not taken: {delivery.brief}")
