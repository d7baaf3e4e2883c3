import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from config import Settings, Sources
from setlist.extensions import db
from setlist.models import QueueJob, QueuePause, Worker
from setlist.web import health
from setlist.web.health import State
from tests.broken_redis import BreakableRedis
from tests.web.conftest import MakeApp

CALM = ("database", "redis", "migrations", "queues")


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is well may answer late here: other tests run beside these."""
    monkeypatch.setattr(health, "DEADLINE_SECONDS", 2.5)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and never says a word, like a server that is frozen."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield listener.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _check(app: Flask) -> health.Health:
    with app.app_context():
        return health.check()


def _worker(session: Session, *, silent: float, stopped: bool = False) -> None:
    beat = datetime.now(UTC) - timedelta(seconds=silent)
    stopped_at = beat if stopped else None
    worker = Worker(
        id=f"w{silent}", host="h", pid=1, threads=4, version="", heartbeat_at=beat, stopped_at=stopped_at
    )
    session.add(worker)
    session.commit()


def test_alone_with_its_servers_the_site_serves_but_misses_workers_and_clock(app: Flask) -> None:
    found = _check(app)
    assert found.state is State.DEGRADED
    assert {name: found.parts[name].state for name in CALM} == dict.fromkeys(CALM, State.OK)
    assert found.parts["workers"].state is State.DEGRADED
    assert found.parts["clock"].state is State.DEGRADED
    for name in ("database", "redis"):
        latency = found.parts[name].latency_ms
        assert latency is not None
        assert latency > 0


def test_with_a_worker_and_a_clock_all_is_well(app: Flask, session: Session) -> None:
    _worker(session, silent=0.5)
    engine = create_engine(db.engine.url, connect_args={"application_name": "setlist clock host.example:12"})
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        found = _check(app)
    engine.dispose()
    assert found.state is State.OK
    assert found.parts["workers"].detail == "1 alive"
    assert (found.parts["clock"].detail, found.parts["clock"].where) == ("one leads", "host.example:12")


def test_a_silent_or_stopped_worker_does_not_count(app: Flask, session: Session) -> None:
    _worker(session, silent=60)
    _worker(session, silent=1, stopped=True)
    assert _check(app).parts["workers"].state is State.DEGRADED


@pytest.mark.parametrize(
    ("waits", "paused", "state"),
    [
        (5, "", State.OK),
        (300, "", State.DEGRADED),
        (300, "paused", State.OK),
        (-300, "", State.OK),
    ],
)
def test_a_job_that_waits_for_long_says_that_workers_do_not_keep_up(
    app: Flask,
    session: Session,
    waits: float,
    paused: str,
    state: State,
) -> None:
    run_at = datetime.now(UTC) - timedelta(seconds=waits)
    session.add(QueueJob(queue="artist_import", args={}, max_attempts=5, run_at=run_at))
    if paused == "paused":
        session.add(QueuePause(queue="artist_import"))
    session.commit()
    assert _check(app).parts["queues"].state is state


def test_the_oldest_due_job_of_all_queues_that_are_not_paused_counts(app: Flask, session: Session) -> None:
    waits = {"artist_search": (40, 90), "artist_import": (200, -5), "trending_calc": (4000,)}
    now = datetime.now(UTC)
    for queue, seconds in waits.items():
        for wait in seconds:
            run_at = now - timedelta(seconds=wait)
            session.add(QueueJob(queue=queue, args={}, max_attempts=5, run_at=run_at))
    session.add(QueuePause(queue="trending_calc"))
    session.commit()
    found = re.search(r"waits for (\d+) s", _check(app).parts["queues"].detail)
    assert found
    assert 200 <= int(found[1]) < 4000


@pytest.mark.parametrize(
    ("revision", "state"), [("0001", State.FAILED), ("9999", State.DEGRADED), (None, State.FAILED)]
)
def test_tables_older_than_the_code_do_not_serve_and_newer_ones_do(
    app: Flask, session: Session, revision: str | None, state: State
) -> None:
    before = session.scalar(text("SELECT version_num FROM alembic_version"))
    try:
        session.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": revision or ""})
        if revision is None:
            session.execute(text("DELETE FROM alembic_version"))
        session.commit()
        found = _check(app)
    finally:
        session.execute(text("DELETE FROM alembic_version"))
        session.execute(text("INSERT INTO alembic_version VALUES (:before)"), {"before": before})
        session.commit()
    assert found.parts["migrations"].state is state
    assert (found.state is State.FAILED) == (state is State.FAILED)


def test_an_empty_database_does_not_serve(make_app: MakeApp) -> None:
    url = db.engine.url.set(database="postgres").render_as_string(hide_password=False)
    found = _check(make_app(database_url=url))
    assert found.state is State.FAILED
    assert found.parts["database"].state is State.OK
    assert found.parts["migrations"].state is State.FAILED
    assert found.parts["workers"].state is State.UNKNOWN


def test_without_its_database_it_does_not_serve(make_app: MakeApp, closed_port: int) -> None:
    found = _check(make_app(database_url=f"postgresql+psycopg://postgres@127.0.0.1:{closed_port}/none"))
    assert found.state is State.FAILED
    states = {name: part.state for name, part in found.parts.items()}
    assert states == {
        "database": State.FAILED,
        "redis": State.OK,
        "migrations": State.UNKNOWN,
        "workers": State.UNKNOWN,
        "clock": State.UNKNOWN,
        "queues": State.UNKNOWN,
    }


def test_a_frozen_database_is_not_waited_for(make_app: MakeApp, silent_port: int) -> None:
    frozen = make_app(database_url=f"postgresql+psycopg://postgres@127.0.0.1:{silent_port}/none")
    for _ in range(2):
        assert _check(frozen).parts["database"].detail == "no answer"


@pytest.mark.parametrize("kind", ["closed_port", "silent_port"])
def test_without_redis_it_serves(make_app: MakeApp, request: pytest.FixtureRequest, kind: str) -> None:
    port = request.getfixturevalue(kind)
    found = _check(make_app(redis_url=f"redis://127.0.0.1:{port}/0"))
    assert found.parts["redis"].state is State.DEGRADED
    assert found.parts["database"].state is State.OK
    assert found.state is State.DEGRADED


@pytest.mark.parametrize(
    ("way", "detail"),
    [
        ("stopped", "no answer"),
        ("frozen", "no answer"),
        ("full", "full or read-only"),
        ("read-only", "full or read-only"),
    ],
)
def test_a_redis_that_breaks_degrades_it_until_it_is_repaired(
    make_app: MakeApp, own_redis: BreakableRedis, way: str, detail: str
) -> None:
    app = make_app(redis_url=own_redis.url, redis_seconds=0.3)
    app.extensions["redis_link"].breaker._rest = 0.0
    assert _check(app).parts["redis"].state is State.OK
    own_redis.break_as(way)
    for _ in range(2):
        found = _check(app).parts["redis"]
        assert found.state is State.DEGRADED
        assert found.detail.startswith(detail)
    own_redis.repair()
    assert _check(app).parts["redis"].state is State.OK


class TestProviders:
    def test_in_the_sandbox_all_are_on(self, settings: Settings) -> None:
        found = health.providers(settings)
        assert {part.detail for part in found.values()} == {"sandbox"}

    def test_live_ones_are_on_with_their_keys(self, settings: Settings) -> None:
        live = {"sources": Sources.LIVE, "ticketmaster_key": SecretStr("k"), "spotify_client_id": "half"}
        found = health.providers(settings.model_copy(update=live))
        assert {name: part.state for name, part in found.items()} == {
            "musicbrainz": State.OK,
            "ticketmaster": State.OK,
            "setlistfm": State.OFF,
            "spotify": State.OFF,
        }
