"""An act's songs, the best known first, and the recordings made of them."""

import re
import unicodedata
from dataclasses import dataclass

from setlist.sandbox.catalogue import titles_english, titles_northern, titles_other_scripts, titles_romance
from setlist.sandbox.catalogue.artists import Artist
from setlist.sandbox.catalogue.draw import Dice, chance, share

TITLES = {
    "en": titles_english.ENGLISH,
    "es": titles_romance.SPANISH,
    "pt": titles_romance.PORTUGUESE,
    "fr": titles_romance.FRENCH,
    "it": titles_romance.ITALIAN,
    "de": titles_northern.GERMAN,
    "sv": titles_northern.SWEDISH,
    "fi": titles_northern.FINNISH,
    "pl": titles_northern.POLISH,
    "tr": titles_northern.TURKISH,
    "ja": titles_other_scripts.JAPANESE,
    "ko": titles_other_scripts.KOREAN,
    "zh": titles_other_scripts.CHINESE,
    "ru": titles_other_scripts.RUSSIAN,
    "uk": titles_other_scripts.UKRAINIAN,
    "el": titles_other_scripts.GREEK,
    "ar": titles_other_scripts.ARABIC,
}
_LANGUAGE_CODES = {
    "en": "eng", "es": "spa", "pt": "por", "fr": "fra", "it": "ita", "de": "deu", "sv": "swe", "fi": "fin",
    "pl": "pol", "tr": "tur", "ja": "jpn", "ko": "kor", "zh": "zho", "ru": "rus", "uk": "ukr",
    "el": "ell", "ar": "ara",
}  # fmt: skip


_ASIDE = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Song:
    number: int  # also its rank: 0 is the best known
    title: str
    language: str  # ISO 639-3
    album: int  # the album it came out on
    length_ms: int
    guest: int | None  # index of an act that sings along on the record
    explicit: bool


def songs_of(seed: int, act: Artist, albums: int) -> tuple[Song, ...]:
    """Better known songs are spread over all albums, a little more over the early ones."""
    titles = _titles(seed, act)
    random = chance(seed, "songs", act.index)
    order = _album_of_each(random.sample(range(len(titles)), len(titles)), albums)
    return tuple(
        Song(
            number=number,
            title=title,
            language=_LANGUAGE_CODES[language],
            album=order[number],
            length_ms=int(random.lognormvariate(12.3, 0.22)),
            guest=act.index + 1 + random.randrange(18) if random.random() < 0.05 else None,
            explicit=act.genre in {"hip hop", "punk"} and random.random() < 0.4,
        )
        for number, (title, language) in enumerate(titles)
    )


def folded(title: str) -> str:
    """What makes two titles one: no case, accents or punctuation."""
    plain = unicodedata.normalize("NFKD", title).casefold().replace("&", "and")
    return "".join(character for character in plain if character.isalnum()) or title.casefold()


def weight(rank: int) -> float:
    """Zipf's law, a little flattened at the top: nobody plays only hits."""
    return 1 / float((rank + 3) ** 0.85)


def _album_of_each(shuffled: list[int], albums: int) -> dict[int, int]:
    return {song: place * albums // len(shuffled) for place, song in enumerate(shuffled)}


def _titles(seed: int, act: Artist) -> list[tuple[str, str]]:
    """No two are the same song to anyone: neither without accents and case nor without their brackets."""
    chosen: list[tuple[str, str]] = []
    seen: set[str] = set()
    attempt = 0
    while len(chosen) < act.song_count:
        foreign = act.language != "en" and (
            attempt > 4_000 or share(seed, "in English", act.index, attempt) < 0.2
        )
        language = "en" if foreign else act.language
        title = TITLES[language].expand(Dice(seed, "title", act.index, attempt)).text
        attempt += 1
        keys = {folded(title), folded(_ASIDE.sub("", title))}
        if not keys & seen:
            seen |= keys
            chosen.append((title[:1].upper() + title[1:], language))
    return chosen
