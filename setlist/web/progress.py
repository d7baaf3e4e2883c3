"""How long an import has taken and how long it may yet take, for pages, admin and API alike."""

from dataclasses import dataclass
from datetime import datetime

from setlist.domain.estimate_error import counted_down
from setlist.models import SyncJob

FINISHED = frozenset({"done", "failed", "cancelled"})
RUNNING = "running"


@dataclass(frozen=True, kw_only=True)
class Pace:
    elapsed_seconds: float
    left_seconds: float | None  # None: too early to say


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """`left_seconds` as they were told at `at`."""

    left_seconds: float | None
    at: datetime | None


NONE_YET = Estimate(left_seconds=None, at=None)


def pace(*, state: str, started_at: datetime | None, now: datetime, told: Estimate = NONE_YET) -> Pace:
    """An estimate counts down until the next. `now`: the event's moment, or the end of what has ended."""
    elapsed = max(0.0, (now - started_at).total_seconds()) if started_at else 0.0
    left: float | None = None
    if state in FINISHED:
        left = 0.0
    elif state == RUNNING and told.at is not None:
        left = counted_down(told.left_seconds, (now - told.at).total_seconds())
    return Pace(elapsed_seconds=round(elapsed, 1), left_seconds=None if left is None else round(left, 1))


def pace_of(sync: SyncJob, now: datetime) -> Pace:
    return pace(
        state=sync.state,
        started_at=sync.started_at,
        now=sync.finished_at or now,
        told=Estimate(left_seconds=sync.left_seconds, at=sync.left_at),
    )
