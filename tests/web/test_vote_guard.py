"""Who is asked for proof, and what a pass is good for."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from setlist.domain.proof import solve
from setlist.web.vote_guard import GUARD, Guard, ask, hurdle
from tests.broken_redis import BreakableRedis
from tests.web.accounts import sign_in_as
from tests.web.conftest import MakeApp

EASY = {"vote_rate_floor": 0, "proof_bits": 4}
Asked = Callable[..., FlaskClient]


def _wish(show_id: int) -> object:
    found = hurdle(show_id)
    return "wished" if found is None else found.challenge


def _wish_at_a_row(show_id: int) -> object:
    found = hurdle(show_id)
    return "wished" if found is None else ask(found, 5)


@pytest.fixture
def strict(make_app: MakeApp) -> Flask:
    return asking(make_app(**EASY))


def asking(app: Flask) -> Flask:
    app.add_url_rule("/wish/<int:show_id>", "wish", _wish, methods=["POST"])
    app.add_url_rule("/row/<int:show_id>", "row", _wish_at_a_row, methods=["POST"])
    return app


def give_proof(client: FlaskClient, show_id: int = 1) -> int:
    challenge = client.post(f"/wish/{show_id}").text
    form = {"challenge": challenge, "solution": solve(challenge)}
    return client.post(f"/shows/{show_id}/proof", data=form).status_code


def test_in_normal_times_nobody_is_asked(make_app: MakeApp) -> None:
    client = asking(make_app()).test_client()
    answer = client.post("/wish/1")
    assert answer.text == "wished"
    assert "Set-Cookie" not in answer.headers


def test_a_guest_with_proof_may_wish_at_that_show(strict: Flask) -> None:
    client = strict.test_client()
    assert client.post("/wish/1").text.startswith("1.4.")
    assert give_proof(client) == 303
    assert client.post("/wish/1").text == "wished"
    assert client.post("/wish/2").text.startswith("2.4.")


def test_a_pass_is_no_use_to_another_guest(strict: Flask) -> None:
    client, thief = strict.test_client(), strict.test_client()
    give_proof(client)
    thief.post("/wish/1")
    cookie = client.get_cookie("pass-1")
    assert cookie is not None
    thief.set_cookie("pass-1", cookie.value)
    assert thief.post("/wish/1").text != "wished"
    thief.set_cookie("pass-1", "made.up")
    assert thief.post("/wish/1").text != "wished"


def test_a_pass_ends(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = asking(make_app(**EASY, proof_minutes=1))
    client = app.test_client()
    give_proof(client)
    guard: Guard = app.extensions[GUARD]
    old = guard.passes.dumps([1, uuid.uuid4().hex])
    assert old
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: 4_000_000_000)
    assert client.post("/wish/1").text != "wished"


def test_a_script_is_stopped_and_others_are_asked_too(make_app: MakeApp) -> None:
    app = asking(make_app(vote_rate_floor=30, proof_bits=4))
    answers = [app.test_client().post("/wish/1").text for _ in range(80)]
    assert answers[:30] == ["wished"] * 30
    assert answers[-1].startswith("1.")
    assert app.test_client().post("/wish/2").text == "wished"


def test_accounts_are_never_asked(strict: Flask, session: Session) -> None:
    client = strict.test_client()
    with strict.app_context():
        sign_in_as(client, session, "fan")
    assert client.post("/wish/1").text == "wished"


def test_with_redis_away_it_still_asks_and_lets_through(make_app: MakeApp, own_redis: BreakableRedis) -> None:
    app = asking(make_app(**EASY, redis_url=own_redis.url, redis_seconds=0.3))
    own_redis.stop()
    client = app.test_client()
    assert give_proof(client) == 303
    assert client.post("/wish/1").text == "wished"


def test_htmx_gets_it_at_the_row_and_a_form_the_other_ways(strict: Flask) -> None:
    client = strict.test_client()
    answer = client.post("/row/1", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (403, "#song-5 .refusal")
    assert 'data-challenge="1.4.' in answer.text
    assert "doing a small sum" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    plain = client.post("/row/1")
    assert (plain.status_code, plain.headers["Location"]) == (303, "/shows/1/proof")
