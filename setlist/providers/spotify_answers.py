"""What Spotify's answers say: pure, and suspicious of everything."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from setlist.providers import reading
from setlist.providers.answers import AlbumRecord, Page, SpotifyArtist, TrackRecord
from setlist.providers.errors import BadAnswer
from setlist.providers.reading import Json

NAME = "spotify"

ReadTrack = Callable[[Json], TrackRecord | None]


@dataclass(frozen=True, slots=True)
class Tracks:
    """A page of an album's tracks, and the offset of the next one."""

    items: tuple[TrackRecord, ...]
    following: int | None


def named(body: Json, key: str) -> list[object]:
    if not isinstance(body.get(key), list):
        raise BadAnswer(NAME, f"answered without {key}")
    return list(body[key])


def one_artist(body: Json) -> SpotifyArtist:
    if (record := read_artist(body)) is None:
        raise BadAnswer(NAME, "answered with an artist without an id or a name")
    return record


def many_artists(body: Json) -> tuple[SpotifyArtist, ...]:
    """Unknown ids are null."""
    return reading.read_all([entry for entry in named(body, "artists") if entry], read_artist)[0]


def found_artists(body: Json) -> tuple[SpotifyArtist, ...]:
    return reading.read_all(_listed(reading.mapping(body.get("artists"))), read_artist)[0]


def albums_page(body: Json, url: str, offset: int) -> Page[AlbumRecord]:
    items, skipped = reading.read_page(NAME, _listed(body), _album)
    following = _following(body, url, offset)
    return Page(
        items=items,
        cursor=None if following is None else str(following),
        total=reading.integer(body.get("total")),
        skipped=skipped,
    )


def first_tracks(album: Json, url: str) -> tuple[Tracks, ReadTrack]:
    """The page that comes with an album, and what reads the following ones."""
    read = track_reader(album)
    return tracks_page(reading.mapping(album.get("tracks")), f"{url}/tracks", 0, read), read


def tracks_page(page: Json, url: str, offset: int, read: ReadTrack) -> Tracks:
    return Tracks(reading.read_page(NAME, _listed(page), read)[0], _following(page, url, offset))


def _listed(page: Json) -> list[object]:
    return named(page, "items")


def _following(page: Json, url: str, offset: int) -> int | None:
    """The offset that `next` names; None on the last page, whatever the total says.

    Only the offset is taken, and only from an address of the API itself, so that the token goes
    nowhere else.
    """
    if page.get("next") is None:
        return None
    following = reading.http_url(page["next"])
    if following is None or following.partition("?")[0] != url:
        raise BadAnswer(NAME, "says that its next page is somewhere else")
    named = parse_qs(urlsplit(following).query).get("offset", [None])[0]
    found = reading.integer(named)
    if found is None or found <= offset:
        raise BadAnswer(NAME, "says that its next page is not a later one")
    return found


def read_artist(raw: Json) -> SpotifyArtist | None:
    id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
    if not id or not name:
        return None
    return SpotifyArtist(id=id, name=name, image_url=reading.picture(raw.get("images")), url=_link(raw))


def _album(raw: Json) -> AlbumRecord | None:
    id, title = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
    if not id or not title:
        return None
    kind = reading.text(raw.get("album_type")).lower()
    return AlbumRecord(
        id=id,
        title=title,
        kind=kind,
        group=reading.text(raw.get("album_group")).lower() or kind,  # may be gone in development mode
        released=reading.partial_date(raw.get("release_date")),
        image_url=reading.picture(raw.get("images")),
        url=_link(raw),
    )


def track_reader(album: Json) -> ReadTrack:
    """Reads the tracks of an album, which themselves do not repeat what it is."""
    title, released = reading.text(album.get("name")), reading.partial_date(album.get("release_date"))

    def read(raw: Json) -> TrackRecord | None:
        id, name = reading.identifier(raw.get("id")), reading.text(raw.get("name"))
        if not id or not name:
            return None
        artists = reading.mappings(raw.get("artists"))
        return TrackRecord(
            id=id,
            title=name,
            artist_ids=reading.unique(reading.identifier(artist.get("id")) for artist in artists),
            isrcs=reading.unique([reading.isrc(reading.inside(raw, "external_ids", "isrc"))]),
            duration_ms=reading.integer(raw.get("duration_ms"), lowest=1),
            album_title=title,
            released=released,
            url=_link(raw),
        )

    return read


def _link(raw: Json) -> str | None:
    return reading.http_url(reading.inside(raw, "external_urls", "spotify"))
