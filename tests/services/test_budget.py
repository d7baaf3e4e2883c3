"""The rule of the budget, without a clock and without a store."""

from datetime import UTC, datetime, timedelta

import pytest

from setlist.services.budget import (
    SLICES,
    Account,
    Allowance,
    BudgetRule,
    Refusal,
    Share,
    calls_left,
    decide,
)

NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
DAY = Allowance(calls=100, for_fans=30, for_setlists=15)
RULE = BudgetRule(per_second=1, allowance=DAY)
THIS_SLICE = DAY.slice_of(NOW)


def used(fans: int = 0, setlists: int = 0, rest: int = 0, *, at: int = THIS_SLICE) -> Account:
    return Account(used={(at, Share.FANS): fans, (at, Share.SETLISTS): setlists, (at, Share.REST): rest})


class TestPace:
    def test_the_first_call_goes_at_once(self) -> None:
        assert decide(Account(), RULE, Share.FANS, NOW).wait == 0

    def test_a_later_one_waits_for_its_slot(self) -> None:
        account = Account(next_slot_at=NOW + timedelta(seconds=3))
        assert decide(account, RULE, Share.FANS, NOW).wait == 3

    def test_a_slot_that_is_not_soon_is_refused_with_its_time(self) -> None:
        account = Account(next_slot_at=NOW + timedelta(seconds=7))
        verdict = decide(account, RULE, Share.FANS, NOW)
        assert (verdict.refusal, verdict.until) == (Refusal.BUSY, NOW + timedelta(seconds=7))

    def test_what_does_not_hurry_takes_only_what_is_nearly_free(self) -> None:
        account = Account(next_slot_at=NOW + timedelta(seconds=3))
        assert decide(account, RULE, Share.REST, NOW).refusal is Refusal.BUSY

    def test_a_hold_comes_before_everything(self) -> None:
        until = NOW + timedelta(hours=13)
        verdict = decide(Account(held_until=until), RULE, Share.FANS, NOW)
        assert (verdict.refusal, verdict.until) == (Refusal.HELD, until)

    def test_a_hold_that_ends_soon_moves_the_slot(self) -> None:
        account = Account(held_until=NOW + timedelta(seconds=2), next_slot_at=NOW + timedelta(seconds=1))
        assert decide(account, RULE, Share.FANS, NOW).wait == 2

    def test_a_hold_that_is_over_is_none(self) -> None:
        assert decide(Account(held_until=NOW - timedelta(seconds=1)), RULE, Share.FANS, NOW).refusal is None


@pytest.mark.parametrize(
    ("account", "share", "may"),
    [
        (used(), Share.REST, True),
        (used(rest=54), Share.REST, True),
        (used(rest=55), Share.REST, False),  # 45 are left, and 30 + 15 are kept for others
        (used(rest=55), Share.FANS, True),
        (used(rest=55), Share.SETLISTS, True),
        (used(fans=30, rest=55), Share.REST, False),  # 15 are left, for setlists
        (used(fans=30, rest=54), Share.REST, True),  # the fans' reserve is spent, 1 of the rest is left
        (used(fans=85), Share.FANS, False),  # 15 are left, for setlists
        (used(fans=84), Share.FANS, True),
        (used(setlists=70), Share.SETLISTS, False),  # 30 are left, for fans
        (used(setlists=69), Share.SETLISTS, True),
        (used(fans=40, setlists=20, rest=40), Share.FANS, False),
    ],
)
def test_who_may_spend_what_is_left(account: Account, share: Share, may: bool) -> None:  # noqa: FBT001
    refusal = decide(account, RULE, share, NOW).refusal
    assert (refusal is None) is may
    assert refusal in (None, Refusal.SPENT)


class TestWhenSpent:
    def test_it_says_when_calls_come_back(self) -> None:
        verdict = decide(used(fans=100), RULE, Share.FANS, NOW)
        assert verdict.until == DAY.gone_at(THIS_SLICE)

    def test_the_oldest_slice_comes_back_first(self) -> None:
        old, new = THIS_SLICE - 40, THIS_SLICE - 3
        account = Account(used={(old, Share.FANS): 20, (new, Share.FANS): 80})
        verdict = decide(account, RULE, Share.FANS, NOW)
        assert verdict.until == DAY.gone_at(old)

    def test_as_many_slices_must_go_as_are_kept_for_others(self) -> None:
        old, new = THIS_SLICE - 40, THIS_SLICE - 3
        account = Account(used={(old, Share.FANS): 10, (new, Share.FANS): 90})
        verdict = decide(account, RULE, Share.REST, NOW)
        assert verdict.until == DAY.gone_at(new)

    def test_no_call_is_forgotten_before_a_whole_window_has_passed(self) -> None:
        last_moment = DAY.begin_of(THIS_SLICE) + timedelta(seconds=DAY.slice_seconds - 1)
        account = used(fans=100)
        assert decide(account, RULE, Share.FANS, last_moment + timedelta(seconds=DAY.seconds)).refusal
        assert not decide(account, RULE, Share.FANS, DAY.gone_at(THIS_SLICE)).refusal

    def test_what_the_provider_says_counts_more_than_our_count(self) -> None:
        resets = NOW + timedelta(hours=2)
        spent = Account(quota_left=0, quota_resets_at=resets)
        verdict = decide(spent, RULE, Share.FANS, NOW)
        assert (verdict.refusal, verdict.until) == (Refusal.SPENT, resets)
        generous = Account(quota_left=50, quota_resets_at=resets, used=used(fans=100).used)
        assert decide(generous, RULE, Share.FANS, NOW).refusal is None

    def test_what_it_said_of_a_window_that_is_over_does_not(self) -> None:
        account = Account(quota_left=0, quota_resets_at=NOW - timedelta(seconds=1))
        assert calls_left(account, DAY, NOW) == 100

    def test_a_second_slice_length_that_is_no_round_number_is_one_for_all(self) -> None:
        odd = Allowance(calls=1, seconds=1000 / 7)
        assert odd.slice_seconds * SLICES == pytest.approx(odd.seconds, abs=1e-4)
        assert odd.slice_of(odd.begin_of(12345) + timedelta(milliseconds=1)) == 12345


def test_without_an_allowance_nothing_is_ever_spent() -> None:
    assert decide(used(fans=10**9), BudgetRule(per_second=1), Share.REST, NOW).refusal is None
