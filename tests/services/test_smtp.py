"""Handing messages to real SMTP servers of each kind, and what their answers mean."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path

import pytest
import trustme

from setlist.services.mail_message import Letter, make_message
from setlist.services.smtp import Delivery, MailServer, Outcome, deliver
from setlist.settings.mail import MailSecurity
from tests.smtp_server import DROP, HANG, PASSWORD, USER, Mailbox, knows_us, smtp_server

SENDER = Address(display_name="Setlist – Lyon", addr_spec="setlist@example.org")
LETTER = Letter(
    id=7,
    written_at=datetime(2026, 5, 1, 12, 30, tzinfo=UTC),
    to="fan@example.org",
    subject="Your link for Sigur Rós – 歌",
    text="Bonjour à tous,\n\n.a line with a dot\nhttps://setlist.example/x?token=" + "a" * 200 + "\n",
)
QUICK = 0.3  # for what will not be answered


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as running:
        yield running


def server_at(mailbox: Mailbox, security: MailSecurity = MailSecurity.NONE) -> MailServer:
    return MailServer(host=mailbox.host, port=mailbox.port, security=security, own_name="setlist.example")


def send(server: MailServer, letter: Letter = LETTER) -> Delivery:
    return deliver(server, make_message(letter, SENDER))


class TestTheMessage:
    def test_it_comes_as_it_was_written(self, mailbox: Mailbox) -> None:
        assert send(server_at(mailbox)) == Delivery(outcome=Outcome.TAKEN)
        [taken] = mailbox.taken
        assert (taken.sender, taken.recipients) == ("setlist@example.org", ["fan@example.org"])
        assert taken.greeted_as == "setlist.example"
        assert taken.text == LETTER.text
        headers = taken.message
        assert headers["Subject"] == LETTER.subject
        assert str(headers["From"]) == "Setlist – Lyon <setlist@example.org>"
        assert str(headers["To"]) == "fan@example.org"
        assert headers["Date"].datetime == LETTER.written_at
        assert headers["Auto-Submitted"] == "auto-generated"
        assert headers["Content-Type"] == 'text/plain; charset="utf-8"'

    def test_the_same_letter_is_the_same_message_and_another_is_not(self, mailbox: Mailbox) -> None:
        for letter in (LETTER, LETTER, replace(LETTER, id=8)):
            send(server_at(mailbox), letter)
        first, again, other = [taken.message["Message-ID"] for taken in mailbox.taken]
        assert first == again != other
        assert first.endswith("@example.org>")

    def test_all_lines_on_the_wire_are_ascii_and_short(self) -> None:
        lines = make_message(LETTER, SENDER).as_bytes().split(b"\r\n")
        assert all(line.isascii() and len(line) <= 78 for line in lines)

    def test_a_domain_of_any_script_reaches_a_server_that_knows_ascii_only(self) -> None:
        with smtp_server(enable_SMTPUTF8=False) as mailbox:
            assert send(server_at(mailbox), replace(LETTER, to="fan@bücher.example")).outcome is Outcome.TAKEN
            refused = send(server_at(mailbox), replace(LETTER, to="jörg@example.org"))
        assert mailbox.taken[0].recipients == ["fan@xn--bcher-kva.example"]
        assert (refused.outcome, len(mailbox.taken)) == (Outcome.REFUSED, 1)

    def test_a_name_of_any_script_reaches_a_server_that_can(self, mailbox: Mailbox) -> None:
        assert send(server_at(mailbox), replace(LETTER, to="jörg@example.org")).outcome is Outcome.TAKEN
        assert mailbox.taken[0].recipients == ["jörg@example.org"]

    @pytest.mark.parametrize("to", ["fan@a..b", "fan@" + "b" * 64 + ".org"])
    def test_an_address_that_cannot_be_written_is_told(self, to: str) -> None:
        with pytest.raises(ValueError, match=r"label|idna"):
            make_message(replace(LETTER, to=to), SENDER)

    def test_headers_cannot_be_broken_out_of_here_either(self) -> None:
        with pytest.raises(ValueError, match="linefeed or carriage return"):
            make_message(replace(LETTER, subject="Hello\r\nBcc: other@example.org"), SENDER)


class TestAnswers:
    @pytest.mark.parametrize(
        ("command", "said", "outcome"),
        [
            ("RCPT", "550 5.1.1 no such mailbox: fan@example.org", Outcome.REFUSED),
            ("RCPT", "450 4.2.0 greylisted, come back", Outcome.LATER),
            ("RCPT", "452 4.2.2 mailbox full", Outcome.LATER),
            ("DATA", "554 5.7.1 we do not like this", Outcome.REFUSED),
            ("DATA", "451 4.3.0 disk full", Outcome.LATER),
            ("MAIL", "553 5.7.1 you may not be this sender", Outcome.LATER),  # ours to put right
            ("MAIL", "421 4.3.2 closing", Outcome.LATER),
        ],
    )
    def test_what_a_server_says_decides(
        self, mailbox: Mailbox, command: str, said: str, outcome: Outcome
    ) -> None:
        mailbox.says[command].append(said)
        delivery = send(server_at(mailbox))
        assert (delivery.outcome, delivery.words) == (outcome, said)
        assert said[:3] in delivery.brief
        assert "fan" not in delivery.brief
        assert mailbox.taken == []
        assert send(server_at(mailbox)).outcome is Outcome.TAKEN

    def test_a_goodbye_that_goes_wrong_makes_no_second_message(self, mailbox: Mailbox) -> None:
        for goodbye in ("500 what?", DROP):
            mailbox.says["QUIT"].append(goodbye)
            assert send(server_at(mailbox)).outcome is Outcome.TAKEN

    def test_a_line_that_breaks_before_the_answer_leaves_it_open(self, mailbox: Mailbox) -> None:
        mailbox.says["DATA"].append(DROP)
        assert send(server_at(mailbox)).outcome is Outcome.LATER
        assert len(mailbox.taken) == 1  # it had it

    def test_a_server_that_hangs_is_not_waited_for(self, mailbox: Mailbox) -> None:
        mailbox.says["RCPT"].append(HANG)
        delivery = send(replace(server_at(mailbox), seconds=QUICK))
        assert (delivery.outcome, "timed out" in delivery.words) == (Outcome.LATER, True)

    def test_no_server_at_all(self, mailbox: Mailbox) -> None:
        for host, port in ((mailbox.host, 1), ("no-such-host.invalid", mailbox.port)):
            delivery = send(replace(server_at(mailbox), host=host, port=port))
            assert delivery.outcome is Outcome.LATER
            assert delivery.words

    def test_a_terminal_obeys_nothing_that_a_server_says(self, mailbox: Mailbox) -> None:
        mailbox.says["RCPT"].append("550 \x1b[2Jno")
        assert send(server_at(mailbox)).words == "550 [2Jno"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # here that is the case to test
class TestSigningIn:
    @pytest.fixture
    def strict(self) -> Iterator[Mailbox]:
        with smtp_server(authenticator=knows_us, auth_required=True, auth_require_tls=False) as running:
            yield running

    def test_with_the_right_password(self, strict: Mailbox) -> None:
        server = replace(server_at(strict), user=USER, password=PASSWORD)
        assert send(server).outcome is Outcome.TAKEN
        assert strict.taken[0].user == USER
        assert PASSWORD not in repr(server)

    @pytest.mark.parametrize("user", ["", USER])
    def test_without_it_nothing_is_lost_and_it_is_said(self, strict: Mailbox, user: str) -> None:
        delivery = send(replace(server_at(strict), user=user, password="wrong"))
        assert delivery.outcome is Outcome.LATER
        assert "530" in delivery.words or "535" in delivery.words
        assert strict.taken == []

    def test_a_server_that_asks_for_none_is_not_given_one(self, mailbox: Mailbox) -> None:
        delivery = send(replace(server_at(mailbox), user=USER, password=PASSWORD))
        assert delivery.outcome is Outcome.LATER
        assert "AUTH" in delivery.words


class TestEncryption:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def context(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        return context

    @pytest.fixture
    def trusted(self, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    @pytest.mark.usefixtures("trusted")
    def test_starttls(self, context: ssl.SSLContext) -> None:
        options = {"authenticator": knows_us, "auth_required": True, "require_starttls": True}
        with smtp_server(tls_context=context, **options) as mailbox:
            server = replace(server_at(mailbox, MailSecurity.STARTTLS), user=USER, password=PASSWORD)
            assert send(server) == Delivery(outcome=Outcome.TAKEN)
        assert mailbox.taken[0].is_encrypted

    @pytest.mark.usefixtures("trusted")
    def test_tls_from_the_first_byte(self, context: ssl.SSLContext) -> None:
        with smtp_server(tls=context) as mailbox:
            assert send(server_at(mailbox, MailSecurity.TLS)) == Delivery(outcome=Outcome.TAKEN)
        assert mailbox.taken[0].is_encrypted

    def test_a_stranger_gets_nothing(self, context: ssl.SSLContext) -> None:
        with smtp_server(tls_context=context, require_starttls=True) as mailbox:
            delivery = send(server_at(mailbox, MailSecurity.STARTTLS))
        assert delivery.outcome is Outcome.LATER
        assert "CERTIFICATE_VERIFY_FAILED" in delivery.words
        assert mailbox.taken == []

    def test_nothing_goes_in_the_clear_where_encryption_is_asked_for(self, mailbox: Mailbox) -> None:
        for security in (MailSecurity.STARTTLS, MailSecurity.TLS):
            delivery = send(replace(server_at(mailbox, security), seconds=2))
            assert delivery.outcome is Outcome.LATER
        assert mailbox.taken == []
