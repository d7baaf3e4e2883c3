"""The real PostgreSQL and Redis for every test: those of DATABASE_URL and REDIS_URL, else embedded ones."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg import sql
from setlist.embedded import start_postgres, start_redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from config import Settings, Sources
from setlist.app import create_app
from setlist.extensions import db
from setlist.models import Base

REDIS_TEST_DATABASE = 9
ALL_TABLES = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this run's own on a real server; dropped at the end."""
    server_url = os.environ.get("DATABASE_URL")
    running = None
    if server_url is None:
        running = start_postgres(tmp_path_factory.mktemp("engines"))
        server_url = running.url
    server_url = server_url.replace("postgresql+psycopg://", "postgresql://")
    name = f"setlist_test_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield _with_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    if running is not None:
        running.stop()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis database that tests may flush: number 9 of a given server."""
    given = os.environ.get("REDIS_URL")
    if given is not None:
        yield f"{given.rstrip('/')}/{REDIS_TEST_DATABASE}" if given.count("/") < 3 else given
        return
    running = start_redis(tmp_path_factory.mktemp("engines"))
    yield running.url
    running.stop()


@pytest.fixture(scope="session")
def settings(postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None,
        database_url=postgres_url,
        redis_url=redis_url,
        sources=Sources.SANDBOX,
        var_dir=Path(tmp_path_factory.mktemp("var")),
        job_lease_seconds=4,
    )


@pytest.fixture(scope="session")
def migrated_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.testing = True
    with app.app_context():
        upgrade()
    return app


@pytest.fixture
def app(migrated_app: Flask, redis_client: redis.Redis) -> Iterator[Flask]:
    """The app over empty tables and an empty Redis."""
    with migrated_app.app_context():
        db.session.execute(text(f"TRUNCATE {ALL_TABLES} RESTART IDENTITY CASCADE"))
        db.session.commit()
        yield migrated_app
        db.session.remove()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the app's context; commits are real and gone before the next test."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2)
    connection.flushdb()
    yield connection
    connection.close()


def _with_database(url: str, name: str) -> str:
    """The same server, another database."""
    before, _, query = url.partition("?")
    scheme, _, rest = before.partition("://")
    authority = rest.split("/", 1)[0]
    return f"{scheme}://{authority}/{name}" + (f"?{query}" if query else "")
