"""The queues: the one table of what they are for and how they are run."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from setlist.queue.groups import BACKGROUND, IMPORTS, SHORT

MINUTE = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRule:
    """How one queue's jobs are run, by which group of workers, and how long their rows are kept.

    Seconds where a number is a time.
    """

    purpose: str
    group: str
    time_limit: float  # of one attempt
    attempts: int | None = None  # None: the setting JOB_ATTEMPTS
    lease: float | None = None  # None: the setting JOB_LEASE_SECONDS
    first_delay: float = 5.0  # between the first attempt and the second
    growth: float = 4.0  # each further delay is this many times longer
    longest_delay: float = 1800.0
    at_once: int | None = None  # in one worker process; None: all its threads but one
    priority: int = 10  # lower first, among the messages a worker process has already fetched
    keep_days: int = 7  # what was done, cancelled or discarded; dead ones stay until they are discarded


QUEUES: Mapping[str, QueueRule] = MappingProxyType(
    {
        "artist_search": QueueRule(
            purpose="asks the providers for artists by a name that a fan typed",
            group=SHORT,
            time_limit=2 * MINUTE,
            attempts=3,
            first_delay=1.0,
            priority=0,  # somebody is looking at the page
            keep_days=2,
        ),
        "mail_send": QueueRule(
            purpose="sends mails: links to confirm an address, to set a password, to wish again",
            group=SHORT,
            time_limit=MINUTE,
            attempts=8,  # for about three hours: servers that see us for the first time say "later"
            first_delay=10.0,
            growth=3.0,
            longest_delay=7200.0,
            at_once=2,  # a server that hangs must not hold all threads of the short jobs
            priority=5,
        ),
        "artist_import": QueueRule(
            purpose="imports an artist: shows, songs, past setlists, ballots",
            group=IMPORTS,
            time_limit=60 * MINUTE,
            keep_days=30,
        ),
        "ticketmaster_sync": QueueRule(
            purpose="refreshes an artist's coming shows",
            group=BACKGROUND,
            time_limit=20 * MINUTE,
            priority=15,
        ),
        "setlist_sync": QueueRule(
            purpose="refreshes what an artist played lately",
            group=BACKGROUND,
            time_limit=20 * MINUTE,
            priority=15,
        ),
        "catalogue_sync": QueueRule(
            purpose="refreshes who an artist is and their recordings",
            group=BACKGROUND,
            time_limit=60 * MINUTE,
            priority=20,
        ),
        "spotify_sync": QueueRule(
            purpose="refreshes an artist's picture and albums",
            group=BACKGROUND,
            time_limit=20 * MINUTE,
            priority=20,
        ),
        "scheduled_sync": QueueRule(
            purpose="asks for what is due: the syncs that the providers' days may bear now",
            group=SHORT,
            time_limit=5 * MINUTE,
            attempts=2,  # the timetable asks again within minutes
            at_once=1,
            priority=20,
            keep_days=2,
        ),
        "venue_sync": QueueRule(
            purpose="refreshes where venues are and in which zone",
            group=BACKGROUND,
            time_limit=20 * MINUTE,
            priority=20,
        ),
        "trending_calc": QueueRule(
            purpose="refreshes what is rising",
            group=SHORT,
            time_limit=5 * MINUTE,
            attempts=2,  # the timetable asks again within minutes
            at_once=1,
            priority=20,
            keep_days=2,
        ),
        "cleanup": QueueRule(
            purpose="deletes what nobody will look at again, and what may not be kept",
            group=BACKGROUND,
            time_limit=120 * MINUTE,
            at_once=1,
            priority=40,
            keep_days=30,
        ),
        "cache_warm": QueueRule(
            purpose="makes pages before they are asked for",
            group=BACKGROUND,
            time_limit=10 * MINUTE,
            attempts=2,  # the timetable asks again within minutes
            at_once=1,
            priority=30,
            keep_days=2,
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


def queues_of(group: str) -> list[str]:
    return [name for name, rule in QUEUES.items() if rule.group == group]
