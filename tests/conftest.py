"""The real PostgreSQL and Redis for every test: those of DATABASE_URL and REDIS_URL, else embedded ones."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from config import Settings, Sources
from setlist.app import create_app
from setlist.clock import send_due, take_back
from setlist.extensions import db
from setlist.queue import outbox
from setlist.web.sign_in import security
from tests.broken_redis import BreakableRedis, breakable_redis
from tests.emptying import empty_tables, leave_statistics_alone
from tests.servers import let_go, scratch_postgres, scratch_redis, sender_to

JOURNEYS = "tests/journeys/"
LONGEST_FIRST = (
    JOURNEYS,
    "tests/pipeline/test_weather.py",
    "tests/cli/test_run.py",
    "tests/pipeline/test_artist_import.py",
    "tests/pipeline/test_backlog.py",
    "tests/queue/test_drills.py",
    "tests/worker/test_life.py",
    "tests/cli/test_workers.py",
    "tests/web/test_every_form.py",
    "tests/web/test_hostile_text.py",
    "tests/models/test_query_plans.py",
    "tests/test_bootstrap.py",
)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return ByFile(config, log)


class ByFile(LoadScopeScheduling):
    """What shares costly fixtures stays in one process: a file's tests, and all journeys."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return JOURNEYS if file.startswith(JOURNEYS) else file


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long goes first, so that no process is left alone with it in the end."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return places.get(JOURNEYS if file.startswith(JOURNEYS) else file, len(places))

    items.sort(key=place)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with scratch_postgres(tmp_path_factory.mktemp("engines")) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with scratch_redis(tmp_path_factory.mktemp("engines")) as url:
        yield url


@pytest.fixture(scope="session")
def settings(postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None,
        database_url=postgres_url,
        redis_url=redis_url,
        sources=Sources.SANDBOX,
        var_dir=Path(tmp_path_factory.mktemp("var")),
        job_lease_seconds=4,
        page_cache_seconds=0,  # tests look at what they changed a moment ago
        redis_seconds=2,  # a machine that runs tests side by side is slower than a dead Redis
    )


@pytest.fixture(scope="session")
def migrated_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    security.pwd_context.update(argon2__time_cost=1, argon2__memory_cost=1024)  # kibibytes; hundreds sign in
    with app.app_context():
        upgrade()
        leave_statistics_alone(db.session())
        db.session.commit()
    yield app
    let_go(app)


@pytest.fixture
def app(migrated_app: Flask, settings: Settings, redis_client: redis.Redis) -> Iterator[Flask]:
    """The app over empty tables and an empty Redis, its jobs sent there whatever a test did before."""
    outbox.connect(sender_to(settings), attempts=settings.job_attempts)
    # What an earlier test made of breakers and budgets is in the memory of its process too.
    providers = replace(migrated_app.extensions["providers"])
    migrated_app.extensions["providers"] = providers
    migrated_app.extensions["traffic"].flush()  # what an earlier test asked for
    migrated_app.extensions["vote_counts"].forget()
    with migrated_app.app_context():
        empty_tables(db.session())
        if db.session.scalar(text("SELECT EXISTS (TABLE trending_shows) OR EXISTS (TABLE trending_artists)")):
            db.session.execute(text("SELECT refresh_trending_data()"))  # what an earlier test refreshed
        db.session.commit()
        yield migrated_app
        db.session.remove()
        providers.close()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the app's context; commits are real and gone before the next test."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def _breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableRedis]:
    with breakable_redis(tmp_path_factory.mktemp("breakable")) as server:
        yield server


@pytest.fixture
def own_redis(_breakable: BreakableRedis) -> Iterator[BreakableRedis]:
    """Another Redis, empty and well, to be broken; it is repaired afterwards."""
    with _breakable.client() as client:
        client.flushall()
    yield _breakable
    _breakable.repair()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2)
    connection.flushdb()
    yield connection
    connection.close()


@pytest.fixture
def ticking(app, settings) -> Iterator[None]:
    """What the clock does with jobs, often."""
    engine, sender, stopping = db.engine, sender_to(settings), threading.Event()

    def tick() -> None:
        while not stopping.wait(0.1):
            take_back(engine)
            send_due(engine, sender)

    thread = threading.Thread(target=tick)
    thread.start()
    yield
    stopping.set()
    thread.join(10)
