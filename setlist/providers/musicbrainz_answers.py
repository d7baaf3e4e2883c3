"""What MusicBrainz's answers say."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from setlist.providers import reading
from setlist.providers.answers import AlbumRecord, ArtistCandidate, ArtistRecord, Page, TrackRecord
from setlist.providers.errors import BadAnswer
from setlist.providers.links import own_pages
from setlist.providers.reading import Json

T = TypeVar("T")

NAME = "musicbrainz"
PAGE_SIZE = 100
MOST_GENRES = 6
MOST_ALIASES = 50

# Ticketmaster's public pages use old numbers; only ids of this form are those of its API.
_ATTRACTION = re.compile(r"https?://[^/]*ticketmaster\.[^/]+/.*\b([KZ][0-9A-Za-z_-]{10,20})/?$")
_NO_ALBUM_OF_THEIR_OWN = ("compilation", "live", "remix", "dj-mix", "demo", "soundtrack", "interview")


def _listed(body: Json, key: str) -> list[Any]:
    """A list that has to be there: an answer without it is nonsense, not "nothing found"."""
    found = body.get(key)
    if not isinstance(found, list):
        raise BadAnswer(NAME, f"answered without {key}")
    return found


def browsed_page(body: Json, kind: str, read: Callable[[Json], T | None], offset: int) -> Page[T]:
    listed = _listed(body, f"{kind}s")
    items, skipped = reading.read_page(NAME, listed, read)
    total = reading.integer(body.get(f"{kind}-count"))
    following = offset + len(listed)
    more = bool(listed) and (len(listed) >= PAGE_SIZE if total is None else following < total)
    return Page(items=items, cursor=str(following) if more else None, total=total, skipped=skipped)


def count_of_recordings(body: Json) -> int | None:
    _listed(body, "recordings")
    return reading.integer(body.get("recording-count"))


def related_artists(body: Json) -> dict[str, str]:
    answers = [reading.mapping(entry) for entry in _listed(body, "urls")] if "urls" in body else [body]
    return {reading.text(entry.get("resource"), 1_000): _only_artist(entry) for entry in answers}


def found_artists(body: Json) -> tuple[ArtistCandidate, ...]:
    # Recordings of 2014 have the key in the singular.
    listed = _listed(body, "artists" if "artists" in body else "artist")
    return reading.read_all(listed, read_candidate)[0]


def read_candidate(raw: Json) -> ArtistCandidate | None:
    mbid, name = reading.mbid(raw.get("id")), reading.text(raw.get("name"))
    if not mbid or not name:
        return None
    span = reading.mapping(raw.get("life-span"))
    return ArtistCandidate(
        mbid=mbid,
        name=name,
        disambiguation=reading.text(raw.get("disambiguation")),
        country=_country(raw),
        area=reading.text(reading.inside(raw, "area", "name")),
        kind=reading.text(raw.get("type")).lower(),
        begin_year=reading.year(span.get("begin")),
        end_year=reading.year(span.get("end")),
        score=reading.integer(raw.get("score"), highest=100) or 0,
    )


def one_artist(body: Json) -> ArtistRecord:
    if (record := read_artist(body)) is None:
        raise BadAnswer(NAME, "answered with an artist without an id or a name")
    return record


def read_artist(raw: Json) -> ArtistRecord | None:
    mbid, name = reading.mbid(raw.get("id")), reading.text(raw.get("name"))
    if not mbid or not name:
        return None
    span = reading.mapping(raw.get("life-span"))
    links = _links(raw)
    return ArtistRecord(
        mbid=mbid,
        name=name,
        sort_name=reading.text(raw.get("sort-name")),
        disambiguation=reading.text(raw.get("disambiguation")),
        country=_country(raw),
        kind=reading.text(raw.get("type")).lower(),
        begin_year=reading.year(span.get("begin")),
        end_year=reading.year(span.get("end")),
        genres=_genres(raw),
        aliases=_aliases(raw, name),
        spotify_ids=reading.spotify_artist_ids(links),
        ticketmaster_ids=reading.unique(match[1] for url in links if (match := _ATTRACTION.match(url))),
        links=own_pages(links),
    )


def _country(raw: Json) -> str:
    codes = reading.inside(raw, "area", "iso-3166-1-codes")
    first = codes[0] if isinstance(codes, list) and codes else None
    return reading.country(raw.get("country")) or reading.country(first)


def _genres(raw: Json) -> tuple[str, ...]:
    """Most voted first; the free tags, among which are "90" and "legendary", only where it has no genres."""
    listed = reading.mappings(raw.get("genres")) or reading.mappings(raw.get("tags"))
    named = [
        (reading.integer(entry.get("count")) or 0, reading.text(entry.get("name"), 60)) for entry in listed
    ]
    named.sort(key=lambda counted: -counted[0])
    return reading.unique(name for _count, name in named)[:MOST_GENRES]


def _aliases(raw: Json, name: str) -> tuple[str, ...]:
    names = [reading.text(entry.get("name")) for entry in reading.mappings(raw.get("aliases"))]
    return reading.unique(alias for alias in names if alias != name)[:MOST_ALIASES]


def _links(raw: Json) -> list[str]:
    """The URLs that an artist is related to now."""
    urls = [reading.http_url(reading.inside(relation, "url", "resource")) for relation in _relations(raw)]
    return [url for url in urls if url]


def _only_artist(raw: Json) -> str:
    mbids = reading.unique(
        reading.mbid(reading.inside(relation, "artist", "id")) for relation in _relations(raw)
    )
    return mbids[0] if len(mbids) == 1 else ""


def _relations(raw: Json) -> list[Json]:
    listed = reading.mappings(raw.get("relations"))
    return [relation for relation in listed if relation.get("ended") is not True]


def read_recording(raw: Json) -> TrackRecord | None:
    mbid, title = reading.mbid(raw.get("id")), reading.text(raw.get("title"))
    if not mbid or not title:
        return None
    credits = reading.mappings(raw.get("artist-credit"))
    return TrackRecord(
        id=mbid,
        title=title,
        artist_ids=reading.unique(reading.mbid(reading.inside(credit, "artist", "id")) for credit in credits),
        isrcs=reading.unique(map(reading.isrc, reading.entries(raw.get("isrcs")))),
        duration_ms=reading.integer(raw.get("length"), lowest=1),
        released=reading.partial_date(raw.get("first-release-date")),
        is_video=raw.get("video") is True,
    )


def read_release_group(raw: Json) -> AlbumRecord | None:
    mbid, title = reading.mbid(raw.get("id")), reading.text(raw.get("title"))
    if not mbid or not title:
        return None
    return AlbumRecord(
        id=mbid,
        title=title,
        kind=_album_kind(raw),
        released=reading.partial_date(raw.get("first-release-date")),
    )


def _album_kind(raw: Json) -> str:
    """What it is besides an album decides first: a live album or a compilation repeats songs."""
    named = {reading.text(kind).lower() for kind in reading.entries(raw.get("secondary-types"))}
    for kind in _NO_ALBUM_OF_THEIR_OWN:
        if kind in named:
            return kind
    return reading.text(raw.get("primary-type")).lower()
