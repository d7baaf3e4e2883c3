"""Accounts from signing up to leaving, as a fan goes through them."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from setlist.domain.tally_check import tallies_apart
from setlist.models import Account, AccountSession, AuditLog, BallotSong, Fan, Mail, Vote
from setlist.web.browsers import browser_name
from tests.pages.catalogue import add_show, add_to_ballot
from tests.pages.conftest import Night
from tests.web.accounts import ADMIN, FAN, FORM_TOKEN, PASSWORD, make_account, sign_in, sign_in_as
from tests.web.conftest import MakeApp, Visitor
from tests.web.members import RECOVERY_CODE, link_of, mails_to, send, set_up_second_factor, sign_up

OTHER_PASSWORD = "another long and boring one"


def _count(session: Session, table: type) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(table)) or 0


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
    assert _count(session, Account) == 2
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
    assert _count(session, Mail) == 1


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
    assert _count(session, Account) == 0


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
    assert _count(session, Account) == 1


def test_a_changed_password_leaves_only_this_browser_signed_in(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    sign_in(stranger, FAN)
    wrong = send(client, "/account/password", password="wrong", new_password=OTHER_PASSWORD)
    assert wrong.status_code == 422
    assert "not your password" in wrong.text
    answer = send(client, "/account/password", password=PASSWORD, new_password=OTHER_PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Your password is changed" in client.get("/account").text
    assert stranger.get("/account").status_code == 303
    assert [mail.kind for mail in mails_to(session, FAN)] == ["password_changed"]


def test_each_browser_is_signed_out_by_itself_or_all_at_once(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    sign_in(stranger, FAN)
    theirs = session.scalars(select(AccountSession.id).order_by(AccountSession.id.desc())).first()
    answer = client.post(f"/account/sessions/{theirs}/end")
    assert answer.status_code == 303
    assert (client.get("/account").status_code, stranger.get("/account").status_code) == (200, 303)
    sign_in(stranger, FAN)
    assert client.post("/account/sessions/end").status_code == 303
    assert (client.get("/account").status_code, stranger.get("/account").status_code) == (303, 303)
    assert _count(session, AccountSession) == 0


def test_nobody_ends_a_session_of_somebody_else(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    mine = session.scalar(select(AccountSession.id))
    make_account(session, "other@example.org")
    sign_in(stranger, "other@example.org")
    stranger.post(f"/account/sessions/{mine}/end")
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_a_session_ends_for_want_of_use_and_of_age(
    client: FlaskClient, session: Session, column: str
) -> None:
    sign_in_as(client, session, "fan")
    long_ago = datetime.now(UTC) - timedelta(days={"seen_at": 31, "created_at": 181}[column])
    session.execute(update(AccountSession).values({column: long_ago}))
    session.commit()
    assert client.get("/account").status_code == 303


def test_a_visit_is_noted_now_and_then(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "fan")
    before = datetime.now(UTC) - timedelta(hours=1)
    session.execute(update(AccountSession).values(seen_at=before))
    session.commit()
    client.get("/account")
    session.expire_all()
    assert session.scalars(select(AccountSession.seen_at)).one() > before + timedelta(minutes=59)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile"
            " Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_what_a_browser_is_called(sent: str, name: str) -> None:
    assert browser_name(sent) == name


def _code(key: str, *, seconds: int = 0) -> str:
    return str(TOTP(key=key).generate(time=time.time() + seconds).token)


def test_the_second_factor_is_asked_for_and_each_code_is_good_once(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    used = []
    key = set_up_second_factor(client, lambda key: used.append(_code(key)) or used[0])
    assert [mail.kind for mail in mails_to(session, FAN)] == ["second_factor_changed"]
    first = sign_in(stranger, FAN)
    assert first.status_code == 302
    assert first.location.startswith("/login/code")
    assert stranger.get("/account").status_code == 303
    wrong = send(stranger, "/login/code", code="000000")
    assert wrong.status_code == 422
    again = send(stranger, "/login/code", code=used[0])
    assert again.status_code == 422, "the code with which it was set up is good once"
    assert send(stranger, "/login/code", code=_code(key, seconds=30)).status_code == 302
    assert stranger.get("/account").status_code == 200


def test_a_recovery_code_signs_in_once(client: FlaskClient, stranger: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "fan")
    set_up_second_factor(client, _code)
    page = send(client, "/account/recovery-codes", generate_new_codes="yes")
    codes = RECOVERY_CODE.findall(page.text)
    assert len(codes) == 10
    sign_in(stranger, FAN)
    assert send(stranger, "/login/recovery-code", code=codes[0]).status_code == 302
    assert stranger.get("/account").status_code == 200
    stranger.post("/logout")
    sign_in(stranger, FAN)
    again = send(stranger, "/login/recovery-code", code=codes[0])
    assert again.status_code == 422, again.location
    stored = session.scalars(select(Account.mf_recovery_codes)).one() or []
    assert len(stored) == 9
    assert not set(codes) & set(stored), "they are kept encrypted"


def test_the_second_factor_is_removed_with_a_word_by_mail(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "fan")
    set_up_second_factor(client, _code)
    assert send(client, "/account/second-factor", setup="disable").status_code == 302
    assert len(mails_to(session, FAN)) == 2
    client.post("/logout")
    assert sign_in(client, FAN).location == "/"


def test_codes_are_not_guessed_by_the_dozen(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    set_up_second_factor(client, _code)
    sign_in(stranger, FAN)
    statuses = [send(stranger, "/login/code", code="000000").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize("path", ["/account/data", "/account/delete", "/account/second-factor"])
def test_the_password_is_asked_for_again_before_what_matters(
    client: FlaskClient, session: Session, path: str
) -> None:
    sign_in_as(client, session, "fan")
    with client.session_transaction() as signed:
        signed["fs_paa"] = time.time() - 3600
    answer = client.get(path)
    assert answer.location.startswith("/account/verify?next="), answer.location
    assert send(client, answer.location, password="wrong").status_code == 422
    assert send(client, answer.location, next=path, password=PASSWORD).location == path
    assert client.get(path).status_code == 200


def test_a_guests_wishes_come_along_and_are_in_the_data(
    client: FlaskClient, session: Session, night: Night
) -> None:
    client.post(night.wish_address(), data={"wish": "on"})
    sign_in_as(client, session, "fan")
    page = client.get("/account")
    assert f'href="{night.address}"' in page.text
    answer = client.get("/account/data")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    data = answer.json
    assert data["account"]["email"] == FAN
    assert [wish["song"] for wish in data["wishes"]] == [night.songs[0].title]
    assert [entry["action"] for entry in data["log"]] == ["sign_in"]
    assert PASSWORD not in answer.text
    assert "argon2" not in answer.text


def test_leaving_takes_back_what_is_open_and_keeps_history_without_a_name(
    client: FlaskClient, session: Session, night: Night
) -> None:
    sign_in_as(client, session, "fan")
    for song in (0, 1):
        client.post(night.wish_address(song), data={"wish": "on"})
    night.show.locks_at = datetime.now(UTC) - timedelta(minutes=1)
    session.commit()
    other = _other_night(session, night)
    client.post(f"/shows/{other}/songs/{night.songs[0].id}/wish", data={"wish": "on"})
    assert client.post("/account/delete", data={}).status_code == 422
    assert client.post("/account/delete", data={"sure": "yes"}).status_code == 303
    assert client.get("/account").status_code == 303
    session.expire_all()
    states = session.execute(select(Vote.show_id, Vote.state).order_by(Vote.id)).all()
    assert [tuple(row) for row in states] == [(night.show.id, "on")] * 2 + [(other, "off")]
    assert session.get_one(BallotSong, (other, night.songs[0].id)).wishes == 0
    assert not tallies_apart(session)
    assert session.scalars(select(Fan.account_id)).all() == [None]
    assert [_count(session, table) for table in (Account, AccountSession, Mail)] == [0, 0, 0]
    assert session.scalars(select(AuditLog.account_id)).all() == [None, None][: _count(session, AuditLog)]
    assert session.scalars(select(AuditLog.details)).all() == [{}] * _count(session, AuditLog)


def _other_night(session: Session, night: Night) -> int:
    show = add_show(session, night.artist, in_days=9)
    add_to_ballot(session, show, night.songs[0])
    session.commit()
    return show.id


def test_the_only_operator_cannot_leave(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "admin")
    answer = client.post("/account/delete", data={"sure": "yes"})
    assert answer.status_code == 409
    assert "only operator" in answer.text
    assert _count(session, Account) == 1
    session.scalars(select(Account)).one().email = ADMIN
    assert client.get("/admin/").status_code == 200


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
    set_up_second_factor(client, _code)
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
