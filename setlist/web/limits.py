"""How often one visitor may do what costs something. 429 says when to try again.

A vote is limited by fan and, wider, by address: a whole audience may share one address.
"""

import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import ParamSpec, TypeVar

from flask import Flask, request

from config import Settings
from setlist.extensions import limiter
from setlist.web.identity import fan_key
from setlist.web.limit_storage import SCHEME

P = ParamSpec("P")
R = TypeVar("R")

VOTES_BY_FAN = "120 per minute"
VOTES_BY_ADDRESS = "1200 per minute"
LOOKUPS = "30 per minute; 400 per hour"  # each may become a search at a provider
IMPORTS = "10 per minute; 60 per hour"
LOGINS = "10 per minute; 60 per hour"
UNKNOWN_WAIT_SECONDS = 60
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


def limit_votes(view: Callable[P, R]) -> Callable[P, R]:
    return _votes_by_address(_votes_by_fan(view))


def address() -> str:
    """Who asks, as far as the network tells: an IPv4 address or an IPv6 /64."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    return str(ip_network((found, IPV6_HOME), strict=False))


def seconds_to_wait() -> int:
    """Until the limit that this request broke starts anew."""
    broken = limiter.current_limit
    left = broken.reset_at - time.time() if broken else UNKNOWN_WAIT_SECONDS
    return max(1, round(left))


def _fan_or_address() -> str:
    key = fan_key()
    return key.hex if key else address()


_votes_by_fan = limiter.shared_limit(VOTES_BY_FAN, scope="votes_by_fan", key_func=_fan_or_address)
_votes_by_address = limiter.shared_limit(VOTES_BY_ADDRESS, scope="votes_by_address", key_func=address)
limit_lookups = limiter.shared_limit(LOOKUPS, scope="lookups", key_func=address)
limit_imports = limiter.shared_limit(IMPORTS, scope="imports", key_func=address, methods=["POST"])
limit_login = limiter.shared_limit(LOGINS, scope="login", key_func=address, methods=["POST"])
