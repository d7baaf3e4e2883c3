"""`setlist mail`, over the real tables, a worker's hand and a real SMTP server."""

import threading
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.cli import database
from setlist.cli import mail as command
from setlist.domain.mails import write_mail
from setlist.extensions import db
from setlist.models import AuditLog, Mail, QueueJob
from setlist.models.mails import MailKind
from setlist.processors.mail_send import mail_send
from setlist.settings.mail import MailSecurity
from tests.smtp_server import Mailbox, smtp_server

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(database, "create_app", lambda: app)

    def running(*arguments: object, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(command.mail, [str(one) for one in arguments])
        assert result.exit_code == exit_code, result.output
        return result

    return running


@pytest.fixture
def mail(session: Session) -> Mail:
    mail_id = write_mail(
        session, to="fan@example.org", kind=MailKind.CONFIRM_ADDRESS, subject="Confirm", body="Here: x\n"
    )
    session.commit()
    return session.get_one(Mail, mail_id)


@pytest.fixture
def worker(app: Flask) -> Iterator[None]:
    """Runs the jobs of mails as they come."""
    stopping = threading.Event()

    def work() -> None:
        with app.app_context():
            while not stopping.wait(0.05):
                with Session(db.engine) as session:
                    waiting = session.scalars(select(QueueJob.id).where(QueueJob.state == "queued")).all()
                for job_id in waiting:
                    mail_send.run_once(job_id)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stopping.set()
    thread.join(10)


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with smtp_server() as running:
        changed = {
            "mail_server": running.host,
            "mail_port": running.port,
            "mail_security": MailSecurity.NONE,
            "mail_sender": "setlist@example.org",
        }
        settings = app.extensions["settings"].model_copy(update=changed)
        monkeypatch.setitem(app.extensions, "settings", settings)
        yield running


def test_the_list_is_a_table_the_newest_first(run: Run, session: Session, mail: Mail) -> None:
    session.add(
        Mail(
            recipient="b@example.org", kind="test", subject="x", body="", state="failed", last_error="550 no"
        )
    )
    session.commit()
    listed = run("list")
    head, first, second = listed.stdout.splitlines()
    assert head.split()[:4] == ["Mail", "State", "Kind", "To"]
    assert first.split()[1:4] == ["failed", "test", "b@example.org"]
    assert second.split()[1:4] == ["waiting", "confirm_address", "fan@example.org"]
    assert listed.stderr == "No mail server is set: mails stay here.\n"
    assert len(run("list", "--state", "failed").stdout.splitlines()) == 2
    assert run("list", "--state", "kept").stdout == "There are none.\n"


def test_one_is_shown_with_its_text_as_long_as_there_is_one(run: Run, session: Session, mail: Mail) -> None:
    mail.subject, mail.last_error = "Confirm \x1b[2J", "451 later"
    session.commit()
    shown = run("show", mail.id).stdout
    assert "Here: x" in shown
    assert "451 later" in shown
    assert "\x1b" not in shown
    mail.body = ""
    session.commit()
    assert "Its text is not kept." in run("show", mail.id).stdout


def test_one_that_failed_goes_out_again_once(run: Run, session: Session, mail: Mail) -> None:
    assert run("resend", mail.id).stdout == f"mail {mail.id}: is under way already, so nothing was done\n"
    session.execute(update(QueueJob).values(state="done"))
    session.execute(update(Mail).values(state="failed"))
    session.commit()
    assert run("resend", mail.id).stdout == f"mail {mail.id}: goes out again\n"
    session.expire_all()
    assert mail.state == "waiting"
    assert [row.action for row in session.scalars(select(AuditLog))] == ["mail_sent_again"]
    mail.state = "sent"
    session.commit()
    assert "was sent already" in run("resend", mail.id).stdout


@pytest.mark.parametrize("what", ["show", "resend"])
def test_one_that_is_not_there_is_told(run: Run, what: str) -> None:
    assert "there is no mail 99" in run(what, 99, exit_code=1).stderr


@pytest.mark.usefixtures("worker")
class TestTrying:
    def test_a_mail_is_sent_the_way_all_are(self, run: Run, mailbox: Mailbox) -> None:
        assert "is sent: 127.0.0.1 took it" in run("test", "me@example.org").stdout
        [taken] = mailbox.taken
        assert taken.recipients == ["me@example.org"]
        assert "If it reaches you" in taken.text

    @pytest.mark.parametrize(
        ("said", "ending"), [("550 no", "550 no\n"), ("451 later", "451 later; it is tried again\n")]
    )
    def test_what_the_server_says_is_told(self, run: Run, mailbox: Mailbox, said: str, ending: str) -> None:
        mailbox.says["RCPT"].append(said)
        assert run("test", "me@example.org", exit_code=1).stderr.endswith(f"was not taken: {ending}")

    def test_without_a_server_it_says_where_it_is(self, run: Run, session: Session) -> None:
        assert "is kept: no mail server is set" in run("test", "me@example.org").stdout


def test_without_a_worker_it_is_told_what_to_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "TAKEN_WITHIN", 0.0)
    assert "still waits: is a worker" in run("test", "me@example.org", exit_code=1).stderr


@pytest.mark.parametrize("address", ["me", "a@b\nBcc: c@d"])
def test_what_is_no_address_is_told(run: Run, session: Session, address: str) -> None:
    assert "no single mail address" in run("test", address, exit_code=1).stderr
    assert session.scalars(select(Mail)).all() == []
