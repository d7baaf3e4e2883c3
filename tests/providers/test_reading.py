import math
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setlist.providers import reading

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
READERS = {
    "text": ("text", "identifier", "mbid", "isrc", "http_url", "country", "timezone"),
    "numbers": ("number", "integer"),
    "dates": ("partial_date", "year", "iso_date", "clock_time", "instant"),
    "structures": ("mapping", "entries", "mappings", "picture"),
}


@pytest.mark.parametrize("kind", READERS)
@given(value=JSON)
def test_no_reader_raises_whatever_it_is_given(kind: str, value: Any) -> None:
    for name in READERS[kind]:
        getattr(reading, name)(value)


@given(st.text())
def test_text_is_printable_stripped_and_bounded(value: str) -> None:
    found = reading.text(value, 20)
    assert len(found) <= 20
    assert found == found.strip()
    found.encode()  # raises for lone surrogates, which no database takes
    assert "\x00" not in found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("  Long Beach ", "Long Beach"),
        ("a\x00b", "a b"),
        ("Mgła \ud800", "Mgła"),
        ("two\nlines", "two lines"),
        ("Doki Doki ☆ Morning", "Doki Doki ☆ Morning"),
        (7, ""),
        (None, ""),
        (["x"], ""),
    ],
)
def test_text(value: Any, found: str) -> None:
    assert reading.text(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [("abc", "abc"), (12, "12"), (True, ""), (1.5, ""), ("a b", ""), ("x" * 101, "")],
)
def test_identifier(value: Any, found: str) -> None:
    assert reading.identifier(value) == found


def test_a_number_of_a_thousand_digits_is_no_id() -> None:
    assert reading.identifier(10**4_400) == ""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1.0e5, 100_000),
        ("100", 100),
        (0, 0),
        (-1, None),
        (2**31, None),
        (True, None),
        (math.nan, None),
        (math.inf, None),
        ("1e400", None),
        ("ten", None),
    ],
)
def test_integer(value: Any, found: int | None) -> None:
    assert reading.integer(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2010", "2010"),
        ("2010-05", "2010-05"),
        ("2010-05-31", "2010-05-31"),
        ("2010-02-31", "2010-02"),
        ("2010-13", "2010"),
        ("2010-00-00", "2010"),
        ("2010-05-31T00:00:00Z", "2010-05-31"),
        ("0000", ""),
        ("", ""),
        ("20101", ""),
        (None, ""),
    ],
)
def test_partial_date(value: Any, found: str) -> None:
    assert reading.partial_date(value) == found


def test_dates_times_and_instants() -> None:
    assert reading.iso_date("2027-11-06") == date(2027, 11, 6)
    assert reading.iso_date("1900-01-01") is None
    assert reading.clock_time("18:30:00") == time(18, 30)
    assert reading.clock_time("25:00") is None
    assert reading.instant("2027-11-07T01:30:00+01:00") == datetime(2027, 11, 7, 0, 30, tzinfo=UTC)
    assert reading.instant("2027-11-07T00:30:00") is None
    assert reading.instant("9999-12-31T23:59:59-12:00") is None


@pytest.mark.parametrize(
    ("value", "found"), [("de", "DE"), ("UK", "GB"), ("XK", "XK"), ("XW", ""), ("DEU", ""), (49, "")]
)
def test_country(value: Any, found: str) -> None:
    assert reading.country(value) == found


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "https://user@host/",
        "https://a b/",
        "http://[",
        7,
    ],
)
def test_what_is_no_web_address_is_none(value: Any) -> None:
    assert reading.http_url(value) is None


def test_a_web_address_is_kept_as_it_is() -> None:
    assert reading.http_url(" https://host/a?b=c ") == "https://host/a?b=c"
    assert reading.http_url("https://host/" + "a" * 1_000) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://open.spotify.com/artist/3AA28KZvwAUcZuOKwyblJQ?si=abc",
        "https://open.spotify.com/intl-de/artist/3AA28KZvwAUcZuOKwyblJQ",
        "http://open.spotify.com/artist/3AA28KZvwAUcZuOKwyblJQ/",
        "spotify:artist:3AA28KZvwAUcZuOKwyblJQ",
    ],
)
def test_spotify_ids_in_all_their_links(url: str) -> None:
    assert reading.spotify_artist_ids([url, None, url]) == ("3AA28KZvwAUcZuOKwyblJQ",)


def test_other_links_hold_no_spotify_id() -> None:
    urls = [
        "https://open.spotify.com/album/3AA28KZvwAUcZuOKwyblJQ",
        "https://evil.example/artist/" + "a" * 22,
    ]
    assert reading.spotify_artist_ids(urls) == ()


@pytest.mark.parametrize(
    ("widths", "chosen"),
    [((300, 640, 64), 640), ((2426, 1024), 1024), ((6000, 2426), 2426), ((64,), 64), ((), None)],
)
def test_the_widest_picture_that_is_no_original(widths: tuple[int, ...], chosen: int | None) -> None:
    images = [{"url": f"https://host/{width}", "width": width} for width in widths]
    assert reading.picture(images) == (f"https://host/{chosen}" if chosen else None)


def test_generic_pictures_are_none() -> None:
    assert reading.picture([{"url": "https://host/1", "width": 1024, "fallback": True}]) is None
