"""One venue, one night, one listing: or two."""

from datetime import UTC, datetime, timedelta

import pytest

from setlist.domain.matching import Place, is_extra_listing, same_grounds, same_performance, venue_match
from setlist.domain.venue_names import Alike

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


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (place(metres_north=270), Alike.SAME),
        (place("The Town Hall", metres_north=270), Alike.SAME),
        (place(metres_north=900), Alike.MAYBE),  # one name, too far for one house
        (place(metres_north=3000), Alike.DIFFERENT),
        (place("Bank Town Hall Theatre", metres_north=100), Alike.MAYBE),
        (place("Arena"), Alike.DIFFERENT),
        # Without a position the name alone has to do, and the city.
        (place(metres_north=None), Alike.SAME),
        (place("Town", metres_north=None), Alike.MAYBE),
        (place(metres_north=None, city="Nice"), Alike.DIFFERENT),
        (place(metres_north=None, city=""), Alike.MAYBE),  # every city has one
        (place("Town", metres_north=None, city=""), Alike.DIFFERENT),
    ],
)
def test_one_venue_is_near_and_of_one_name_and_what_is_in_between_is_asked(
    other: Place, wanted: Alike
) -> None:
    assert venue_match(place(), other) is wanted
    assert venue_match(other, place()) is wanted


def test_in_another_country_it_is_another_venue() -> None:
    abroad = Place(name="Town Hall", city="Lyon", country="BE", latitude=45.0, longitude=4.8)
    assert venue_match(place(), abroad) is Alike.DIFFERENT


def test_grounds_are_a_matter_of_distance_not_of_names() -> None:
    assert same_grounds(place(), place("Hall by the Sponsor", metres_north=270))
    assert not same_grounds(place(), place("Arena", metres_north=5000))


def test_starts_two_hours_apart_are_two_shows() -> None:
    assert same_performance(START, START + timedelta(minutes=119))
    assert not same_performance(START, START + timedelta(hours=2))
    assert same_performance(START, None)


@pytest.mark.parametrize(
    ("city", "wanted"),
    [
        ("Lyon 3", Alike.SAME),
        ("Lyon City", Alike.SAME),
        ("Lyon (Rhône)", Alike.MAYBE),
        ("Villeurbanne", Alike.DIFFERENT),
    ],
)
def test_a_city_is_spelled_in_many_ways(city: str, wanted: Alike) -> None:
    nowhere = place(metres_north=None)
    assert venue_match(nowhere, place(metres_north=None, city=city)) is wanted
    assert venue_match(place(metres_north=None, city=city), nowhere) is wanted


def test_a_house_of_one_name_is_the_grounds_of_a_night_whatever_its_city_is_called() -> None:
    assert same_grounds(place(), place(metres_north=None, city="Lugdunum"))
    assert not same_grounds(place(), place("Arena", metres_north=None, city="Lugdunum"))
