"""Every error in the form that the asker reads: a page, a fragment for htmx, or problem+json."""

import logging
from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from jinja2 import TemplateNotFound
from markupsafe import Markup
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from setlist.web.limits import seconds_to_wait
from setlist.web.logs import request_id

log = logging.getLogger(__name__)

DATABASE_RETRY_SECONDS = 5
JSON_TYPES = ("application/problem+json", "application/json")
KEPT_HEADERS = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
TEXTS = {
    400: ("That did not arrive whole", "Go back, reload the page and try again."),
    403: ("Not for you", "You may not do this here."),
    404: ("Nothing here", "The page may have moved. Search for the artist instead."),
    405: ("Not like this", "This address does not take that kind of request."),
    409: ("Something changed meanwhile", "Reload the page to see how it is now."),
    413: ("Too much at once", "What was sent is larger than anything this site needs."),
    415: ("Wrong kind of content", "This address does not read that format."),
    422: ("That cannot be right", "Look over what you entered and try again."),
    429: ("A little too fast", "Wait a moment, then try again."),
    500: ("Something broke here", "It is our fault and it has been noted. Try again in a minute."),
    503: (
        "Back in a moment",
        "The site cannot reach its data. Nothing is lost. Try again shortly.",
    ),
}
LAST_RESORT = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    '<main><h1>{title}</h1><p>{detail}</p><p><a href="/">Setlist</a></p></main></html>'
)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What went wrong, in words that may be shown to anyone."""

    status: int
    title: str
    detail: str
    headers: dict[str, str]


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    for error in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(error, _database)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    title, usual = TEXTS.get(status, (error.name, "The request could not be answered."))
    headers = {name: value for name, value in error.get_headers() if name in KEPT_HEADERS}
    # Only a text given to abort() is meant for visitors.
    detail = vars(error).get("description") or usual
    if isinstance(error, RateLimitExceeded):
        wait = seconds_to_wait()
        headers["Retry-After"] = str(wait)
        detail = f"Too many tries. Try again in {_in_words(wait)}."
    return _answer(Problem(status=status, title=title, detail=detail, headers=headers))


def _database(error: SQLAlchemyError) -> Response:
    """The database is away, frozen or overloaded: visitors are told to come back."""
    log.warning("database unavailable: %s", getattr(error, "orig", None) or error)
    title, detail = TEXTS[503]
    headers = {"Retry-After": str(DATABASE_RETRY_SECONDS)}
    return _answer(Problem(status=503, title=title, detail=detail, headers=headers))


def _answer(problem: Problem) -> Response:
    if _wants_json():
        response = _json(problem)
    elif request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        response = _fragment(problem)
    else:
        response = make_response(_html(problem, f"errors/{problem.status}.html", "errors/error.html"))
    response.status_code = problem.status
    response.headers.extend(problem.headers)
    response.vary.update(("Accept", "HX-Request", "HX-Boosted"))
    return response


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(("text/html", *JSON_TYPES)) in JSON_TYPES


def _json(problem: Problem) -> Response:
    response = jsonify(
        type="about:blank",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        request_id=request_id(),
    )
    response.content_type = "application/problem+json"
    return response


def _fragment(problem: Problem) -> Response:
    """htmx puts it where messages are shown, whatever the element wanted to change."""
    response = make_response(_html(problem, "errors/_error.html"))
    response.headers["HX-Retarget"] = "#flash"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _html(problem: Problem, *templates: str) -> str:
    try:
        return render_template(list(templates), problem=problem, request_id=request_id())
    except TemplateNotFound:
        log.error("no template of %s", ", ".join(templates))
    except Exception:  # the layout itself may be what is broken, or need the database that is away
        log.exception("the error page could not be rendered")
    return LAST_RESORT.format(title=problem.title, detail=problem.detail)


def _in_words(seconds: int) -> str:
    if seconds < 90:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"
