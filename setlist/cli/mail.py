"""`setlist mail`: the outbox, sending one again, and a mail to try the server with."""

import time

import click
from flask import current_app
from sqlalchemy.orm import Session

from config import Settings
from setlist.cli.complaints import ComplaintError
from setlist.cli.database import audit, opened
from setlist.cli.tables import moment, one_line, plain, table
from setlist.domain.mail_list import MailLine, find_mail, find_mails
from setlist.domain.mails import SentAgain, send_again, write_mail
from setlist.models import Mail
from setlist.models.base import LARGEST_ID
from setlist.models.mails import MailKind, MailState

HEADS = ("Mail", "State", "Kind", "To", "Written, UTC", "Subject", "Last error")
LONGEST_CELL = 60
MAIL = click.argument("mail_id", metavar="ID", type=click.IntRange(1, LARGEST_ID))
SUBJECT = "A mail to try the server with"
TEXT = """\
Somebody who runs Setlist at {url} wrote this with `setlist mail test`.
If it reaches you, mails of this site do.
"""
TAKEN_WITHIN = 30.0  # seconds: by a worker, and then by the server
LOOK_EVERY = 0.2
WORDS = {
    SentAgain.ASKED_FOR: "goes out again",
    SentAgain.UNDER_WAY: "is under way already, so nothing was done",
    SentAgain.SENT_ALREADY: "was sent already, so nothing was done",
}


@click.group()
def mail() -> None:
    """The outbox: what waits, what was sent, what failed and why."""


@mail.command("list")
@click.option("--state", type=click.Choice([state.value for state in MailState]), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=50, show_default=True)
def list_mails(state: str | None, limit: int) -> None:
    """Mails, the newest first."""
    with opened() as session:
        lines = [_row(line.mail) for line in find_mails(session, state=state or "", limit=limit)]
        click.echo(table(HEADS, lines) if lines else "There are none.")
        if _settings().mail_server is None:
            click.echo("No mail server is set: mails stay here.", err=True)


@mail.command()
@MAIL
def show(mail_id: int) -> None:
    """Mail ID with its text, as long as it was not sent."""
    with opened() as session:
        line = _found(session, mail_id)
        click.echo("\n".join([*_facts(line), "", plain(line.mail.body) or "Its text is not kept."]))


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Write a mail to ADDRESS as the site does, and wait for what becomes of it."""
    with opened() as session:
        text = TEXT.format(url=_settings().external_url)
        try:
            mail_id = write_mail(session, to=address, kind=MailKind.TEST, subject=SUBJECT, body=text)
        except ValueError as error:
            raise ComplaintError(str(error)) from error
        session.commit()
        _tell_outcome(_awaited(session, mail_id))


@mail.command()
@MAIL
def resend(mail_id: int) -> None:
    """Mail ID goes out again, if it was kept or failed."""
    with opened() as session:
        _found(session, mail_id)
        outcome = send_again(session, mail_id)
        if outcome is SentAgain.ASKED_FOR:
            audit(session, "mail_sent_again", f"mail {mail_id}")
            session.commit()
        else:
            session.rollback()
        click.echo(f"mail {mail_id}: {WORDS[outcome]}")


def _awaited(session: Session, mail_id: int) -> Mail:
    """The mail as it stands when it was sent, kept, failed, or tried in vain; or when it took too long."""
    deadline = time.monotonic() + TAKEN_WITHIN
    while True:
        session.rollback()  # else it would be seen as it was
        mail = session.get_one(Mail, mail_id, populate_existing=True)
        if mail.state != MailState.WAITING or mail.last_error or time.monotonic() > deadline:
            return mail
        time.sleep(LOOK_EVERY)


def _tell_outcome(mail: Mail) -> None:
    if mail.state == MailState.KEPT:
        click.echo(f"mail {mail.id} is kept: no mail server is set; `setlist mail show {mail.id}` reads it")
    elif mail.state == MailState.SENT:
        click.echo(f"mail {mail.id} is sent: {_settings().mail_server} took it")
    elif mail.last_error:
        again = "" if mail.state == MailState.FAILED else "; it is tried again"
        raise ComplaintError(f"mail {mail.id} was not taken: {plain(mail.last_error)}{again}")
    else:
        raise ComplaintError(f"mail {mail.id} still waits: is a worker of the group short running?")


def _found(session: Session, mail_id: int) -> MailLine:
    line = find_mail(session, mail_id)
    if line is None:
        raise ComplaintError(f"there is no mail {mail_id}: `setlist mail list` shows those there are")
    return line


def _row(mail: Mail) -> tuple[str, ...]:
    words = (mail.subject, mail.last_error or "")
    return (
        str(mail.id),
        mail.state,
        mail.kind,
        one_line(mail.recipient, LONGEST_CELL),
        moment(mail.created_at),
        *(one_line(text, LONGEST_CELL) for text in words),
    )


def _facts(line: MailLine) -> list[str]:
    mail = line.mail
    facts = {
        "Mail": f"{mail.id}, {mail.kind}",
        "State": mail.state,
        "To": mail.recipient,
        "Subject": mail.subject,
        "Written": moment(mail.created_at),
        "Sent": moment(mail.sent_at),
        "Next try": moment(line.next_try_at),
        "Job": f"{line.job.id}, {line.job.state}" if line.job else "–",
        "Last error": mail.last_error or "–",
    }
    return [f"{name + ':':<12}{plain(value)}" for name, value in facts.items()]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
