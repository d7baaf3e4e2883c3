"""Apps of a test's own, with a few views to ask."""

from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import pytest
from flask import Flask, Response, abort, make_response, request
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config import Settings
from setlist.app import create_app
from setlist.extensions import db
from setlist.web import limits
from setlist.web.identity import ensure_fan_key, fan_key
from setlist.web.limits import limit_imports, limit_login, limit_lookups, limit_votes
from tests.servers import let_go

MakeApp = Callable[..., Flask]


class Visitor(FlaskClient):
    """Asks from outside: without it requests would share the app context, and `g`, of the test itself."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Visitor(app, app.response_class, use_cookies=True)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Somebody else, without any cookie of the first."""
    return Visitor(app, app.response_class, use_cookies=True)


@pytest.fixture
def make_app(app: Flask, settings: Settings) -> Iterator[MakeApp]:
    """Like the app of the other tests, with other settings."""

    made_apps = []

    def make(**changed: Any) -> Flask:
        made = create_app(settings.model_copy(update=changed))
        made.test_client_class = Visitor
        made_apps.append(made)
        for path, view in VIEWS.items():
            made.add_url_rule(path, path.strip("/"), view, methods=["GET", "POST"])
        return made

    yield make
    for made in made_apps:
        let_go(made)
    # The limiter is one for the process: it goes back to the Redis of the other tests.
    limits.install(app, settings)


@pytest.fixture
def probe(make_app: MakeApp) -> Flask:
    return make_app()


def _who() -> str:
    return str(fan_key())


def _write() -> str:
    return str(ensure_fan_key())


def _public() -> Response:
    response = make_response("the same for everyone")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _public_write() -> Response:
    ensure_fan_key()
    return _public()


def _fail() -> Response:
    abort(int(request.args["status"]))


def _say() -> Response:
    abort(409, request.args["text"])


def _break() -> str:
    raise RuntimeError("the password is swordfish")


def _query() -> str:
    return str(db.session.scalar(text("SELECT 1")))


def _form() -> str:
    return str(len(request.form))


def _address() -> str:
    return f"{limits.address()} {request.host_url}"


# Named functions: the limiter tells views apart by their names.
@limit_votes
def _vote() -> str:
    return "voted"


@limit_lookups
def _look_up() -> str:
    return "looked up"


@limit_imports
def _import() -> str:
    return "imported"


@limit_login
def _try_login() -> str:
    return "tried"


VIEWS: dict[str, Callable[[], Any]] = {
    "/who": _who,
    "/write": _write,
    "/public": _public,
    "/public_write": _public_write,
    "/fail": _fail,
    "/say": _say,
    "/break": _break,
    "/api/break": _break,
    "/query": _query,
    "/form": _form,
    "/address": _address,
    "/vote": _vote,
    "/lookup": _look_up,
    "/import": _import,
    "/try_login": _try_login,
}
