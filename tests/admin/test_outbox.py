"""The outbox: what waits, what was sent and what failed, and sending one again."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from setlist.admin.outbox import pieces
from setlist.domain.mails import write_mail
from setlist.models import AuditLog, Mail, QueueJob
from setlist.models.mails import MailKind
from setlist.processors.mail_send import mail_send

HOME = "https://setlist.example"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def mail(app: Flask, session: Session) -> Mail:
    """Written, and kept: the app has no mail server."""
    link = f"{app.extensions['settings'].external_url}/confirm?token=a.b-c"
    text = f"Confirm it here: {link}.\nNot at https://evil.example/confirm\n"
    mail_id = write_mail(
        session, to="fan@example.org", kind=MailKind.CONFIRM_ADDRESS, subject="Confirm", body=text
    )
    session.commit()
    made = session.get_one(Mail, mail_id)
    assert mail_send.run_once(made.queue_job_id or 0) == "done"
    session.expire_all()
    return made


def words(html: str) -> str:
    return " ".join(html.split())


def test_the_list_says_that_no_server_is_set_and_shows_the_newest_first(
    operator: FlaskClient, session: Session, mail: Mail
) -> None:
    session.add(Mail(recipient="late@example.org", kind="test", subject="Hello", body=""))
    session.commit()
    page = words(operator.get("/admin/outbox").text)
    assert "No mail server is set: mails stay here." in page
    assert page.index("late@example.org") < page.index("fan@example.org")
    assert "state-kept" in page
    assert 'aria-current="page">Outbox' in page


def test_with_a_server_it_says_which(
    app: Flask, operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["settings"].model_copy(
        update={"mail_server": "mx.example", "mail_password": "hunter2"}
    )
    monkeypatch.setitem(app.extensions, "settings", settings)
    page = operator.get("/admin/outbox").text
    assert "Mails go out through mx.example" in page
    assert "hunter2" not in page


def test_a_mail_is_read_with_links_to_our_own_pages_only(
    app: Flask, operator: FlaskClient, mail: Mail
) -> None:
    page = operator.get(f"/admin/outbox/{mail.id}").text
    ours = f"{app.extensions['settings'].external_url}/confirm?token=a.b-c"
    assert f'<a href="{ours}">{ours}</a>.' in page
    assert "https://evil.example/confirm" in page
    assert 'href="https://evil.example' not in page


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"{HOME}/a", [f"{HOME}/a"]),
        (f"({HOME}/a)", []),  # not at the start of a word: no mail of ours is written so
        (f"See {HOME}/a?b=c.d, or {HOME}/e!", [f"{HOME}/a?b=c.d", f"{HOME}/e"]),
        (f"{HOME}.evil.example/a {HOME}@evil.example/ {HOME}", []),
        (f"https://evil.example/?next={HOME}/a", []),
        (f"javascript:alert(1)//{HOME}/a", []),
        ("", []),
    ],
)
def test_nothing_else_becomes_a_link_and_no_text_is_lost(text: str, links: list[str]) -> None:
    found = list(pieces(text, HOME))
    assert [piece.text for piece in found if piece.is_link] == links
    assert "".join(piece.text for piece in found) == text


def test_of_one_that_was_sent_the_text_is_gone(operator: FlaskClient, session: Session, mail: Mail) -> None:
    mail.state, mail.body, mail.sent_at = "sent", "", datetime.now(UTC)
    session.commit()
    page = operator.get(f"/admin/outbox/{mail.id}").text
    assert "Its text went with it" in page
    assert "Send again" not in page


def test_one_that_waits_tells_of_its_next_try(operator: FlaskClient, session: Session) -> None:
    mail_id = write_mail(session, to="fan@example.org", kind=MailKind.TEST, subject="Hello", body="x")
    mail = session.get_one(Mail, mail_id)
    mail.last_error = "451 later"
    later = func.now() + timedelta(minutes=10, seconds=30)
    session.execute(update(QueueJob).values(state="retrying", run_at=later))
    session.commit()
    for address in ("/admin/outbox", f"/admin/outbox/{mail_id}"):
        page = operator.get(address).text
        assert "next try in 10\u00a0min" in page
        assert "451 later" in page
    assert "Send again" not in page


def test_one_that_failed_is_sent_again_once_however_often_it_is_asked_for(
    operator: FlaskClient, session: Session, mail: Mail
) -> None:
    mail.state, mail.last_error = "failed", "550 no such mailbox"
    session.commit()
    page = operator.get(f"/admin/outbox/{mail.id}").text
    assert "550 no such mailbox" in page
    assert "Send again" in page
    answer = operator.post(f"/admin/outbox/{mail.id}/send")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/outbox/{mail.id}")
    assert f"Mail {mail.id} goes out again." in operator.get(f"/admin/outbox/{mail.id}").text
    operator.post(f"/admin/outbox/{mail.id}/send")
    assert "is under way already" in operator.get(f"/admin/outbox/{mail.id}").text
    session.expire_all()
    assert (mail.state, mail.last_error) == ("waiting", None)
    assert session.scalar(select(func.count()).where(QueueJob.state == "queued")) == 1
    audited = session.scalars(select(AuditLog.target).where(AuditLog.action == "mail_sent_again"))
    assert audited.all() == [f"mail {mail.id}"]


def test_hostile_words_are_text(operator: FlaskClient, session: Session, mail: Mail) -> None:
    mail.subject = mail.body = mail.last_error = mail.recipient = mail.kind = HOSTILE
    session.commit()
    for address in ("/admin/outbox", f"/admin/outbox/{mail.id}"):
        page = operator.get(address).text
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


def test_states_are_chosen_and_pages_go_on(operator: FlaskClient, session: Session) -> None:
    mails = [Mail(recipient=f"fan{n}@example.org", kind="test", subject="x", body="") for n in range(52)]
    session.add_all(mails)
    session.flush()
    mails[0].state = "failed"
    session.commit()
    first = operator.get("/admin/outbox").text
    assert (first.count('data-label="To"'), "Older mails" in first) == (50, True)
    rest = operator.get(f"/admin/outbox?before={mails[2].id}").text
    assert (rest.count('data-label="To"'), "Older mails" in rest) == (2, False)
    failed = operator.get("/admin/outbox?state=failed").text
    assert (failed.count('data-label="To"'), "fan0@example.org" in failed) == (1, True)


@pytest.mark.parametrize("address", ["outbox?state=x", "outbox/99", f"outbox/{2**63}"])
def test_what_is_not_there_is_404(operator: FlaskClient, address: str) -> None:
    assert operator.get(f"/admin/{address}").status_code == 404


@pytest.mark.parametrize("mail_id", [99, 2**63])
def test_what_is_not_there_cannot_be_sent(operator: FlaskClient, mail_id: int) -> None:
    assert operator.post(f"/admin/outbox/{mail_id}/send").status_code == 404


def test_the_dashboard_tells_of_failures_of_the_last_day(operator: FlaskClient, session: Session) -> None:
    assert "could not be sent" not in operator.get("/admin/").text
    for hours in (23, 25):
        written = datetime.now(UTC) - timedelta(hours=hours)
        session.add(
            Mail(recipient="a@b", kind="test", subject="x", body="", state="failed", created_at=written)
        )
    session.commit()
    page = words(operator.get("/admin/").text)
    assert "1 mail</a> of the last day could not be sent" in page


def test_nobody_else_may(client: FlaskClient, session: Session, mail: Mail) -> None:
    for address in ("/admin/outbox", f"/admin/outbox/{mail.id}"):
        assert client.get(address).status_code == 303
    client.post(f"/admin/outbox/{mail.id}/send")
    session.expire_all()
    assert mail.state == "kept"
