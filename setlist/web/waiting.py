"""Why an import stands still, in words that anybody may read."""

from dataclasses import dataclass
from datetime import datetime

from setlist.models import QueueJob
from setlist.models.queue import WAITING
from setlist.providers.errors import (
    LABELS,
    BadAnswer,
    Misconfigured,
    NotFound,
    NotOffered,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)

# A job's error begins with its class. Any other one's text may hold SQL and what was in it.
FOR_FANS = {
    kind.__name__
    for kind in (NotFound, RateLimited, Unavailable, TimedOut, BadAnswer, Refused, Misconfigured, NotOffered)
}
OUR_FAULT = "Something went wrong on our side."


@dataclass(frozen=True, kw_only=True)
class Wait:
    until: datetime
    source: str = ""  # the provider that it waits for
    fault: str = ""  # else whose fault it is; both empty: its time has not come

    @property
    def why(self) -> str:
        return f"It waits for {self.source}." if self.source else self.fault


def wait_of(job: QueueJob | None, now: datetime) -> Wait | None:
    """None: its job runs, or may at any moment."""
    if job is None or job.state not in WAITING or job.run_at <= now:
        return None
    source = source_in(job.error or "")
    return Wait(until=job.run_at, source=source, fault=OUR_FAULT if job.error and not source else "")


def said_to_fans(error: str | None) -> str:
    """The sentence of a provider's error, without its class; of all others only whose fault it is."""
    kind, _, sentence = (error or "").partition(": ")
    return sentence if kind in FOR_FANS and sentence else OUR_FAULT


def source_in(error: str) -> str:
    """The provider that an error's sentence begins with, whether or not its class stands before it."""
    kind, _, sentence = error.partition(": ")
    said = sentence if kind in FOR_FANS else error
    return next((label for label in LABELS.values() if said.startswith(f"{label} ")), "")
