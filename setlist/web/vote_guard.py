"""Asks guests for proof while a show's votes come abnormally fast.

Accounts are not asked, and in normal times nobody is. What proves a guest is a pass: a signed cookie for this
guest, this show and some minutes.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, after_this_request, current_app, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from config import Settings
from setlist.domain.proof import (
    CHALLENGE_LASTS,
    ProofOutcome,
    Seeker,
    bits_for,
    check_proof,
    make_challenge,
)
from setlist.services.used_once import UsedOnce
from setlist.services.vote_rate import Rate, RateRule, VoteRate
from setlist.web.identity import ensure_fan_key, fan_key
from setlist.web.members import is_signed_in
from setlist.web.rendering import go_to, private, render_fragment, wants_fragment

GUARD = "setlist.vote_guard"
LINK_LASTS = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Hurdle:
    """What a guest has to do first: the challenge that their browser solves, and other ways."""

    show_id: int
    challenge: str
    words: str = (
        "Many wishes are coming in for this show at once. Your browser is doing a small sum to show that you "
        "are a person’s browser; this takes a few seconds."
    )


class Guard:
    """What the guard of a process needs."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        client = app.extensions.get("redis")
        secret = settings.secret_key.get_secret_value()
        self.key = hmac.digest(secret.encode(), b"setlist.proof", "sha256")
        self.rate = VoteRate(
            client, RateRule(floor=settings.vote_rate_floor, factor=settings.vote_rate_factor)
        )
        self.used = UsedOnce(client, "proofs")
        self.passes = _signed(secret, "setlist.vote_pass")
        self.links = _signed(secret, "setlist.pass_link")
        self.bits = settings.proof_bits
        self.lasts = timedelta(minutes=settings.proof_minutes)
        self.secure = settings.secure

    def cookie(self, show_id: int) -> str:
        return f"__Host-pass-{show_id}" if self.secure else f"pass-{show_id}"


def _signed(secret: str, salt: str) -> URLSafeTimedSerializer:
    digest = {"digest_method": hashlib.sha256}  # the library's own choice is SHA-1
    return URLSafeTimedSerializer(secret, salt=salt, signer_kwargs=digest)


def install(app: Flask, settings: Settings) -> None:
    app.extensions[GUARD] = Guard(app, settings)


def hurdle(show_id: int) -> Hurdle | None:
    """None lets the wish pass. Counts it, so it is asked once for each wish that a guest gives.

    Only for requests that write: who has to prove something gets a key, which the proof is bound to.
    """
    if is_signed_in():
        return None
    rate = _guard().rate.note(show_id, time.time())
    if not rate.is_strict or has_pass(show_id):
        return None
    return _hurdle(show_id, rate)


def ask(found: Hurdle, song_id: int) -> Response:
    """At the song's row, where proof.js solves it and repeats the wish; a plain form gets the other ways."""
    if not wants_fragment():
        return go_to(url_for("proofs.ways", show_id=found.show_id))
    response = private(render_fragment("shows/_hurdle.html", hurdle=found, song_id=song_id))
    response.status_code = HTTPStatus.FORBIDDEN
    response.headers["HX-Retarget"] = f"#song-{song_id} .refusal"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def check(show_id: int, challenge: str, solution: str) -> ProofOutcome:
    """Of this guest, at this show. A challenge that was used before counts as expired."""
    key = fan_key()
    if key is None:
        return ProofOutcome.FOREIGN
    seeker = Seeker(show_id=show_id, fan_key=key)
    outcome = check_proof(_guard().key, challenge, solution, seeker, now=datetime.now(UTC))
    if outcome is ProofOutcome.GOOD and not _guard().used.take(challenge, good_for=CHALLENGE_LASTS):
        return ProofOutcome.EXPIRED
    return outcome


def let_through(show_id: int) -> None:
    """Gives the pass with this request's answer."""
    guard = _guard()
    token = guard.passes.dumps([show_id, ensure_fan_key().hex])
    after_this_request(partial(_give, guard, show_id, str(token)))


def has_pass(show_id: int) -> bool:
    guard, key = _guard(), fan_key()
    given = request.cookies.get(guard.cookie(show_id))
    return bool(given and key) and _opened(guard.passes, given or "", guard.lasts) == [
        show_id,
        key and key.hex,
    ]


def pass_link(show_id: int) -> str:
    """For a mail: whoever opens it in the browser that asked for it may vote."""
    token = _guard().links.dumps([show_id, ensure_fan_key().hex])
    external: str = current_app.extensions["settings"].external_url
    return external.rstrip("/") + url_for("proofs.link", show_id=show_id, token=token)


def opens(show_id: int, token: str) -> bool:
    """Whether a mail's link is ours, not too old, and was asked for by this guest."""
    key = fan_key()
    return key is not None and _opened(_guard().links, token, LINK_LASTS) == [show_id, key.hex]


def _hurdle(show_id: int, rate: Rate) -> Hurdle:
    guard, seeker = _guard(), Seeker(show_id=show_id, fan_key=ensure_fan_key())
    bits = bits_for(rate.excess, base=guard.bits)
    return Hurdle(show_id=show_id, challenge=make_challenge(guard.key, seeker, bits, now=datetime.now(UTC)))


def _give(guard: Guard, show_id: int, token: str, response: Response) -> Response:
    response.set_cookie(
        guard.cookie(show_id),
        token,
        max_age=guard.lasts,
        path="/",
        secure=guard.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _opened(serializer: URLSafeTimedSerializer, token: str, lasts: timedelta) -> object:
    try:
        return serializer.loads(token, max_age=int(lasts.total_seconds()))
    except BadData:
        return None


def _guard() -> Guard:
    guard: Guard = current_app.extensions[GUARD]
    return guard
