"""One venue, one night, one listing: or two."""

from datetime import UTC, datetime, timedelta

import pytest

from setlist.domain.matching import Place, is_extra_listing, same_grounds, same_performance, same_venue

START = datetime(2026, 5, 2, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "PARKING: The Pale Rivers",
        "The Pale Rivers - VIP Package",
        "The Pale Rivers VIP",
        "The Pale Rivers - Premium Seating",
        "Luxury Suite: The Pale Rivers",
        "The Pale Rivers (Meet & Greet Upgrade)",
        "RV Pass - The Pale Rivers",
        "Hotel Packages",
    ],
)
def test_what_is_sold_beside_a_show_is_no_show(name: str) -> None:
    assert is_extra_listing(name, own_names=["The Pale Rivers", "Town Hall"])


@pytest.mark.parametrize(
    ("name", "own_names"),
    [
        ("Camping in Alaska", ["Camping in Alaska"]),
        ("The Lounge Kittens", ["The Lounge Kittens"]),
        ("Suite 16", ["Suite 16"]),
        ("The Pale Rivers: VIP Tour", ["The Pale Rivers"]),
        ("The Pale Rivers at The Lounge", ["The Pale Rivers", "The Lounge"]),
        ("Hospitality Club Night", ["Hospitality"]),
        ("The Pale Rivers", []),
    ],
)
def test_names_of_acts_and_halls_do_not_make_a_show_an_extra(name: str, own_names: list[str]) -> None:
    assert not is_extra_listing(name, own_names=own_names)


def place(name: str = "Town Hall", *, metres_north: float | None = 0, city: str = "Lyon") -> Place:
    latitude = None if metres_north is None else 45.0 + metres_north / 111_195
    longitude = None if metres_north is None else 4.8
    return Place(name=name, city=city, country="FR", latitude=latitude, longitude=longitude)


def test_one_name_is_one_venue_when_near_or_in_one_city() -> None:
    assert same_venue(place(), place(metres_north=270))
    assert not same_venue(place(), place(metres_north=900))
    assert same_venue(place(), place(metres_north=None))
    assert not same_venue(place(), place(metres_north=None, city="Nice"))
    assert not same_venue(place(), place("Arena"))


def test_grounds_are_a_matter_of_distance_not_of_names() -> None:
    assert same_grounds(place(), place("Hall by the Sponsor", metres_north=270))
    assert not same_grounds(place(), place("Arena", metres_north=5000))


def test_starts_two_hours_apart_are_two_shows() -> None:
    assert same_performance(START, START + timedelta(minutes=119))
    assert not same_performance(START, START + timedelta(hours=2))
    assert same_performance(START, None)
