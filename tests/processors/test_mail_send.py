"""Mails and a real SMTP server: each is sent once, tried again where that may help, and told where not."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from setlist.clock import take_back
from setlist.domain.mails import SentAgain, send_again, write_mail
from setlist.extensions import db
from setlist.models import Mail, QueueJob, QueueJobAttempt, SyncSummary
from setlist.models.mails import MailKind
from setlist.processors.cleanup import cleanup
from setlist.processors.mail_send import mail_send
from setlist.queue import by_hand
from setlist.queue.cancel import cancel
from setlist.queue.enqueue import enqueue
from setlist.queue.names import QUEUES
from setlist.settings.mail import MailSecurity
from tests.queue.rows import make_due, stored
from tests.smtp_server import DROP, Mailbox, smtp_server

TEXT = "Confirm your address:\nhttps://setlist.example/confirm?token=secret\n"
NO_MAILBOX = "550 5.1.1 no mailbox fan@example.org"
GREYLISTED = "451 4.7.1 come back later, fan@example.org"


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """The site's mail server."""
    with smtp_server() as running:
        update = {
            "mail_server": running.host,
            "mail_port": running.port,
            "mail_security": MailSecurity.NONE,
            "mail_sender": "Setlist <setlist@example.org>",
            "mail_seconds": 5.0,
        }
        monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=update))
        yield running


@pytest.fixture
def mail(session: Session) -> Mail:
    mail_id = write_mail(
        session, to="fan@example.org", kind=MailKind.CONFIRM_ADDRESS, subject="Confirm", body=TEXT
    )
    session.commit()
    return session.get_one(Mail, mail_id)


@pytest.fixture
def work(session: Session) -> Callable[[Mail], str | None]:
    """An attempt at the mail's job, whenever it was due; its outcome."""

    def attempt(mail: Mail) -> str | None:
        session.expire_all()
        job_id = mail.queue_job_id
        assert job_id is not None
        make_due(session, job_id)
        outcome = mail_send.run_once(job_id)
        session.expire_all()
        return outcome

    return attempt


Work = Callable[[Mail], str | None]


def test_without_a_server_it_is_kept_and_can_be_read(mail: Mail, work: Work) -> None:
    assert work(mail) == "done"
    assert (mail.state, mail.sent_at, mail.body) == ("kept", None, TEXT)


def test_it_is_sent_and_its_link_forgotten(mailbox: Mailbox, mail: Mail, work: Work) -> None:
    assert work(mail) == "done"
    [taken] = mailbox.taken
    assert (taken.recipients, taken.message["Subject"], taken.text) == (["fan@example.org"], "Confirm", TEXT)
    assert (mail.state, mail.body, mail.last_error) == ("sent", "", None)
    assert mail.sent_at is not None


def test_one_that_was_sent_is_not_sent_again(
    mailbox: Mailbox, session: Session, mail: Mail, work: Work
) -> None:
    work(mail)
    job = stored(session, "mail_send", mail_id=mail.id)
    assert mail_send.run_once(job) == "done"
    assert len(mailbox.taken) == 1


def test_one_that_went_with_its_account_is_no_error(mailbox: Mailbox, session: Session, mail: Mail) -> None:
    job_id = mail.queue_job_id
    assert job_id is not None
    session.delete(mail)
    session.commit()
    assert mail_send.run_once(job_id) == "done"
    assert mailbox.taken == []


class TestTryingAgain:
    def test_later_means_later(self, mailbox: Mailbox, session: Session, mail: Mail, work: Work) -> None:
        mailbox.says["RCPT"].append(GREYLISTED)
        assert work(mail) == "retrying"
        assert (mail.state, mail.last_error, mail.body) == ("waiting", GREYLISTED, TEXT)
        assert work(mail) == "done"
        assert (mail.state, mail.last_error) == ("sent", None)
        assert len(mailbox.taken) == 1

    def test_a_lost_answer_makes_two_of_the_same(self, mailbox: Mailbox, mail: Mail, work: Work) -> None:
        """At least once: SMTP has no way to ask. Their Message-ID tells."""
        mailbox.says["DATA"].append(DROP)
        assert [work(mail), work(mail)] == ["retrying", "done"]
        first, second = mailbox.taken
        assert first.message["Message-ID"] == second.message["Message-ID"]

    def test_after_the_last_attempt_it_failed(
        self, mailbox: Mailbox, session: Session, mail: Mail, work: Work
    ) -> None:
        attempts = QUEUES["mail_send"].attempts
        assert attempts is not None
        mailbox.says["RCPT"].extend([GREYLISTED] * attempts)
        outcomes = [work(mail) for _ in range(attempts)]
        assert outcomes == ["retrying"] * (attempts - 1) + ["dead"]
        assert (mail.state, mail.last_error, mail.body) == ("failed", GREYLISTED, TEXT)

    def test_what_a_job_keeps_names_nobody(
        self, mailbox: Mailbox, session: Session, mail: Mail, work: Work, caplog: pytest.LogCaptureFixture
    ) -> None:
        mailbox.says["RCPT"].extend([GREYLISTED, NO_MAILBOX])
        assert [work(mail), work(mail)] == ["retrying", "done"]
        job = session.get_one(QueueJob, mail.queue_job_id)
        told = [str(job.args), caplog.text]
        for attempt in session.scalars(select(QueueJobAttempt)):
            told += [attempt.error or "", attempt.traceback or ""]
        assert "451" in " ".join(told)
        assert "550" in caplog.text
        assert [text for text in told if "fan@" in text or "secret" in text] == []

    def test_a_server_that_is_away_is_waited_for(
        self, mailbox: Mailbox, app: Flask, monkeypatch: pytest.MonkeyPatch, mail: Mail, work: Work
    ) -> None:
        there = app.extensions["settings"]
        monkeypatch.setitem(app.extensions, "settings", there.model_copy(update={"mail_port": 1}))
        assert work(mail) == "retrying"
        assert "refused" in (mail.last_error or "")
        monkeypatch.setitem(app.extensions, "settings", there)
        assert (work(mail), mail.state) == ("done", "sent")


class TestForGood:
    @pytest.mark.parametrize("command", ["RCPT", "DATA"])
    def test_a_refusal_is_told_at_once(self, mailbox: Mailbox, mail: Mail, work: Work, command: str) -> None:
        mailbox.says[command].append(NO_MAILBOX)
        assert work(mail) == "done"
        assert (mail.state, mail.last_error, mail.body) == ("failed", NO_MAILBOX, TEXT)
        assert mailbox.taken == []

    def test_an_address_that_cannot_be_written_too(
        self, mailbox: Mailbox, session: Session, mail: Mail, work: Work
    ) -> None:
        mail.recipient = "fan@a..b"
        session.commit()
        assert (work(mail), mail.state) == ("done", "failed")
        assert mail.last_error == "the address cannot be written"

    def test_it_can_be_sent_again_by_hand(
        self, mailbox: Mailbox, session: Session, mail: Mail, work: Work
    ) -> None:
        mailbox.says["RCPT"].append(NO_MAILBOX)
        work(mail)
        assert send_again(session, mail.id) is SentAgain.ASKED_FOR
        session.commit()
        assert (work(mail), mail.state, len(mailbox.taken)) == ("done", "sent", 1)

    def test_one_that_was_kept_can_be_sent_when_there_is_a_server(
        self, app: Flask, session: Session, mail: Mail, work: Work, request: pytest.FixtureRequest
    ) -> None:
        work(mail)
        mailbox: Mailbox = request.getfixturevalue("mailbox")
        send_again(session, mail.id)
        session.commit()
        assert (work(mail), mail.state, len(mailbox.taken)) == ("done", "sent", 1)


class TestJobsThatEndWithoutTheirMail:
    def test_a_cancelled_job_fails_its_mail(self, session: Session, mail: Mail) -> None:
        job_id = mail.queue_job_id
        assert job_id is not None
        cancel(session, job_id, reason="cancelled by an operator")
        session.commit()
        take_back(db.engine)
        session.expire_all()
        assert (mail.state, mail.last_error) == ("failed", "cancelled by an operator")

    def test_a_dead_job_that_begins_anew_sends_its_mail(
        self, mailbox: Mailbox, session: Session, mail: Mail, work: Work
    ) -> None:
        job = session.get_one(QueueJob, mail.queue_job_id)
        job.state, job.finished_at, job.error = "dead", func.now(), "TimeoutError: it took longer than 60 s"
        session.commit()
        take_back(db.engine)
        session.expire_all()
        assert (mail.state, mail.last_error) == ("failed", "TimeoutError: it took longer than 60 s")
        assert by_hand.retry(session, job.id)
        session.commit()
        assert (work(mail), mail.state) == ("done", "sent")

    def test_one_that_waits_is_left_alone(self, session: Session, mail: Mail) -> None:
        take_back(db.engine)
        session.expire_all()
        assert mail.state == "waiting"


def test_after_their_days_mails_are_deleted_whatever_became_of_them(session: Session, mail: Mail) -> None:
    for state in ("sent", "kept", "failed", "waiting"):
        for days in (29, 31):
            made_at = func.now() - func.make_interval(0, 0, 0, days)
            row = {"recipient": "fan@example.org", "subject": "", "body": "", "kind": "test"}
            session.add(Mail(**row, state=state, created_at=made_at))
    session.execute(update(QueueJob).values(state="done"))
    job = enqueue(session, "cleanup", {})
    session.commit()
    assert cleanup.run_once(job.id) == "done"
    session.expire_all()
    assert len(session.scalars(select(Mail)).all()) == 5
    summary = session.scalars(select(SyncSummary)).one()
    assert summary.rows["mails"]["deleted"] == 4
