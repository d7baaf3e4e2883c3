"""Flask's extensions, unbound: app.create_app() binds them. Flask-Security's is in web/sign_in.py."""

from flask_apscheduler import APScheduler
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from htmx_flask import Htmx

db = SQLAlchemy()
migrate = Migrate()
htmx = Htmx()
scheduler = APScheduler()


class DecoratedLimits(Limiter):
    """Every limit here stands at its view, which asks for it: no request is looked through for others."""

    def _check_request_limit(
        self,
        callable_name: str | None = None,
        in_middleware: bool = True,  # noqa: FBT001, FBT002 - the library's own
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = DecoratedLimits(key_func=get_remote_address)
