"""Everything that stands between the network and a view, in the order in which it acts."""

from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings
from setlist.web import (
    address_mark,
    errors,
    filters,
    headers,
    health,
    identity,
    limits,
    logs,
    origin,
    page_cache,
    requests_counted,
    sign_in,
    slow_bodies,
    vote_guard,
    voters,
)

LARGEST_REQUEST = 256 * 1024  # forms only: nobody uploads anything
LARGEST_FORM_FIELD = 64 * 1024
MOST_FORM_PARTS = 200


def install(app: Flask, settings: Settings) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_FIELD,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    _believe_proxies(app, settings.trusted_proxies)
    logs.install(app, settings)
    requests_counted.install(app)
    origin.install(app, settings)
    headers.install(app, settings)
    errors.install(app)
    slow_bodies.install(app, settings)
    identity.install(app, settings)
    limits.install(app, settings)
    sign_in.install(app, settings)
    voters.install(app)
    address_mark.install(app, settings)
    vote_guard.install(app, settings)
    health.install(app, settings)
    filters.register(app)
    page_cache.install(app, settings)


def _believe_proxies(app: Flask, count: int) -> None:
    """Without proxies anyone could write these headers, and be any address."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
