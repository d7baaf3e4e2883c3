from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import redis
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from setlist.embedded.processes import wait_until
from setlist.extensions import db
from setlist.models import BreakerEvent, ProviderState
from setlist.services.breaker import BreakerChange, Breakers
from setlist.services.breaker_history import last_change, recent_changes, record_change
from tests.services.breaker_calls import AT_ONCE, RULE, call, fail, refused

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def change(**fields: Any) -> BreakerChange:
    usual: dict[str, Any] = {
        "name": "someone",
        "old_state": "closed",
        "new_state": "open",
        "reason": "failed",
        "at": NOON,
        "until": NOON + timedelta(seconds=20),
    }
    return BreakerChange(**(usual | fields))


def closing(**fields: Any) -> BreakerChange:
    return change(**({"old_state": "open", "new_state": "closed", "until": None} | fields))


class TestRecordChange:
    def test_it_is_kept_as_an_event_and_as_the_present(self, session: Session) -> None:
        record_change(session, change())
        event = session.scalars(select(BreakerEvent)).one()
        assert (event.provider, event.at, event.old_state, event.new_state, event.reason) == (
            "someone",
            NOON,
            "closed",
            "open",
            "failed",
        )
        state = session.get_one(ProviderState, "someone")
        assert (state.breaker_state, state.breaker_until) == ("open", NOON + timedelta(seconds=20))

    def test_what_else_is_known_of_the_provider_stays(self, session: Session) -> None:
        session.add(ProviderState(provider="someone", held_because="asked for it"))
        session.flush()
        record_change(session, change())
        assert session.get_one(ProviderState, "someone").held_because == "asked for it"

    def test_one_that_comes_too_late_is_only_history(self, session: Session) -> None:
        record_change(session, closing(at=NOON + timedelta(seconds=30)))
        record_change(session, change(at=NOON))
        assert session.get_one(ProviderState, "someone").breaker_state == "closed"
        assert session.scalar(select(func.count()).select_from(BreakerEvent)) == 2

    def test_one_of_the_same_instant_follows(self, session: Session) -> None:
        record_change(session, change())
        record_change(session, closing())
        assert session.get_one(ProviderState, "someone").breaker_state == "closed"
        assert _last(session).new_state == "closed"

    def test_two_processes_at_once_leave_the_later_one(self, session: Session) -> None:
        """The first writes the earlier change last: it waits for the other, and then sees it."""
        engine = db.engine

        def write_the_earlier() -> None:
            with Session(engine) as first:
                record_change(first, change(at=NOON))
                first.commit()

        with Session(engine) as second:
            record_change(second, closing(at=NOON + timedelta(seconds=1)))
            thread = Thread(target=write_the_earlier)
            thread.start()
            assert wait_until(_somebody_waits, 10)
            second.commit()
            thread.join()
        assert session.get_one(ProviderState, "someone").breaker_state == "closed"


class TestLastChange:
    def test_none_is_known_of_one_that_never_changed(self, session: Session) -> None:
        session.add(ProviderState(provider="someone", held_because="asked for it"))
        session.flush()
        assert last_change(session, "someone") is None
        assert last_change(session, "nobody") is None

    @pytest.mark.parametrize(
        "last",
        [
            change(),
            change(until=None, reason="forced open by Ann"),
            change(old_state="half-open"),
            change(old_state="open", new_state="half-open", until=None),
            closing(),
        ],
    )
    def test_it_comes_back_as_it_was(self, session: Session, last: BreakerChange) -> None:
        record_change(session, change(at=NOON - timedelta(hours=1)))
        record_change(session, last)
        record_change(session, change(name="someone else", at=NOON + timedelta(hours=1)))
        session.commit()
        assert last_change(session, "someone") == last

    def test_an_open_one_is_known_after_its_events_were_cleaned_up(self, session: Session) -> None:
        record_change(session, change(until=None, reason="forced open by Ann"))
        session.execute(delete(BreakerEvent))
        assert _last(session).new_state == "open"
        assert _last(session).until is None


class TestRecentChanges:
    def test_the_latest_come_first_and_not_more_than_asked_for(self, session: Session) -> None:
        for minute in (1, 3, 2):
            record_change(session, change(name=f"number {minute}", at=NOON + timedelta(minutes=minute)))
        assert [event.provider for event in recent_changes(session, 2)] == ["number 3", "number 2"]


class TestWithBreakers:
    """A process that keeps its changes in rows, and is asked for them after Redis was emptied."""

    @pytest.fixture
    def start(self, connection: redis.Redis, session: Session) -> Callable[[], Breakers]:
        def keep(change: BreakerChange) -> None:
            record_change(session, change)
            session.commit()

        return lambda: Breakers(connection, on_change=keep, restore=lambda name: last_change(session, name))

    def test_every_change_is_a_row(self, start: Callable[[], Breakers], session: Session) -> None:
        breaker = start().get("someone", AT_ONCE)
        fail(breaker)
        call(breaker)
        assert [event.new_state for event in recent_changes(session, 9)] == ["closed", "half-open", "open"]

    def test_an_open_one_is_open_after_a_flush(
        self, start: Callable[[], Breakers], connection: redis.Redis
    ) -> None:
        fail(start().get("someone", RULE))
        connection.flushdb()
        refused(start().get("someone", RULE))

    def test_one_forced_open_is_forced_after_a_flush_and_closed_after_its_reset(
        self, start: Callable[[], Breakers], connection: redis.Redis
    ) -> None:
        start().get("someone", RULE).force_open(by="Ann")
        connection.flushdb()
        assert start().get("someone", RULE).snapshot().forced
        start().get("someone", RULE).reset(by="Ann")
        connection.flushdb()
        assert call(start().get("someone", RULE)) == "answered"


def _last(session: Session) -> BreakerChange:
    last = last_change(session, "someone")
    assert last is not None
    return last


def _somebody_waits() -> bool:
    waiting = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    with db.engine.connect() as connection:
        return bool(connection.scalar(text(waiting)))
