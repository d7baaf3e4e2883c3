"""Recorded tracks, and whose they are: an answer about tracks seldom says so of itself."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from setlist.pipeline.files.shapes import Found, Shape
from setlist.providers import musicbrainz_answers, reading, spotify_answers
from setlist.providers.answers import TrackRecord
from setlist.providers.reading import Json

VARIOUS = frozenset(
    {"0LyfQWJT6nXafLPZqxe9Of", "89ad4ac3-39f7-470e-963a-56509c546377"}
)  # nobody in particular


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """An artist as a provider's answer names them; `name` is blank where it only tells the id."""

    id: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Credited:
    track: TrackRecord
    owner: Owner | None  # None: the answer does not say


@dataclass(frozen=True, kw_only=True, slots=True)
class Tracks:
    credited: tuple[Credited, ...]
    unreadable: int

    def owners(self) -> list[Owner]:
        """Each once, with a name where any answer tells it."""
        found: dict[str, Owner] = {}
        for one in self.credited:
            if one.owner is not None and not getattr(found.get(one.owner.id), "name", ""):
                found[one.owner.id] = one.owner
        return list(found.values())

    def by_owner(self) -> dict[str | None, list[TrackRecord]]:
        shelves: dict[str | None, list[TrackRecord]] = defaultdict(list)
        for one in self.credited:
            shelves[one.owner.id if one.owner is not None else None].append(one.track)
        return shelves


def read_tracks(found: Found, *, said: str = "") -> Tracks:
    """`said`: the MusicBrainz id of whose the recordings are that do not say."""
    if found.shape is Shape.RECORDINGS:
        whose = Owner(id=found.asked_of or said) if found.asked_of or said else None
        return _read(found.entries, lambda raw: _recording(raw, whose, is_sure=bool(found.asked_of)))
    if found.shape is Shape.ALBUMS:
        parts = [_album(album) for album in reading.mappings(list(found.entries))]
        credited = tuple(one for part in parts for one in part.credited)
        return Tracks(credited=credited, unreadable=sum(part.unreadable for part in parts))
    return _read(found.entries, lambda raw: _track(raw, reading.mapping(raw.get("album"))))


def _read(entries: Sequence[object], read: Callable[[Json], Credited | None]) -> Tracks:
    """Null stands for an id that nobody has; it is no entry."""
    credited, unreadable = reading.read_all([entry for entry in entries if entry is not None], read)
    return Tracks(credited=credited, unreadable=unreadable)


def _album(album: Json) -> Tracks:
    listed = reading.entries(reading.inside(album, "tracks", "items"))
    return _read(listed, lambda raw: _track(raw, album))


def _track(raw: Json, album: Json) -> Credited | None:
    """The album's artist, if they play on the track; else the first who does, as on a compilation."""
    track = spotify_answers.track_reader(album)(raw)
    if track is None:
        return None
    playing = list(_named(raw.get("artists")))
    of_album = {owner.id for owner in _named(album.get("artists"))}
    owner = next((one for one in playing if one.id in of_album), playing[0] if playing else None)
    return Credited(track=track, owner=owner)


def _recording(raw: Json, whose: Owner | None, *, is_sure: bool) -> Credited | None:
    track = musicbrainz_answers.read_recording(raw)
    if track is None:
        return None
    credits = [reading.mapping(credit.get("artist")) for credit in reading.mappings(raw.get("artist-credit"))]
    named = list(_named(credits))
    is_theirs = whose is not None and (is_sure or not named or whose.id in {one.id for one in named})
    return Credited(track=track, owner=whose if is_theirs else named[0] if named else None)


def _named(artists: object) -> Iterator[Owner]:
    for raw in reading.mappings(artists):
        id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
        if id and name and id not in VARIOUS:
            yield Owner(id=id, name=name)
