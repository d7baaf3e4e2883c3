"""The headers of every answer."""

import hashlib
from functools import partial

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from config import Settings
from setlist.web.addresses import picture_hosts

PRIVATE = "private, no-store"
YEAR_SECONDS = 31_536_000
UNUSED_FEATURES = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
    "midi", "payment", "usb",
)  # fmt: skip


def install(app: Flask, settings: Settings) -> None:
    app.session_interface = CarefulSessions()
    app.after_request(partial(_dress, _fixed(settings)))


class CarefulSessions(SecureCookieSessionInterface):
    """A page marked public promises the same bytes to everyone, so the session stays out of it.

    Asking whether anybody is signed in would otherwise add `Vary: Cookie` to every page and keep it out
    of shared caches. An answer that sets the session's cookie is never public, and no cookie is set again
    that did not change (SESSION_REFRESH_EACH_REQUEST is off).
    """

    digest_method = staticmethod(hashlib.sha256)  # Flask's own choice is SHA-1

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Most visitors have none, and nothing is prepared for reading theirs."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified:
            super().save_session(app, session, response)
            response.headers["Cache-Control"] = PRIVATE


def _dress(fixed: dict[str, str], response: Response) -> Response:
    """A view's own header wins. What says nothing about caching is for one visitor and not kept."""
    own = {name.lower() for name, _ in response.headers}
    response.headers.extend((name, value) for name, value in fixed.items() if name.lower() not in own)
    if "set-cookie" in own or "cache-control" not in own:
        response.headers["Cache-Control"] = PRIVATE
    return response


def _fixed(settings: Settings) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": _policy(settings),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
        # Not no-referrer: Flask-WTF asks for the Referer of a form sent over https.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    }
    if settings.secure:
        whole = "; includeSubDomains" if settings.hsts_subdomains else ""
        headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}{whole}"
    return headers


def _policy(settings: Settings) -> str:
    """No inline script, no inline style, no eval, nothing from elsewhere but pictures."""
    # data: is for the small pictures inside style sheets, such as the arrow of a select.
    pictures = ["'self'", "data:", *picture_hosts(settings)]
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",  # proof_worker.js does its sum beside the page
        "style-src": "'self'",
        "img-src": " ".join(pictures),
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    policy = "; ".join(f"{name} {value}" for name, value in rules.items())
    return f"{policy}; upgrade-insecure-requests" if settings.secure else policy
