"""Which due things are served now, where the providers' days do not reach for all. Pure.

The most pressing first, over all kinds: pressure grows for as long as a thing waits, so each has its turn.
What is about to reach three times its allowance goes before everything.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from setlist.services.budget import (
    SHARES,
    Account,
    BudgetRule,
    Purpose,
    Share,
    calls_left,
    kept_from,
)
from setlist.services.freshness_ages import LAST_CALL, Age, Kind, Reason

# One call of Ticketmaster lists 200 events, of as many acts as it is asked for, and its three listings are a
# call each. Room is left for shows that we do not know of yet.
ACTS_TOGETHER, EVENTS_TOGETHER = 40, 150
LISTINGS_OF_SHOWS = 3
PROVIDERS: Mapping[Kind, str] = {
    Kind.SHOWS: "ticketmaster",
    Kind.ACT: "ticketmaster",
    Kind.SETLISTS: "setlistfm",
    Kind.BACKLOG: "setlistfm",
    Kind.IDENTITY: "musicbrainz",
    Kind.RECORDINGS: "musicbrainz",
    Kind.PICTURE: "spotify",
    Kind.ALBUMS: "spotify",
    Kind.VENUES: "ticketmaster",
}
BACKLOG_PAGES = 10  # of one sync
CALLS: Mapping[Kind, int] = {Kind.BACKLOG: BACKLOG_PAGES}  # the others: one, to learn that nothing changed
# What is left of a rolling day is spent as if it were to last for an hour: fast enough for the mornings,
# which come all at once, and never a day's calls within its first minutes. A 25th is never used that way.
SPREAD = 24  # parts of a day
NO_CALLS = "has no calls left for syncs until the next time"
OF_THE_PACE = 0.5  # of a provider's calls a second, since fans' imports want theirs at once
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """Something kept fresh, as old as it is."""

    kind: Kind
    id: int  # the artist's, or the venue's
    age: Age
    coming: int = 0  # shows

    @property
    def purpose(self) -> Purpose:
        return Purpose.SETLISTS if self.age.reason is Reason.AWAITED else Purpose.SYNC


@dataclass(kw_only=True, slots=True)
class Purse:
    """The calls of a provider that may be spent now: on mornings after shows, and of these on the rest."""

    rest: float
    mornings: float

    def pay(self, calls: float, purpose: Purpose) -> bool:
        """Whether anything was left. The last may cost more, else less than a call would never be spent.

        A morning takes of its own reserve before it takes of the rest's.
        """
        is_morning = SHARES[purpose] is Share.SETLISTS
        if (self.mornings if is_morning else self.rest) <= 0:
            return False
        self.mornings -= calls
        self.rest = min(self.rest if is_morning else self.rest - calls, self.mornings)
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    served: Sequence[Thing]
    put_off: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by provider, and why


def serve(due: Iterable[Thing], purses: Mapping[str, Purse], closed: Mapping[str, str] = _NONE) -> Plan:
    """Those that are served, in their order. `closed` says which providers are not asked now, and why.

    What does not reach is put off, and so is all of its provider and purpose that presses less: nothing cheap
    overtakes for ever what is dear.
    """
    refused: set[tuple[str, Purpose]] = set()
    served, put_off = [], Counter[tuple[str, str]]()
    for thing in sorted(due, key=_turn):
        provider = PROVIDERS[thing.kind]
        if provider in closed:
            put_off[provider, closed[provider]] += 1
        elif (provider, thing.purpose) not in refused and purses[provider].pay(
            calls_for(thing), thing.purpose
        ):
            served.append(thing)
        else:
            refused.add((provider, thing.purpose))
            put_off[provider, NO_CALLS] += 1
    return Plan(served=served, put_off=put_off)


def calls_for(thing: Thing) -> float:
    if thing.kind is Kind.SHOWS:
        return LISTINGS_OF_SHOWS * max(1 / ACTS_TOGETHER, thing.coming / EVENTS_TOGETHER)
    return CALLS.get(thing.kind, 1)


def batches(shows: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Acts whose shows are asked for together. One with more than fit goes alone."""
    together: list[Thing] = []
    for thing in shows:
        events = sum(one.coming for one in together) + thing.coming
        if together and (len(together) == ACTS_TOGETHER or events > EVENTS_TOGETHER):
            yield together
            together = []
        together.append(thing)
    if together:
        yield together


def purse(account: Account, rule: BudgetRule, now: datetime, *, until_next: timedelta) -> Purse:
    """What may be spent until the next time that somebody asks."""
    most = rule.per_second * OF_THE_PACE * until_next.total_seconds()
    if rule.allowance is None:
        return Purse(rest=most, mornings=most)
    left = calls_left(account, rule.allowance, now)
    share = min(1.0, until_next / _spread(account, rule, now))
    rest, mornings = (
        min(most, share * max(0, left - kept_from(owner, account.used, rule.allowance, now)))
        for owner in (Share.REST, Share.SETLISTS)
    )
    return Purse(rest=rest, mornings=mornings)


def _spread(account: Account, rule: BudgetRule, now: datetime) -> timedelta:
    """Over how long what is left is to last. By the provider's own word a day may end soon."""
    resets = account.quota_resets_at
    if account.quota_left is None or resets is None or resets <= now:
        return timedelta(seconds=rule.slices.seconds) / SPREAD
    return resets - now


def _turn(thing: Thing) -> tuple[bool, float, str, int]:
    return (thing.age.ratio < LAST_CALL, -thing.age.pressure, thing.kind, thing.id)
