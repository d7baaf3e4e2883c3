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
limiter = Limiter(key_func=get_remote_address)
