"""setlist.fm's artists, venues and setlists."""

import re
import unicodedata
from typing import NamedTuple

from setlist.sandbox.catalogue.calendar import FESTIVAL, FIRST_YEAR, NUMBERS_A_YEAR, SUPPORT, Event
from setlist.sandbox.catalogue.draw import number, share
from setlist.sandbox.catalogue.ids import Kind, Meaning
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.setlists import Entry, Set, Setlist
from setlist.sandbox.catalogue.tours import tour_name
from setlist.sandbox.wire import Json

_SITE = "https://www.setlist.example"
_WITHOUT_CITY = 0.03
_VERSIONS = (Kind.RELEASE_GROUP, Kind.RECORDING, Kind.WORK)  # each kind is another cipher


class Night(NamedTuple):
    """An act's part of an event: its setlist there."""

    act: int
    event: Event


class Shapes:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._seed = catalogue.seed

    def artist(self, index: int) -> Json:
        act = self._catalogue.artist(index)
        key = self._catalogue.ids.short(Kind.ARTIST, index)
        data = {"mbid": self._catalogue.mbid(index), "name": act.name, "sortName": act.sort_name}
        if act.disambiguation or index % 5:
            data["disambiguation"] = act.disambiguation
        return data | {"url": f"{_SITE}/setlists/{_slug(act.latin_name)}-{key}.html"}

    def venue(self, place: int) -> Json:
        """The coordinates are the city's; now and then the city is only in the name."""
        venue = self._catalogue.venues.find(place)
        city, country = venue.city, venue.city.country
        key = self._catalogue.ids.short(Kind.VENUE, 0, place)
        slug = _slug(f"{venue.name} {city.name} {country.name}")
        url = f"{_SITE}/venue/{slug}-{key}.html"
        if share(self._seed, "venue without city", place) < _WITHOUT_CITY:
            return {"id": key, "name": f"{venue.name}, {city.name}, {country.code}", "url": url}
        return {
            "id": key,
            "name": venue.name,
            "city": {
                "id": str(2_000_000 + number("city", city.name) % 5_000_000),
                "name": city.name,
                "state": city.state,
                "stateCode": city.state_code,
                "coords": {"lat": city.latitude, "long": city.longitude},
                "country": {"code": country.code, "name": country.name},
            },
            "url": url,
        }

    def setlist(self, night: Night) -> Json:
        act, event = night
        played = self._catalogue.setlist(act, event)
        key = self._catalogue.ids.short(Kind.SETLIST, act, self._number(night))
        artist = self._catalogue.artist(act)
        data: Json = {
            "id": key,
            "versionId": self._version(night, played),
            "eventDate": event.day.strftime("%d-%m-%Y"),
            "lastUpdated": played.updated_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "artist": self.artist(act),
            "venue": self.venue(event.venue),
        }
        if event.owner == act and (
            tour := tour_name(self._seed, artist, event, self._catalogue.records(act))
        ):
            data["tour"] = {"name": tour}
        data["sets"] = {"set": [self._set(part) for part in played.sets]}
        if played.info:
            data["info"] = played.info
        place = _slug(self._catalogue.venues.find(event.venue).name)
        return data | {
            "url": f"{_SITE}/setlist/{_slug(artist.latin_name)}/{event.day.year}/{place}-{key}.html"
        }

    def night_of(self, key: str) -> Night | None:
        meaning = self._catalogue.ids.read_short(Kind.SETLIST, key)
        return self._night(meaning) if meaning is not None and meaning.artist < self._catalogue.size else None

    def night_of_version(self, version: str) -> Night | None:
        """Only the present version of a setlist can be had."""
        for kind in _VERSIONS:
            meaning = self._catalogue.ids.read_short(kind, version.removeprefix("g"))
            night = (
                self._night(meaning)
                if meaning is not None and meaning.artist < self._catalogue.size
                else None
            )
            if night is not None and self._version(night, self._catalogue.setlist(*night)) == version:
                return night
        return None

    def _night(self, meaning: Meaning) -> Night | None:
        year = FIRST_YEAR + meaning.number // NUMBERS_A_YEAR
        for event in self._catalogue.past(meaning.artist):
            if event.day.year < year - 1:
                return None
            if self._number(Night(meaning.artist, event)) == meaning.number:
                return Night(meaning.artist, event)
        return None

    def _number(self, night: Night) -> int:
        """An event's number among the act's own: opening and festival slots have theirs."""
        act, event = night
        if event.is_festival:
            return (event.day.year - FIRST_YEAR) * NUMBERS_A_YEAR + FESTIVAL
        return event.number if event.owner == act else event.number + SUPPORT

    def _version(self, night: Night, played: Setlist) -> str:
        key = self._catalogue.ids.short(_VERSIONS[played.version], night.act, self._number(night))
        return f"g{key}" if played.version else key

    def _set(self, part: Set) -> Json:
        data: Json = {"name": part.name} if part.name else {}
        if part.encore:
            data["encore"] = part.encore
        return data | {"song": [self._song(entry) for entry in part.entries]}

    def _song(self, entry: Entry) -> Json:
        data: Json = {"name": entry.name}
        if entry.guest is not None:
            data["with"] = self.artist(entry.guest)
        if entry.cover is not None:
            data["cover"] = self.artist(entry.cover)
        if entry.info:
            data["info"] = entry.info
        if entry.tape:
            data["tape"] = True
        return data


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"
