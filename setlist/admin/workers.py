"""The worker processes: who is alive, and what each has in hand."""

from datetime import UTC, datetime

from flask import Response, current_app

from config import Settings
from setlist.extensions import db
from setlist.queue.groups import GROUPS
from setlist.queue.registry import crews
from setlist.queue.registry import workers as registered
from setlist.web.rendering import private, render


def workers() -> Response:
    settings: Settings = current_app.extensions["settings"]
    lines = registered(db.session(), datetime.now(UTC), settings.job_lease_seconds)
    page = render(
        "admin/workers.html",
        fragments=("workers_table",),
        lines=lines,
        crews=crews(lines),
        groups=GROUPS,
    )
    return private(page)
