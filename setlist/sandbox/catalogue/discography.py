"""What an act has released: albums and their reissues, singles, live records, anthologies."""

from dataclasses import dataclass
from enum import IntEnum

from setlist.sandbox.catalogue.artists import YEARS, Artist, Size
from setlist.sandbox.catalogue.draw import Dice, share
from setlist.sandbox.catalogue.songs import TITLES, Song, songs_of

LAST_YEAR = YEARS[1] + 2  # the newest records are from here
KINDS = 8  # of recordings of one song, for their numbers
MOST_TRACKS = 64  # on one release, for their numbers
_SONGS_ON_AN_ALBUM = 12
_ANTHOLOGY = 58  # tracks: more than the 50 that Spotify embeds


class Take(IntEnum):
    """Which recording of a song."""

    STUDIO = 0
    LIVE = 1
    ACOUSTIC = 2
    DEMO = 3
    REMIX = 4
    EDIT = 5
    REMASTER = 6
    VIDEO = 7


@dataclass(frozen=True, slots=True)
class Track:
    song: Song
    take: Take
    clean: bool = False  # the twin without strong words


@dataclass(frozen=True, slots=True)
class Release:
    number: int
    title: str
    kind: str  # Spotify's album_type: album, single, compilation
    year: int
    tracks: tuple[Track, ...]
    original: int | None = None  # the studio album that this is another edition of
    live: bool = False
    precision: str = "day"

    @property
    def date(self) -> str:
        month, day = self.number * 5 % 12 + 1, self.number * 11 % 28 + 1
        full = f"{self.year}-{month:02}-{day:02}"
        return {"year": full[:4], "month": full[:7]}.get(self.precision, full)


@dataclass(frozen=True, slots=True)
class Discography:
    songs: tuple[Song, ...]
    albums: tuple[Release, ...]  # studio albums, oldest first
    releases: tuple[Release, ...]  # all of them
    takes: dict[int, tuple[Take, ...]]  # which recordings there are, by the song's number

    def year_of(self, song: Song) -> int:
        return self.albums[song.album].year


def discography(seed: int, act: Artist) -> Discography:
    count = max(1, act.song_count // _SONGS_ON_AN_ALBUM)
    songs = songs_of(seed, act, count)
    albums = tuple(_album(seed, act, number, count, songs) for number in range(count))
    builder = _Builder(seed, act, songs, list(albums))
    releases = builder.all()
    return Discography(songs, albums, releases, _takes(releases))


def length_of(song: Song, take: Take) -> int:
    """Other takes are clearly longer or shorter; a remaster differs by less than a second."""
    factors = (1.0, 1.13, 1.04, 0.93, 1.42, 0.86, 1.0, 1.06)
    return int(song.length_ms * factors[take]) + (371 if take is Take.REMASTER else 0)


def _album(seed: int, act: Artist, number: int, count: int, songs: tuple[Song, ...]) -> Release:
    own = [song for song in songs if song.album == number]
    dice = Dice(seed, "album", act.index, number)
    first = min(act.began_year + 1, LAST_YEAR)
    year = first + (LAST_YEAR - first) * (number + 1) // count
    title = own[0].title if dice.below(2) else TITLES[act.language].expand(dice).text
    tracks = sorted(own, key=lambda song: Dice(seed, "running order", act.index, song.number).below(1 << 30))
    return Release(
        number=number,
        title=title[:1].upper() + title[1:],
        kind="single" if len(own) < 7 else "album",  # Spotify calls EPs singles
        year=year,
        tracks=tuple(Track(song, Take.STUDIO) for song in tracks),
        precision="year" if year < 1990 and dice.below(3) == 0 else "day",
    )


def _takes(releases: tuple[Release, ...]) -> dict[int, tuple[Take, ...]]:
    """A remaster is no recording of its own."""
    found: dict[int, set[Take]] = {}
    for release in releases:
        for track in release.tracks:
            found.setdefault(track.song.number, set()).add(track.take)
    return {number: tuple(sorted(takes - {Take.REMASTER} | {Take.STUDIO})) for number, takes in found.items()}


class _Builder:
    """Numbers the releases in the order in which they are made up."""

    def __init__(self, seed: int, act: Artist, songs: tuple[Song, ...], albums: list[Release]) -> None:
        self._seed = seed
        self._act = act
        self._songs = songs
        self._albums = albums
        self._releases = list(albums)

    def all(self) -> tuple[Release, ...]:
        for album in self._albums:
            self._editions(album)
            self._singles(album)
        self._live_records()
        self._anthologies()
        return tuple(self._releases)

    def _chance(self, *parts: object) -> float:
        return share(self._seed, "release", self._act.index, *parts)

    def _add(
        self, title: str, tracks: list[Track], *, kind: str, year: int, original: int | None = None
    ) -> None:
        live = bool(tracks) and all(track.take is Take.LIVE for track in tracks)
        release = Release(
            number=len(self._releases),
            title=title,
            kind=kind,
            year=min(year, LAST_YEAR),
            tracks=tuple(tracks[:MOST_TRACKS]),
            original=original,
            live=live,
            precision="month" if self._chance("precision", len(self._releases)) < 0.03 else "day",
        )
        self._releases.append(release)

    def _editions(self, album: Release) -> None:
        if self._chance("deluxe", album.number) < 0.28:
            suffix = ("(Deluxe Edition)", "(Deluxe)", "(Expanded Edition)", "[Deluxe Version]")[
                album.number % 4
            ]
            extras = (Take.ACOUSTIC, Take.DEMO, Take.LIVE, Take.DEMO)
            bonus = [Track(track.song, take) for track, take in zip(album.tracks, extras, strict=False)]
            self._add(
                f"{album.title} {suffix}",
                [*album.tracks, *bonus],
                kind="album",
                year=album.year,
                original=album.number,
            )
        if album.year < 2008 and self._chance("remaster", album.number) < 0.3:
            tracks = [Track(track.song, Take.REMASTER) for track in album.tracks]
            self._add(f"{album.title} (Remastered)", tracks, kind="album", year=2011, original=album.number)
        if any(track.song.explicit for track in album.tracks):
            tracks = [Track(track.song, Take.STUDIO, clean=True) for track in album.tracks]
            self._add(album.title, tracks, kind=album.kind, year=album.year, original=album.number)

    def _singles(self, album: Release) -> None:
        best = min((track.song for track in album.tracks), key=lambda song: song.number)
        if self._chance("single", album.number) < 0.55:
            edit = [Track(best, Take.EDIT)] if self._chance("edit", album.number) < 0.4 else []
            self._add(best.title, [*edit, Track(best, Take.STUDIO)], kind="single", year=album.year)
        if self._chance("remixes", album.number) < 0.15:
            tracks = [Track(best, Take.REMIX), Track(best, Take.STUDIO)]
            self._add(f"{best.title} (The Remixes)", tracks, kind="single", year=album.year + 1)

    def _live_records(self) -> None:
        for number in range(len(self._albums) // 6):
            known = [song for song in self._songs[: 18 + number * 9] if song.number % 3 != number % 3][:16]
            year = self._albums[min(len(self._albums) - 1, number * 6 + 5)].year
            known = [song for song in known if self._albums[song.album].year <= year]
            if known:
                title = (f"Live at the {self._act.city.name} Sessions", "On Stage", "Live in Concert")[
                    number % 3
                ]
                self._add(title, [Track(song, Take.LIVE) for song in known], kind="album", year=year + 1)

    def _anthologies(self) -> None:
        if self._act.size is Size.SMALL:
            return
        last = self._albums[-1].year
        best = [Track(song, Take.STUDIO) for song in self._songs[:18]]
        self._add(f"The Best of {self._act.name}", best, kind="compilation", year=last)
        if self._act.size is Size.LARGE:
            everything = [Track(song, Take.STUDIO) for song in self._songs[:_ANTHOLOGY]]
            self._add("Anthology", everything, kind="compilation", year=last)
