"""When a show's votes come abnormally fast: a hall may, a script may not."""

import random
from collections import Counter

import pytest
import redis

from setlist.services.vote_rate import CALM_WINDOWS, WINDOW_SECONDS, WINDOWS, RateRule, VoteRate, judge
from tests.broken_redis import BreakableRedis

RULE = RateRule(floor=150, factor=4.0)
T0 = 1_790_000_000.0


@pytest.mark.parametrize(
    ("counts", "is_strict"),
    [
        ([], False),
        ([0] * 10, False),
        ([150], False),
        ([151], True),
        ([5] * 110 + [140], False),  # twenty times the usual, and still a small show
        ([60] * 110 + [230], False),  # a popular show may have its peaks
        ([60] * 110 + [260], True),
        ([3 * n for n in range(WINDOWS)], False),  # a show that becomes popular by and by
        ([0, 1000] + [50] * (CALM_WINDOWS - 1), True),
        ([0, 1000] + [50] * CALM_WINDOWS, False),
        ([0, 1000] + [50] * (CALM_WINDOWS - 1) + [100] + [50] * (CALM_WINDOWS - 1), True),  # not calm enough
        ([0, 1000] * 20, True),  # on and off each ten seconds does not flap
        ([300] * 60, True),  # what lasts is not usual for a while
        ([300] * WINDOWS, False),  # but it is in the end
    ],
)
def test_what_a_series_of_windows_makes_of_the_last(counts: list[int], *, is_strict: bool) -> None:
    before = [0] * (WINDOWS - len(counts))
    assert judge(before + counts, RULE).is_strict is is_strict


def test_the_excess_grows_with_the_flood() -> None:
    assert [round(judge([0] * 9 + [count], RULE).excess) for count in (10, 160, 600, 1500)] == [1, 1, 4, 10]


def test_without_a_floor_guests_are_always_asked() -> None:
    assert judge([1], RateRule(floor=0, factor=4.0)).is_strict


@pytest.mark.parametrize("minutes", [3, 5, 10])
def test_a_whole_hall_that_votes_at_once_passes(minutes: int) -> None:
    """300 fans with 5 wishes each from one address: most of them in the beginning."""
    draw = random.Random(minutes)
    moments = sorted(T0 + draw.betavariate(1.2, 2) * 60 * minutes for _ in range(1500))
    rate = VoteRate(None, RULE)
    assert not any(rate.note(1, moment).is_strict for moment in moments)


def test_a_script_with_a_thousand_guests_in_a_minute_does_not() -> None:
    rate = VoteRate(None, RULE)
    strict = [rate.note(1, T0 + n * 0.06).is_strict for n in range(1000)]
    assert strict.index(True) < 200
    assert all(strict[200:])


def test_one_show_does_not_make_another_strict() -> None:
    rate = VoteRate(None, RULE)
    assert any(rate.note(1, T0).is_strict for _ in range(200))
    assert not rate.note(2, T0).is_strict


def test_processes_share_their_counts_through_redis(redis_client: redis.Redis) -> None:
    one, other = VoteRate(redis_client, RULE), VoteRate(redis_client, RULE)
    for _ in range(75):
        assert not one.note(1, T0).is_strict
        assert not other.note(1, T0).is_strict
    assert one.note(1, T0).is_strict
    assert other.note(1, T0).is_strict
    assert not one.note(1, T0 + (WINDOWS + 1) * WINDOW_SECONDS).is_strict
    assert all(0 < redis_client.ttl(key) <= (WINDOWS + 1) * WINDOW_SECONDS for key in redis_client.keys("*"))


def test_with_redis_away_the_process_counts_what_it_saw(own_redis: BreakableRedis) -> None:
    with own_redis.client() as client:
        rate = VoteRate(client, RULE)
        for _ in range(130):
            rate.note(1, T0)
        own_redis.stop()
        assert [rate.note(1, T0).is_strict for _ in range(21)] == [False] * 20 + [True]


def test_a_process_does_not_remember_more_and_more() -> None:
    rate = VoteRate(None, RULE)
    for show_id in range(10_000):
        rate.note(show_id, T0)
    assert len(rate._here._counts) <= 10_000
    for show_id in range(10_000):
        rate.note(show_id, T0 + 10 * WINDOW_SECONDS * WINDOWS)
    assert Counter(key[1] for key in rate._here._counts).most_common(1)[0][1] <= 10_000
    rate.note(1, T0 + 20 * WINDOW_SECONDS * WINDOWS)
    assert len(rate._here._counts) == 1
