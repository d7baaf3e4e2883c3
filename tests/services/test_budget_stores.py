"""Redis' script and the rows say what the rule says, whatever the account looks like."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import redis
from sqlalchemy.orm import Session

from setlist.services import budget_rows
from setlist.services.budget import (
    SLICES,
    TRAVEL_SECONDS,
    Account,
    Allowance,
    BudgetRule,
    Purpose,
    Refusal,
    Share,
    Verdict,
    decide,
)
from setlist.services.budget_redis import RedisAccount
from setlist.services.budget_rows import Stretch, Tally

PURPOSES = {Share.FANS: Purpose.IMPORT, Share.SETLISTS: Purpose.SETLISTS, Share.REST: Purpose.SYNC}
LATE = 5.0  # seconds: the stores' clocks run on while a test decides


def some_account(dice: Random, rule: BudgetRule, now: datetime) -> Account:
    allowance = rule.slices
    current = allowance.slice_of(now)
    used = {}
    for _ in range(dice.randint(0, 8)):
        share = dice.choice(list(Share))
        used[current - dice.randint(0, SLICES + 6), share] = dice.randint(1, 25)
    told = dice.random() < 0.3
    return Account(
        # Half of the instants are past; none is so near that the test's own time matters.
        next_slot_at=now + timedelta(seconds=dice.choice([-300, -30, 60, 500])),
        held_until=now + timedelta(seconds=dice.choice([-600, -600, 100, 900])),
        quota_left=dice.randint(0, 60) if told else None,
        quota_resets_at=now + timedelta(seconds=dice.choice([-400, 4000])) if told else None,
        used=used,
    )


def alike(one: Verdict, other: Verdict) -> bool:
    if one.refusal is not other.refusal:
        return False
    if one.until is not None and other.until is not None:
        return abs((one.until - other.until).total_seconds()) < LATE
    return abs(one.wait - other.wait) < LATE


@pytest.fixture
def rule() -> BudgetRule:
    # Slots are far apart and patience is long, so that seconds of the test's own change nothing.
    day = Allowance(calls=100, for_fans=30, for_setlists=15)
    return BudgetRule(per_second=0.01, allowance=day, longest_wait=200, longest_wait_of_rest=20)


def in_the_middle_of_a_slice(rule: BudgetRule) -> bool:
    now = datetime.now(UTC)
    begin = rule.slices.begin_of(rule.slices.slice_of(now))
    return 10 < (now - begin).total_seconds() < rule.slices.slice_seconds - 30


def test_redis_decides_as_the_rule_does(connection: redis.Redis, rule: BudgetRule) -> None:
    if not in_the_middle_of_a_slice(rule):
        pytest.skip("a slice begins or ends just now, and each store has its own clock")
    dice, seen = Random(1), set()
    for number in range(300):
        now = datetime.now(UTC)
        account, share = some_account(dice, rule, now), dice.choice(list(Share))
        store = RedisAccount(connection, f"someone {number}", rule)
        store.seed(account)
        found, wanted = store.reserve(share), decide(account, rule, share, now)
        assert found is not None
        assert alike(found, wanted), (account, share, found, wanted)
        seen.add(found.refusal)
    assert seen == {None, *Refusal}


def test_the_rows_decide_as_the_rule_does(session: Session, rule: BudgetRule) -> None:
    if not in_the_middle_of_a_slice(rule):
        pytest.skip("a slice begins or ends just now, and each store has its own clock")
    dice, seen = Random(2), set()
    for number in range(60):
        now, name = datetime.now(UTC), f"someone {number}"
        account, share = some_account(dice, rule, now), dice.choice(list(Share))
        keep_account(session, name, rule, account)
        found = budget_rows.reserve(session, name, rule, PURPOSES[share])
        wanted = decide(account, rule, share, now)
        assert alike(found, wanted), (account, share, found, wanted)
        seen.add(found.refusal)
    assert seen == {None, *Refusal}


def keep_account(session: Session, name: str, rule: BudgetRule, account: Account) -> None:
    values = {
        column: getattr(account, column)
        for column in ("next_slot_at", "held_until", "quota_left", "quota_resets_at")
    }
    budget_rows.keep(session, name, values)
    budget_rows.add_usage(
        session,
        {
            Stretch(provider=name, since=rule.slices.begin_of(at), purpose=PURPOSES[share]): Tally(
                calls=calls
            )
            for (at, share), calls in account.used.items()
        },
    )


def _stretch(name: str, rule: BudgetRule, at: int, share: Share) -> Stretch:
    return Stretch(provider=name, since=rule.slices.begin_of(at), purpose=PURPOSES[share])


def arrivals(rule: BudgetRule, slots: list[datetime]) -> set[tuple[int, Share]]:
    return {(rule.slices.arrival_slice(slot), Share.FANS) for slot in slots}


class TestACallIsCountedWhenItArrives:
    """Its slot may lie in a later slice: counted in the present one, it would come back before its time."""

    @pytest.fixture
    def rule(self) -> BudgetRule:
        day = Allowance(calls=100)
        return BudgetRule(per_second=1 / (1.2 * day.slice_seconds), allowance=day, longest_wait=9999)

    def test_in_redis(self, connection: redis.Redis, rule: BudgetRule) -> None:
        if not in_the_middle_of_a_slice(rule):
            pytest.skip("a slice begins or ends just now, and each store has its own clock")
        store, slots = RedisAccount(connection, "someone", rule), []
        store.seed(Account())
        for _ in range(3):
            found = store.reserve(Share.FANS)
            assert found is not None
            slots.append(datetime.now(UTC) + timedelta(seconds=found.wait))
        account = store.account()
        assert account is not None
        assert len(account.used) == 3
        assert set(account.used) == arrivals(rule, slots)

    def test_in_the_rows(self, session: Session, rule: BudgetRule) -> None:
        slots = []
        for _ in range(3):
            found = budget_rows.reserve(session, "someone", rule, Purpose.IMPORT)
            assert found.slot is not None
            slots.append(found.slot)
        account = budget_rows.read_account(session, "someone", rule)
        assert len(account.used) == 3
        assert set(account.used) == arrivals(rule, slots)

    def test_it_is_gone_no_sooner_than_a_whole_window_after_its_arrival(self, rule: BudgetRule) -> None:
        allowance = rule.slices
        begin = allowance.begin_of(allowance.slice_of(datetime.now(UTC)))
        for late in (0.0, 1.0, allowance.slice_seconds - 1.5, allowance.slice_seconds - 0.001):
            arrival = begin + timedelta(seconds=late + TRAVEL_SECONDS)
            gone = allowance.gone_at(allowance.arrival_slice(begin + timedelta(seconds=late)))
            assert gone - arrival >= timedelta(seconds=allowance.seconds)


class TestRedis:
    def test_an_unknown_account_is_cold_and_is_seeded_once(
        self, connection: redis.Redis, rule: BudgetRule
    ) -> None:
        store = RedisAccount(connection, "someone", rule)
        assert store.reserve(Share.FANS) is None
        current = rule.slices.slice_of(datetime.now(UTC))
        store.seed(Account(used={(current, Share.FANS): 85}))
        store.seed(Account())
        found = store.reserve(Share.FANS)
        assert found is not None
        assert found.refusal is Refusal.SPENT

    def test_each_call_is_counted_and_moves_the_slot(self, connection: redis.Redis, rule: BudgetRule) -> None:
        store = RedisAccount(connection, "someone", rule)
        store.seed(Account(quota_left=70, quota_resets_at=datetime.now(UTC) + timedelta(hours=1)))
        waits = []
        for share in (Share.FANS, Share.SETLISTS):
            found = store.reserve(share)
            assert found is not None
            waits.append(found.wait)
        assert waits == pytest.approx([0, 100], abs=LATE)
        account = store.account()
        assert account is not None
        assert sum(account.used.values()) == 2
        assert account.quota_left == 68

    def test_a_second_slot_of_one_call_is_not_counted(
        self, connection: redis.Redis, rule: BudgetRule
    ) -> None:
        store = RedisAccount(connection, "someone", rule)
        store.seed(Account())
        store.reserve(Share.FANS)
        store.reserve(Share.FANS, count=False)
        account = store.account()
        assert account is not None
        assert sum(account.used.values()) == 1

    def test_calls_that_left_the_window_are_forgotten(
        self, connection: redis.Redis, rule: BudgetRule
    ) -> None:
        store = RedisAccount(connection, "someone", rule)
        current = rule.slices.slice_of(datetime.now(UTC))
        store.seed(Account(used={(current - SLICES - 1, Share.FANS): 100}))
        assert store.reserve(Share.FANS) is not None
        account = store.account()
        assert account is not None
        assert list(account.used.values()) == [1]

    def test_a_hold_never_comes_nearer(self, connection: redis.Redis, rule: BudgetRule) -> None:
        store = RedisAccount(connection, "someone", rule)
        store.seed(Account())
        far = store.hold(3600)
        assert store.hold(10) == far

    def test_of_one_window_the_smaller_number_is_believed(
        self, connection: redis.Redis, rule: BudgetRule
    ) -> None:
        store, resets = RedisAccount(connection, "someone", rule), datetime.now(UTC) + timedelta(hours=3)
        store.seed(Account())
        for told, believed in ((50, 50), (60, 50), (40, 40)):
            store.learn(told, resets)
            account = store.account()
            assert account is not None
            assert account.quota_left == believed
        store.learn(5000, resets + timedelta(days=1))
        account = store.account()
        assert account is not None
        assert account.quota_left == 5000
