"""create_app(): settings, extensions, providers, blueprints, errors, in this order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from config import Settings
from setlist.admin import admin
from setlist.api import api
from setlist.broker import Sender
from setlist.complaints import load_settings
from setlist.extensions import db, htmx, migrate
from setlist.pages import blueprints as fans_pages
from setlist.providers.sources import Providers
from setlist.queue import outbox
from setlist.services.cache import Cache
from setlist.services.connections import ping_before_use
from setlist.services.redis_client import RedisLink
from setlist.settings.peers import OURS, THEIRS
from setlist.web import logs, setup

ROOT = Path(__file__).parent.parent
CONNECT_SECONDS = 3
SESSION = {
    "statement_timeout": 8_000,  # milliseconds
    "timezone": "UTC",
    # The server's own guess is a spinning disk, for which it would rather read a whole table.
    "random_page_cost": 1.1,
    **THEIRS,
}
BLUEPRINTS = (*fans_pages, admin, api)


class App(Flask):
    """Flask would look at each hook and view of each request for being async; none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings | None = None, *, redis_seconds: float | None = None) -> Flask:
    """The app for web, worker, clock and CLI. Settings that are wrong or missing end the program.

    `redis_seconds`: for programs that may wait for Redis longer than a page.
    """
    settings = settings or load_settings(with_servers=True)
    logs.configure(settings.log_level)
    app = App("setlist")
    app.config.from_mapping(_flask_settings(settings))
    app.extensions["settings"] = settings
    if settings.redis_url is not None:
        seconds = redis_seconds or settings.redis_seconds
        _reach_redis(app, settings, RedisLink(settings.redis_url, seconds=seconds))
    link: RedisLink | None = app.extensions.get("redis_link")
    app.extensions["cache"] = Cache(link.client(texts=False) if link is not None else None)
    _bind_extensions(app)
    with app.app_context():
        ping_before_use(db.engine)
    app.extensions["providers"] = _providers(app, settings)
    setup.install(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.web_threads,
            "pool_use_lifo": True,  # a server process that was just asked has everything at hand
            "connect_args": {
                "connect_timeout": CONNECT_SECONDS,
                **OURS,
                "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
            },
        },
    }


def _reach_redis(app: Flask, settings: Settings, link: RedisLink) -> None:
    app.extensions["redis_link"] = link
    app.extensions["redis"] = link.client()
    app.extensions["sender"] = Sender(link.client(texts=False))
    outbox.connect(app.extensions["sender"], attempts=settings.job_attempts)


def _providers(app: Flask, settings: Settings) -> Providers:
    """Nothing is connected before the first call, and pages make none."""
    with app.app_context():
        engine = db.engine
    return Providers(
        settings=settings,
        connection=app.extensions.get("redis"),
        cache=app.extensions["cache"],
        open_session=lambda: Session(engine),
    )


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    htmx.init_app(app)
