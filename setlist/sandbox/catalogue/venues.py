"""Invented venues in real cities: a few clubs, theatres and halls each, an arena and a festival ground."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from setlist.sandbox.catalogue.cities import CITIES, City
from setlist.sandbox.catalogue.draw import Dice
from setlist.sandbox.catalogue.grammar import Grammar

VENUES_PER_CITY = 16


class Room(IntEnum):
    CLUB = 0
    THEATRE = 1
    ARENA = 2
    GROUND = 3


@dataclass(frozen=True, slots=True)
class Venue:
    number: int
    name: str
    room: Room
    city: City
    latitude: float
    longitude: float
    address: str
    postal_code: str


# Of the sixteen places of a city: six clubs, five theatres, four arenas and stadiums, a ground.
_ROOMS = (Room.CLUB,) * 6 + (Room.THEATRE,) * 5 + (Room.ARENA,) * 4 + (Room.GROUND,)
_WORD = """
Lantern | Foundry | Marlow | Observatory | Copper | Tramshed | Gasworks | Paragon | Starling | Orchid |
Meridian | Juniper | Alhambra | Mercury | Cooperage | Ivory | Kestrel | Monarch | Sundial | Bellweather |
Old Mint | Empress | Saltworks | Compass | Magnolia | Pier | Fountain | Harbour | Rosewood | Halcyon |
Aurora | Linden | Atlas | Customs House | Printworks
"""
_GRAMMARS = {
    Room.CLUB: Grammar(
        """
            The {word} | {word} Room | {word} Club | {word} Bar | Club {word} | {word} Basement |
            {number} {word} | The {word} Lounge | {word} Social
        """,
        word=_WORD,
        number="9 | 13 | 21 | 44 | 100",
    ),
    Room.THEATRE: Grammar(
        """
            {word} Theatre | {word} Hall | The {word} Ballroom | {word} Music Hall | {word} Auditorium |
            The {word} Palace | {word} Opera House
        """,
        word=_WORD,
    ),
    Room.ARENA: Grammar(
        """
            {word} Arena | {word} Center | {word} Stadium | {word} Dome | {word} Amphitheatre |
            {word} Garden | {word} Coliseum
        """,
        word=_WORD,
    ),
    Room.GROUND: Grammar(
        "{word} Park | {word} Fields | {word} Racecourse | {word} Meadows | {word} Island", word=_WORD
    ),
}
_LOCAL = {
    "es": (
        "Sala {w}",
        "Teatro {w}",
        "Estadio {w}",
        "Parque {w}",
        "Azul|Colón Nuevo|La Estación|Del Puerto|Luz y Fuerza|Mirador|El Molino|Aurora",
    ),
    "pt": (
        "Casa {w}",
        "Teatro {w}",
        "Arena {w}",
        "Parque {w}",
        "da Ribeira|Alvorada|São Bento|do Cais|Tropical|Lírio|Santa Rita",
    ),
    "fr": (
        "Le {w}",
        "Théâtre du {w}",
        "Arena du {w}",
        "Parc du {w}",
        "Phare|Vieux Moulin|Grand Canal|Trianon|Lavoir|Faubourg|Cygne|Belvédère",
    ),
    "de": (
        "{w}keller",
        "{w}haus",
        "{w}-Arena",
        "{w}wiese",
        "Kohlen|Schiller|Linden|Stern|Wasserturm|Tonnen|Mühlen|Kaiser",
    ),
    "it": (
        "Circolo {w}",
        "Teatro {w}",
        "Palazzetto {w}",
        "Parco {w}",
        "dell'Orso|Ariosto|Nuova Fenice|delle Arti|Aurora|Magnolia|San Leo",
    ),
    "pl": (
        "Klub {w}",
        "Teatr {w}",
        "Hala {w}",
        "Park {w}",
        "Żuraw|Pod Lipami|Bałtyk|Stara Gazownia|Wisła|Kuźnia|Jutrzenka",
    ),
    "sv": ("Klubb {w}", "{w}teatern", "{w} Arena", "{w}parken", "Göta|Nord|Söder|Måne|Hamn|Björk|Storm"),
    "fi": ("{w} Klubi", "{w}talo", "{w} Areena", "{w}puisto", "Kulttuuri|Katajan|Meri|Savoy-|Korkea|Laulu"),
    "ja": (
        "{w} LIVE",
        "{w}ホール",
        "{w}アリーナ",
        "{w}公園",
        "中央|月見|青葉|みなと|千代|SUNRISE |桜坂|星見",
    ),
    "ko": ("{w} 라이브홀", "{w} 아트홀", "{w} 체육관", "{w} 공원", "한빛|푸른|새벽|올림|무지개|달맞이"),
    "zh": ("{w} Live House", "{w}劇院", "{w}體育館", "{w}公園", "河岸|南方|星光|海風|中山|月光"),
    "tr": (
        "{w} Sahne",
        "{w} Tiyatrosu",
        "{w} Spor Salonu",
        "{w} Parkı",
        "Kule|Yıldız|Liman|Çınar|Beyoğlu|Moda",
    ),
    "el": ("{w} Club", "Θέατρο {w}", "Γήπεδο {w}", "Πάρκο {w}", "Άλσος|Ακροπόλ|Λιμάνι|Φάρος|Βράχων|Ρεματιά"),
    "uk": ("Клуб {w}", "Театр {w}", "Палац {w}", "Парк {w}", "Дзеркало|Малевич|Опера|Стадіон|Зоря|Підкова"),
    "ar": ("{w} Club", "مسرح {w}", "{w} Arena", "حديقة {w}", "المدينة|الياسمين|الميناء|النجمة|البحر|القمر"),
}
_STREET = Grammar(
    "{n} {street} {kind}",
    n="12 | 7 | 101 | 230 | 1450 | 48 | 3 | 99 | 615 | 2020",
    street="""
        Mill | Canal | Wharf | Station | Linden | Market | Garden | Foundry | Queen | Harbor | Third |
        Bridge
    """,
    kind="Street | Avenue | Road | Square | Lane | Quay",
)


class Venues:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.find = lru_cache(maxsize=4_000)(self._find)
        self._names = lru_cache(maxsize=len(CITIES))(self._names_in)

    def exists(self, number: int) -> bool:
        return 0 <= number < len(CITIES) * VENUES_PER_CITY

    def _find(self, number: int) -> Venue:
        place, slot = divmod(number, VENUES_PER_CITY)
        city, room = CITIES[place], _ROOMS[slot]
        dice = Dice(self._seed, "venue", number)
        return Venue(
            number=number,
            name=self._names(place)[slot],
            room=room,
            city=city,
            latitude=round(city.latitude + (dice.below(9000) - 4500) / 1e5, 6),
            longitude=round(city.longitude + (dice.below(12_000) - 6000) / 1e5, 6),
            address=_STREET.expand(dice).text,
            postal_code=f"{dice.below(90_000) + 10_000}",
        )

    def _names_in(self, place: int) -> list[str]:
        """No two of a city's venues have the same name."""
        names: list[str] = []
        for slot, room in enumerate(_ROOMS):
            name, attempt = "", 0
            while not name or name in names:
                name = self._name(place, room, Dice(self._seed, "venue name", place, slot, attempt), attempt)
                attempt += 1
            names.append(name)
        return names

    def _name(self, place: int, room: Room, dice: Dice, attempt: int) -> str:
        local = _LOCAL.get(CITIES[place].country.language)
        if local is None or attempt > 2 or dice.below(100) < 35:
            return _GRAMMARS[room].expand(dice).text
        return local[room].replace("{w}", dice.pick(local[4].split("|")))


def choose(city: int, room: Room, dice: Dice) -> int:
    """The number of one of a city's venues of that kind."""
    first = _ROOMS.index(room)
    return city * VENUES_PER_CITY + first + dice.below(_ROOMS.count(room))
