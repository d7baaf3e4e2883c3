"""The outbox: every mail, from the moment that it is asked for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from setlist.models.base import Base, Created, Key, foreign, one_of


class MailKind(StrEnum):
    """What a mail is for. The table takes any: a new one needs no migration."""

    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a word for a mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word for a mail
    ADDRESS_TAKEN = "address_taken"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    PASS_LINK = "pass_link"  # noqa: S105 - a word for a mail
    TEST = "test"


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"  # the mail server took it; what it does with it, we do not hear
    KEPT = "kept"  # no mail server is set: it stays here to be read
    FAILED = "failed"


class Mail(Base):
    """A mail of plain text to one address.

    Links in `body` may be secret, so it is emptied when the mail is sent. The row goes after
    KEEP_MAILS_DAYS, or with the account.
    """

    __tablename__ = "mails"
    __table_args__ = (
        one_of("state", MailState),
        Index("ix_mails_created_at", "created_at"),
        Index("ix_mails_state_id", "state", desc("id")),
        Index("ix_mails_account_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_mails_queue_job_id", "queue_job_id"),
    )

    id: Mapped[Key]
    account_id: Mapped[int | None] = foreign("accounts.id")
    queue_job_id: Mapped[int | None] = mapped_column(ForeignKey("queue_jobs.id", ondelete="SET NULL"))
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=MailState.WAITING.value)
    created_at: Mapped[Created]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]  # of the latest attempt; it may name the address
