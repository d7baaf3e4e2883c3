"""Which settings of the mail server are refused, and what is said of them."""

import pytest
from pydantic import ValidationError

from config import Settings
from setlist.complaints import setting_problems
from setlist.services.smtp import mail_server

WHOLE = {"mail_server": "smtp.example.org", "mail_sender": "Setlist <setlist@example.org>"}
SIGNED_IN = {**WHOLE, "mail_user": "setlist", "mail_password": "hunter2"}
PRODUCTION = {
    "environment": "production",
    "secret_key": "k" * 32,
    "external_url": "https://setlist.example",
    "sources": "live",
}
SENDER = "must be an address such as Setlist <setlist@example.org>"
HOST = "must be a host such as smtp.example.org, without its port"


def make(**given: object) -> Settings:
    return Settings.model_validate(given)


def problems(**given: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as refusal:
        make(**given)
    found = dict(setting_problems(refusal.value))
    assert "hunter2" not in str(found)
    return found


def test_without_a_server_there_is_none() -> None:
    assert mail_server(make()) is None
    assert make().sender is None


def test_what_is_set_is_what_is_used() -> None:
    settings = make(**SIGNED_IN, **PRODUCTION)
    server = mail_server(settings)
    assert server is not None
    assert (server.host, server.port, server.security) == ("smtp.example.org", 587, "starttls")
    assert (server.user, server.password, server.own_name) == ("setlist", "hunter2", "setlist.example")
    assert "hunter2" not in repr(server) + repr(settings)
    assert (settings.sender.display_name, settings.sender.addr_spec) == ("Setlist", "setlist@example.org")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mail_server": "smtp.example.org"}, {"MAIL_SENDER": "must be set where MAIL_SERVER is"}),
        ({"mail_server": "smtp://smtp.example.org"}, {"MAIL_SERVER": HOST}),
        ({"mail_server": "smtp.example.org:587"}, {"MAIL_SERVER": HOST}),
        ({"mail_security": "ssl"}, {"MAIL_SECURITY": "must be 'starttls', 'tls' or 'none'"}),
        ({"mail_sender": "Setlist"}, {"MAIL_SENDER": SENDER}),
        ({"mail_sender": "setlist@example.org\r\nBcc: a@b"}, {"MAIL_SENDER": SENDER}),
        ({"mail_sender": "a@example.org, b@example.org"}, {"MAIL_SENDER": SENDER}),
        ({"mail_password": "hunter2ö"}, {"MAIL_PASSWORD": "must be plain ASCII"}),
        ({"mail_seconds": 31}, {"MAIL_SECONDS": "must be less than or equal to 30"}),
        ({"keep_mails_days": 0}, {"KEEP_MAILS_DAYS": "must be greater than or equal to 1"}),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(given: dict[str, object], said: object) -> None:
    assert problems(**given) == said


@pytest.mark.parametrize("half", ["mail_user", "mail_password"])
def test_a_user_needs_a_password_and_a_password_a_user(half: str) -> None:
    given = {name: value for name, value in SIGNED_IN.items() if name != half}
    assert "set both, or neither" in problems(**given)["MAIL_PASSWORD"]


def test_production_sends_no_password_in_the_clear() -> None:
    in_the_clear = {**SIGNED_IN, "mail_security": "none"}
    said = problems(**in_the_clear, **PRODUCTION)
    assert said.keys() == {"MAIL_SECURITY"}
    assert said["MAIL_SECURITY"].endswith("sent in the clear, in production")
    assert make(**in_the_clear).mail_security == "none"
    assert make(**WHOLE, **PRODUCTION, mail_security="none").mail_user is None


def test_production_is_strict_about_the_rest_all_the_same() -> None:
    assert problems(**{**SIGNED_IN, **PRODUCTION, "secret_key": "short"}).keys() == {"SECRET_KEY"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("setlist@example.org", "setlist@example.org"),
        ('"Setlist Lyon" <no-reply+1@mail.example.org>', "Setlist Lyon <no-reply+1@mail.example.org>"),
        ("Fête <a@b>", "Fête <a@b>"),
        ("<a@b>", "a@b"),
    ],
)
def test_senders_of_each_form_are_taken(written: str, shown: str) -> None:
    assert str(make(mail_sender=written).sender) == shown


@pytest.mark.parametrize("host", ["localhost", "mx-1.example.org", "192.0.2.7", "2001:db8::1"])
def test_hosts_of_each_form_are_taken(host: str) -> None:
    assert make(**{**WHOLE, "mail_server": host}).mail_server == host
