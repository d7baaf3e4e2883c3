"""What looks made and what does not, without a database."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from setlist.domain.bursts import BurstRule, Newcomer, find_bursts
from setlist.models.bursts import BurstKind

RULE = BurstRule(from_address=250, copies=80, in_step=40)
T0 = datetime(2026, 5, 1, 19, 0, tzinfo=UTC)
HALL = b"h" * 16


def newcomers(
    seconds: list[float], *, mark: bytes | None = HALL, songs: tuple[int, ...] = ()
) -> list[Newcomer]:
    draw = random.Random(len(seconds))
    return [
        Newcomer(
            fan_id=n,
            first_at=T0 + timedelta(seconds=second),
            mark=mark,
            songs=songs or tuple(sorted(draw.sample(range(30), 5))),
        )
        for n, second in enumerate(seconds)
    ]


def arrivals(count: int, within: float) -> list[float]:
    draw = random.Random(count)
    return sorted(draw.uniform(0, within) for _ in range(count))


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (newcomers([]), []),
        (newcomers(arrivals(300, 180)), []),  # a hall within three minutes
        (newcomers(arrivals(2_000, 1_800)), []),  # an arena within half an hour
        (newcomers(arrivals(1_000, 60)), [BurstKind.ADDRESS]),
        (newcomers(arrivals(1_000, 60), mark=None), []),  # marks are wiped, or there was no address
        (newcomers(arrivals(1_000, 600), songs=(1, 2)), []),  # everybody's two favourites
        (newcomers(arrivals(70, 600), songs=(1, 2, 3)), []),
        (newcomers(arrivals(90, 600), songs=(1, 2, 3)), [BurstKind.COPIES]),
        (newcomers(arrivals(90, 600), songs=(1, 2, 3), mark=None), [BurstKind.COPIES]),
        (newcomers(arrivals(90, 7_200), songs=(1, 2, 3)), []),  # in an evening
        (newcomers([5.0 * n for n in range(50)]), [BurstKind.CLOCKWORK]),
        (newcomers([5.0 * n for n in range(30)]), []),
        (newcomers([300.0 * n for n in range(50)]), []),  # too slow to be one
        (newcomers([0.0] * 100), []),  # at once, but no clockwork
        (newcomers([5.0 * n for n in range(50)], mark=None), []),  # who knows whose
    ],
)
def test_each_kind_and_what_is_none(found: list[Newcomer], kinds: list[BurstKind]) -> None:
    assert [burst.kind for burst in find_bursts(1, found, RULE)] == kinds


def test_only_those_who_came_in_the_burst_are_in_it() -> None:
    evening = newcomers([*range(0, 3_000, 10), *(4_000 + n / 20 for n in range(400)), 9_000.0])
    [burst] = [one for one in find_bursts(1, evening, RULE) if one.kind is BurstKind.ADDRESS]
    assert {one.fan_id for one in burst.newcomers} == set(range(300, 700))


def test_a_burst_that_grows_has_the_same_fingerprint_and_that_of_another_show_has_not() -> None:
    early, late = newcomers(arrivals(300, 50)), newcomers(arrivals(600, 55))
    prints = [
        find_bursts(show, found, RULE)[0].fingerprint for show, found in ((1, early), (1, late), (2, late))
    ]
    assert prints[0] == prints[1] != prints[2]
    assert HALL not in prints[0]
