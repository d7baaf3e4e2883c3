"""What the acts are called: from banks of names, and for large catalogues from built words too."""

from collections import Counter
from functools import lru_cache

from setlist.sandbox.catalogue import names_latin, names_other_scripts
from setlist.sandbox.catalogue.cities import CITIES
from setlist.sandbox.catalogue.draw import Dice, number, share
from setlist.sandbox.catalogue.grammar import Phrase

BENCHMARK_ACT = 0  # its id, name and sizes are the same with every seed
BENCHMARK_NAME = "The Copper Meridian"
BENCHMARK_NAMESAKE = 5
KNOWN_APART = 1_000  # acts up to here are compared by name; the later ones always say which they are

_PEOPLE = names_latin.PEOPLE | names_other_scripts.PEOPLE
_GROUPS = names_latin.GROUPS | names_other_scripts.GROUPS
_LANGUAGES = (
    ("en",) * 42 + ("es",) * 8 + ("ja",) * 7 + ("fr", "de") * 6 + ("pt", "it", "sv", "ko") * 4 + ("pl",) * 3
    + ("tr", "fi", "zh", "ru", "uk", "el", "ar") * 2
)  # fmt: skip
HOMES = {
    language: tuple(place for place, city in enumerate(CITIES) if city.country.language == language)
    for language in dict.fromkeys(_LANGUAGES)
}
# The banks suffice for so many acts before names repeat too often.
_BANKS_SUFFICE = 800
_ONSETS = (
    "Al", "Bel", "Cor", "Dan", "El", "Fen", "Gal", "Hal", "Ist", "Jor", "Kal", "Lor", "Mar", "Nor",
    "Or", "Pel", "Quin", "Ros", "Sel", "Tor", "Ul", "Vel", "Wil", "Xan", "Yor", "Zel", "Bran", "Cler", "Dru",
    "Esk", "Gris", "Thal",
)  # fmt: skip
_MIDDLES = (
    "a", "e", "i", "o", "u", "ama", "eri", "ivo", "ola", "und", "and", "est", "ist", "or", "arn", "el",
    "im", "ov",
)  # fmt: skip
_ENDINGS = {
    "en": ("ley", "wick", "ford", "more", "well", "by", "stone", "ton", "field", "gate"),
    "es": ("eda", "illo", "osa", "anza", "era", "ondo", "ales"),
    "pt": ("eira", "inho", "ães", "osa", "al"),
    "fr": ("eau", "ard", "elle", "ois", "ière", "in"),
    "it": ("etti", "ini", "acci", "ello", "ana"),
    "de": ("berg", "mann", "tal", "hardt", "feld", "kamp"),
    "sv": ("kvist", "ström", "lund", "dal", "gren"),
    "fi": ("nen", "la", "koski", "virta", "salo"),
    "pl": ("owicz", "ek", "iak", "czyk", "ura"),
    "tr": ("oğlu", "kaya", "demir", "soy"),
}


def name_of(seed: int, index: int) -> Phrase:
    origin = namesake_of(seed, index)
    if origin == BENCHMARK_ACT:
        return Phrase(BENCHMARK_NAME, BENCHMARK_NAME)
    language = language_of(seed, origin)
    bank = (_PEOPLE if is_person(seed, origin) else _GROUPS)[language]
    dice = Dice(seed, "name", origin)
    name = bank.expand(dice)
    if origin < _BANKS_SUFFICE or dice.below(10) < 3:
        return name
    if language in _ENDINGS:
        return _built(dice, name.text, language)
    other = bank.expand(Dice(seed, "other name", origin))
    return Phrase(f"{name.text} & {other.text}", f"{name.latin} & {other.latin}")


def namesake_of(seed: int, index: int) -> int:
    """The index of the first act that has this name: mostly its own."""
    while (earlier := _earlier(seed, index)) != index:
        index = earlier
    return index


def language_of(seed: int, index: int) -> str:
    return "en" if index == BENCHMARK_ACT else Dice(seed, "language", index).pick(_LANGUAGES)


def is_person(seed: int, index: int) -> bool:
    return index != BENCHMARK_ACT and share(seed, "person", index) < 0.42


def is_shared(seed: int, index: int) -> bool:
    """Whether another act may bear the name."""
    return index >= KNOWN_APART or _first_names(seed)[name_of(seed, index).text] > 1


def _earlier(seed: int, index: int) -> int:
    if index == BENCHMARK_NAMESAKE:
        return BENCHMARK_ACT
    if index > 20 and share(seed, "namesake", index) < 0.05:
        return index - 1 - number(seed, "namesake of", index) % 19
    return index


def _built(dice: Dice, name: str, language: str) -> Phrase:
    """A word of syllables in the place of the first or the last word of a name."""
    word = dice.pick(_ONSETS) + dice.pick(_MIDDLES) + dice.pick(_ENDINGS[language])
    first, _, rest = name.partition(" ")
    text = dice.pick((f"{first} {word}", word, f"{word} {rest}")) if rest else f"{name} {word}"
    return Phrase(text, text)


@lru_cache(maxsize=8)
def _first_names(seed: int) -> Counter[str]:
    return Counter(name_of(seed, index).text for index in range(KNOWN_APART))
