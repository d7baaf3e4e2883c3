from datetime import UTC, datetime, timedelta

import pytest

from setlist.services.freshness import MOST_SELDOM_CALLS, SELDOM, USUAL, Listing, due

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALWAYS = {Listing.DATED, Listing.SETLISTS}


def checked(**days: float) -> dict[Listing, datetime]:
    """Everything was asked for just now, but for what is said to be so many days old."""
    ages = dict.fromkeys(USUAL, 0.0) | {Listing(name): age for name, age in days.items()}
    return {listing: NOW - timedelta(days=age) for listing, age in ages.items()}


def test_of_an_artist_that_was_never_read_everything_is_due() -> None:
    assert due({}, now=NOW) == set(USUAL)


def test_right_after_that_only_what_may_be_new_any_day() -> None:
    assert due(checked(), now=NOW) == ALWAYS


@pytest.mark.parametrize(
    ("ages", "also"),
    [
        ({"undated": 1.1}, {"undated"}),
        ({"recordings": 8}, {"recordings"}),
        ({"recordings": 8, "albums": 8}, {"recordings", "albums"}),
        ({"undated": 1.1, "recordings": 8}, {"recordings"}),  # 1.14 times its age, and then one call is left
        ({"undated": 3, "recordings": 8}, {"undated"}),
        ({"identity": 20, "recordings": 9, "albums": 8}, {"identity", "recordings"}),
        ({"picture": 29}, set()),
    ],
)
def test_what_is_seldom_new_shares_two_calls_the_most_overdue_first(
    ages: dict[str, float], also: set[str]
) -> None:
    assert due(checked(**ages), now=NOW) == ALWAYS | {Listing(name) for name in also}


@pytest.mark.parametrize("days", [0, 1, 7, 30, 365])
def test_four_calls_are_the_most_when_nothing_changed(days: float) -> None:
    found = due(checked(**dict.fromkeys(map(str, USUAL), days)), now=NOW)
    assert len(found & ALWAYS) + sum(SELDOM[listing].calls for listing in found - ALWAYS) <= 4
    assert MOST_SELDOM_CALLS == 2


def test_nothing_waits_for_ever() -> None:
    """Asked for once a day, each listing gets its turn, and none is more than a few days late."""
    seen, late = checked(), dict.fromkeys(USUAL, timedelta(0))
    for day in range(1, 200):
        now = NOW + timedelta(days=day)
        for listing in due(seen, now=now):
            if listing in SELDOM:
                late[listing] = max(late[listing], now - seen[listing] - SELDOM[listing].every)
            seen[listing] = now
    assert all(seen[listing] > NOW for listing in USUAL)
    assert max(late.values()) <= timedelta(days=3)


def test_what_was_never_read_is_due_whatever_it_costs() -> None:
    known = {listing: when for listing, when in checked(undated=9).items() if listing not in {"albums"}}
    del known[Listing.RECORDINGS]
    assert due(known, now=NOW) == ALWAYS | {Listing.RECORDINGS, Listing.ALBUMS, Listing.UNDATED}


def test_what_is_not_offered_is_not_due() -> None:
    assert due({}, now=NOW, offered={Listing.DATED}) == {Listing.DATED}
