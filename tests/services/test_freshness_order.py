"""The order in which due things are served: cases, and that nobody waits for ever."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setlist.services.budget import Account, Allowance, BudgetRule, Purpose, Share
from setlist.services.freshness_ages import ALLOWANCES, Age, Kind, Known, Reason, age_of
from setlist.services.freshness_order import (
    ACTS_TOGETHER,
    EVENTS_TOGETHER,
    NO_CALLS,
    PROVIDERS,
    Purse,
    Thing,
    batches,
    calls_for,
    purse,
    serve,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY, STEP = timedelta(days=1), timedelta(minutes=5)


def thing(
    id: int = 1,
    kind: Kind = Kind.SETLISTS,
    *,
    ratio: float = 1.0,
    pressure: float | None = None,
    reason: Reason = Reason.ACTIVE,
    coming: int = 0,
) -> Thing:
    pressing = ratio / 0.95 if pressure is None else pressure
    age = Age(ratio=ratio, pressure=pressing, due_at=NOW, reason=reason)
    return Thing(kind=kind, id=id, age=age, coming=coming)


def full(calls: float = 1000.0) -> dict[str, Purse]:
    return {name: Purse(rest=calls, mornings=calls) for name in set(PROVIDERS.values())}


def ids(things: Sequence[Thing]) -> list[int]:
    return [one.id for one in things]


class TestOrder:
    def test_the_most_pressing_goes_first(self) -> None:
        plan = serve([thing(1, ratio=1.1), thing(2, ratio=1.9), thing(3, ratio=1.4)], full())
        assert ids(plan.served) == [2, 3, 1]

    def test_what_fans_wait_for_goes_before_what_is_as_late(self) -> None:
        followed = thing(2, ratio=1.2, pressure=1.2 / 0.7, reason=Reason.FOLLOWED)
        assert ids(serve([thing(1, ratio=1.3), followed], full()).served) == [2, 1]

    def test_what_is_about_to_reach_three_times_its_allowance_goes_before_everything(self) -> None:
        followed = thing(2, ratio=2.4, pressure=2.4 / 0.7, reason=Reason.FOLLOWED)
        assert ids(serve([followed, thing(1, ratio=2.6)], full()).served) == [1, 2]

    def test_it_is_the_same_whatever_order_they_come_in(self) -> None:
        things = [thing(id, ratio=1.5, kind=kind) for id in range(5) for kind in Kind]
        assert serve(things, full()).served == serve(things[::-1], full()).served


class TestWhereCallsDoNotReach:
    def test_the_rest_is_put_off_and_counted(self) -> None:
        things = [thing(id, ratio=1 + id / 10) for id in range(5)]
        plan = serve(things, full(2))
        assert ids(plan.served) == [4, 3]
        assert plan.put_off == {("setlistfm", NO_CALLS): 3}

    def test_other_providers_go_on(self) -> None:
        things = [thing(1, ratio=2), thing(2, Kind.PICTURE, ratio=1)]
        purses = {**full(), "setlistfm": Purse(rest=0, mornings=0)}
        assert ids(serve(things, purses).served) == [2]

    def test_a_provider_that_is_left_alone_says_why(self) -> None:
        plan = serve([thing(1), thing(2, Kind.PICTURE)], full(), {"setlistfm": "sleeps"})
        assert ids(plan.served) == [2]
        assert plan.put_off == {("setlistfm", "sleeps"): 1}

    def test_what_is_cheap_does_not_overtake_what_is_dear(self) -> None:
        things = [thing(1, ratio=1.5), thing(2, Kind.BACKLOG, ratio=1.4), thing(3, ratio=1.3)]
        assert ids(serve(things, full(2)).served) == [1, 2]

    def test_mornings_take_of_their_own_reserve_first(self) -> None:
        awaited = [thing(id, ratio=1, pressure=2, reason=Reason.AWAITED) for id in range(6)]
        others = [thing(id, ratio=1) for id in range(10, 16)]
        purses = {"setlistfm": Purse(rest=4, mornings=8)}
        assert ids(serve([*awaited, *others], purses).served) == [0, 1, 2, 3, 4, 5, 10, 11]

    def test_others_cannot_take_it(self) -> None:
        others = [thing(id, ratio=2) for id in range(9)]
        awaited = [thing(id, ratio=1, reason=Reason.AWAITED) for id in range(10, 19)]
        purses = {"setlistfm": Purse(rest=4, mornings=8)}
        served = ids(serve([*others, *awaited], purses).served)
        assert served == [0, 1, 2, 3, 10, 11, 12, 13]


class TestPurse:
    RULE = BudgetRule(
        per_second=1.0, allowance=Allowance(calls=1_440, for_fans=432, for_setlists=216), longest_wait=6
    )

    def of(self, account: Account, rule: BudgetRule = RULE) -> Purse:
        return purse(account, rule, NOW, until_next=STEP)

    def spent(self, calls: int, share: Share = Share.REST, hours: float = 12) -> Account:
        number = self.RULE.slices.slice_of(NOW - timedelta(hours=hours))
        return Account(used={(number, share): calls})

    def test_a_share_of_what_is_left_and_not_kept_for_others(self) -> None:
        whole = self.of(Account())
        assert whole.rest == pytest.approx((1_440 - 432 - 216) / 12)
        assert whole.mornings == pytest.approx((1_440 - 432) / 12)

    def test_nothing_once_that_is_spent(self) -> None:
        spent = self.of(self.spent(1_440 - 432 - 216))
        assert spent.rest == 0
        assert spent.mornings == pytest.approx(216 / 12)

    def test_fans_spend_their_own_first(self) -> None:
        assert self.of(self.spent(432, Share.FANS)).rest == self.of(Account()).rest

    def test_never_more_than_half_of_the_pace(self) -> None:
        assert self.of(Account(), BudgetRule(per_second=1.0)).rest == 150

    def test_a_provider_that_tells_when_its_day_ends_is_asked_evenly_until_then(self) -> None:
        rule = BudgetRule(per_second=2.0, allowance=Allowance(calls=5_000))
        told = Account(quota_left=1_200, quota_resets_at=NOW + timedelta(hours=10))
        assert self.of(told, rule).rest == pytest.approx(10)

    def test_a_days_calls_are_not_spent_in_its_first_minutes(self) -> None:
        left, begun = 1_440 - 432 - 216, 0.0
        for _ in range(12):
            begun += self.of(self.spent(round(begun), hours=0)).rest
        assert begun < left * 0.7


class TestActsTogether:
    def test_are_as_many_as_their_shows_fit_into_one_answer(self) -> None:
        shows = [thing(id, Kind.SHOWS, coming=30) for id in range(12)]
        assert [len(batch) for batch in batches(shows)] == [5, 5, 2]

    def test_of_acts_without_shows_no_more_than_an_address_holds(self) -> None:
        shows = [thing(id, Kind.SHOWS) for id in range(ACTS_TOGETHER * 2 + 1)]
        assert [len(batch) for batch in batches(shows)] == [ACTS_TOGETHER, ACTS_TOGETHER, 1]

    def test_one_with_more_than_fit_goes_alone(self) -> None:
        shows = [thing(1, Kind.SHOWS, coming=400), thing(2, Kind.SHOWS, coming=1)]
        assert [ids(batch) for batch in batches(shows)] == [[1], [2]]

    @given(st.lists(st.integers(0, 300), max_size=200))
    def test_all_of_them_in_their_order(self, coming: list[int]) -> None:
        shows = [thing(id, Kind.SHOWS, coming=many) for id, many in enumerate(coming)]
        packed = list(batches(shows))
        assert [one for batch in packed for one in batch] == shows
        for batch in packed:
            assert len(batch) == 1 or sum(one.coming for one in batch) <= EVENTS_TOGETHER


ratios = st.floats(0.96, 6, allow_nan=False)


@given(first=ratios, second=ratios, kind=st.sampled_from(Kind), others=st.lists(ratios, max_size=30))
def test_of_two_of_a_kind_the_older_is_never_served_later(
    first: float, second: float, kind: Kind, others: list[float]
) -> None:
    older, younger = sorted((first, second), reverse=True)
    many = [thing(id, kind, ratio=ratio) for id, ratio in enumerate(others, start=10)]
    served = ids(serve([*many, thing(2, kind, ratio=younger), thing(1, kind, ratio=older)], full(8)).served)
    assert 2 not in served or served.index(1) < served.index(2) or older == younger


@settings(max_examples=25, deadline=None)
@given(
    abouts=st.lists(
        st.builds(
            Known,
            since=st.just(NOW - 900 * DAY),
            coming=st.sampled_from([0, 5]),
            last_show_at=st.sampled_from([None, NOW - 30 * DAY]),
            followed_since=st.sampled_from([None, NOW - 800 * DAY]),
        ),
        min_size=2,
        max_size=30,
    ),
    share=st.floats(0.4, 1.0),
)
def test_nothing_reaches_three_times_its_allowance_where_calls_reach_for_half_of_what_is_wanted(
    abouts: list[Known], share: float
) -> None:
    """Under an overload that lasts, all get older together, in proportion to what they may."""
    allowances = ALLOWANCES[Kind.RECORDINGS]
    wanted = sum(1 / (age_of(Kind.RECORDINGS, one, NOW, NOW).due_at - NOW).days for one in abouts)  # a day
    checked, worst, saved = dict.fromkeys(range(len(abouts)), NOW), 0.0, 0.0
    for day in range(1, 400):
        now = NOW + day * DAY
        ages = {id: age_of(Kind.RECORDINGS, one, checked[id], now) for id, one in enumerate(abouts)}
        worst = max(worst, *(age.ratio for age in ages.values()))
        due = [Thing(kind=Kind.RECORDINGS, id=id, age=age) for id, age in ages.items() if age.is_due]
        saved = min(saved + wanted * share, len(abouts))
        calls = int(saved)
        saved -= calls
        for one in serve(due, {"musicbrainz": Purse(rest=calls, mornings=calls)}).served:
            checked[one.id] = now
    slack = len(abouts) / (wanted * share) / min(allowances.values()).days if len(abouts) < 6 else 0
    assert worst < 3 + slack


def test_what_a_thing_costs() -> None:
    assert calls_for(thing(kind=Kind.SETLISTS)) == 1
    assert calls_for(thing(kind=Kind.BACKLOG)) == 10
    assert calls_for(thing(kind=Kind.SHOWS)) * ACTS_TOGETHER == pytest.approx(3)
    assert calls_for(thing(kind=Kind.SHOWS, coming=EVENTS_TOGETHER)) == 3


def test_an_awaited_setlist_is_asked_for_of_the_mornings_reserve() -> None:
    assert thing(reason=Reason.AWAITED).purpose is Purpose.SETLISTS
    assert {thing(reason=reason).purpose for reason in set(Reason) - {Reason.AWAITED}} == {Purpose.SYNC}
