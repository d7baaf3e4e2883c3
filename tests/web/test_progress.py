from datetime import UTC, datetime, timedelta

import pytest

from setlist.web.progress import pace

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "percent", "seconds", "left"),
    [
        ("running", 25.0, 30, 90.0),
        ("running", 50.0, 30, 30.0),
        ("running", 100.0, 30, 0.0),
        ("running", 0.0, 30, None),
        ("running", 2.9, 30, None),
        ("running", 3.0, 3, 97.0),
        ("done", 100.0, 30, 0.0),
        ("failed", 40.0, 30, 0.0),
        ("cancelled", 40.0, 30, 0.0),
    ],
)
def test_what_is_left_follows_from_the_speed_so_far(
    state: str, percent: float, seconds: int, left: float | None
) -> None:
    found = pace(state=state, percent=percent, started_at=START, now=START + timedelta(seconds=seconds))
    assert found.elapsed_seconds == seconds
    assert found.left_seconds == left


def test_what_waits_has_taken_no_time_and_promises_none() -> None:
    found = pace(state="queued", percent=0.0, started_at=None, now=START)
    assert (found.elapsed_seconds, found.left_seconds) == (0.0, None)


def test_clocks_that_differ_give_no_negative_time() -> None:
    found = pace(state="running", percent=10.0, started_at=START, now=START - timedelta(seconds=2))
    assert (found.elapsed_seconds, found.left_seconds) == (0.0, 0.0)
