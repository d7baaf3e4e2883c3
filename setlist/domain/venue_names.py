"""When two names can be one venue's. What stands on a map decides; names alone only raise the question.

A venue's name loses and gains a sponsor, a city, an article. What tells it from its neighbours are the words
that few venues share, and never those that tell rooms of one house apart.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from setlist.domain.folding import fold


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What kind of house it is: says nothing of which. Folded, in the languages that venues are named in.
KINDS_OF_HOUSE = _listed("""
    amphitheater amphitheatre arena auditorium ballroom bar cafe center centre centro club coliseum dome
    event events exhibition expo field grounds hall halle haus hotel house live lounge music musikhalle
    palace park pavilion place plaza pub salle stadion stadium stage stade teatro theater theatre theatro
    venue zenith
""")
# Rooms of one house: a name that has one which the other lacks is another place.
ROOMS = _listed("""
    annex basement big cellar court downstairs foyer garden green indoor keller kleine klein large little
    lower main outdoor outside parking patio petite red roof rooftop room saal sala salon second side small
    studio terrace third upper upstairs yard
""")
LITTLE = _listed("the a of and at in de la le les el los las di da der die das den am im du des")
FORMERLY = re.compile(
    r"\((?:formerly|previously|former|fka|f\.k\.a\.|ex|ehemals|früher)[:,]?\s+([^)]+)\)", re.I
)
PRESENTED = re.compile(r"\s+(?:presented|powered|sponsored) by\s.*$", re.I)
STATE_CODE = re.compile(r"\s*-\s*([A-Z]{2})$")
BRACKETS = re.compile(r"\s*\(([^()]*)\)")


class Alike(StrEnum):
    SAME = "same"
    MAYBE = "maybe"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class _Name:
    words: frozenset[str]
    is_within: bool = False  # another house, which its name tells too

    @property
    def telling(self) -> frozenset[str]:
        return self.words - KINDS_OF_HOUSE

    @property
    def rooms(self) -> frozenset[str]:
        return frozenset(word for word in self.words if word in ROOMS or word.isdigit() or len(word) == 1)


def alike(one: str, other: str, *, places: tuple[str, ...] = ()) -> Alike:
    """Two names of venues at one spot. `places`: city and state, which a name may have or leave out."""
    pairs = [(mine, theirs) for mine in _names(one, places) for theirs in _names(other, places)]
    return min((_compared(mine, theirs) for mine, theirs in pairs), key=list(Alike).index)


def _compared(one: _Name, other: _Name) -> Alike:
    if one.words == other.words and one.is_within is other.is_within:
        return Alike.SAME
    if one.rooms != other.rooms:
        return Alike.DIFFERENT
    common = one.telling & other.telling
    if not common:
        return Alike.DIFFERENT
    if one.is_within is other.is_within and one.telling == other.telling and _is_longer(one, other):
        return Alike.SAME
    if one.telling <= other.telling or other.telling <= one.telling:
        return Alike.MAYBE
    return Alike.MAYBE if len(common) >= 2 else Alike.DIFFERENT


def _is_longer(one: _Name, other: _Name) -> bool:
    """One of them says besides what kind of house it is."""
    return one.words < other.words or other.words < one.words


def _names(text: str, places: tuple[str, ...]) -> list[_Name]:
    """The name, and the older one that it may tell in brackets."""
    formerly = [match[1] for match in FORMERLY.finditer(text)]
    present = STATE_CODE.sub("", PRESENTED.sub("", FORMERLY.sub("", text)).strip())
    return [_Name(_told(name, places), _is_within(name)) for name in (present, *formerly)]


def _is_within(name: str) -> bool:
    """Whether a kind of house stands before "at": the pavilion at an island is not the island."""
    before, found, _ = name.partition(" at ")
    return bool(found) and bool(_words(before) & KINDS_OF_HOUSE)


def _told(name: str, places: tuple[str, ...]) -> frozenset[str]:
    words = _words(name)
    around = frozenset(word for place in places for word in _words(place))
    return (words - around) or words


@lru_cache(maxsize=4096)  # a city's venues are compared with each other
def _words(name: str) -> frozenset[str]:
    words = frozenset(fold(name).split())
    return (words - LITTLE) or words
