"""How long an import has taken and how long it may yet take, for pages, admin and API alike."""

from dataclasses import dataclass
from datetime import datetime

FINISHED = frozenset({"done", "failed", "cancelled"})
ENOUGH_PERCENT = 3.0  # before that a guess would swing wildly


@dataclass(frozen=True, kw_only=True)
class Pace:
    elapsed_seconds: float
    left_seconds: float | None  # None: too early to say


def pace(*, state: str, percent: float, started_at: datetime | None, now: datetime) -> Pace:
    """At the speed so far. `now` is the moment of the event, or the end of what has ended."""
    elapsed = max(0.0, (now - started_at).total_seconds()) if started_at else 0.0
    if state in FINISHED:
        left: float | None = 0.0
    elif started_at is None or percent < ENOUGH_PERCENT:
        left = None
    else:
        left = elapsed * (100.0 - percent) / percent
    return Pace(elapsed_seconds=round(elapsed, 1), left_seconds=None if left is None else round(left, 1))
