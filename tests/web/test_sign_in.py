import flask_security.forms
import pytest
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie

from setlist.models import Account, AuditLog
from tests.web.accounts import ADMIN, FORM_TOKEN, PASSWORD, make_account, sign_in, sign_in_as
from tests.web.conftest import MakeApp


def _actions(session: Session) -> list[tuple[str, int | None]]:
    session.expire_all()
    return [(row.action, row.account_id) for row in session.scalars(select(AuditLog).order_by(AuditLog.id))]


def test_the_right_password_signs_in_and_leaves_a_trace(client: FlaskClient, session: Session) -> None:
    account = make_account(session, ADMIN, "admin")
    answer = sign_in(client, ADMIN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/admin/").status_code == 200
    assert _actions(session) == [("sign_in", account.id)]


@pytest.mark.parametrize("written", ["ADMIN@setlist.LOCAL", "  admin@setlist.local "])
def test_addresses_are_compared_without_case_and_blanks(
    client: FlaskClient, session: Session, written: str
) -> None:
    make_account(session, ADMIN, "admin")
    assert sign_in(client, written).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: FlaskClient, session: Session
) -> None:
    make_account(session, ADMIN, "admin")
    make_account(session, "gone@example.org", active=False)
    answers = [
        sign_in(client, ADMIN, "wrong"),
        sign_in(client, "nobody@example.org", "wrong"),
        sign_in(client, "gone@example.org", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {422}
    pages = {
        FORM_TOKEN.sub("", answer.text).replace(email, "").replace(answer.headers["X-Request-ID"], "")
        for answer, email in zip(answers, (ADMIN, "nobody@example.org", "gone@example.org"), strict=True)
    }
    assert len(pages) == 1


@pytest.mark.parametrize("typed", ["\x00", f"\x00{ADMIN}", f"{ADMIN}\x00", "a\nb\x7f"])
def test_an_address_that_nobody_can_have_is_a_wrong_one(
    client: FlaskClient, session: Session, typed: str
) -> None:
    make_account(session, ADMIN, "admin")
    assert sign_in(client, typed).status_code == 422
    assert _actions(session) == [("sign_in_failed", None)]


def test_a_password_that_is_too_long_for_a_hash_is_a_wrong_one(client: FlaskClient, session: Session) -> None:
    make_account(session, ADMIN, "admin")
    for password in ("x" * 5_000, "\ufdfa" * 300):  # the sign becomes eighteen
        answer = sign_in(client, ADMIN, password)
        assert answer.status_code == 422
        assert "do not go together" in answer.text


def test_it_is_a_page_and_no_api(client: FlaskClient, session: Session) -> None:
    make_account(session, ADMIN, "admin")
    given = {"email": ADMIN, "password": PASSWORD}
    answer = client.post("/login", json=given, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")
    assert "as a form" in answer.json["detail"]
    assert client.post("/login", data=given, headers={"Accept": "application/json"}).mimetype == "text/html"
    assert client.get("/admin/").status_code == 303


def test_an_unknown_address_costs_a_hash_like_a_known_one(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []

    def counting(password: str) -> str:
        hashed.append(password)
        return hash_password(password)

    monkeypatch.setattr(flask_security.forms, "hash_password", counting)
    sign_in(client, "nobody@example.org", "a guess")
    assert hashed == ["a guess"]


def test_a_failed_try_leaves_a_trace_without_what_was_typed(client: FlaskClient, session: Session) -> None:
    account = make_account(session, ADMIN, "admin")
    sign_in(client, ADMIN, "swordfish-1")
    sign_in(client, "swordfish-2", "x")
    assert _actions(session) == [("sign_in_failed", account.id), ("sign_in_failed", None)]
    kept = " ".join(f"{row.target} {row.details}" for row in session.scalars(select(AuditLog)))
    assert "swordfish" not in kept


def test_a_form_without_its_token_is_refused(client: FlaskClient, session: Session) -> None:
    make_account(session, ADMIN, "admin")
    answer = client.post("/login", data={"email": ADMIN, "password": PASSWORD})
    assert answer.status_code == 422
    assert client.get("/admin/").status_code == 303


def test_the_form_token_is_a_new_one_after_signing_in(client: FlaskClient, session: Session) -> None:
    make_account(session, ADMIN, "admin")
    client.get("/login")
    with client.session_transaction() as before:
        token = before["csrf_token"]
    assert sign_in(client, ADMIN).status_code == 302
    with client.session_transaction() as after:
        assert after.get("csrf_token") != token


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "http://localhost@evil.example/",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, session: Session, elsewhere: str) -> None:
    make_account(session, ADMIN, "admin")
    answer = sign_in(client, ADMIN, next_page=elsewhere)
    if answer.status_code == 422:
        assert "Location" not in answer.headers
        assert client.get("/admin/").status_code == 303
    else:  # a backslash is written out, so that no browser takes it for a slash
        assert answer.headers["Location"].startswith(("/%5C", "%5C"))


def test_a_page_of_ours_is_returned_to(client: FlaskClient, session: Session) -> None:
    make_account(session, ADMIN, "admin")
    assert sign_in(client, ADMIN, next_page="/admin/?x=1").headers["Location"] == "/admin/?x=1"


def test_signing_out_ends_every_copy_of_that_session(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "admin")
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert client.post("/logout").status_code == 302
    assert client.get("/admin/").status_code == 303
    stranger.set_cookie("session", cookie.value)
    assert stranger.get("/admin/").status_code == 303
    assert [action for action, _ in _actions(session)] == ["sign_in", "sign_out"]


def test_signing_out_is_no_link(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "admin")
    assert client.get("/logout").status_code == 405
    assert client.get("/admin/").status_code == 200


def test_an_account_that_is_switched_off_is_out_at_once(client: FlaskClient, session: Session) -> None:
    sign_in_as(client, session, "admin")
    session.query(Account).update({"active": False})
    session.commit()
    assert client.get("/admin/").status_code == 303


def test_the_session_cookie_is_guarded(make_app: MakeApp) -> None:
    plain = make_app().test_client().get("/login").headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(plain.split("; "))
    secure = make_app(external_url="https://setlist.example").test_client()
    cookie = secure.get("/login", base_url="https://setlist.example").headers["Set-Cookie"]
    assert parse_cookie(cookie).keys() >= {"__Host-session"}
    assert "Secure" in cookie.split("; ")


def test_tries_are_limited(client: FlaskClient) -> None:
    statuses = [sign_in(client, "nobody@example.org", "guess").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize(
    "path",
    ["/verify", "/change", "/change-email", "/us-signin", "/wan-signin", "/refresh-token", "/fs-static/x"],
)
def test_nothing_else_of_the_library_is_open(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_no_token_in_a_header_or_an_address_signs_in(
    client: FlaskClient, stranger: FlaskClient, session: Session
) -> None:
    sign_in_as(client, session, "admin")
    with client.session_transaction() as signed:
        name = signed["_user_id"]
    assert stranger.get("/admin/", headers={"Authentication-Token": name}).status_code == 303
    assert stranger.get(f"/admin/?auth_token={name}").status_code == 303
