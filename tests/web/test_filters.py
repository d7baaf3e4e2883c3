from datetime import UTC, date, datetime, timedelta

import pytest

from setlist.web.filters import (
    country,
    day,
    month,
    number,
    plural,
    seconds_in_words,
    short_day,
    until,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_days_are_written_as_fans_say_them() -> None:
    assert day(date(2026, 12, 5)) == "Saturday 5 December 2026"
    assert short_day(date(2026, 12, 5)) == "Sat 5 Dec 2026"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 3, 9), "March"),
        (date(2026, 11, 24), "November"),
        (date(2025, 11, 24), "November 2025"),
        (date(2024, 3, 9), "March 2024"),
        (date(2027, 3, 9), "March 2027"),
    ],
)
def test_a_month_has_its_year_where_another_could_be_meant(value: date, words: str) -> None:
    assert month(value, NOW.date()) == words


def test_a_month_always_has_its_year_on_pages_that_are_kept() -> None:
    assert month(date(2026, 3, 9)) == "March 2026"


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 songs"), (1, "1 song"), (2, "2 songs"), (12_000, "12\u202f000 songs")]
)
def test_counts_agree_with_their_word(count: int, words: str) -> None:
    assert plural(count, "song") == words


def test_odd_plurals_and_numbers() -> None:
    assert plural(2, "wish", "wishes") == "2 wishes"
    assert number(999) == "999"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=94, hours=3), "in 94 days"),
        (timedelta(hours=48), "in 2 days"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(seconds=5), "in 1 minute"),
        (timedelta(0), "now"),
        (timedelta(days=-3), "now"),
    ],
)
def test_the_time_until_is_as_coarse_as_stays_true(left: timedelta, words: str) -> None:
    assert until(NOW + left, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds"),
        (7, "5 seconds"),
        (48, "50 seconds"),
        (70, "a minute"),
        (150, "2 minutes"),
        (3_400, "1 hour"),
        (9_000, "2 hours"),
    ],
)
def test_durations_are_no_more_exact_than_anyone_believes(seconds: int, words: str) -> None:
    assert seconds_in_words(seconds) == words


@pytest.mark.parametrize(
    ("code", "name"),
    [("FR", "France"), ("gb", "United Kingdom"), ("XW", "Worldwide"), ("ZZ", "ZZ"), ("", "")],
)
def test_countries_go_by_their_names(code: str, name: str) -> None:
    assert country(code) == name
