"""Who a guest is: a random key in a signed cookie, given with the first thing they write."""

import hashlib
import hmac
import secrets
import uuid
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from flask import Flask, Response, after_this_request, current_app, request
from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

from config import Settings

LIFETIME = timedelta(days=365)
# In the environment of a request: its guest, once asked for, and whether they get the cookie with the answer.
GUEST, GIVEN = "setlist.guest", "setlist.guest_given"
SALT = "setlist.fan"  # a signature made for anything else is none here


def install(app: Flask, settings: Settings) -> None:
    signer = _signer(settings.secret_key.get_secret_value())
    app.extensions["fan_cookie"] = _FanCookie(signer, secure=settings.secure)


def _signer(secret: str) -> Signer:
    """Its key is derived here once, and not again for each cookie."""
    key = Signer(secret, salt=SALT, digest_method=hashlib.sha256).derive_key()
    return Signer(key, salt=SALT, key_derivation="none", algorithm=_Sha256())


class _Sha256(SigningAlgorithm):
    """What the library's HMACAlgorithm answers, in one call instead of an object for each signature."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


class Guest(NamedTuple):
    key: uuid.UUID
    signed: str  # as the cookie has it


def fan_key() -> uuid.UUID | None:
    """The key of the guest who asks; None without a cookie, or with one that we did not sign."""
    environ = request.environ
    if GUEST not in environ:
        environ[GUEST] = _cookie().read()
    guest: Guest | None = environ[GUEST]
    return guest.key if guest else None


def ensure_fan_key() -> uuid.UUID:
    """The guest's key, a new one if need be. Only for requests that write: it sets the cookie.

    Each write gives the cookie another year.
    """
    environ = request.environ
    if fan_key() is None:
        environ[GUEST] = _cookie().new()
    guest: Guest = environ[GUEST]
    if GIVEN not in environ:
        environ[GIVEN] = True
        after_this_request(partial(_cookie().give, guest))
    return guest.key


class _FanCookie:
    """The signature has no date in it: hosts' clocks differ, and the browser drops the cookie by itself."""

    def __init__(self, signer: Signer, *, secure: bool) -> None:
        self.signer = signer
        self.secure = secure
        # Browsers take a __Host- cookie only over https and for this host alone.
        self.name = "__Host-fan" if secure else "fan"

    def read(self) -> Guest | None:
        signed = request.cookies.get(self.name, "")
        try:
            return Guest(uuid.UUID(self.signer.unsign(signed).decode()), signed)
        except (BadSignature, ValueError):
            return None

    def new(self) -> Guest:
        key = uuid.UUID(bytes=secrets.token_bytes(16))  # all 128 bits; uuid4() has 122
        return Guest(key, self.signer.sign(key.hex).decode())

    def give(self, guest: Guest, response: Response) -> Response:
        response.set_cookie(
            self.name,
            guest.signed,
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
