"""Codes of an app and of a piece of paper, each good once."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from setlist.models import Account
from tests.web.accounts import FAN, sign_in, sign_in_as
from tests.web.members import RECOVERY_CODE, code_of, mails_to, send, set_up_second_factor

OTHER_PASSWORD = "another long and boring one"


def test_the_second_factor_is_asked_for_and_each_code_is_good_once(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    used = []
    key = set_up_second_factor(client, lambda key: used.append(code_of(key)) or used[0])
    assert [mail.kind for mail in mails_to(session, FAN)] == ["second_factor_changed"]
    first = sign_in(stranger, FAN)
    assert first.status_code == 302
    assert first.location.startswith("/login/code")
    assert stranger.get("/account").status_code == 303
    wrong = send(stranger, "/login/code", code="000000")
    assert wrong.status_code == 422
    again = send(stranger, "/login/code", code=used[0])
    assert again.status_code == 422, "the code with which it was set up is good once"
    assert send(stranger, "/login/code", code=code_of(key, seconds=30)).status_code == 302
    assert stranger.get("/account").status_code == 200


def test_a_recovery_code_signs_in_once(client: FlaskClient, stranger: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "fan")
    set_up_second_factor(client, code_of)
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
    set_up_second_factor(client, code_of)
    assert send(client, "/account/second-factor", setup="disable").status_code == 302
    assert len(mails_to(session, FAN)) == 2
    client.post("/logout")
    assert sign_in(client, FAN).location == "/"


def test_codes_are_not_guessed_by_the_dozen(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "fan")
    set_up_second_factor(client, code_of)
    sign_in(stranger, FAN)
    statuses = [send(stranger, "/login/code", code="000000").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_a_link_to_the_second_step_signs_nobody_out(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "fan")
    for path in ("/login/code", "/login/recovery-code"):
        assert client.get(path).location == "/account"
    assert client.get("/account").status_code == 200
