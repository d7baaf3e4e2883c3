"""What is usual, and when more than that is busy."""

from datetime import UTC, datetime, timedelta

import pytest

from setlist.services.traffic_pattern import HOURS, Load, Pattern, hour_of_week, pattern_of

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def weeks(count: int, level=lambda hour: 600.0 if hour % 24 == 20 else 60.0) -> dict[datetime, float]:
    """Requests of the hours before MONDAY."""
    hours = (MONDAY - timedelta(hours=back) for back in range(1, count * HOURS + 1))
    return {hour: level(hour_of_week(hour)) for hour in hours}


def test_it_is_requests_a_minute_by_hour_of_the_week() -> None:
    pattern = pattern_of(weeks(4), now=MONDAY)
    assert pattern.at(MONDAY + timedelta(hours=20, minutes=30)) == 10.0
    assert pattern.at(MONDAY + timedelta(hours=9)) == 1.0


def test_one_wild_night_is_no_habit() -> None:
    hours = weeks(4)
    hours[MONDAY - timedelta(hours=20)] = 1_000_000.0
    assert pattern_of(hours, now=MONDAY) == pattern_of(weeks(4), now=MONDAY)


def test_hours_without_requests_are_quiet_ones_not_unknown_ones() -> None:
    hours = {hour: requests for hour, requests in weeks(4).items() if requests > 60}
    assert pattern_of(hours, now=MONDAY).at(MONDAY + timedelta(hours=9)) == 0.0


def test_with_little_known_the_hour_of_the_day_speaks_with_its_neighbours() -> None:
    """Monday evening was never seen; Saturday's and Sunday's were."""
    hours = {hour: level for hour, level in weeks(1).items() if hour >= MONDAY - timedelta(days=2)}
    pattern = pattern_of(hours, now=MONDAY)
    monday = [pattern.at(MONDAY + timedelta(hours=hour)) for hour in range(24)]
    assert monday.index(max(monday)) == 20
    assert monday[19] == monday[21] > monday[9]


def test_with_nothing_known_all_hours_are_alike_and_all_are_quiet() -> None:
    pattern = pattern_of({}, now=MONDAY)
    assert pattern == Pattern()
    assert pattern.quiet_hours(range(HOURS)) == frozenset(range(HOURS))


def test_each_day_has_its_quiet_hours_also_where_another_day_is_quieter() -> None:
    levels = tuple(float(hour % 24 + 1) * (100 if hour >= 120 else 1) for hour in range(HOURS))
    quiet = Pattern(levels).quiet_hours(range(HOURS))
    assert {hour % 24 for hour in quiet if hour >= 120} == set(range(8))
    assert len(quiet) == 7 * 8


@pytest.mark.parametrize(
    ("load", "state"),
    [
        (Load(per_minute=140), "calm"),
        (Load(per_minute=160), "busy"),
        (Load(per_minute=10, requests=50, failures=10), "busy"),
        (Load(per_minute=10, requests=10, failures=10), "calm"),  # too few to tell
    ],
)
def test_busy_is_well_above_the_usual_or_failing(load: Load, state: str) -> None:
    assert Pattern((100.0,) * HOURS).is_busy(load, MONDAY) is (state == "busy")


def test_a_small_site_is_not_busy_for_a_handful_of_visitors() -> None:
    assert not Pattern().is_busy(Load(per_minute=40), MONDAY)
    assert Pattern().is_busy(Load(per_minute=80), MONDAY)
