"""What is wrong, what runs, who works: one page, renewed every few seconds."""

from datetime import UTC, datetime

from flask import Response, current_app, url_for

from config import Settings
from setlist.admin.acting import tell, told
from setlist.admin.overview import Known, overview
from setlist.extensions import db
from setlist.web import health
from setlist.web.rendering import private, render, wants_fragment


def dashboard() -> Response:
    return private(_page(told()))


def board(message: str) -> Response:
    """After an action: the page for a form, the renewed board for htmx."""
    if not wants_fragment():
        return tell(message, url_for("admin.dashboard"))
    return private(_page(message))


def _page(message: str = "") -> Response:
    settings: Settings = current_app.extensions["settings"]
    found = overview(
        db.session(),
        Known(
            health=health.check(),
            providers=current_app.extensions["providers"],
            cache=current_app.extensions["cache"].stats(),
        ),
        now=datetime.now(UTC),
        alive_seconds=settings.job_lease_seconds,
    )
    return render(
        "admin/dashboard.html",
        fragments=("board",),
        overview=found,
        message=message,
        sources=settings.data_sources.value,
    )
