from datetime import UTC, datetime, timedelta

import pytest

from setlist.web.progress import Estimate, pace

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("state", "told", "told_after", "seconds", "left"),
    [
        ("running", 90.0, 30, 30, 90.0),
        ("running", 90.0, 30, 50, 70.0),
        ("running", 90.0, 30, 500, 0.0),
        ("running", None, 30, 30, None),
        ("queued", 90.0, 30, 30, None),
        ("done", 90.0, 30, 30, 0.0),
        ("failed", None, 30, 30, 0.0),
        ("cancelled", 5.0, 30, 30, 0.0),
    ],
)
def test_an_estimate_counts_down_until_the_import_ends(
    state: str, told: float | None, told_after: int, seconds: int, left: float | None
) -> None:
    estimate = Estimate(left_seconds=told, at=after(told_after))
    found = pace(state=state, started_at=START, now=after(seconds), told=estimate)
    assert found.elapsed_seconds == seconds
    assert found.left_seconds == left


def test_what_waits_has_taken_no_time_and_promises_none() -> None:
    found = pace(state="queued", started_at=None, now=START)
    assert (found.elapsed_seconds, found.left_seconds) == (0.0, None)


def test_clocks_that_differ_give_no_negative_time_and_no_longer_one() -> None:
    estimate = Estimate(left_seconds=40.0, at=START)
    found = pace(state="running", started_at=START, now=after(-2), told=estimate)
    assert (found.elapsed_seconds, found.left_seconds) == (0.0, 40.0)
