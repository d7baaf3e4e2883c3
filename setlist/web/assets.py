"""Files under static/: addresses that change with their content, and icons written into the page."""

import hashlib
import logging
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from markupsafe import Markup

log = logging.getLogger(__name__)

YEAR_SECONDS = 31_536_000
HOUR_SECONDS = 3_600
HASH_LENGTH = 10
INSIDE_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
# What is inside is the icon: a file of Lucide's, put under static/vendor at set-up.
ICON = Markup(
    '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inside}</svg>'
)
SYMBOL = Markup(
    '<svg width="0" height="0" class="unseen" aria-hidden="true">'
    '<symbol id="icon-{name}" viewBox="0 0 24 24">{inside}</symbol></svg>'
)
USE = Markup('<use href="#icon-{name}"/>')


def install(app: Flask) -> None:
    app.after_request(_keep_static_files)
    app.jinja_env.globals.update(asset=asset, icon=icon, icon_symbol=icon_symbol, icon_use=icon_use)


def asset(path: str) -> str:
    """The address of a static file, new whenever the file is."""
    file = _static(path)
    if not file.is_file():
        return url_for("static", filename=path)
    return url_for("static", filename=path, v=_digest(file, file.stat().st_mtime_ns))


def icon(name: str) -> Markup:
    """An icon as SVG, hidden from screen readers: the words beside it say what it means."""
    return ICON.format(inside=_paths(_static(f"vendor/icons/{name}.svg")))


def icon_symbol(name: str) -> Markup:
    """An icon for icon_use() to refer to: once on a page that shows it in every row."""
    return SYMBOL.format(name=name, inside=_paths(_static(f"vendor/icons/{name}.svg")))


@lru_cache(maxsize=128)
def icon_use(name: str) -> Markup:
    return ICON.format(inside=USE.format(name=name))


def _static(path: str) -> Path:
    return Path(current_app.static_folder or "") / path


@lru_cache(maxsize=128)
def _digest(file: Path, _changed_at: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:HASH_LENGTH]


@lru_cache(maxsize=128)
def _paths(file: Path) -> Markup:
    try:
        found = INSIDE_SVG.search(file.read_text(encoding="utf-8"))
    except OSError as error:
        log.warning("an icon is missing, run the asset step again: %s", error)
        return Markup("")
    return Markup(" ".join(found[1].split())) if found else Markup("")  # noqa: S704 - a file of our own


def _keep_static_files(response: Response) -> Response:
    """Addresses with a hash are kept for a year, fonts and the rest for an hour."""
    if request.endpoint == "static" and response.status_code in {200, 206, 304}:
        control = response.cache_control
        is_named_by_content = "v" in request.args
        control.no_cache = None
        control.public = True
        control.max_age = YEAR_SECONDS if is_named_by_content else HOUR_SECONDS
        control.immutable = is_named_by_content
    return response
