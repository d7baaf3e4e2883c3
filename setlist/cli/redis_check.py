"""Whether Redis or Valkey can be worked with."""

import logging

import redis

from setlist.cli.findings import Finding, failed, off, ok
from setlist.services import redis_breaker
from setlist.services.redis_client import connect

NAME = "Redis"
OLDEST = (6, 2)
UPGRADE = "6.2 or later is needed: upgrade it, or unset REDIS_URL"


def check_redis(url: str | None) -> list[Finding]:
    """Its version and what it does when its memory is full."""
    if url is None:
        return [off(NAME, "embedded; runs while `make run` does")]
    # What it would log is what is said here in better words.
    logging.getLogger(redis_breaker.__name__).addFilter(_says_nothing)
    try:
        with connect(url) as client:
            about = client.info()
    except redis.AuthenticationError:
        return [failed(NAME, "Redis refuses the password of REDIS_URL", "correct it")]
    except redis.ResponseError as error:
        return [_refusal(str(error))]
    except (redis.RedisError, ValueError) as error:
        return [failed(NAME, f"Redis does not answer ({_brief(error)})", _remedy(url))]
    finally:
        logging.getLogger(redis_breaker.__name__).removeFilter(_says_nothing)
    return [_version(about), _policy(about)]


def _says_nothing(_record: logging.LogRecord) -> bool:
    return False


def _refusal(said: str) -> Finding:
    """It answered, but not what we asked for."""
    return failed(NAME, f"Redis refuses to tell about itself ({said})", "allow the user of REDIS_URL INFO")


def _version(about: dict[str, object]) -> Finding:
    spoken = str(about["redis_version"])  # Valkey tells here which Redis it stands in for
    major, minor, *_ = (int(part) for part in spoken.split("."))
    name = f"Valkey {about['valkey_version']}" if "valkey_version" in about else f"Redis {spoken}"
    if (major, minor) < OLDEST:
        return failed(NAME, f"this is {name}", UPGRADE)
    return ok(NAME, name)


def _policy(about: dict[str, object]) -> Finding:
    policy = str(about.get("maxmemory_policy", "unknown"))
    if policy in {"noeviction", "unknown"}:
        return ok("Redis memory", f"maxmemory-policy {policy}")
    return failed(
        "Redis memory",
        f"maxmemory-policy is {policy}, which drops messages when memory is full",
        "set it to noeviction",
    )


def _remedy(url: str) -> str:
    hint = "" if url.startswith("rediss") else "; where it wants TLS, use rediss://"
    return f"start it, correct REDIS_URL, or unset it to use the embedded one{hint}"


def _brief(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") or type(error).__name__
