"""Sends a mail, or keeps it in the outbox where no mail server is set."""

import logging

from setlist.models import Mail
from setlist.models.mails import MailState
from setlist.processors.running import JobRun, job

log = logging.getLogger(__name__)


@job("mail_send")
def mail_send(run: JobRun) -> None:
    mail = run.session.get(Mail, run.args["mail_id"])
    if mail is None or mail.state == MailState.SENT:
        return  # it went with its account, or with its age; or an earlier run sent it
    mail.state = MailState.KEPT.value
    log.info("mail %d is kept: no mail server is set", mail.id)
