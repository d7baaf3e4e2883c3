"""What a status of 400 or above means, where a provider has no habits of its own."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from setlist.providers.errors import (
    Misconfigured,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from setlist.providers.reading import number
from setlist.providers.wire import Answer
from setlist.services.budget import LONGEST_HOLD

THROTTLE_SECONDS = 60.0  # where neither the answer nor a provider's habits say


def usual_error(provider: str, answer: Answer, *, detail: str = "") -> ProviderError:
    """What a status of 400 or above means where a provider has no habits of its own."""
    status = answer.status
    if status == 404:
        return NotFound(provider, "has nothing under that id")
    if status == 429:
        return throttled(provider, answer, otherwise=THROTTLE_SECONDS)
    if status in {401, 403}:
        return Misconfigured(provider, f"does not accept our key (HTTP {status})")
    if status >= 500:
        return Unavailable(provider, f"is out of order (HTTP {status})", until=retry_after(answer))
    why = f": {detail}" if detail else ""
    return Refused(provider, f"refuses the request as wrong (HTTP {status}{why})", detail=detail)


def throttled(provider: str, answer: Answer, *, otherwise: float | None = None) -> RateLimited:
    """Come back when it says, else after `otherwise` seconds, else nobody knows when."""
    until = retry_after(answer)
    if until is None and otherwise is not None:
        until = datetime.now(UTC) + _believed(otherwise)
    return RateLimited(provider, "wants no more calls for now", until=until)


def retry_after(answer: Answer) -> datetime | None:
    """Retry-After, which is seconds or a date; never further away than we would believe."""
    value = answer.headers.get("Retry-After", "")
    now = datetime.now(UTC)
    seconds = number(value)
    if seconds is None:
        try:
            seconds = (parsedate_to_datetime(value).replace(tzinfo=UTC) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return now + _believed(seconds)


def _believed(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_HOLD))
