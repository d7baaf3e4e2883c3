"""A scratch database and a Redis for tests and benchmarks: on the servers of DATABASE_URL and REDIS_URL
where they are set, else on embedded ones."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql

from config import Settings
from setlist.broker import Sender
from setlist.embedded import start_postgres, start_redis
from setlist.extensions import db
from setlist.services.redis_client import RedisLink

# Of a given server: tests flush theirs, and those that run side by side have one each.
FIRST_REDIS_DATABASE, LAST_REDIS_DATABASE = 9, 15


@contextmanager
def scratch_postgres(folder: Path) -> Iterator[str]:
    """The URL of a new, empty database; dropped at the end."""
    server_url = os.environ.get("DATABASE_URL") or None
    running = None
    if server_url is None:
        running = start_postgres(folder, durable=False)
        server_url = running.url
    server_url = server_url.replace("postgresql+psycopg://", "postgresql://")
    name = f"setlist_test_{os.getpid()}_{secrets.token_hex(3)}"
    try:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield _with_database(server_url, name)
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    finally:
        if running is not None:
            running.stop()


@contextmanager
def scratch_redis(folder: Path) -> Iterator[str]:
    """The URL of a Redis database that may be flushed: numbers 9 to 15 of a given server."""
    given = os.environ.get("REDIS_URL") or None
    if given is not None:
        has_number = given.count("/") > 2 and given.rpartition("/")[2] != ""
        yield given if has_number else f"{given.rstrip('/')}/{_redis_database()}"
        return
    running = start_redis(folder)
    try:
        yield running.url
    finally:
        running.stop()


def sender_to(settings: Settings) -> Sender:
    """The queue's transport, with a link of its own."""
    assert settings.redis_url is not None
    return Sender(RedisLink(settings.redis_url, seconds=settings.redis_seconds).client(texts=False))


def let_go(app: Flask) -> None:
    """What an app holds: else a thread of its own may open a connection after those were closed."""
    for name in ("traffic", "vote_counts", "page_cache", "cache", "providers"):
        app.extensions[name].close()
    with app.app_context():
        db.engine.dispose()


def _redis_database() -> int:
    side_by_side = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return FIRST_REDIS_DATABASE + side_by_side % (LAST_REDIS_DATABASE - FIRST_REDIS_DATABASE + 1)


def _with_database(url: str, name: str) -> str:
    """The same server, another database."""
    before, _, query = url.partition("?")
    scheme, _, rest = before.partition("://")
    authority = rest.split("/", 1)[0]
    return f"{scheme}://{authority}/{name}" + (f"?{query}" if query else "")
