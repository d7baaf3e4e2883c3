"""How old things may get: tables of cases, and what holds for all of them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setlist.services.freshness_ages import (
    ALLOWANCES,
    FAVOURED,
    HOUR,
    OVER,
    Kind,
    Known,
    Reason,
    age_of,
    ages_of,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = NOW - 900 * DAY


def known(**more: object) -> Known:
    return Known(since=LONG_AGO, **more)


def coming(days: float, *, learned: float = 60) -> dict[str, object]:
    return {"coming": 3, "next_show_at": NOW + days * DAY, "ahead_since": NOW - learned * DAY}


DORMANT, QUIET = {"last_show_at": NOW - 400 * DAY}, {"last_show_at": NOW - 90 * DAY}
NEAR, AHEAD = coming(2), coming(40)
FOLLOWED = {**coming(40), "followed_since": NOW - 20 * DAY}
TRENDING = {**FOLLOWED, "is_trending": True}


@pytest.mark.parametrize(
    ("kind", "about", "hours", "reason"),
    [
        (Kind.SHOWS, NEAR, 8, Reason.NEAR),
        (Kind.SHOWS, coming(6), 8, Reason.NEAR),
        (Kind.SHOWS, coming(7.1), 24, Reason.AHEAD),
        (Kind.SHOWS, TRENDING, 8, Reason.TRENDING),
        (Kind.SHOWS, FOLLOWED, 12, Reason.FOLLOWED),
        (Kind.SHOWS, AHEAD, 24, Reason.AHEAD),
        (Kind.SHOWS, {"coming": 1}, 24, Reason.AHEAD),  # without a date so far
        (Kind.SHOWS, QUIET, 4 * 24, Reason.ACTIVE),
        (Kind.SHOWS, DORMANT, 14 * 24, Reason.DORMANT),
        (Kind.SHOWS, {}, 14 * 24, Reason.DORMANT),
        (Kind.ACT, DORMANT, 60 * 24, Reason.DORMANT),
        (Kind.ACT, {**QUIET, "is_listed": False}, 30 * 24, Reason.UNLISTED),
        (Kind.SETLISTS, QUIET, 60 * 24, Reason.ACTIVE),
        (Kind.RECORDINGS, FOLLOWED, 4 * 24, Reason.FOLLOWED),
        (Kind.PICTURE, TRENDING, 29 * 24, Reason.DORMANT),
        (Kind.VENUES, AHEAD, 30 * 24, Reason.AHEAD),
        (Kind.VENUES, {}, 180 * 24, Reason.DORMANT),
    ],
)
def test_a_thing_that_is_as_old_as_it_may_be(
    kind: Kind, about: dict[str, object], hours: float, reason: Reason
) -> None:
    allowance = timedelta(hours=hours)
    age = age_of(kind, known(**about), NOW - allowance, NOW)
    assert (age.ratio, age.reason) == (1, reason)
    assert age.is_due
    assert not age.is_stale
    assert age_of(kind, known(**about), NOW - 1.6 * allowance, NOW).is_stale
    assert not age_of(kind, known(**about), NOW - 0.6 * allowance, NOW).is_due


def test_what_fans_wait_for_is_due_a_while_before_its_time() -> None:
    near, ahead = (
        age_of(Kind.SHOWS, known(**about), NOW - timedelta(hours=hours), NOW)
        for about, hours in ((NEAR, 6), (AHEAD, 18))
    )
    assert (near.ratio, ahead.ratio) == (0.75, 0.75)
    assert (near.is_due, ahead.is_due) == (True, False)


@pytest.mark.parametrize(
    "about",
    [
        coming(30, learned=0.1),  # a tour was announced
        {"coming": 1, "next_show_at": NOW + 7 * DAY - timedelta(hours=1), "ahead_since": NOW - 3 * DAY},
        {**DORMANT, "followed_since": NOW - timedelta(hours=1)},  # somebody began to wish
        {**DORMANT, "awaited_since": NOW - timedelta(hours=5)},  # a show ended an hour ago
    ],
)
def test_a_reason_counts_from_when_it_began(about: dict[str, object]) -> None:
    """Nothing is late at once for a reason that has just come up."""
    checked = dict.fromkeys(Kind, NOW - timedelta(hours=20))
    assert not any(age.is_stale for _, age in ages_of(known(**about), checked, NOW))


class TestASetlistThatIsMissing:
    START = NOW - 20 * DAY

    def asked_at(self, until: timedelta) -> list[float]:
        """Hours after the show at which it is asked for, if it never comes."""
        about = known(awaited_since=self.START, last_show_at=self.START)
        checked, asked = self.START - DAY, []
        while True:
            at = max(age_of(Kind.SETLISTS, about, checked, checked).due_at, checked)
            if at > self.START + until:
                return asked
            asked.append((at - self.START) / HOUR)
            checked = at

    def test_is_asked_for_the_morning_after_and_then_at_growing_gaps(self) -> None:
        asked = self.asked_at(until=14 * DAY)
        assert 8 <= asked[0] <= 12
        gaps = [round(after - before, 6) for before, after in pairwise(asked)]
        assert gaps == sorted(gaps)
        assert 6 <= len(asked) <= 9

    def test_is_forgotten_after_two_weeks_and_has_the_usual_rhythm_then(self) -> None:
        about = known(awaited_since=self.START, last_show_at=self.START)
        age = age_of(Kind.SETLISTS, about, NOW - 4 * DAY, NOW)
        assert (age.reason, age.is_due) == (Reason.ACTIVE, False)

    def test_is_not_missing_while_the_show_goes_on(self) -> None:
        about = known(awaited_since=NOW - 3 * HOUR, last_show_at=NOW - 3 * HOUR)
        assert not age_of(Kind.SETLISTS, about, NOW - 5 * DAY, NOW).is_due

    def test_presses_more_than_the_rest(self) -> None:
        about = known(awaited_since=NOW - 14 * HOUR, last_show_at=NOW - 14 * HOUR)
        age = age_of(Kind.SETLISTS, about, NOW - 30 * DAY, NOW)
        assert (age.reason, age.is_due) == (Reason.AWAITED, True)
        assert age.ratio == (timedelta(hours=14) - OVER) / timedelta(hours=10)


def test_what_was_never_read_is_due_at_once_and_ages_from_when_it_came() -> None:
    about = Known(since=NOW - timedelta(hours=1))
    age = age_of(Kind.ALBUMS, about, None, NOW)
    assert (age.is_due, age.is_stale, age.due_at) == (True, False, NOW - timedelta(hours=1))
    old = Known(since=NOW - 700 * DAY)
    assert age_of(Kind.ALBUMS, old, None, NOW).ratio == 700 / 180


moments = st.integers(0, 500 * 24).map(lambda hours: NOW - timedelta(hours=hours))
abouts = st.builds(
    Known,
    since=st.just(LONG_AGO),
    coming=st.integers(0, 90),
    next_show_at=st.none() | st.integers(0, 200 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
    ahead_since=st.none() | moments,
    last_show_at=st.none() | moments,
    awaited_since=st.none() | moments,
    followed_since=st.none() | moments,
    is_trending=st.booleans(),
    is_listed=st.booleans(),
)


@given(kind=st.sampled_from(Kind), about=abouts, first=moments, second=moments)
def test_what_was_checked_earlier_is_never_the_younger(
    kind: Kind, about: Known, first: datetime, second: datetime
) -> None:
    older, younger = sorted((first, second))
    old, young = (age_of(kind, about, checked, NOW) for checked in (older, younger))
    if kind is not Kind.SETLISTS:  # the gaps of an awaited one grow with its checks
        assert old.ratio >= young.ratio
        assert old.pressure >= young.pressure
        assert old.due_at <= young.due_at


@given(kind=st.sampled_from(Kind), about=abouts, checked=moments)
def test_it_is_due_from_when_it_says_so_and_within_the_longest_allowance(
    kind: Kind, about: Known, checked: datetime
) -> None:
    age = age_of(kind, about, checked, NOW)
    assert age.is_due == (age.due_at <= NOW)
    assert age.due_at <= checked + max(ALLOWANCES[kind].values())
    assert age.ratio <= age.pressure or age.pressure < 0


@given(about=abouts, checked=moments)
def test_whoever_is_wished_for_is_never_served_later(about: Known, checked: datetime) -> None:
    followed = Known(**{**_fields(about), "followed_since": LONG_AGO})
    alone = Known(**{**_fields(about), "followed_since": None})
    for kind in Kind:
        assert age_of(kind, followed, checked, NOW).due_at <= age_of(kind, alone, checked, NOW).due_at


def test_every_kind_says_how_old_it_may_get_at_the_most() -> None:
    assert ALLOWANCES.keys() == set(Kind)
    assert all(Reason.DORMANT in allowances for allowances in ALLOWANCES.values())
    for allowances in ALLOWANCES.values():
        assert max(allowances.values()) == allowances[Reason.DORMANT]
    assert Reason.DORMANT not in FAVOURED


def _fields(about: Known) -> dict[str, object]:
    return {name: getattr(about, name) for name in Known.__dataclass_fields__}
