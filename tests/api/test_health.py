import socket

from flask.testing import FlaskClient

from tests.web.conftest import MakeApp

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
