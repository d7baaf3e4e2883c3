"""A real worker is killed while it hands a mail over; another one ends it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from setlist.domain.mails import write_mail
from setlist.models import Mail, QueueJob, Worker
from setlist.models.mails import MailKind
from setlist.queue.groups import SHORT
from tests.queue.polling import until
from tests.queue.processes import OwnProcess
from tests.smtp_server import HANG, Mailbox, smtp_server


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """The mail server of the workers that are started."""
    with smtp_server() as running:
        monkeypatch.setenv("MAIL_SERVER", running.host)
        monkeypatch.setenv("MAIL_PORT", str(running.port))
        monkeypatch.setenv("MAIL_SECURITY", "none")
        monkeypatch.setenv("MAIL_SENDER", "setlist@example.org")
        monkeypatch.setenv("MAIL_SECONDS", "30")
        yield running


@pytest.fixture
def workers(settings: Settings, tmp_path: Path) -> Iterator[list[OwnProcess]]:
    both = [
        OwnProcess(settings, tmp_path / f"{number}.log", "-m", "setlist.worker", "--group", SHORT)
        for number in range(2)
    ]
    yield both
    for worker in both:
        worker.end()


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize(
    ("hangs_at", "taken"),
    [("RCPT", 1), ("DATA", 2)],
    ids=["before its text", "before the answer to it"],
)
def test_a_mail_is_sent_whoever_dies_and_twice_only_where_nobody_can_know(
    session: Session, mailbox: Mailbox, workers: list[OwnProcess], hangs_at: str, taken: int
) -> None:
    mailbox.says[hangs_at].append(HANG)
    mail_id = write_mail(
        session, to="fan@example.org", kind=MailKind.TEST, subject="Hello", body="Read this.\n"
    )
    session.commit()
    until(lambda: not mailbox.says[hangs_at])
    holder = session.scalars(
        select(Worker.pid)
        .join(QueueJob, QueueJob.lease_owner == Worker.id)
        .where(QueueJob.state == "running")
    ).one()
    [killed] = [worker for worker in workers if worker.pid == holder]
    killed.signal_group(signal.SIGKILL)
    until(lambda: _state(session, mail_id) == "sent")
    assert len(mailbox.taken) == taken
    assert len({one.message["Message-ID"] for one in mailbox.taken}) == 1


def _state(session: Session, mail_id: int) -> str:
    session.rollback()
    return session.get_one(Mail, mail_id, populate_existing=True).state
