import socket
import time

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from setlist.extensions import db
from setlist.web.errors import TEXTS
from tests.web.conftest import MakeApp

ACCEPT_PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
LIKELY = (400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


@pytest.fixture
def asking(probe: Flask) -> FlaskClient:
    probe.config["PROPAGATE_EXCEPTIONS"] = False
    return probe.test_client()


@pytest.fixture
def closed_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("status", LIKELY)
def test_browsers_read_a_page(asking: FlaskClient, status: int) -> None:
    response = asking.get(f"/fail?status={status}", headers=ACCEPT_PAGE)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert "<html" in response.text
    assert f"<h1>{TEXTS[status][0]}</h1>" in " ".join(response.text.split())


@pytest.mark.parametrize("status", LIKELY)
def test_programs_read_problem_json(asking: FlaskClient, status: int) -> None:
    response = asking.get(f"/fail?status={status}", headers={"Accept": "application/json"})
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    title, detail = TEXTS[status]
    assert response.json == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": response.headers["X-Request-ID"],
    }


def test_everything_under_api_is_problem_json(asking: FlaskClient) -> None:
    missing = asking.get("/api/nowhere", headers=ACCEPT_PAGE)
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("status", LIKELY)
def test_htmx_reads_a_fragment_for_the_place_of_messages(asking: FlaskClient, status: int) -> None:
    response = asking.get(f"/fail?status={status}", headers={"HX-Request": "true", "HX-Target": "results"})
    assert response.status_code == status
    assert response.headers["HX-Retarget"] == "#flash"
    assert response.headers["HX-Reswap"] == "innerHTML"
    assert TEXTS[status][0] in response.text
    assert "HX-Request" in response.headers["Vary"]


def test_a_boosted_link_gets_the_whole_page(asking: FlaskClient) -> None:
    response = asking.get("/nowhere", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert "HX-Retarget" not in response.headers
    assert "<html" in response.text


def test_a_text_given_to_abort_is_shown_and_escaped(asking: FlaskClient) -> None:
    response = asking.get("/say?text=Voting+closed+<script>", headers=ACCEPT_PAGE)
    assert response.status_code == 409
    assert "Voting closed &lt;script&gt;" in response.text


@pytest.mark.parametrize("path", ["/break", "/api/break"])
@pytest.mark.parametrize("headers", [ACCEPT_PAGE, {"HX-Request": "true"}, {"Accept": "application/json"}])
def test_what_broke_is_logged_and_not_told(
    asking: FlaskClient, caplog: pytest.LogCaptureFixture, path: str, headers: dict[str, str]
) -> None:
    response = asking.get(path, headers=headers)
    assert response.status_code == 500
    for inside in ("swordfish", "RuntimeError", "Traceback", ".py"):
        assert inside not in response.text
    assert "swordfish" in caplog.text


def test_a_missing_field_does_not_name_the_code(asking: FlaskClient) -> None:
    response = asking.get("/fail", headers=ACCEPT_PAGE)
    assert response.status_code == 400
    assert "KeyError" not in response.text


def test_a_wrong_method_is_told_which_ones_are_right(asking: FlaskClient) -> None:
    response = asking.delete("/who")
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_too_large_a_form_is_refused(asking: FlaskClient) -> None:
    assert asking.post("/form", data={"text": "x" * 300_000}).status_code == 413
    assert (
        asking.post("/form", data={"text": "x" * 100_000}, content_type="multipart/form-data").status_code
        == 413
    )
    many = {f"field{number}": "x" for number in range(500)}
    assert asking.post("/form", data=many, content_type="multipart/form-data").status_code == 413


@pytest.mark.parametrize("headers", [ACCEPT_PAGE, {"HX-Request": "true"}, {"Accept": "application/json"}])
def test_without_its_database_the_site_asks_to_come_back(
    make_app: MakeApp, closed_port: int, headers: dict[str, str]
) -> None:
    away = make_app(database_url=f"postgresql+psycopg://postgres:secret@127.0.0.1:{closed_port}/none")
    response = away.test_client().get("/query", headers=headers)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    for inside in ("psycopg", "secret", str(closed_port), "Traceback", "sqlalche"):
        assert inside not in response.text


def test_a_page_that_needs_no_data_works_without_a_database(make_app: MakeApp, closed_port: int) -> None:
    away = make_app(database_url=f"postgresql+psycopg://postgres@127.0.0.1:{closed_port}/none")
    assert away.test_client().post("/write").status_code == 200


def test_a_database_that_refuses_to_accept_is_a_503_within_the_connect_timeout(make_app: MakeApp) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        port = silent.getsockname()[1]
        away = make_app(database_url=f"postgresql+psycopg://postgres@127.0.0.1:{port}/none")
        assert away.test_client().get("/query").status_code == 503


def test_a_statement_that_takes_too_long_is_a_503(probe: Flask) -> None:
    def sleep() -> str:
        db.session.execute(text("SET LOCAL statement_timeout = 50"))
        return str(db.session.scalar(text("SELECT pg_sleep(30)")))

    probe.add_url_rule("/sleep", "sleep", sleep)
    assert probe.test_client().get("/sleep").status_code == 503


def test_connections_cut_by_a_restart_are_replaced(probe: Flask, postgres_url: str) -> None:
    client = probe.test_client()
    assert client.get("/query").text == "1"
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and client.get("/query").status_code != 200:
            time.sleep(0.05)
    assert client.get("/query").text == "1"


def test_where_the_layout_itself_is_broken_a_plain_page_says_it(
    asking: FlaskClient, probe: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    del probe.jinja_env.globals["asset"]
    response = asking.get("/nowhere", headers=ACCEPT_PAGE)
    assert response.status_code == 404
    assert TEXTS[404][0] in response.text
    assert "asset" not in response.text
    assert "could not be rendered" in caplog.text
