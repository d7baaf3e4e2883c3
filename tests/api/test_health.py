import socket

from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from setlist.extensions import db
from tests.admin.conftest import operator
from tests.web.conftest import MakeApp

__all__ = ["operator"]

PARTS = {"database", "redis", "migrations", "workers", "clock", "queues"}


def test_each_part_has_a_state_and_a_latency_where_one_was_measured(client: FlaskClient) -> None:
    answer = client.get("/api/health")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = answer.json
    assert found["state"] == "degraded"
    assert set(found["parts"]) == PARTS
    assert set(found["providers"]) == {"musicbrainz", "ticketmaster", "setlistfm", "spotify"}
    assert found["parts"]["database"]["latency_ms"] > 0
    assert all(set(part) == {"state", "latency_ms", "detail"} for part in found["parts"].values())


def test_strangers_are_not_told_where_the_clock_runs(client: FlaskClient, operator: FlaskClient) -> None:
    engine = create_engine(db.engine.url, connect_args={"application_name": "setlist clock host.example:12"})
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        told, page = client.get("/api/health"), operator.get("/admin/")
    engine.dispose()
    assert told.json["parts"]["clock"] == {"state": "ok", "latency_ms": None, "detail": "one leads"}
    assert "host.example" not in told.text
    assert "one leads: host.example:12" in " ".join(page.text.split())


def test_a_site_that_cannot_serve_says_503_and_names_nothing_inside(make_app: MakeApp) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url = f"postgresql+psycopg://keeper:swordfish@127.0.0.1:{port}/none"
    answer = make_app(database_url=url).test_client().get("/api/health")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["state"] == "failed"
    for inside in ("swordfish", "keeper", str(port), "psycopg"):
        assert inside not in answer.text


def test_without_redis_it_is_degraded_and_200(make_app: MakeApp) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    answer = make_app(redis_url=f"redis://127.0.0.1:{port}/0").test_client().get("/api/health")
    assert (answer.status_code, answer.json["parts"]["redis"]["state"]) == (200, "degraded")
