"""The acts. Each is computed from the seed and its index; its name alone is cheap, for the search."""

from dataclasses import dataclass
from enum import IntEnum

from setlist.sandbox.catalogue.cities import CITIES, City
from setlist.sandbox.catalogue.draw import Dice, share
from setlist.sandbox.catalogue.names import (
    BENCHMARK_ACT,
    BENCHMARK_NAMESAKE,
    HOMES,
    is_person,
    is_shared,
    language_of,
    name_of,
    namesake_of,
)

BENCHMARK_SHOWS, BENCHMARK_SONGS, BENCHMARK_SETLISTS = 60, 300, 200
YEARS = (1962, 2024)  # when acts began

_GENRES = {
    "rock": (
        "indie rock",
        "alternative rock",
        "garage rock",
        "post-punk",
        "psychedelic rock",
        "shoegaze",
        "hard rock",
    ),
    "pop": ("indie pop", "dream pop", "synth-pop", "art pop", "city pop", "electropop"),
    "folk": ("indie folk", "contemporary folk", "americana", "singer-songwriter", "chamber folk"),
    "electronic": ("house", "techno", "downtempo", "ambient", "drum and bass", "electro"),
    "hip hop": ("boom bap", "jazz rap", "trap", "alternative hip hop"),
    "metal": ("doom metal", "progressive metal", "black metal", "metalcore", "post-metal"),
    "jazz": ("contemporary jazz", "jazz fusion", "vocal jazz", "afrobeat"),
    "soul": ("neo soul", "funk", "contemporary r&b", "disco"),
    "country": ("alt-country", "bluegrass", "outlaw country"),
    "punk": ("pop punk", "hardcore punk", "ska punk", "folk punk"),
    "latin": ("cumbia", "bossa nova", "latin rock", "reggaeton", "tango"),
    "classical": ("neoclassical", "minimalism", "chamber music"),
}
_FAMILIES = tuple(_GENRES)
_LATIN_HOMES = frozenset({"es", "pt"})
_CITY = {city.name: city for city in CITIES}
_FIXED = {BENCHMARK_ACT: (_CITY["Chicago"], "rock"), BENCHMARK_NAMESAKE: (_CITY["Glasgow"], "folk")}


class Size(IntEnum):
    SMALL = 0
    MIDDLE = 1
    LARGE = 2


@dataclass(frozen=True, slots=True)
class Artist:
    index: int
    name: str
    sort_name: str
    latin_name: str
    language: str
    city: City
    is_person: bool
    gender: str | None
    disambiguation: str
    began: str  # "1989", "1989-12" or "1989-12-04"
    ended: bool
    genre: str
    genres: tuple[str, ...]
    size: Size
    song_count: int
    announced: int  # how many shows ahead are on sale
    shows_a_year: int

    @property
    def began_year(self) -> int:
        return int(self.began[:4])


def artist(seed: int, index: int) -> Artist:
    dice = Dice(seed, "artist", index)
    origin = namesake_of(seed, index)
    name = name_of(seed, index)
    language = language_of(seed, origin)
    city = CITIES[dice.pick(HOMES[language])]
    size = _size(seed, index)
    began = _began(dice, index, size)
    genre = dice.pick(_FAMILIES)
    if genre == "latin" and language not in _LATIN_HOMES:
        genre = "rock"
    city, genre = _FIXED.get(index, (city, genre))
    own_genres = tuple(dict.fromkeys((dice.pick(_GENRES[genre]), genre, dice.pick(_GENRES[genre]))))
    person = is_person(seed, origin)
    songs, announced, yearly = _amounts(dice, index, size)
    return Artist(
        index=index,
        name=name.text,
        sort_name=_sort_name(name.latin, person=person and name.text == name.latin),
        latin_name=name.latin,
        language=language,
        city=city,
        is_person=person,
        gender=dice.pick(("female", "male", "female", "male", "non-binary")) if person else None,
        disambiguation=_disambiguation(seed, index, city, own_genres[0]),
        began=began,
        ended=size is Size.SMALL and dice.below(12) == 0,
        genre=genre,
        genres=own_genres,
        size=size,
        song_count=songs,
        announced=announced,
        shows_a_year=yearly,
    )


def _size(seed: int, index: int) -> Size:
    """One in twenty is large, one in five middling. Early ones too, so that small catalogues have them."""
    if index == BENCHMARK_ACT or share(seed, "size", index) < 0.05:
        return Size.LARGE
    return (
        Size.MIDDLE if share(seed, "middling", index) < 0.22 and index != BENCHMARK_NAMESAKE else Size.SMALL
    )


def _amounts(dice: Dice, index: int, size: Size) -> tuple[int, int, int]:
    """Songs, announced shows, shows a year."""
    if index == BENCHMARK_ACT:
        return BENCHMARK_SONGS, BENCHMARK_SHOWS, 96
    if size is Size.LARGE:
        return 180 + dice.below(140), 45 + dice.below(60), 80 + dice.below(30)
    if size is Size.MIDDLE:
        return 100 + dice.below(101), 20 + dice.below(21), 45 + dice.below(25)
    return 15 + dice.below(46), dice.below(9), 6 + dice.below(12)


def _began(dice: Dice, index: int, size: Size) -> str:
    """Dates are partial in the real data too."""
    if index == BENCHMARK_ACT:
        return "1998-03"
    first, last = (YEARS[0], YEARS[1] - 8) if size is not Size.SMALL else (1985, YEARS[1])
    year = max(first + dice.below(last - first), first + dice.below(last - first))
    return (
        f"{year}",
        f"{year}-{dice.below(12) + 1:02}",
        f"{year}-{dice.below(12) + 1:02}-{dice.below(28) + 1:02}",
    )[dice.below(3)]


def _sort_name(latin: str, *, person: bool) -> str:
    if latin.startswith("The "):
        return f"{latin[4:]}, The"
    given, _, family = latin.rpartition(" ")
    return f"{family}, {given}" if person and given else latin


def _disambiguation(seed: int, index: int, city: City, genre: str) -> str:
    """Always where another bears the name, and here and there for no visible reason."""
    if index == BENCHMARK_ACT:
        return "American band, known for long shows"
    if index == BENCHMARK_NAMESAKE:
        return "Scottish folk duo"
    if not is_shared(seed, index) and share(seed, "disambiguated", index) > 0.2:
        return ""
    texts = (f"{genre} from {city.name}", f"{city.name} {genre} act", f"{genre}, {city.country.name}")
    return Dice(seed, "disambiguation", index).pick(texts)
