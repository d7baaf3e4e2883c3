"""The ways past a hurdle: a sum, a mail, signing in."""

import re
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Environment
from setlist.domain.proof import Seeker, make_challenge, solve
from setlist.models import Mail
from setlist.web import vote_guard
from setlist.web.identity import fan_key
from tests.pages.conftest import Night
from tests.web.conftest import Visitor

MAIL = {"email": "fan@example.org"}


def setting(app: Flask, monkeypatch: pytest.MonkeyPatch, **changed: object) -> None:
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=changed))


def mails(session: Session) -> list[Mail]:
    session.rollback()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def challenge_for(app: Flask, client: FlaskClient, night: Night) -> str:
    client.post(night.wish_address(), data={"wish": "on"})
    cookie = client.get_cookie("fan")
    assert cookie is not None
    with app.test_request_context(headers={"Cookie": f"fan={cookie.value}"}):
        key = fan_key()
    assert key is not None
    guard: vote_guard.Guard = app.extensions[vote_guard.GUARD]
    return make_challenge(guard.key, Seeker(show_id=night.show.id, fan_key=key), 4, now=datetime.now(UTC))


def test_the_page_offers_all_three(client: FlaskClient, night: Night) -> None:
    page = client.get(f"{night.address}/proof")
    assert page.status_code == 200
    for words in ("JavaScript", "Send me a link", "Sign in", "Paper Lanterns"):
        assert words in page.text
    assert client.get("/shows/99/proof").status_code == 404


@pytest.mark.parametrize("way", ["form", "json", "htmx"])
def test_a_solution_is_taken_in_each_form_and_once(
    app: Flask, client: FlaskClient, night: Night, way: str
) -> None:
    challenge = challenge_for(app, client, night)
    given = {"challenge": challenge, "solution": solve(challenge)}
    how = {"json": {"json": given}, "form": {"data": given}}.get(
        way, {"data": given, "headers": {"HX-Request": "true"}}
    )
    answer = client.post(f"{night.address}/proof", **how)
    assert answer.status_code == {"form": 303, "json": 200, "htmx": 204}[way]
    assert client.get_cookie(f"pass-{night.show.id}") is not None
    again = client.post(f"{night.address}/proof", **how)
    assert again.status_code == HTTPStatus.CONFLICT
    assert "used already" in again.text


@pytest.mark.parametrize(
    "given",
    [{}, {"challenge": "x", "solution": "1"}, {"challenge": "\ud800", "solution": 1}, [], "x", None],
)
def test_nonsense_is_refused(app: Flask, client: FlaskClient, night: Night, given: object) -> None:
    challenge_for(app, client, night)
    answer = client.post(f"{night.address}/proof", json=given)
    assert answer.status_code == 422
    assert client.get_cookie(f"pass-{night.show.id}") is None


def test_another_guests_solution_is_refused(
    app: Flask, client: FlaskClient, stranger: FlaskClient, night: Night
) -> None:
    challenge = challenge_for(app, client, night)
    given = {"challenge": challenge, "solution": solve(challenge)}
    assert stranger.post(f"{night.address}/proof", data=given).status_code == 422


def test_where_mail_is_not_set_up_it_says_so(
    app: Flask, client: FlaskClient, session: Session, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(app, monkeypatch, environment=Environment.PRODUCTION)
    answer = client.post(f"{night.address}/proof/mail", data=MAIL)
    assert answer.status_code == 503
    assert "Mail is not set up here" in answer.text
    assert mails(session) == []


def test_a_site_under_development_keeps_the_link_and_says_where(
    client: FlaskClient, session: Session, night: Night
) -> None:
    answer = client.post(f"{night.address}/proof/mail", data=MAIL)
    assert (answer.status_code, "outbox" in answer.text) == (200, True)
    assert "on its way" not in answer.text
    assert len(mails(session)) == 1


@pytest.mark.parametrize(
    "typed", ["", "fan", "fan@", "a@b@c", "a b@c", "<a@b>", "a@b\nBcc: c@d", "a\0@b", "é" * 300]
)
def test_what_is_no_address_is_told(client: FlaskClient, session: Session, night: Night, typed: str) -> None:
    answer = client.post(f"{night.address}/proof/mail", data={"email": typed})
    assert answer.status_code == 422
    assert "name@example.org" in answer.text
    assert mails(session) == []


def test_a_link_gives_the_pass_to_who_asked_for_it(
    app: Flask,
    client: FlaskClient,
    stranger: FlaskClient,
    session: Session,
    night: Night,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting(app, monkeypatch, mail_server="mx.example")
    assert "on its way" in client.post(f"{night.address}/proof/mail", data=MAIL).text
    [mail] = mails(session)
    assert (mail.recipient, mail.kind) == (MAIL["email"], "pass_link")
    [path] = re.findall(r"^https?://[^/\s]+(\S+)$", mail.body, re.MULTILINE)
    assert stranger.get(path).status_code == 403
    assert stranger.get_cookie(f"pass-{night.show.id}") is None
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{night.address}?fan=1")
    assert client.get_cookie(f"pass-{night.show.id}") is not None
    assert client.get(f"{night.address}/proof/link?token=nonsense").status_code == 403


def test_one_mailbox_gets_few_links_whoever_asks(app: Flask, session: Session, night: Night) -> None:
    answers = []
    for name in ("fan", "fan+1", "Fan", "fan+2"):
        client = Visitor(app, app.response_class, use_cookies=True)
        answers.append(client.post(f"{night.address}/proof/mail", data={"email": f"{name}@example.org"}))
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert len(mails(session)) == 3


def test_the_script_that_solves_is_on_open_shows_only(client: FlaskClient, night: Night) -> None:
    assert "js/proof.js" in client.get(night.address).text
    assert "js/proof.js" not in client.get("/").text
