"""Who a guest is: a random key in a signed cookie, given with the first thing they write."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from functools import partial

from flask import Flask, Response, after_this_request, current_app, request
from itsdangerous import BadSignature, Signer

from config import Settings

LIFETIME = timedelta(days=365)
GIVEN = "setlist.fan_key"  # in the environment of the request that got its key just now
SALT = "setlist.fan"  # a signature made for anything else is none here


def install(app: Flask, settings: Settings) -> None:
    signer = Signer(settings.secret_key.get_secret_value(), salt=SALT, digest_method=hashlib.sha256)
    app.extensions["fan_cookie"] = _FanCookie(signer, secure=settings.secure)


def fan_key() -> uuid.UUID | None:
    """The key of the guest who asks; None without a cookie, or with one that we did not sign."""
    given: uuid.UUID | None = request.environ.get(GIVEN)
    return given or _cookie().read()


def ensure_fan_key() -> uuid.UUID:
    """The guest's key, a new one if need be. Only for requests that write: it sets the cookie.

    Each write gives the cookie another year.
    """
    key = fan_key() or uuid.UUID(bytes=secrets.token_bytes(16))  # all 128 bits; uuid4() has 122
    if GIVEN not in request.environ:
        request.environ[GIVEN] = key
        after_this_request(partial(_cookie().give, key))
    return key


class _FanCookie:
    """The signature has no date in it: hosts' clocks differ, and the browser drops the cookie by itself."""

    def __init__(self, signer: Signer, *, secure: bool) -> None:
        self.signer = signer
        self.secure = secure
        # Browsers take a __Host- cookie only over https and for this host alone.
        self.name = "__Host-fan" if secure else "fan"

    def read(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.signer.unsign(request.cookies.get(self.name, "")).decode())
        except (BadSignature, ValueError):
            return None

    def give(self, key: uuid.UUID, response: Response) -> Response:
        response.set_cookie(
            self.name,
            self.signer.sign(key.hex).decode(),
            max_age=LIFETIME,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _cookie() -> _FanCookie:
    cookie: _FanCookie = current_app.extensions["fan_cookie"]
    return cookie
