"""Calls as money: what a provider allows, who may spend it, and what is left. Pure: `now` is an argument.

A provider has a pace (calls a second over all processes and hosts) and perhaps an allowance (calls in any
stretch of so many seconds). The allowance is counted by purpose, in slices, so that a spent call comes
back when its slice leaves the window.

Two parts of the allowance are kept for those who cannot wait: one for fans, who look at a progress bar, and
one for the mornings after shows, when everybody wants to know what was played. Others may spend neither;
each of the two may not spend the other's. What its owners have spent of a reserve is no longer reserved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

SLICES = 48  # of an allowance's window: half an hour of a day
# Between a call's slot and its arrival, where its provider counts it: counted too early here, it would come
# back too early.
TRAVEL_SECONDS = 2.0
LONGEST_HOLD = 48 * 3600.0  # seconds; a provider that asks for more is not believed


class Purpose(StrEnum):
    """What a call is for. Kept with the calls, so an old one stays readable."""

    SEARCH = "search"
    IMPORT = "import"
    SETLISTS = "setlists"  # of last night's shows
    SYNC = "sync"
    CHECK = "check"


class Share(StrEnum):
    """Whose part of an allowance a call is taken from."""

    FANS = "fans"
    SETLISTS = "setlists"
    REST = "rest"


SHARES: Mapping[Purpose, Share] = MappingProxyType(
    {
        Purpose.SEARCH: Share.FANS,
        Purpose.IMPORT: Share.FANS,
        Purpose.CHECK: Share.FANS,
        Purpose.SETLISTS: Share.SETLISTS,
        Purpose.SYNC: Share.REST,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """`calls` in any stretch of `seconds`, of which some are kept for fans and for setlists."""

    calls: int
    seconds: float = 86_400.0
    for_fans: int = 0
    for_setlists: int = 0

    @property
    def slice_seconds(self) -> float:
        return round(self.seconds / SLICES, 6)  # whole microseconds, as Redis counts them

    def slice_of(self, now: datetime) -> int:
        return int(now.timestamp() // self.slice_seconds)

    def arrival_slice(self, slot: datetime) -> int:
        """Where a call is counted that is sent at its slot: by when it is surely there."""
        return self.slice_of(slot + timedelta(seconds=TRAVEL_SECONDS))

    def begin_of(self, number: int) -> datetime:
        return datetime.fromtimestamp(number * self.slice_seconds, UTC)

    def gone_at(self, number: int) -> datetime:
        """When not one call of the slice is in the window any more."""
        return self.begin_of(number + SLICES + 1)


UNLIMITED = Allowance(calls=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetRule:
    per_second: float
    allowance: Allowance | None = None
    # How long a caller may be told to wait for its slot. Less than a worker's grace at its end; those who
    # do not hurry take only what is free, so that a fan's import never stands behind a queue of them.
    longest_wait: float = 6.0
    longest_wait_of_rest: float = 1.5

    @property
    def interval(self) -> float:
        return 1 / self.per_second

    @property
    def slices(self) -> Allowance:
        """How its calls are counted in time, also where nobody limits them."""
        return self.allowance or UNLIMITED

    def patience(self, share: Share) -> float:
        return self.longest_wait_of_rest if share is Share.REST else self.longest_wait


Used = Mapping[tuple[int, Share], int]  # calls by slice and share


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What is known of a provider's budget at a moment."""

    next_slot_at: datetime | None = None
    held_until: datetime | None = None
    quota_left: int | None = None  # what the provider itself said, counted down since
    quota_resets_at: datetime | None = None
    used: Used = field(default_factory=dict)


class Refusal(StrEnum):
    HELD = "wants no calls for now"
    SPENT = "has no calls left for this"
    BUSY = "has no free slot soon"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A slot `wait` seconds away; or a refusal, and when it is worth asking again."""

    wait: float = 0.0
    slot: datetime | None = None
    refusal: Refusal | None = None
    until: datetime | None = None


class NoBudgetError(Exception):
    """No call may be made before `until`. Nothing was spent."""

    def __init__(self, refusal: Refusal, until: datetime) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.until = until


def decide(account: Account, rule: BudgetRule, share: Share, now: datetime) -> Verdict:
    """The rule that Redis' script and the rows both follow.

    A hold that ends soon only moves the slot.
    """
    held = max(now, account.held_until or now)
    if (held - now).total_seconds() > rule.patience(share):
        return Verdict(refusal=Refusal.HELD, until=held)
    until = _spent_until(account, rule.allowance, share, now) if rule.allowance else None
    if until is not None:
        return Verdict(refusal=Refusal.SPENT, until=until)
    slot = max(held, account.next_slot_at or now)
    wait = (slot - now).total_seconds()
    if wait > rule.patience(share):
        return Verdict(refusal=Refusal.BUSY, until=slot)
    return Verdict(wait=wait, slot=slot)


def calls_left(account: Account, allowance: Allowance, now: datetime) -> int:
    """By the provider's own word where it is still valid, else by our count."""
    if _is_told(account, now) and account.quota_left is not None:
        return max(0, account.quota_left)
    return max(0, allowance.calls - sum(_in_window(account.used, allowance, now).values()))


def kept_from(share: Share, used: Used, allowance: Allowance, now: datetime) -> int:
    """How many of the calls left are reserved for others."""
    spent = dict.fromkeys(Share, 0)
    for (_, owner), calls in _in_window(used, allowance, now).items():
        spent[owner] += calls
    fans = max(0, allowance.for_fans - spent[Share.FANS]) if share is not Share.FANS else 0
    setlists = max(0, allowance.for_setlists - spent[Share.SETLISTS]) if share is not Share.SETLISTS else 0
    return fans + setlists


def _spent_until(account: Account, allowance: Allowance, share: Share, now: datetime) -> datetime | None:
    """When a call of this share may be made again; None: now."""
    left = calls_left(account, allowance, now)
    kept = kept_from(share, account.used, allowance, now)
    if left > kept:
        return None
    if _is_told(account, now):
        return account.quota_resets_at
    used = _in_window(account.used, allowance, now)
    for number in sorted({number for number, _ in used}):
        left += sum(calls for (at, _), calls in used.items() if at == number)
        if left > kept:
            return allowance.gone_at(number)
    return now + timedelta(seconds=allowance.seconds)


def _is_told(account: Account, now: datetime) -> bool:
    resets = account.quota_resets_at
    return account.quota_left is not None and resets is not None and resets > now


def _in_window(used: Used, allowance: Allowance, now: datetime) -> dict[tuple[int, Share], int]:
    oldest = allowance.slice_of(now) - SLICES
    return {key: calls for key, calls in used.items() if key[0] >= oldest}
