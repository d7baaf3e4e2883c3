"""A provider's account in PostgreSQL: the mirror of what Redis counts, and its stand-in while Redis is away.

Functions add and flush within the caller's transaction. Two callers of `reserve` queue up behind the
provider's row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import ProviderState, ProviderUsage
from setlist.services.budget import SHARES, SLICES, Account, BudgetRule, Purpose, Share, Verdict, decide

LONGEST_ERROR = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """What calls are counted under: whose, since when, for what."""

    provider: str
    since: datetime
    purpose: str


@dataclass(kw_only=True, slots=True)
class Tally:
    calls: int = 0
    failures: int = 0
    throttles: int = 0


def reserve(
    session: Session, provider: str, rule: BudgetRule, purpose: Purpose, *, count: bool = True
) -> Verdict:
    """The next slot, by the database's clock, and its call counted."""
    keep(session, provider, {})  # so that there is a row to queue up at
    row = select(ProviderState.provider).where(ProviderState.provider == provider)
    session.execute(row.with_for_update())
    now = _now(session)
    account = read_account(session, provider, rule, now)
    verdict = decide(account, rule, SHARES[purpose], now)
    if verdict.slot is not None:
        keep(session, provider, {"next_slot_at": verdict.slot + timedelta(seconds=rule.interval)})
        if count:
            arrival = rule.slices.arrival_slice(verdict.slot)
            _count(session, provider, rule.slices.begin_of(arrival), purpose)
    return verdict


def read_account(session: Session, provider: str, rule: BudgetRule, now: datetime | None = None) -> Account:
    now = now or _now(session)
    state = session.get(ProviderState, provider, populate_existing=True) or ProviderState()
    return Account(
        next_slot_at=state.next_slot_at,
        held_until=state.held_until,
        quota_left=state.quota_left,
        quota_resets_at=state.quota_resets_at,
        used=_used(session, provider, rule, now) if rule.allowance else {},
    )


def add_usage(session: Session, tallies: Mapping[Stretch, Tally]) -> None:
    if not tallies:
        return
    # One order for all writers, so that two cannot deadlock.
    keys = sorted(tallies, key=lambda key: (key.provider, key.since, key.purpose))
    rows = [_row(key, tallies[key]) for key in keys]
    statement = insert(ProviderUsage).values(rows)
    more = {
        name: getattr(ProviderUsage, name) + getattr(statement.excluded, name)
        for name in ("calls", "failures", "throttles")
    }
    same = [ProviderUsage.provider, ProviderUsage.since, ProviderUsage.purpose]
    session.execute(statement.on_conflict_do_update(index_elements=same, set_=more))


def keep(session: Session, provider: str, values: Mapping[str, Any]) -> None:
    """Columns of the provider's row, which is made if need be. A hold never comes nearer."""
    statement = insert(ProviderState).values(provider=provider, **values)
    if not values:
        session.execute(statement.on_conflict_do_nothing())
        return
    changed: dict[str, Any] = {name: statement.excluded[name] for name in values}
    if "held_until" in changed:
        changed["held_until"] = func.greatest(ProviderState.held_until, statement.excluded.held_until)
    session.execute(statement.on_conflict_do_update(index_elements=[ProviderState.provider], set_=changed))


def calls_by_purpose(session: Session, provider: str, since: datetime) -> dict[str, Tally]:
    statement = (
        select(
            ProviderUsage.purpose,
            func.sum(ProviderUsage.calls),
            func.sum(ProviderUsage.failures),
            func.sum(ProviderUsage.throttles),
        )
        .where(ProviderUsage.provider == provider, ProviderUsage.since >= since)
        .group_by(ProviderUsage.purpose)
        .order_by(ProviderUsage.purpose)
    )
    return {
        purpose: Tally(calls=int(calls), failures=int(failures), throttles=int(throttles))
        for purpose, calls, failures, throttles in session.execute(statement)
    }


def _count(session: Session, provider: str, since: datetime, purpose: Purpose) -> None:
    add_usage(session, {Stretch(provider=provider, since=since, purpose=purpose.value): Tally(calls=1)})
    session.execute(
        update(ProviderState)
        .where(ProviderState.provider == provider, ProviderState.quota_left.is_not(None))
        .values(quota_left=ProviderState.quota_left - 1)
        .execution_options(synchronize_session=False)
    )


def _used(session: Session, provider: str, rule: BudgetRule, now: datetime) -> dict[tuple[int, Share], int]:
    oldest = rule.slices.begin_of(rule.slices.slice_of(now) - SLICES)
    statement = select(ProviderUsage.since, ProviderUsage.purpose, ProviderUsage.calls).where(
        ProviderUsage.provider == provider, ProviderUsage.since >= oldest
    )
    used: dict[tuple[int, Share], int] = {}
    for since, purpose, calls in session.execute(statement):
        # The middle of the slice, so that no rounding puts it into the one before.
        number = rule.slices.slice_of(since + timedelta(seconds=rule.slices.slice_seconds / 2))
        share = SHARES[Purpose(purpose)] if purpose in set(Purpose) else Share.REST
        used[number, share] = used.get((number, share), 0) + calls
    return used


def _row(key: Stretch, tally: Tally) -> dict[str, Any]:
    return {
        "provider": key.provider,
        "since": key.since,
        "purpose": key.purpose,
        "calls": tally.calls,
        "failures": tally.failures,
        "throttles": tally.throttles,
    }


def _now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
