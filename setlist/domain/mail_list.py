"""The outbox as operators read it: mails, the newest first, with how the job of each stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from setlist.models import Mail, QueueJob
from setlist.models.base import LARGEST_ID
from setlist.models.mails import MailState
from setlist.models.queue import ACTIVE

LATELY = timedelta(days=1)
CAP = 1_000  # of what is counted


@dataclass(frozen=True, kw_only=True)
class MailLine:
    """A mail with its latest job, as long as that is kept."""

    mail: Mail
    job: QueueJob | None

    @property
    def next_try_at(self) -> datetime | None:
        """Of one that waits; None where its job is gone or over."""
        is_ahead = self.mail.state == MailState.WAITING and self.job is not None and self.job.state in ACTIVE
        return self.job.run_at if is_ahead and self.job is not None else None

    @property
    def may_be_sent_again(self) -> bool:
        """One that was not sent and that no job has in hand."""
        return self.mail.state != MailState.SENT and (self.job is None or self.job.state not in ACTIVE)


def find_mails(
    session: Session, *, state: str = "", before: int | None = None, limit: int = 50
) -> list[MailLine]:
    """`before`: those that are older than the mail of this id."""
    statement = select(Mail, QueueJob).outerjoin(QueueJob, QueueJob.id == Mail.queue_job_id)
    if state:
        statement = statement.where(Mail.state == state)
    if before is not None:
        statement = statement.where(Mail.id < min(before, LARGEST_ID))
    found = session.execute(statement.order_by(Mail.id.desc()).limit(limit))
    return [MailLine(mail=mail, job=job) for mail, job in found]


def find_mail(session: Session, mail_id: int) -> MailLine | None:
    if mail_id > LARGEST_ID:
        return None
    mail = session.get(Mail, mail_id)
    if mail is None:
        return None
    return MailLine(mail=mail, job=session.get(QueueJob, mail.queue_job_id) if mail.queue_job_id else None)


def failed_lately(session: Session, now: datetime) -> int:
    """Mails of the last day that failed, counted up to CAP."""
    rows = select(Mail.id).where(Mail.state == MailState.FAILED.value, Mail.created_at > now - LATELY)
    return session.scalar(select(func.count()).select_from(rows.limit(CAP).subquery())) or 0
