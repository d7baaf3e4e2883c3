"""When two records mean one venue, one night, or one listing of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from setlist.domain.folding import fold
from setlist.domain.venue_names import Alike, alike

EARTH_RADIUS_M = 6_371_000
SAME_VENUE_M = 500  # a resale listing of one hall was recorded 270 m from its primary
NEAR_M = 2_000  # one name at so many metres is asked about
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
    state: str = ""
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


def venue_match(one: Place, other: Place) -> Alike:
    """Near each other and of one name: one venue. Where a position is missing, the name has to be the same.

    What is far apart, or of another name, is another venue; in between a person is asked.
    """
    if not _same_country(one, other):
        return Alike.DIFFERENT
    apart = metres_between(one, other)
    if apart is None:
        return _match_by_city(one, other)
    if apart <= SAME_VENUE_M:
        return _named(one, other)
    is_near = apart <= NEAR_M and fold(one.name) == fold(other.name)
    return Alike.MAYBE if is_near else Alike.DIFFERENT


def same_grounds(one: Place, other: Place) -> bool:
    """Near enough for two listings of one act on one night, whatever the venue is called there."""
    apart = metres_between(one, other)
    if apart is not None:
        return apart <= SAME_VENUE_M
    # A city has a name in each language, "Praha 9" and "Prague": there the venue's own tells.
    named_alike = fold(one.city) == fold(other.city) or fold(one.name) == fold(other.name)
    return _same_country(one, other) and named_alike


def metres_between(one: Place, other: Place) -> float | None:
    """The great-circle distance, or None where a position is missing."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    lat1, lon1, lat2, lon2 = map(radians, (one.latitude, one.longitude, other.latitude, other.longitude))
    half_chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(half_chord))


def _match_by_city(one: Place, other: Place) -> Alike:
    is_one_name = fold(one.name) == fold(other.name)
    if not one.city or not other.city:  # every city has its Town Hall
        return Alike.MAYBE if is_one_name else Alike.DIFFERENT
    city = _same_city(one, other)
    if city is Alike.DIFFERENT or _named(one, other) is Alike.DIFFERENT:
        return Alike.DIFFERENT
    return Alike.SAME if city is Alike.SAME and is_one_name else Alike.MAYBE


def _named(one: Place, other: Place) -> Alike:
    return alike(one.name, other.name, places=(one.city, other.city, one.state, other.state))


def _same_country(one: Place, other: Place) -> bool:
    return not one.country or not other.country or one.country == other.country


def _same_city(one: Place, other: Place) -> Alike:
    """Quebec is Quebec City, and Praha 9 is in Praha; Halle (Westfalen) need not be Halle."""
    if one.state and other.state and fold(one.state) != fold(other.state):
        return Alike.SAME if fold(one.city) == fold(other.city) else Alike.DIFFERENT
    mine, theirs = _city_words(one.city), _city_words(other.city)
    if mine == theirs:
        return Alike.SAME
    return Alike.MAYBE if mine <= theirs or theirs <= mine else Alike.DIFFERENT


def _city_words(city: str) -> frozenset[str]:
    words = frozenset(fold(city).split())
    return frozenset(word for word in words if word != "city" and not word.isdigit()) or words
