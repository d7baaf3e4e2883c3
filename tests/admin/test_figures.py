import pytest

from setlist.admin.figures import count, span


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
