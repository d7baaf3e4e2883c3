"""Where an account is signed in, and how that ends."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from setlist.models import AccountSession
from setlist.web.browsers import browser_name
from tests.web.accounts import FAN, PASSWORD, make_account, sign_in, sign_in_as
from tests.web.members import (
    mails_to,
    rows_of,
    send,
)

OTHER_PASSWORD = "another long and boring one"


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
    assert rows_of(session, AccountSession) == 0


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
