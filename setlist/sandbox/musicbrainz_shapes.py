"""MusicBrainz' entities, with their nulls and partial dates."""

from collections.abc import Callable
from functools import partial

from setlist.sandbox.catalogue.artists import Artist
from setlist.sandbox.catalogue.discography import KINDS, Release, Take, length_of
from setlist.sandbox.catalogue.draw import number, share
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.catalogue.isrcs import isrc_of, read_isrc
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.songs import Song
from setlist.sandbox.wire import Json

_PERSON, _GROUP = "b6e035f4-3ce9-331c-97df-83397230b0df", "e431f5f6-b5d2-343d-8b36-72607fffb74b"
_ALBUM, _SINGLE, _EP = (
    "f529b476-6e62-324f-b0aa-1f3e33d313fc",
    "d6038452-8ee0-3f68-affc-2de9a1ede0b9",
    "6d0c5bf6-7a33-3420-a519-44fc63eedebf",
)
_SEARCH_HINT, _ARTIST_NAME = "1937e404-b981-3cb7-8151-4c86ebfc8d8e", "894afba6-2816-3c24-8072-eadb66bd04bc"
_PERFORMANCE = "a3005666-a872-32c3-ad06-98af558e99b0"
_STREAMING = "769085a1-c2f7-4c24-a532-2375a77693bd"
_SPOTIFY = "https://open.spotify.com/artist/"
_UNSAID = {Take.STUDIO: "", Take.LIVE: "live", Take.VIDEO: "music video"}
_SAID = {
    Take.ACOUSTIC: " (acoustic)",
    Take.DEMO: " (demo)",
    Take.EDIT: " (radio edit)",
    Take.REMIX: " (remix)",
}

Lazy = Callable[[], Json]


class Shapes:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._seed = catalogue.seed

    def hit(self, index: int, score: int) -> Json:
        act = self._catalogue.artist(index)
        return {
            **self._head(act),
            "score": score,
            "area": self._area(act.city.country.name, act.city.country.code, "Country"),
            "begin-area": self._area(act.city.name, act.city.name, "City"),
            "life-span": {"begin": act.began, "ended": act.ended or None},
            "aliases": self._aliases(act, {"begin-date": None, "end-date": None}),
            "tags": self._tags(act),
        }

    def artist(self, index: int, incs: frozenset[str]) -> Json:
        act = self._catalogue.artist(index)
        country = act.city.country
        area = {"disambiguation": "", "type": None, "type-id": None}
        city = area | {"id": self._area_id(act.city.name), "name": act.city.name, "sort-name": act.city.name}
        home = {"id": self._area_id(country.code), "name": country.name, "sort-name": country.name}
        data: Json = {
            **self._head(act),
            "life-span": {"begin": act.began, "end": self._ended(act), "ended": act.ended},
            "area": area | home | {"iso-3166-1-codes": [country.code]},
            "begin-area": city,
            "begin_area": city,
            "end-area": None,
            "end_area": None,
            "ipis": [],
            "isnis": [],
            "gender-id": None,
        }
        if "aliases" in incs:
            data["aliases"] = self._aliases(act, {"begin": None, "end": None, "ended": False})
        if "tags" in incs:
            data["tags"] = self._tags(act)
        if "url-rels" in incs:
            data["relations"] = self._relations(act)
        return data

    def has_spotify_link(self, index: int) -> bool:
        return index == BENCHMARK_ACT or share(self._seed, "spotify link", index) < 0.7

    def recordings(self, index: int, incs: frozenset[str]) -> list[Lazy]:
        records = self._catalogue.records(index)
        entries: list[Lazy] = []
        for song in records.songs:
            filmed = share(self._seed, "video", index, song.number) < 0.08
            takes = records.takes[song.number] + ((Take.VIDEO,) if filmed else ())
            entries += (partial(self._recording, index, song, take, incs) for take in takes)
        return entries

    def recording_by_number(self, index: int, found: int, incs: frozenset[str]) -> Json | None:
        songs = self._catalogue.records(index).songs
        song, take = divmod(found, KINDS)
        return self._recording(index, songs[song], Take(take), incs) if song < len(songs) else None

    def by_isrc(self, isrc: str, incs: frozenset[str]) -> list[Json]:
        meaning = read_isrc(isrc)
        if meaning is None or meaning[0] >= self._catalogue.size:
            return []
        found = self.recording_by_number(*meaning, incs)
        return [found] if found is not None else []

    def release_groups(self, index: int, kinds: set[str]) -> list[Lazy]:
        originals = (
            release for release in self._catalogue.records(index).releases if release.original is None
        )
        groups = [(release, _primary_type(release)) for release in originals]
        return [
            partial(self._release_group, index, release, primary)
            for release, primary in groups
            if not kinds or primary.casefold() in kinds
        ]

    def works(self, index: int) -> list[Lazy]:
        songs = self._catalogue.records(index).songs
        return [partial(self._work, index, song) for song in songs if self._has_work(index, song)]

    def url(self, resource: str, incs: frozenset[str]) -> Json | None:
        if not resource.startswith(_SPOTIFY):
            return None
        meaning = self._catalogue.ids.read_spotify(resource.removeprefix(_SPOTIFY))
        if meaning is None or meaning.kind is not Kind.ARTIST or meaning.artist >= self._catalogue.size:
            return None
        index = meaning.artist
        if meaning.number or not self.has_spotify_link(index):
            return None
        entry: Json = {"id": self._catalogue.ids.mbid(Kind.URL, index, 1), "resource": resource}
        if "artist-rels" in incs:
            artist = self._head(self._catalogue.artist(index))
            relation = _relation("free streaming", _STREAMING, target="artist", backward=True)
            entry["relations"] = [relation | {"artist": artist}]
        return entry

    def _head(self, act: Artist) -> Json:
        return {
            "id": self._catalogue.mbid(act.index),
            "type": "Person" if act.is_person else "Group",
            "type-id": _PERSON if act.is_person else _GROUP,
            "name": act.name,
            "sort-name": act.sort_name,
            "gender": act.gender,
            "country": act.city.country.code,
            "disambiguation": act.disambiguation,
        }

    def _aliases(self, act: Artist, dates: Json) -> list[Json]:
        names: list[tuple[str, str | None, str, str]] = []
        if act.latin_name != act.name:
            names.append((act.latin_name, "en", _ARTIST_NAME, "Artist name"))
        if act.name.startswith("The ") and act.index % 3 == 0:
            names.append((act.name[4:], None, _SEARCH_HINT, "Search hint"))
        return [
            {
                "name": name,
                "sort-name": name,
                "locale": locale,
                "type": kind,
                "type-id": kind_id,
                "primary": None,
            }
            | dates
            for name, locale, kind_id, kind in names
        ]

    def _tags(self, act: Artist) -> list[Json]:
        return [{"count": 4 - place, "name": genre} for place, genre in enumerate(act.genres)]

    def _relations(self, act: Artist) -> list[Json]:
        slug = f"{number(self._seed, 'homepage', act.index) % 10**9:09}"
        targets = [("official homepage", f"https://act-{slug}.example/", False)]
        if self.has_spotify_link(act.index):
            targets.append(("free streaming", _SPOTIFY + self._catalogue.spotify_id(act.index), False))
        if share(self._seed, "old spotify", act.index) < 0.1:
            old = self._catalogue.ids.spotify(Kind.ARTIST, act.index, 1)
            targets.append(("free streaming", _SPOTIFY + old, True))
        targets.append(("wikidata", f"https://www.wikidata.org/wiki/Q{900_000_000 + act.index}", False))
        return [
            _relation(kind, _STREAMING if kind == "free streaming" else None, target="url", ended=ended)
            | {"url": {"id": self._catalogue.ids.mbid(Kind.URL, act.index, place), "resource": resource}}
            for place, (kind, resource, ended) in enumerate(targets)
        ]

    def _ended(self, act: Artist) -> str | None:
        return str(act.began_year + 12) if act.ended else None

    def _area(self, name: str, key: str, kind: str) -> Json:
        area = {"id": self._area_id(key), "type": kind, "name": name, "sort-name": name}
        return area | {"life-span": {"ended": None}}

    def _area_id(self, key: str) -> str:
        return self._catalogue.ids.mbid(Kind.AREA, 0, number("area", key) % (1 << 15))

    def _recording(self, index: int, song: Song, take: Take, incs: frozenset[str]) -> Json:
        records = self._catalogue.records(index)
        unclear = index != BENCHMARK_ACT and share(self._seed, "length", index, song.number, int(take)) < 0.06
        data: Json = {
            "id": self._catalogue.ids.mbid(Kind.RECORDING, index, song.number * KINDS + take),
            "title": song.title + _SAID.get(take, ""),
            "length": None if unclear else length_of(song, take),
            "disambiguation": _UNSAID.get(take, ""),
            "video": take is Take.VIDEO,
            "first-release-date": "" if unclear else str(records.year_of(song)),
        }
        if "isrcs" in incs:
            known = take is not Take.VIDEO and share(self._seed, "isrc", index, song.number) < 0.85
            data["isrcs"] = [isrc_of(index, song.number, take)] if known else []
        if "artist-credits" in incs:
            data["artist-credit"] = self._credit(index, song)
        if "work-rels" in incs:
            data["relations"] = self._performances(index, song, take)
        return data

    def _credit(self, index: int, song: Song) -> list[Json]:
        acts = [index]
        if song.guest is not None and song.guest < self._catalogue.size:
            acts.append(song.guest)
        credits = []
        for place, act in enumerate(acts):
            head = self._head(self._catalogue.artist(act))
            last = place == len(acts) - 1
            credits.append({"name": head["name"], "joinphrase": "" if last else " feat. ", "artist": head})
        return credits

    def _performances(self, index: int, song: Song, take: Take) -> list[Json]:
        if not self._has_work(index, song):
            return []
        attributes = ["live"] if take is Take.LIVE else []
        relation = _relation("performance", _PERFORMANCE, target="work") | {"attributes": attributes}
        return [relation | {"work": self._work(index, song)}]

    def _has_work(self, index: int, song: Song) -> bool:
        return share(self._seed, "work", index, song.number) < 0.9

    def _work(self, index: int, song: Song) -> Json:
        typed = song.number % 4 != 0
        return {
            "id": self._catalogue.ids.mbid(Kind.WORK, index, song.number),
            "title": song.title,
            "disambiguation": "",
            "attributes": [],
            "iswcs": [],
            "language": song.language if typed else None,
            "languages": [song.language] if typed else [],
            "type": "Song" if typed else None,
            "type-id": "f061270a-2fd6-32f1-a641-f0f8676d14e6" if typed else None,
        }

    def _release_group(self, index: int, release: Release, primary: str) -> Json:
        secondary = ["Live"] if release.live else ["Compilation"] if release.kind == "compilation" else []
        date = release.date
        return {
            "id": self._catalogue.ids.mbid(Kind.RELEASE_GROUP, index, release.number),
            "title": release.title,
            "disambiguation": "",
            "primary-type": primary,
            "primary-type-id": {"Album": _ALBUM, "Single": _SINGLE, "EP": _EP}[primary],
            "secondary-types": secondary,
            "secondary-type-ids": [],
            "first-release-date": (date, date[:7], date[:4], "")[(release.number + index) % 9 % 4],
        }


def _primary_type(release: Release) -> str:
    if release.kind != "single":
        return "Album"
    return "EP" if len(release.tracks) > 3 else "Single"


def _relation(
    kind: str, kind_id: str | None, *, target: str, backward: bool = False, ended: bool = False
) -> Json:
    return {
        "type": kind,
        "type-id": kind_id,
        "direction": "backward" if backward else "forward",
        "target-type": target,
        "source-credit": "",
        "target-credit": "",
        "attributes": [],
        "attribute-values": {},
        "begin": None,
        "end": None,
        "ended": ended,
    }
