"""How old each kind of thing may get, from what is known of it. Pure: `now` is an argument.

A thing may be wanted for several reasons at once, each with an allowance of its own, and the most pressing
counts. A reason counts from when it began: what was read a week before anybody wished for it did not get late
by the first wish.

The numbers are such that 20,000 artists fit into the providers' days (`python -m benchmarks.freshness`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NEAR = timedelta(days=7)
ACTIVE = timedelta(days=365)  # after its last show an artist is dormant
OVER = timedelta(hours=4)  # after its start a show is over
# An empty page at setlist.fm is asked for again when it is twice as old, for about two weeks.
FIRST_GAP, LONGEST_GAP = timedelta(hours=10), timedelta(days=4)
AWAITED = timedelta(days=16)

STALE = 1.5  # times its allowance: it is said on the pages
LAST_CALL = 2.5  # it goes before all others, so that nothing reaches 3
FAVOURED_FROM, DUE_FROM = 0.7, 0.95  # of its allowance: served a while before it is over


class Kind(StrEnum):
    """What is kept fresh. Of an artist all but the last."""

    SHOWS = "shows"  # Ticketmaster: what is to come, with and without a date
    ACT = "act"  # Ticketmaster: which act it is
    SETLISTS = "setlists"  # setlist.fm: those changed since
    BACKLOG = "backlog"  # setlist.fm: the next pages of older ones
    IDENTITY = "identity"  # MusicBrainz: who they are
    RECORDINGS = "recordings"  # MusicBrainz
    PICTURE = "picture"  # Spotify
    ALBUMS = "albums"  # Spotify
    VENUES = "venues"  # Ticketmaster


class Reason(StrEnum):
    AWAITED = "awaited"  # a show is over, and what was played is not known
    NEAR = "near"  # a show within a week
    TRENDING = "trending"
    FOLLOWED = "followed"  # fans wished for their songs lately
    AHEAD = "ahead"  # a show is to come
    ACTIVE = "active"  # none is, but one was within a year
    DORMANT = "dormant"
    UNLISTED = "unlisted"  # not known at Ticketmaster so far


FAVOURED = frozenset({Reason.AWAITED, Reason.NEAR, Reason.TRENDING, Reason.FOLLOWED})
# A reason that a kind does not name is none for it. Awaited setlists have gaps that grow: see `_demands`.
ALLOWANCES: Mapping[Kind, Mapping[Reason, timedelta]] = {
    Kind.SHOWS: {
        Reason.NEAR: 8 * HOUR,
        Reason.TRENDING: 8 * HOUR,
        Reason.FOLLOWED: 12 * HOUR,
        Reason.AHEAD: DAY,  # Ticketmaster's terms: while a show is to come
        Reason.ACTIVE: 4 * DAY,
        Reason.DORMANT: 14 * DAY,
    },
    Kind.ACT: {
        Reason.FOLLOWED: 14 * DAY,
        Reason.UNLISTED: 30 * DAY,
        Reason.DORMANT: 60 * DAY,
    },
    Kind.SETLISTS: {
        Reason.FOLLOWED: 10 * DAY,  # each night that was played is awaited besides
        Reason.AHEAD: 30 * DAY,
        Reason.ACTIVE: 60 * DAY,
        Reason.DORMANT: 180 * DAY,
    },
    Kind.BACKLOG: {Reason.FOLLOWED: 20 * DAY, Reason.DORMANT: 60 * DAY},
    Kind.IDENTITY: {
        Reason.FOLLOWED: 7 * DAY,
        Reason.AHEAD: 14 * DAY,
        Reason.DORMANT: 45 * DAY,
    },
    Kind.RECORDINGS: {
        Reason.FOLLOWED: 4 * DAY,
        Reason.AHEAD: 7 * DAY,
        Reason.ACTIVE: 21 * DAY,
        Reason.DORMANT: 45 * DAY,
    },
    Kind.PICTURE: {Reason.DORMANT: 29 * DAY},  # Spotify's terms, read as 30 days
    Kind.ALBUMS: {
        Reason.FOLLOWED: 21 * DAY,
        Reason.AHEAD: 90 * DAY,
        Reason.DORMANT: 180 * DAY,
    },
    Kind.VENUES: {Reason.AHEAD: 30 * DAY, Reason.DORMANT: 180 * DAY},
}
_Demand = tuple[Reason, timedelta, datetime]  # since when
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of an artist or a venue."""

    since: datetime  # when it came to be here
    coming: int = 0  # shows, with and without a date
    next_show_at: datetime | None = None
    ahead_since: datetime | None = None  # when we learned of the first of them
    last_show_at: datetime | None = None
    awaited_since: datetime | None = None  # the start of the latest show whose setlist is missing
    followed_since: datetime | None = None  # the first wish of those that count as lately
    is_trending: bool = False
    is_listed: bool = True  # at Ticketmaster


@dataclass(frozen=True, kw_only=True, slots=True)
class Age:
    """How old a thing is at a moment."""

    ratio: float  # its age in allowances
    pressure: float  # the same, with what fans wait for ahead of the rest; from 1 on it is due
    due_at: datetime
    reason: Reason  # that presses most

    @property
    def is_due(self) -> bool:
        return self.pressure >= 1

    @property
    def is_stale(self) -> bool:
        return self.ratio > STALE


def ages_of(
    known: Known, checked: Mapping[Kind, datetime | None], now: datetime
) -> Iterator[tuple[Kind, Age]]:
    """Of each kind in `checked`. What was never read (None) is due, and ages from when it came here."""
    reasons = list(_reasons(known, now))
    for kind, checked_at in checked.items():
        since = checked_at or known.since
        age = _age(_demands(kind, reasons, known, since, now), since, now)
        if checked_at is None:
            age = replace(age, pressure=max(age.pressure, 1.0), due_at=since)
        yield kind, age


def age_of(kind: Kind, known: Known, checked_at: datetime | None, now: datetime) -> Age:
    return dict(ages_of(known, {kind: checked_at}, now))[kind]


def _age(demands: Iterable[_Demand], checked: datetime, now: datetime) -> Age:
    oldest, pressure, due_at, reason = 0.0, float("-inf"), _NEVER, Reason.DORMANT
    for because, allowance, began in demands:
        since = max(checked, began)
        ratio = (now - since) / allowance
        share = FAVOURED_FROM if because in FAVOURED else DUE_FROM
        due_at = min(due_at, since + allowance * share)
        oldest = max(oldest, ratio)
        if ratio / share > pressure:
            pressure, reason = ratio / share, because
    return Age(ratio=oldest, pressure=pressure, due_at=due_at, reason=reason)


def _demands(
    kind: Kind, reasons: Iterable[tuple[Reason, datetime]], known: Known, checked: datetime, now: datetime
) -> Iterator[_Demand]:
    if kind is Kind.SETLISTS and known.awaited_since and now - known.awaited_since < AWAITED:
        over_at = known.awaited_since + OVER
        yield Reason.AWAITED, min(max(checked - over_at, FIRST_GAP), LONGEST_GAP), over_at
    allowances = ALLOWANCES[kind]
    for reason, began in reasons:
        if (allowance := allowances.get(reason)) is not None:
            yield reason, allowance, began


def _reasons(known: Known, now: datetime) -> Iterator[tuple[Reason, datetime]]:
    yield Reason.DORMANT, _EVER
    if not known.is_listed:
        yield Reason.UNLISTED, _EVER
    if known.coming:
        ahead_since = known.ahead_since or _EVER
        yield Reason.AHEAD, ahead_since
        yield Reason.ACTIVE, ahead_since
        if known.next_show_at is not None:
            yield Reason.NEAR, max(ahead_since, known.next_show_at - NEAR)
    elif known.last_show_at is not None and now - known.last_show_at < ACTIVE:
        yield Reason.ACTIVE, _EVER
    if known.followed_since is not None:
        yield Reason.FOLLOWED, known.followed_since
        if known.is_trending:
            yield Reason.TRENDING, known.followed_since
