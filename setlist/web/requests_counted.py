"""Counts what is asked of the site, for the pattern that heavy work keeps out of the way of."""

from flask import Flask, Response, request
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.services.traffic import RequestKind, TrafficCounter

# By blueprint; what has none is a page too. Pictures and files are kept by browsers and say little.
KINDS = {"votes": RequestKind.VOTE, "api": RequestKind.API, "admin": RequestKind.ADMIN}
UNCOUNTED = {"static", "pictures"}
HEALTH = "api.health"  # asked by machines, at any hour alike


def install(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    counter = TrafficCounter(lambda: Session(engine))
    app.extensions["traffic"] = counter

    @app.after_request
    def count(response: Response) -> Response:
        if (kind := _kind()) is not None:
            counter.note(kind, failed=response.status_code >= 500)
        return response


def _kind() -> RequestKind | None:
    if request.endpoint in {None, HEALTH}:
        return None if request.endpoint else RequestKind.PAGE
    place = request.blueprint or request.endpoint or ""
    return None if place in UNCOUNTED else KINDS.get(place, RequestKind.PAGE)
