"""PostgreSQL and Redis for one drill, on folders and sockets of its own, to be stopped, frozen and filled."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, text

from benchmarks.drills.puppet import make_table
from benchmarks.processes import wait
from config import Settings, Sources
from setlist.app import create_app
from setlist.broker import Sender
from setlist.embedded import RunningPostgres, RunningRedis, start_postgres, start_redis
from setlist.extensions import db
from setlist.queue import outbox

STOP_SECONDS = 30


@dataclass(kw_only=True)
class Scene:
    """`environment`: in which programs see these servers."""

    folder: Path
    postgres: RunningPostgres
    redis: RunningRedis
    app: Flask
    engine: Engine
    environment: dict[str, str]
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def sender(self) -> Sender:
        sender: Sender = self.app.extensions["sender"]
        return sender

    @property
    def lease_seconds(self) -> float:
        settings: Settings = self.app.extensions["settings"]
        return settings.job_lease_seconds

    @property
    def redis_pid(self) -> int:
        with redis.Redis.from_url(self.redis.url) as client:
            return int(client.info("server")["process_id"])

    @property
    def postgres_pid(self) -> int:
        """The first process of the server."""
        return int((self.postgres.folder / "data/postmaster.pid").read_text().split("\n", 1)[0])

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def stop_redis(self) -> None:
        os.kill(self.redis_pid, signal.SIGTERM)
        wait("Redis has stopped", lambda: not self.redis.alive, seconds=STOP_SECONDS)

    def stop_postgres(self, number: int) -> None:
        """SIGINT: in order; SIGQUIT: as if it had crashed."""
        os.kill(self.postgres_pid, number)
        wait("PostgreSQL has stopped", lambda: not self.postgres.alive, seconds=STOP_SECONDS)


def now() -> datetime:
    """All processes of a drill are on one machine, so this is PostgreSQL's clock too."""
    return datetime.now(UTC)


@contextmanager
def open_scene(
    folder: Path,
    *,
    postgres_folder: Path | None = None,
    reach: Callable[[RunningPostgres, RunningRedis], tuple[str, str]] | None = None,
    postgres_options: Mapping[str, str] | None = None,
    **settings: object,
) -> Iterator[Scene]:
    """Migrated and empty. `reach`: prepares the servers for other addresses, and says them."""
    postgres = start_postgres(postgres_folder or folder, options=postgres_options)
    try:
        redis_server = start_redis(folder)
        try:
            urls = reach(postgres, redis_server) if reach else (postgres.url, redis_server.url)
            with _peopled(folder, postgres, redis_server, _values(urls, settings)) as scene:
                yield scene
        finally:
            redis_server.stop()
    finally:
        postgres.stop()


def _values(urls: tuple[str, str], settings: dict[str, object]) -> dict[str, object]:
    return {
        "database_url": urls[0],
        "redis_url": urls[1],
        "sources": Sources.SANDBOX.value,
        "log_level": "INFO",
        "redis_seconds": 0.5,  # several processes share two cores here
        **settings,
    }


@contextmanager
def _peopled(
    folder: Path, postgres: RunningPostgres, redis_server: RunningRedis, values: dict[str, object]
) -> Iterator[Scene]:
    app = create_app(Settings(_env_file=None, **(values | {"log_level": "ERROR"})))
    with app.app_context():
        upgrade()
        engine = db.engine
    with engine.begin() as connection:
        make_table(connection)
    try:
        yield Scene(
            folder=folder,
            postgres=postgres,
            redis=redis_server,
            app=app,
            engine=engine,
            environment={name.upper(): str(value) for name, value in values.items()},
            settings=values,
        )
    finally:
        outbox.connect(None)
        app.extensions["providers"].close()
        app.extensions["cache"].close()
        engine.dispose()
