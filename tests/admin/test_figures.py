from datetime import UTC, datetime

import pytest

from setlist.admin.figures import brief, count, moment, size, span


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (None, "–"),
        (-3, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86_399, "23 h"),
        (200_000, "2 d"),
    ],
)
def test_spans_are_short(seconds: float | None, written: str) -> None:
    assert span(seconds) == written.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("value", "cap", "written"), [(0, 10, "0"), (12_345, None, "12\u202f345"), (10, 10, "10+"), (9, 10, "9")]
)
def test_a_count_says_where_counting_stopped(value: int, cap: int | None, written: str) -> None:
    assert count(value, cap) == written


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [(None, "–"), (0, "0 ms"), (999.4, "999 ms"), (999.6, "1.0 s"), (61_000, "61.0 s"), (720_000, "12 min")],
)
def test_times_of_jobs_are_short(milliseconds: float | None, written: str) -> None:
    assert brief(milliseconds) == written.replace(" ", "\u00a0")


def test_sizes_and_moments_say_what_is_unknown() -> None:
    assert [size(None), size(71_800_000)] == ["–", "72\u00a0MB"]
    assert moment(None) == "–"
    assert moment(datetime(2026, 11, 6, 7, 5, 3, tzinfo=UTC)) == "6\u00a0Nov\u00a007:05:03"
