"""The queues: the one table of what they are for and how they are run."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRule:
    """How one queue's jobs are run. Seconds where a number is a time."""

    purpose: str
    attempts: int | None = None  # None: the setting JOB_ATTEMPTS
    lease: float | None = None  # None: the setting JOB_LEASE_SECONDS
    first_delay: float = 5.0  # between the first attempt and the second
    growth: float = 4.0  # each further delay is this many times longer
    longest_delay: float = 1800.0
    at_once: int | None = None  # in one worker process; None: all its threads but one
    priority: int = 10  # lower first, among the messages a worker process has already fetched


QUEUES: Mapping[str, QueueRule] = MappingProxyType(
    {
        "artist_search": QueueRule(
            purpose="asks the providers for artists by a name that a fan typed",
            attempts=3,
            first_delay=1.0,
            priority=0,  # somebody is looking at the page
        ),
        "artist_import": QueueRule(purpose="imports an artist: shows, songs, past setlists, ballots"),
        "trending_calc": QueueRule(
            purpose="refreshes what is rising",
            attempts=2,  # the timetable asks again within minutes
            at_once=1,
            priority=20,
        ),
        "cache_warm": QueueRule(
            purpose="makes pages before they are asked for",
            attempts=2,  # the timetable asks again within minutes
            at_once=1,
            priority=30,
        ),
    }
)


class UnknownQueue(LookupError):  # noqa: N818 - reads as what happened
    """No queue has this name."""


def rule_of(queue: str) -> QueueRule:
    try:
        return QUEUES[queue]
    except KeyError:
        raise UnknownQueue(queue) from None
