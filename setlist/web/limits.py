"""How often one visitor may do what costs something. 429 says when to try again.

A vote is limited by fan and, wider, by address: a whole audience may share one address.
"""

import hashlib
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, request, session
from werkzeug.exceptions import TooManyRequests

from config import Settings
from setlist.extensions import limiter
from setlist.services.redis_client import RedisLink
from setlist.services.shared_counts import SharedCounts
from setlist.web.identity import fan_key
from setlist.web.limit_storage import SCHEME
from setlist.web.members import account_id

P = ParamSpec("P")
R = TypeVar("R")

VOTES_BY_FAN = 120  # a minute
VOTES_BY_ADDRESS = 1_200
LOOKUPS = "30 per minute; 400 per hour"  # each may become a search at a provider
SONG_LOOKUPS = "240 per minute"  # in what is here, while somebody types
IMPORTS = "10 per minute; 60 per hour"
LOGINS = "10 per minute; 60 per hour"
LOGINS_TO = "20 per hour; 100 per day"  # that failed, to one account, whoever tries
CODES = "5 per minute; 20 per hour"  # of six digits, for one account
SIGN_UPS = "20 per hour"
UNKNOWN_WAIT_SECONDS = 60
PROOFS = "1200 per minute"  # a hall whose browsers have all done their sum
MAILS = "20 per hour"
MAILS_TO = "3 per hour"  # to one mailbox, whoever asks
NO_ADDRESS = "unknown"
IPV6_HOME = 64  # a home or a phone has a whole /64 to choose addresses from


def install(app: Flask, settings: Settings) -> None:
    """Counted in Redis for all processes; while that is down, by each process in its own memory."""
    app.config.update(
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_STORAGE_OPTIONS={},
        RATELIMIT_STRATEGY="fixed-window",
        RATELIMIT_KEY_PREFIX="setlist",
    )
    if settings.redis_url is not None:
        # Behind the breaker that all uses of Redis share: a visitor waits for this.
        app.config["RATELIMIT_STORAGE_URI"] = f"{SCHEME}://"
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {
            "connection_pool": app.extensions["redis_link"].pool(texts=False)
        }
    limiter.init_app(app)
    link: RedisLink | None = app.extensions.get("redis_link")
    app.extensions["vote_counts"] = SharedCounts(link.client() if link is not None else None, "votes")


def limit_votes(view: Callable[P, R]) -> Callable[P, R]:
    """By counts that cost no round trip: a vote is the one write that comes by the thousand."""

    @wraps(view)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        counts: SharedCounts = current_app.extensions["vote_counts"]
        by_fan, by_address = counts.hit(_fan()), counts.hit(f"from {address()}")
        if by_fan > VOTES_BY_FAN or by_address > VOTES_BY_ADDRESS:
            raise TooManyRequests(retry_after=counts.seconds_left())
        return view(*args, **kwargs)

    return limited


def address() -> str:
    """Who asks, as far as the network tells: an IPv4 address or an IPv6 /64."""
    return _home(request.remote_addr or "")


@lru_cache(maxsize=4_096)
def _home(told: str) -> str:
    try:
        found = ip_address(told)
    except ValueError:
        return NO_ADDRESS
    if found.version == 4:
        return str(found)
    return str(ip_network((found, IPV6_HOME), strict=False))


def seconds_to_wait() -> int:
    """Until the limit that this request broke starts anew."""
    broken = limiter.current_limit
    left = broken.reset_at - time.time() if broken else UNKNOWN_WAIT_SECONDS
    return max(1, round(left))


def _fan() -> str:
    """Who has no key yet is told apart by the address alone."""
    account, key = account_id(), fan_key()
    if account is not None:
        return f"account {account}"
    return key.hex if key else address()


def _mailbox() -> str:
    """Hashed: what is counted is read by operators, and whose mailbox it is does not concern them."""
    typed = request.form.get("email", "").strip().lower()
    if not typed:
        return address()  # nobody's mailbox: one visitor's slip is not another's
    name, _, host = typed.partition("@")
    return hashlib.sha256(f"{name.partition('+')[0]}@{host}".encode()).hexdigest()


def _awaited_account() -> str:
    """Who has given the password and is asked for a code."""
    return str(session.get("tf_user_id") or address())


def _has_failed(response: Response) -> bool:
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def _was_taken(response: Response) -> bool:
    """A password that was too weak sent no mail."""
    return not _has_failed(response)


def limit_mails(view: Callable[P, R]) -> Callable[P, R]:
    """Whatever sends a mail to an address that a visitor types."""
    return _mails(_mails_to(view))


def limit_sign_up(view: Callable[P, R]) -> Callable[P, R]:
    return _sign_ups(_mails_to(view))


def limit_codes(view: Callable[P, R]) -> Callable[P, R]:
    return limit_login(_codes(view))


_mails = limiter.shared_limit(MAILS, scope="mails", key_func=address, methods=["POST"])
_mails_to = limiter.shared_limit(
    MAILS_TO, scope="mails_to", key_func=_mailbox, methods=["POST"], deduct_when=_was_taken
)
_sign_ups = limiter.shared_limit(SIGN_UPS, scope="sign_ups", key_func=address, methods=["POST"])
_codes = limiter.shared_limit(CODES, scope="codes", key_func=_awaited_account, methods=["POST"])
limit_proofs = limiter.shared_limit(PROOFS, scope="proofs", key_func=address, methods=["POST"])
limit_lookups = limiter.shared_limit(LOOKUPS, scope="lookups", key_func=address)
limit_song_lookups = limiter.shared_limit(SONG_LOOKUPS, scope="song_lookups", key_func=address)
limit_imports = limiter.shared_limit(IMPORTS, scope="imports", key_func=address, methods=["POST"])
limit_login = limiter.shared_limit(LOGINS, scope="login", key_func=address, methods=["POST"])
limit_login_to = limiter.shared_limit(
    LOGINS_TO, scope="login_to", key_func=_mailbox, methods=["POST"], deduct_when=_has_failed
)
