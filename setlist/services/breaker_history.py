"""The changes of breakers as rows: what one that Redis lost is restored from, and what operators read."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pybreaker import STATE_CLOSED
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from setlist.models import BreakerEvent, ProviderState
from setlist.services.breaker_record import BreakerChange


def record_change(session: Session, change: BreakerChange) -> None:
    """Keep a change. Two processes may write theirs in the wrong order: the later one stays the present."""
    state = _locked(session, change.name)
    overtaken = exists().where(BreakerEvent.provider == change.name, BreakerEvent.at > change.at)
    if not session.scalar(select(overtaken)):
        state.breaker_state, state.breaker_until = change.new_state, change.until
    session.add(
        BreakerEvent(
            provider=change.name,
            at=change.at,
            old_state=change.old_state,
            new_state=change.new_state,
            reason=change.reason,
        )
    )
    session.flush()


def last_change(session: Session, name: str) -> BreakerChange | None:
    """With the end of an open state; None: it never changed. What became of old events does not matter."""
    state = session.get(ProviderState, name, populate_existing=True)
    if state is None:
        return None
    latest = (BreakerEvent.at.desc(), BreakerEvent.id.desc())
    event = session.scalar(
        select(BreakerEvent).where(BreakerEvent.provider == name).order_by(*latest).limit(1)
    )
    if event is None and state.breaker_state == STATE_CLOSED:
        return None
    return BreakerChange(
        name=name,
        old_state=event.old_state if event else STATE_CLOSED,
        new_state=state.breaker_state,
        reason=event.reason if event else "",
        at=event.at if event else datetime.now(UTC),
        until=state.breaker_until,
    )


def recent_changes(session: Session, limit: int) -> Sequence[BreakerEvent]:
    """Of all breakers, the latest first."""
    latest = (BreakerEvent.at.desc(), BreakerEvent.id.desc())
    return session.scalars(select(BreakerEvent).order_by(*latest).limit(limit)).all()


def _locked(session: Session, name: str) -> ProviderState:
    """The provider's row, ours until the caller commits."""
    session.execute(insert(ProviderState).values(provider=name).on_conflict_do_nothing())
    return session.get_one(ProviderState, name, with_for_update=True, populate_existing=True)
