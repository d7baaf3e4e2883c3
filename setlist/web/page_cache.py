"""Whole pages that are the same bytes for everyone, kept for some seconds and served by all processes.

A page is rendered from its address alone: without the visitor's cookies or any of their headers, so that
nothing of theirs can get into it. How old one may be:

- PAGE_CACHE_SECONDS at most, or MOVING_SECONDS where an import is running on it;
- for a fan who wrote something, no older than what they wrote: a cookie says when that was;
- one forgotten by a view is made anew, even if it is being made at that moment;
- a day while one visitor's request makes it anew, or while the database is away;
- a page warmed ahead answers its first reader as it is, and is made anew once that answer is out.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from flask import Flask, Response, after_this_request, current_app, g, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import EnvironBuilder

from config import Settings
from setlist.services.asked_paths import AskedPaths
from setlist.services.cache import Cache, KeptFor
from setlist.services.cache_namespace import JITTER
from setlist.services.cache_turn import AHEAD_SECONDS

log = logging.getLogger(__name__)

NAMESPACE = "pages"
STALE_SECONDS = 86_400.0
LONGEST_WAIT = 4.0  # for another's rendering
MOVING_SECONDS = 2.0
CLOCKS_DIFFER = 1.0  # between hosts, at most
LAST_PAGE = 500
KEPT_HEADERS = ("Content-Type", "Vary", "ETag", "Cache-Control")
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
# Views, and which arguments of theirs make another page. All others are ignored, but for those that pass.
PAGES = {
    "home.index": (),
    "artists.show": ("songs", "page"),
    "venues.show": (),
    "shows.show": (),
    "api.tallies": (),
}
PERSONAL = "fan"

Record = dict[str, Any]


def install(app: Flask, settings: Settings) -> None:
    """Last of all that stands before a view: what refuses a request does so first."""
    pages = PageCache(app, settings)
    app.extensions["page_cache"] = pages
    if pages.is_on:
        app.before_request(pages.answer)


def forget(endpoint: str, **values: int) -> None:
    """What a view wrote is on this page."""
    pages: PageCache = current_app.extensions["page_cache"]
    pages.forget(endpoint, values)


def wrote() -> None:
    """The visitor wrote something: for them no page is older than that from here on."""
    pages: PageCache = current_app.extensions["page_cache"]
    if pages.is_on:
        after_this_request(pages.give_cookie)


def moving() -> None:
    """The page that is being rendered changes by the second."""
    g.page_is_moving = True


class PageCache:
    def __init__(self, app: Flask, settings: Settings) -> None:
        cache: Cache = app.extensions["cache"]
        self.is_on = settings.page_cache_seconds > 0 and not settings.debug
        ttl = settings.page_cache_seconds / (1 + JITTER)  # none is older than the setting says
        self._pages = cache.namespace(NAMESPACE, ttl=ttl, stale=STALE_SECONDS, longest_wait=LONGEST_WAIT)
        self._app = app
        self._site = settings.external_url
        self._secure = settings.secure
        self._cookie = "__Host-wrote" if settings.secure else "wrote"
        self.asked = AskedPaths(app.extensions.get("redis"))

    def answer(self) -> Response | None:
        """Before the view, and instead of it where the page is one for everyone."""
        address = self._address_asked()
        if address is None:
            return None
        after: list[Callable[[], None]] = []
        record = self._record(address, after)
        if record is None:
            return None
        self.asked.note(address)
        response = _response(record)
        for refresh in after:
            response.call_on_close(partial(_refresh, refresh, address))
        return response

    def warm(self, path: str) -> bool:
        """Make a page before it is asked for, unless it is fresh; whether that was done."""
        address = self._address(path)
        if not self.is_on or address is None:
            return False
        known = self._pages.lookup(address)
        if known is not None and known.fresh:
            return False
        try:
            return self._pages.warm(address, partial(self._render, address))
        except HTTPException as error:
            log.debug("%s is not warmed: %s", address, error)
            return False

    def forget(self, endpoint: str, values: dict[str, int]) -> None:
        self._pages.delete(self._map().build(endpoint, values))

    def give_cookie(self, response: Response) -> Response:
        response.set_cookie(
            self._cookie,
            str(int(time.time() * 1000)),
            max_age=int(AHEAD_SECONDS),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )
        return response

    def close(self) -> None:
        self.asked.close()

    def _record(self, address: str, after: list[Callable[[], None]]) -> Record | None:
        written = self._written_at()
        known = self._pages.lookup(address) if written else None
        if known is not None and known.at < written:
            return self._own(address, known.value)
        render = partial(self._render, address)
        found = self._pages.get_or_create(address, render, survives=DATABASE_AWAY, later=after.append)
        record = cast("Record | None", found)
        if record is not None and record["at"] < written:  # another's, begun before
            return self._own(address, record)
        return record

    def _own(self, address: str, known: Record) -> Record | None:
        """With what this visitor wrote, if the database is there to say it."""
        try:
            found = self._render(address)
        except DATABASE_AWAY as error:
            log.warning("%s is served without what the visitor wrote: %s", address, error)
            return known
        return cast("Record | None", found.value if isinstance(found, KeptFor) else found)

    def _render(self, address: str) -> Record | KeptFor:
        """As somebody would see it of whom nothing is known."""
        at = time.time()
        environ = EnvironBuilder(address, self._site).get_environ()
        with self._app.app_context(), self._app.request_context(environ):
            response = self._app.make_response(self._app.dispatch_request())
            if not _is_for_everyone(response):
                return KeptFor(value=None, seconds=0)
            record = {
                "at": at,
                "body": response.get_data(as_text=True),
                "headers": [
                    [name, response.headers[name]] for name in KEPT_HEADERS if name in response.headers
                ],
            }
            return KeptFor(value=record, seconds=MOVING_SECONDS) if g.get("page_is_moving") else record

    def _address_asked(self) -> str | None:
        """None for what depends on more than the address."""
        if request.method != "GET" or request.endpoint not in PAGES or PERSONAL in request.args:
            return None
        if any(name.startswith("HTTP_HX_") for name in request.environ):
            return None
        return self._build(request.endpoint, request.view_args or {}, request.args)

    def _address(self, path: str) -> str | None:
        builder = EnvironBuilder(path, self._site)
        try:
            endpoint, values = self._map().match(builder.path)
        except HTTPException as error:
            log.debug("%s is no page: %s", path, error)
            return None
        return self._build(endpoint, values, builder.args) if endpoint in PAGES else None

    def _build(self, endpoint: str, values: Any, arguments: Any) -> str:
        chosen = {}
        if "songs" in PAGES[endpoint] and arguments.get("songs") == "all":
            chosen["songs"] = "all"
        page = arguments.get("page", 1, type=int) if "page" in PAGES[endpoint] else 1
        if page > 1:
            chosen["page"] = str(min(page, LAST_PAGE))
        return self._map().build(endpoint, {**values, **chosen})

    def _map(self) -> MapAdapter:
        return self._app.url_map.bind("")

    def _written_at(self) -> float:
        """When this visitor last wrote, with a little more for clocks that differ; 0 for most."""
        given = request.cookies.get(self._cookie, "")
        if not given.isascii() or not given.isdigit() or len(given) > 15:
            return 0.0
        return int(given) / 1000 + CLOCKS_DIFFER


def _is_for_everyone(response: Response) -> bool:
    return (
        response.status_code == 200
        and response.cache_control.public is True
        and "Set-Cookie" not in response.headers
    )


def _response(record: Record) -> Response:
    response = current_app.response_class(record["body"])
    for name, value in record["headers"]:
        response.headers[name] = value
    # Browsers and proxies count from when the page was made, not from when they got it.
    response.headers["Age"] = str(max(0, int(time.time() - record["at"])))
    response.make_conditional(request)
    return response


def _refresh(refresh: Callable[[], None], address: str) -> None:
    try:
        refresh()
    except Exception:
        log.exception("%s could not be made anew", address)
