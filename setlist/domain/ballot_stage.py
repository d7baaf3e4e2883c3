"""What can be done with a show's ballot. cast_wish() asks the same of the rows when it writes."""

from datetime import datetime
from enum import StrEnum

from setlist.models.catalogue import ShowStatus


class Stage(StrEnum):
    OPEN = "open"
    LOCKED = "locked"  # begun, and what was played is not known yet
    PLAYED = "played"
    CANCELLED = "cancelled"


def ballot_stage(status: str, locks_at: datetime | None, now: datetime) -> Stage:
    if status == ShowStatus.CANCELLED:
        return Stage.CANCELLED
    return Stage.LOCKED if locks_at is not None and locks_at <= now else Stage.OPEN
