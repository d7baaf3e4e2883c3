"""When two records mean one venue, one night, or one listing of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from setlist.domain.titles import fold

EARTH_RADIUS_M = 6_371_000
SAME_VENUE_M = 500  # a resale listing of one hall was recorded 270 m from its primary
EARLY_AND_LATE = timedelta(hours=2)  # closer starts are two listings of one performance
SOLD_BESIDE = (
    r"parking",
    r"vip(?! tour)",
    r"(?:ticket|travel|hotel|premium|camping|fan)s? packages?",
    r"packages?$",
    r"upgrades?",
    r"(?:luxury|private) suites?",
    r"suites?(?: rentals?)?$",
    r"rv pass",
    r"camping(?: pass| ticket)?$",
    r"shuttle",
    r"hospitality",
    r"meet (?:&|and) greet",
    r"premium seating",
    r"fast lane",
    r"(?:vip|club) (?:lounge|access)",
    r"lounge (?:access|pass)",
)
EXTRA_LISTING = re.compile(rf"\b(?:{'|'.join(SOLD_BESIDE)})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Place:
    name: str
    city: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None


def is_extra_listing(name: str, *, own_names: Iterable[str] = ()) -> bool:
    """Whether a listing sells something beside the show: parking, packages, upgrades.

    `own_names`: of the acts and the venue. What they are called says nothing about what is sold.
    """
    for own in own_names:
        name = re.sub(re.escape(own), " ", name, flags=re.IGNORECASE)
    return EXTRA_LISTING.search(name.strip()) is not None


def same_performance(one: datetime | None, other: datetime | None) -> bool:
    """Whether two starts on one day at one place are one show; an unknown start fits any."""
    return one is None or other is None or abs(one - other) < EARLY_AND_LATE


def same_venue(one: Place, other: Place) -> bool:
    """One name, and near each other, or in one city where a position is missing."""
    if fold(one.name) != fold(other.name) or not _same_country(one, other):
        return False
    apart = metres_between(one, other)
    return apart <= SAME_VENUE_M if apart is not None else fold(one.city) == fold(other.city)


def same_grounds(one: Place, other: Place) -> bool:
    """Near enough for two listings of one act on one night, whatever the venue is called there."""
    apart = metres_between(one, other)
    if apart is not None:
        return apart <= SAME_VENUE_M
    return _same_country(one, other) and fold(one.city) == fold(other.city)


def metres_between(one: Place, other: Place) -> float | None:
    """The great-circle distance, or None where a position is missing."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    lat1, lon1, lat2, lon2 = map(radians, (one.latitude, one.longitude, other.latitude, other.longitude))
    half_chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(half_chord))


def _same_country(one: Place, other: Place) -> bool:
    return not one.country or not other.country or one.country == other.country
