"""Writing mails: a row and its job together, and nothing in them that could break out of a header."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.domain.mails import LONGEST_BODY, LONGEST_SUBJECT, SentAgain, is_address, send_again, write_mail
from setlist.models import Account, Mail, QueueJob
from setlist.models.mails import MailKind, MailState
from setlist.models.queue import JobState

BREAKS = ("\n", "\r", "\r\n", "\0", "\x0b", "\x85", "\u2028", "\u2029", "\ud800")
NO_ADDRESSES = (
    "", "fan", "fan@", "@example.org", "a@b@c", "a b@c", "<a@b>", "a@b,c@d", "a@b;c@d", "Fan <a@b>", '"a"@b',
    "a@" + "b" * 253,
)  # fmt: skip


def write(session: Session, **given: str) -> int:
    fields = {"to": "fan@example.org", "subject": "Hello", "body": "Read this.\n"} | given
    mail_id = write_mail(session, kind=MailKind.TEST, **fields)
    session.commit()
    return mail_id


def jobs(session: Session) -> list[QueueJob]:
    return list(session.scalars(select(QueueJob).order_by(QueueJob.id)))


def end_job(session: Session, state: JobState) -> None:
    for job in jobs(session):
        job.state = state.value
    session.commit()


def test_a_mail_is_a_row_and_a_job(session: Session) -> None:
    mail_id = write(session, subject="Grüße – 歌", body="Read\r\nthis.\n")
    mail = session.get_one(Mail, mail_id)
    assert (mail.recipient, mail.kind, mail.state) == ("fan@example.org", "test", "waiting")
    assert (mail.subject, mail.body) == ("Grüße – 歌", "Read\nthis.\n")
    assert (mail.sent_at, mail.last_error, mail.account_id) == (None, None, None)
    assert [(job.queue, job.args) for job in jobs(session)] == [("mail_send", {"mail_id": mail_id})]


def test_what_is_rolled_back_was_never_asked_for(session: Session) -> None:
    write_mail(session, to="fan@example.org", kind=MailKind.TEST, subject="Hello", body="")
    session.rollback()
    assert (session.scalars(select(Mail)).all(), jobs(session)) == ([], [])


@pytest.mark.parametrize("sign", BREAKS, ids=ascii)
def test_nothing_breaks_out_of_a_header(session: Session, sign: str) -> None:
    for given in (
        {"to": f"fan@example.org{sign}Bcc: other@example.org"},
        {"to": f"fan{sign}@example.org"},
        {"subject": f"Hello{sign}Bcc: other@example.org"},
    ):
        with pytest.raises(ValueError, match=r"address|subject") as told:
            write(session, **given)
        assert "other" not in str(told.value)
    assert session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize("typed", NO_ADDRESSES)
def test_what_is_no_single_address_is_refused(session: Session, typed: str) -> None:
    assert not is_address(typed)
    with pytest.raises(ValueError, match="address"):
        write(session, to=typed)


@pytest.mark.parametrize(
    "typed", ["fan@example.org", "f.a-n+1@sub.example.org", "å@例え.jp", "a" * 64 + "@b"]
)
def test_addresses_of_any_script_are_taken(typed: str) -> None:
    assert is_address(typed)


@pytest.mark.parametrize(
    "given",
    [
        {"subject": ""},
        {"subject": "x" * (LONGEST_SUBJECT + 1)},
        {"body": "x" * (LONGEST_BODY + 1)},
        {"body": "a\0b"},
        {"body": "a\rb"},
    ],
    ids=["no subject", "long subject", "long text", "text with NUL", "text with a bare CR"],
)
def test_what_cannot_be_sent_is_refused(session: Session, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"subject|text"):
        write(session, **given)


def test_mails_go_with_their_account(session: Session) -> None:
    account = Account(email="fan@example.org", password="x", active=True, fs_uniquifier="u")
    session.add(account)
    session.flush()
    write_mail(
        session,
        to=account.email,
        kind=MailKind.CONFIRM_ADDRESS,
        subject="Hello",
        body="",
        account_id=account.id,
    )
    kept = write(session)
    session.delete(account)
    session.commit()
    assert session.scalars(select(Mail.id)).all() == [kept]


class TestSendingAgain:
    def again(self, session: Session, mail_id: int) -> SentAgain:
        outcome = send_again(session, mail_id)
        session.commit()
        return outcome

    @pytest.mark.parametrize("state", [MailState.KEPT, MailState.FAILED, MailState.WAITING])
    def test_what_was_not_sent_is_asked_for_once_more(self, session: Session, state: MailState) -> None:
        mail = session.get_one(Mail, write(session))
        mail.state, mail.last_error = state.value, "no such mailbox"
        end_job(session, JobState.DONE)
        assert self.again(session, mail.id) is SentAgain.ASKED_FOR
        assert (mail.state, mail.last_error) == ("waiting", None)
        assert [job.state for job in jobs(session)] == ["done", "queued"]

    @pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.RETRYING])
    def test_one_whose_job_is_not_over_is_left_alone(self, session: Session, state: JobState) -> None:
        """Also one that counts as failed already: its job is about to end."""
        mail = session.get_one(Mail, write(session))
        mail.state = MailState.FAILED.value
        end_job(session, state)
        assert self.again(session, mail.id) is SentAgain.UNDER_WAY
        assert mail.state == "failed"
        assert len(jobs(session)) == 1

    def test_one_that_was_sent_is_not(self, session: Session) -> None:
        mail = session.get_one(Mail, write(session))
        mail.state = MailState.SENT.value
        end_job(session, JobState.DONE)
        assert self.again(session, mail.id) is SentAgain.SENT_ALREADY
        assert len(jobs(session)) == 1

    def test_one_that_is_not_there_is_told(self, session: Session) -> None:
        assert self.again(session, 99) is SentAgain.NO_SUCH_MAIL
