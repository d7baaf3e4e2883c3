"""Asking for calls: through Redis, and through everything that may happen to it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import NullPool, create_engine, func, select
from sqlalchemy.orm import Session

from setlist.extensions import db
from setlist.models import ProviderState, ProviderUsage
from setlist.services.budget import Allowance, BudgetRule, NoBudgetError, Purpose, Refusal
from setlist.services.ledger import Ledger
from setlist.services.redis_client import connect
from setlist.services.spending import Budget
from tests.broken_redis import BREAKS, BreakableRedis, breakable_redis
from tests.queue.polling import until

DAY = Allowance(calls=5)
RULE = BudgetRule(per_second=1000, allowance=DAY)

MakeBudget = Callable[..., Budget]


@pytest.fixture
def open_session(app: Flask) -> Callable[[], Session]:
    engine = db.engine
    return lambda: Session(engine)


@pytest.fixture
def make_budget(
    connection: redis.Redis, open_session: Callable[[], Session]
) -> Iterator[Callable[..., Budget]]:
    """A budget as one process has it."""
    ledgers: list[Ledger] = []

    def make(rule: BudgetRule = RULE, *, through: redis.Redis | None = connection) -> Budget:
        ledgers.append(Ledger(open_session))
        return Budget("someone", rule, connection=through, ledger=ledgers[-1], open_session=open_session)

    yield make
    for ledger in ledgers:
        ledger.close()


@pytest.fixture
def breakable(tmp_path: Path) -> Iterator[BreakableRedis]:
    with breakable_redis(tmp_path) as server:
        yield server


def spend(budget: Budget, most: int = 100) -> int:
    """How many calls may be made until it is spent."""
    for made in range(most):
        try:
            budget.reserve(Purpose.IMPORT)
        except NoBudgetError as error:
            if error.refusal is not Refusal.SPENT:
                raise
            return made
    return most


def answers(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.RedisError:
        return False


def rows(session: Session) -> int:
    session.rollback()
    return int(session.scalar(select(func.sum(ProviderUsage.calls))) or 0)


def test_processes_share_the_allowance(make_budget: MakeBudget) -> None:
    one, other = make_budget(), make_budget()
    for budget in (one, other, one):
        budget.reserve(Purpose.IMPORT)
    assert spend(other) == 2
    assert spend(one) == 0


def test_who_is_refused_spends_nothing(make_budget: MakeBudget, session: Session) -> None:
    budget = make_budget()
    spend(budget)
    with pytest.raises(NoBudgetError) as caught:
        budget.reserve(Purpose.IMPORT)
    assert caught.value.until > datetime.now(UTC) + timedelta(hours=23)
    budget.ledger.flush()
    assert rows(session) == 5


def test_each_call_is_written_down_by_purpose(make_budget: MakeBudget, session: Session) -> None:
    budget = make_budget()
    for purpose in (Purpose.IMPORT, Purpose.IMPORT, Purpose.SYNC):
        budget.reserve(purpose)
    budget.reserve(Purpose.IMPORT, count=False)
    budget.ledger.flush()
    counted = session.execute(select(ProviderUsage.purpose, ProviderUsage.calls)).all()
    assert sorted(tuple(row) for row in counted) == [("import", 2), ("sync", 1)]


def test_a_call_that_was_not_sent_is_given_back(make_budget: MakeBudget, session: Session) -> None:
    budget = make_budget()
    spend(budget)
    budget.give_back(Purpose.IMPORT)
    assert spend(make_budget()) == 1
    budget.ledger.flush()
    assert rows(session) == 4


def test_a_flush_of_redis_does_not_reset_the_day(make_budget: MakeBudget, connection: redis.Redis) -> None:
    budget = make_budget()
    for _ in range(3):
        budget.reserve(Purpose.IMPORT)
    connection.flushdb()
    assert spend(budget) == 2


def test_nor_does_it_end_a_hold_of_hours(make_budget: MakeBudget, connection: redis.Redis) -> None:
    one, other = make_budget(), make_budget()
    one.reserve(Purpose.IMPORT)
    one.hold(13 * 3600, "wants no more calls for now")
    one.ledger.flush()
    connection.flushdb()
    with pytest.raises(NoBudgetError) as caught:
        other.reserve(Purpose.IMPORT)
    assert caught.value.until > datetime.now(UTC) + timedelta(hours=12)


def test_what_a_provider_says_of_its_quota_is_kept(make_budget: MakeBudget, connection: redis.Redis) -> None:
    budget, resets_at = make_budget(), datetime.now(UTC) + timedelta(hours=3)
    budget.reserve(Purpose.IMPORT)
    budget.learn(2, resets_at)
    budget.ledger.flush()
    connection.flushdb()
    assert spend(make_budget()) == 2


class TestWithoutRedis:
    @pytest.mark.parametrize("way", BREAKS)
    def test_the_rows_count_on_for_all_processes(
        self, make_budget: MakeBudget, breakable: BreakableRedis, session: Session, way: str
    ) -> None:
        one, other = (make_budget(through=connect(breakable.url)) for _ in range(2))
        for budget in (one, other):
            budget.reserve(Purpose.IMPORT)
            budget.ledger.flush()
        breakable.break_as(way)
        one.reserve(Purpose.IMPORT)
        assert spend(other) == 2
        assert spend(one) == 0
        assert rows(session) == 5

    @pytest.mark.parametrize("way", BREAKS)
    def test_a_redis_that_comes_back_learns_what_it_missed(
        self, make_budget: MakeBudget, breakable: BreakableRedis, way: str
    ) -> None:
        connection = connect(breakable.url)
        budget = make_budget(through=connection)
        budget.reserve(Purpose.IMPORT)
        budget.ledger.flush()
        breakable.break_as(way)
        for _ in range(2):
            budget.reserve(Purpose.IMPORT)
        breakable.repair()
        until(lambda: answers(connection))
        assert spend(budget) == 2
        assert spend(make_budget(through=connect(breakable.url))) == 0

    def test_they_keep_the_pace_too(self, make_budget: MakeBudget, unreachable: redis.Redis) -> None:
        slow = BudgetRule(per_second=0.01, longest_wait=1000)
        one, other = (make_budget(slow, through=unreachable) for _ in range(2))
        waits = [budget.reserve(Purpose.IMPORT) for budget in (one, other, one)]
        assert waits == pytest.approx([0, 100, 200], abs=5)

    def test_a_hold_is_kept_in_the_rows(self, make_budget: MakeBudget, unreachable: redis.Redis) -> None:
        one, other = (make_budget(through=unreachable) for _ in range(2))
        one.hold(3600, "wants no more calls for now")
        one.ledger.flush()
        with pytest.raises(NoBudgetError) as caught:
            other.reserve(Purpose.IMPORT)
        assert caught.value.refusal is Refusal.HELD


class TestWithoutAnything:
    def test_a_process_counts_alone(self) -> None:
        assert spend(Budget("someone", RULE)) == 5

    def test_it_obeys_a_hold(self) -> None:
        budget = Budget("someone", RULE)
        budget.hold(60, "wants no more calls for now")
        with pytest.raises(NoBudgetError):
            budget.reserve(Purpose.IMPORT)

    def test_a_wait_beyond_belief_is_cut(self) -> None:
        budget = Budget("someone", RULE)
        budget.hold(10**9, "wants no more calls for now")
        with pytest.raises(NoBudgetError) as caught:
            budget.reserve(Purpose.IMPORT)
        assert caught.value.until < datetime.now(UTC) + timedelta(hours=49)


def test_rows_that_cannot_be_read_leave_the_process_counting(
    connection: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", poolclass=NullPool)

    budget = Budget("someone", RULE, connection=connection, open_session=lambda: Session(nowhere))
    assert spend(budget) == 5
    assert "calls made before are not known" in caplog.text


def test_the_provider_row_says_why_it_is_held(make_budget: MakeBudget, session: Session) -> None:
    budget = make_budget()
    budget.reserve(Purpose.IMPORT)
    budget.hold(3600, "Spotify wants no more calls for now.")
    budget.ledger.flush()
    state = session.get_one(ProviderState, "someone")
    assert state.held_because == "Spotify wants no more calls for now."
    assert state.held_until is not None
