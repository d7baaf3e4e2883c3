"""Accounts from signing up on: mails, links, passwords, and what nobody learns."""

import threading
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Account, AuditLog, Mail
from tests.web.accounts import FAN, FORM_TOKEN, PASSWORD, make_account, sign_in, sign_in_as
from tests.web.conftest import MakeApp, Visitor
from tests.web.members import (
    code_of,
    link_of,
    mails_to,
    rows_of,
    send,
    set_up_second_factor,
    sign_up,
)

OTHER_PASSWORD = "another long and boring one"


def test_signing_up_takes_a_mail_and_then_a_sign_in(client: FlaskClient, session: Session) -> None:
    answer = sign_up(client, FAN)
    assert (answer.status_code, answer.location) == (302, "/account/sent")
    assert "Look into your mail" in client.get("/account/sent").text
    assert "Open the link that we mailed you first" in sign_in(client, FAN).text
    [mail] = mails_to(session, FAN)
    assert mail.kind == "confirm_address"
    confirmed = client.get(link_of(mail, "/confirm/"), follow_redirects=True)
    assert "Your address is confirmed" in confirmed.text
    assert sign_in(client, FAN).status_code == 302
    assert FAN in client.get("/account").text


def test_an_address_that_has_an_account_gets_the_same_answer_and_another_mail(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    make_account(session, FAN)
    known, unknown = sign_up(client, FAN.upper()), sign_up(stranger, "new@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert [mail.kind for mail in mails_to(session, FAN)] == ["address_taken"]
    assert rows_of(session, Account) == 2
    assert sign_in(client, FAN).status_code == 302  # with the password as it was


@pytest.mark.parametrize("path", ["/reset", "/confirm"])
def test_asking_for_a_mail_says_nothing_of_who_has_an_account(
    client: FlaskClient, stranger: FlaskClient, session: Session, path: str
) -> None:
    make_account(session, FAN, confirmed=path == "/reset")
    answers = [send(client, path, email=FAN), send(stranger, path, email="nobody@example.org")]
    assert [answer.status_code for answer in answers] == [303, 303]
    pages = [asker.get(path).text for asker in (client, stranger)]
    assert "is on its way" in pages[0]
    assert FORM_TOKEN.sub("", pages[0]) == FORM_TOKEN.sub("", pages[1])
    assert len(mails_to(session, FAN)) == 1
    assert rows_of(session, Mail) == 1


def test_a_new_password_by_mail_signs_everybody_out(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    send(stranger, "/reset", email=FAN)
    link = link_of(mails_to(session, FAN)[0], "/reset/")
    answer = send(stranger, link, password=OTHER_PASSWORD)
    assert answer.status_code == 302, answer.text
    assert client.get("/account").status_code == 303
    assert sign_in(stranger, FAN).status_code == 422
    assert sign_in(stranger, FAN, OTHER_PASSWORD).status_code == 302
    assert [mail.kind for mail in mails_to(session, FAN)] == ["reset_password", "password_changed"]
    again = stranger.get(link, follow_redirects=True)
    assert "used already" in again.text


def test_who_forgot_the_password_before_confirming_gets_that_link(
    client: FlaskClient, session: Session
) -> None:
    make_account(session, FAN, confirmed=False)
    send(client, "/reset", email=FAN)
    assert [mail.kind for mail in mails_to(session, FAN)] == ["confirm_address"]


def test_links_lead_to_the_address_that_visitors_use_whatever_host_was_sent(
    make_app: MakeApp, session: Session
) -> None:
    visitor = make_app(external_url="http://setlist.example").test_client()
    page = visitor.get("/register", headers={"Host": "evil.example"})
    token = FORM_TOKEN.search(page.text)
    assert token
    form = {"csrf_token": token[1], "email": FAN, "password": PASSWORD}
    visitor.post("/register", data=form, headers={"Host": "evil.example"})
    [mail] = mails_to(session, FAN)
    assert "http://setlist.example/confirm/" in mail.body
    assert "evil" not in mail.body


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "12 characters or more"),
        ("passwordpassword", "easily guessed"),
        ("fan@example.org", "easily guessed"),
        ("x" * 201, "at most 200"),
    ],
)
def test_a_weak_password_is_refused_with_what_would_do(
    client: FlaskClient, session: Session, password: str, words: str
) -> None:
    answer = sign_up(client, FAN, password)
    assert answer.status_code == 422
    assert words in answer.text
    assert FAN in answer.text  # what was typed is not lost
    assert rows_of(session, Account) == 0


def test_two_who_sign_up_with_one_address_at_once_get_one_account(app: Flask, session: Session) -> None:
    both, answers = threading.Barrier(2), []

    def come(email: str) -> None:
        visitor = Visitor(app, app.response_class, use_cookies=True)
        token = FORM_TOKEN.search(visitor.get("/register").text)
        assert token
        both.wait()
        form = {"csrf_token": token[1], "email": email, "password": PASSWORD}
        answers.append(visitor.post("/register", data=form).location)

    threads = [threading.Thread(target=come, args=[email]) for email in (FAN, FAN.capitalize())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["/account/sent"] * 2
    assert rows_of(session, Account) == 1


def test_an_accounts_page_is_for_nobody_else(client: FlaskClient) -> None:
    for path in (
        "/account",
        "/account/data",
        "/account/delete",
        "/account/password",
        "/account/recovery-codes",
    ):
        answer = client.get(path)
        assert answer.status_code in {302, 303}, path
        assert answer.location.startswith("/login?next="), path


def test_what_happened_to_an_account_is_in_the_log(client: FlaskClient, session: Session) -> None:
    sign_up(client, FAN)
    client.get(link_of(mails_to(session, FAN)[0], "/confirm/"))
    sign_in(client, FAN)
    send(client, "/account/password", password=PASSWORD, new_password=OTHER_PASSWORD)
    set_up_second_factor(client, code_of)
    client.post("/logout")
    session.expire_all()
    assert session.scalars(select(AuditLog.action).order_by(AuditLog.id)).all() == [
        "sign_up",
        "address_confirmed",
        "sign_in",
        "password_changed",
        "second_factor_set",
        "sign_out",
    ]


def test_a_confirmation_link_is_for_one_address_and_cannot_be_made_up(
    client: FlaskClient, session: Session
) -> None:
    sign_up(client, FAN)
    link = link_of(mails_to(session, FAN)[0], "/confirm/")
    for made_up in (link[:-3] + "abc", f"/confirm/{uuid.uuid4().hex}", "/confirm/%00"):
        client.get(made_up)
    session.expire_all()
    assert session.scalars(select(Account.confirmed_at)).all() == [None]


def test_who_looks_for_a_password_that_will_do_is_not_sent_away(client: FlaskClient) -> None:
    """Only what sends a mail counts for the mailbox."""
    for _ in range(6):
        assert sign_up(client, FAN, "password1234").status_code == 422
    assert sign_up(client, FAN).status_code == 302


def test_a_mailbox_is_not_filled(client: FlaskClient, session: Session) -> None:
    statuses = [sign_up(client, FAN).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert len(mails_to(session, FAN)) == 3
