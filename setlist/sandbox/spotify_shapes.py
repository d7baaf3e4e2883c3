"""Spotify's artists, albums and tracks with the fields that are left in development mode."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from setlist.sandbox.catalogue.discography import LAST_YEAR, MOST_TRACKS, Release, Take, Track, length_of
from setlist.sandbox.catalogue.draw import Dice, share
from setlist.sandbox.catalogue.ids import Kind, Meaning
from setlist.sandbox.catalogue.isrcs import isrc_of, read_isrc
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.search import words_of
from setlist.sandbox.wire import Json

_EMBEDDED = 50
_SAMPLER = 500  # the number of the record of several acts that an act appears on
_SIZES = (640, 320, 160)
_SAMPLER_TRACKS = 10

Lazy = Callable[[], Json]
LazyOrGap = Callable[[], Json | None]


class Shapes:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._seed = catalogue.seed

    def artist(self, index: int, base: str) -> Json:
        act = self._catalogue.artist(index)
        return {
            **self._simple_artist(index, base),
            "genres": list(act.genres) if index % 3 else [],
            "images": _images(base, "artist", self._catalogue.mbid(index)),
        }

    def discography(self, index: int, groups: set[str], base: str) -> list[Lazy]:
        """Newest first. A gap is a release that the market does not have: counted, but left out."""
        releases = [release for release in self._catalogue.records(index).releases if release.kind in groups]
        releases.sort(key=lambda release: release.date, reverse=True)
        entries: list[LazyOrGap] = [partial(self.album, index, release, base) for release in releases]
        if "appears_on" in groups and share(self._seed, "sampler", index) < 0.5:
            entries.append(partial(self.album, index, self._sampler(index), base, group="appears_on"))
        for gap in range(len(entries) // 20):
            entries.insert(gap * 17 + 6, _gap)
        return entries  # type: ignore[return-value]

    def album(self, index: int, release: Release, base: str, *, group: str | None = None) -> Json:
        identity = self._catalogue.ids.spotify(Kind.ALBUM, index, release.number)
        sampler = release.number == _SAMPLER
        return {
            "album_type": release.kind,
            "total_tracks": len(release.tracks),
            "external_urls": {"spotify": f"https://open.spotify.com/album/{identity}"},
            "href": f"{base}/spotify/v1/albums/{identity}",
            "id": identity,
            "images": _images(base, "album", identity),
            "name": release.title,
            "release_date": release.date,
            "release_date_precision": release.precision,
            "type": "album",
            "uri": f"spotify:album:{identity}",
            "artists": [_various(base) if sampler else self._simple_artist(index, base)],
            "album_group": group or release.kind,
        }

    def full_album(self, index: int, release: Release, base: str) -> Json:
        data = self.album(index, release, base)
        del data["album_group"]
        tracks = [make() for make in self.simple_tracks(index, release, base)[:_EMBEDDED]]
        data["tracks"] = page_of(f"{data['href']}/tracks", {}, tracks, (_EMBEDDED, 0, len(release.tracks)))
        upc = f"{Dice('upc', data['id']).below(10**12):012}"
        rights = {"text": f"{release.year} Sandbox Records", "type": "C"}
        return data | {"copyrights": [rights], "external_ids": {"upc": upc}, "genres": []}

    def simple_tracks(self, index: int, release: Release, base: str) -> list[Lazy]:
        places = range(len(release.tracks))
        return [partial(self._track, index, release, place, base) for place in places]

    def full_track(self, identity: str, base: str) -> Json | None:
        meaning = self._read(identity, Kind.TRACK)
        if meaning is None:
            return None
        number, place = divmod(meaning.number, MOST_TRACKS)
        release = self._release(meaning.artist, number)
        if release is None or place >= len(release.tracks):
            return None
        return self._full(meaning.artist, release, place, base)

    def release_of(self, identity: str) -> tuple[int, Release] | None:
        meaning = self._read(identity, Kind.ALBUM)
        release = self._release(meaning.artist, meaning.number) if meaning is not None else None
        return (meaning.artist, release) if meaning is not None and release is not None else None

    def tracks_matching(self, index: int, fields: dict[str, str], words: str, base: str) -> list[Lazy]:
        """By album, title or ISRC; bare words are the act's name or a part of the title."""
        album, title = words_of(fields.get("album", "")), words_of(fields.get("track", ""))
        if not title and "artist" in fields:
            title = words_of(words)
        isrc = fields.get("isrc", "").upper()
        return [
            partial(self._full, index, release, place, base)
            for release in self._catalogue.records(index).releases
            for place, track in enumerate(release.tracks)
            if album <= words_of(release.title)
            and title <= words_of(track.song.title)
            and (not isrc or isrc == isrc_of(index, track.song.number, track.take))
        ]

    def act_of_isrc(self, isrc: str) -> int | None:
        found = read_isrc(isrc.upper())
        return found[0] if found is not None and found[0] < self._catalogue.size else None

    def _read(self, identity: str, kind: Kind) -> Meaning | None:
        meaning = self._catalogue.ids.read_spotify(identity)
        known = meaning is not None and meaning.kind is kind and meaning.artist < self._catalogue.size
        return meaning if known else None

    def _release(self, index: int, number: int) -> Release | None:
        releases = self._catalogue.records(index).releases
        if number == _SAMPLER:
            return self._sampler(index)
        return releases[number] if number < len(releases) else None

    def _sampler(self, index: int) -> Release:
        """Songs of several acts: only one of them is the act's own."""
        own = self._catalogue.records(index).songs[0]
        others = [(index + step * 5) % self._catalogue.size for step in range(1, _SAMPLER_TRACKS)]
        tracks = [
            Track(self._catalogue.records(other).songs[0], Take.STUDIO) for other in others if other != index
        ]
        title = f"Night Drive, Vol. {index % 9 + 1}"
        return Release(_SAMPLER, title, "compilation", LAST_YEAR - 2, (Track(own, Take.STUDIO), *tracks))

    def _simple_artist(self, index: int, base: str) -> Json:
        return _artist_object(self._catalogue.spotify_id(index), self._catalogue.artist(index).name, base)

    def _performers(self, index: int, release: Release, place: int) -> list[int]:
        if release.number == _SAMPLER and place:
            others = [(index + step * 5) % self._catalogue.size for step in range(1, _SAMPLER_TRACKS)]
            return [[other for other in others if other != index][place - 1]]
        guest = release.tracks[place].song.guest
        return [index] if guest is None or guest >= self._catalogue.size else [index, guest]

    def _track(self, index: int, release: Release, place: int, base: str) -> Json:
        track = release.tracks[place]
        identity = self._catalogue.ids.spotify(Kind.TRACK, index, release.number * MOST_TRACKS + place)
        performers = self._performers(index, release, place)
        return {
            "artists": [self._simple_artist(act, base) for act in performers],
            "disc_number": 1,
            "duration_ms": length_of(track.song, track.take) + release.number % 3 * 130,
            "explicit": track.song.explicit and not track.clean,
            "external_urls": {"spotify": f"https://open.spotify.com/track/{identity}"},
            "href": f"{base}/spotify/v1/tracks/{identity}",
            "id": identity,
            "is_playable": True,
            "name": self._title(index, release, place, performers),
            "preview_url": None,
            "track_number": place + 1,
            "type": "track",
            "uri": f"spotify:track:{identity}",
            "is_local": False,
        }

    def _full(self, index: int, release: Release, place: int, base: str) -> Json:
        track = release.tracks[place]
        owner = self._performers(index, release, place)[0]
        album = self.album(index, release, base)
        del album["album_group"]
        isrc = isrc_of(owner, track.song.number, track.take)
        return self._track(index, release, place, base) | {"album": album, "external_ids": {"isrc": isrc}}

    def _title(self, index: int, release: Release, place: int, performers: list[int]) -> str:
        """The many ways in which a version is named."""
        track = release.tracks[place]
        title, dice = track.song.title, Dice(self._seed, "version", index, track.song.number)
        if len(performers) > 1 and track.take is Take.STUDIO:
            guest = self._catalogue.artist(performers[1]).name
            return f"{title} ({('feat.', 'with')[track.song.number % 2]} {guest})"
        city = self._catalogue.artist(index).city.name
        remixer = self._catalogue.artist((index + 11) % self._catalogue.size).name
        suffixes = {
            Take.LIVE: (
                f" - Live at {city} Hall",
                " - Live",
                f" (Live in {city})",
                f" - Live in {city}, {release.year - 1}",
            ),
            Take.ACOUSTIC: (" - Acoustic", " (Acoustic Version)", " - Acoustic Version"),
            Take.DEMO: (" - Demo", " (Demo)", f" - {release.year} Demo"),
            Take.REMIX: (f" - {remixer} Remix", f" ({remixer} Remix)", " - Extended Mix"),
            Take.EDIT: (" - Radio Edit", " - Single Version", " - Edit"),
            Take.REMASTER: (" - Remastered 2011", " - 2011 Remaster", " (Remastered)", " - Remastered"),
        }
        return title + dice.pick(suffixes.get(track.take, ("",)))


def page_of(url: str, query: dict[str, str], items: list[Json], place: tuple[int, int, int]) -> Json:
    """A paging object; `place` is limit, offset and total."""
    limit, offset, total = place

    def at(start: int) -> str:
        return f"{url}?{urlencode({'offset': start, 'limit': limit} | query)}"

    return {
        "href": at(offset),
        "limit": limit,
        "next": at(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset else None,
        "total": total,
        "items": items,
    }


def _artist_object(identity: str, name: str, base: str) -> Json:
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/artist/{identity}"},
        "href": f"{base}/spotify/v1/artists/{identity}",
        "id": identity,
        "name": name,
        "type": "artist",
        "uri": f"spotify:artist:{identity}",
    }


def _various(base: str) -> Json:
    return _artist_object("0000000000000000000000", "Various Artists", base)


def _images(base: str, kind: str, identity: str) -> list[Json]:
    return [
        {"url": f"{base}/pictures/{kind}/{identity}.svg?s={size}", "height": size, "width": size}
        for size in _SIZES
    ]


def _gap() -> None:
    return None
