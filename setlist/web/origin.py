"""Writes asked for by another site's page are refused.

A browser says where a request comes from: in Sec-Fetch-Site, which pages cannot forge, or at least in
Origin or Referer. A request with none of them comes from a program, not from a page that could borrow a
visitor's cookies (and those are SameSite=Lax besides), so it passes: scripts and forms need no token.
"""

import logging
from urllib.parse import urlsplit

from flask import Flask, abort, request

from config import Settings
from setlist.web.limits import address

log = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN = frozenset({"same-origin", "none"})  # none: the visitor's own doing, such as a reload
REFUSAL = "This was sent from another website. Open the page here and try again."


def install(app: Flask, settings: Settings) -> None:
    external = _origin(settings.external_url)

    def refuse_other_sites() -> None:
        if request.method not in SAFE and _is_foreign(external):
            log.warning(
                "refused a write from another site: %s %s, from %s, said to come from %.200s",
                request.method,
                request.path,
                address(),
                request.headers.get("Origin") or request.headers.get("Referer") or "nowhere",
            )
            abort(403, REFUSAL)

    app.before_request(refuse_other_sites)


def _is_foreign(external: str) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OWN
    own = {external, _origin(request.host_url)}
    origin, referer = request.headers.get("Origin"), request.headers.get("Referer")
    if origin is not None:
        return origin.lower() not in own
    return referer is not None and _origin(referer) not in own


def _origin(url: str) -> str:
    """Scheme, host and port, without the port that goes without saying."""
    parts = urlsplit(url.lower())
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual) if usual else parts.netloc}"
