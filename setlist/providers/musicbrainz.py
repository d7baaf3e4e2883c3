"""MusicBrainz, the spine: who an artist is, what they recorded, which ids others know them by.

Its habits: 503 is the throttle, merged ids redirect, a page may be short without being the last, every
field may be null. It needs no key, but a User-Agent with a contact, and one call a second at most.

Batches: browsing, 100 recordings a page, the largest; up to 100 URLs in one look-up, gathered over the jobs
of a process that share a gatherer: n URLs asked for at once cost ceil(n / 100). An act costs 1 (who it is) +
max(1, ceil(recordings / 100)); a re-sync at most 1 (their number).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from setlist.providers import reading
from setlist.providers.answers import AlbumRecord, ArtistCandidate, ArtistRecord, Page, TrackRecord
from setlist.providers.base import Gate, address
from setlist.providers.errors import BadAnswer, NotFound, ProviderError
from setlist.providers.reading import Json
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call
from setlist.services.batching import Gatherer

T = TypeVar("T")

NAME = "musicbrainz"
PAGE_SIZE = 100
MOST_URLS = 100  # resource parameters in one lookup
URLS_FRESH_SECONDS = 86_400.0
MOST_GENRES = 6
MOST_ALIASES = 50
THROTTLE_SECONDS = 2.0  # it says nothing about when to come back

_LUCENE = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')
# Ticketmaster's public pages use old numbers; only ids of this form are those of its API.
_ATTRACTION = re.compile(r"https?://[^/]*ticketmaster\.[^/]+/.*\b([KZ][0-9A-Za-z_-]{10,20})/?$")
_NO_ALBUM_OF_THEIR_OWN = ("compilation", "live", "remix", "dj-mix", "demo", "soundtrack", "interview")


def gather_urls() -> Gatherer[str, str]:
    """For all clients of a process that have one purpose: a batch is paid for by whoever leads it, and
    what that one is refused all of them are.
    """
    return Gatherer(MOST_URLS)


class MusicBrainz:
    def __init__(self, gate: Gate, base_url: str, urls: Gatherer[str, str] | None = None) -> None:
        """Without a gatherer that others share, URLs are gathered over one client's threads alone."""
        self._gate = gate
        self._base_url = base_url
        self._urls = urls or gather_urls()

    def search_artists(self, name: str, *, limit: int = 10) -> tuple[ArtistCandidate, ...]:
        """Best first by MusicBrainz' own score, which often puts a namesake first."""
        name = reading.text(name)
        if not name:
            return ()
        phrase = _LUCENE.sub(r"\\\1", name)
        query = f'artist:"{phrase}" OR alias:"{phrase}"'
        call = self._call("artist-search", "artist", params={"query": query, "limit": str(limit)})
        return self._gate.ask(call, _error, _candidates)

    def artist(self, mbid: str) -> ArtistRecord:
        call = self._call("artist", "artist", mbid, params={"inc": "aliases+url-rels+genres+tags"})
        return self._gate.ask(call, _error, _one_artist)

    def recordings(self, mbid: str, *, cursor: str | None = None) -> Page[TrackRecord]:
        return self._browse("recording", _track, {"artist": mbid, "inc": "isrcs+artist-credits"}, cursor)

    def recording_count(self, mbid: str) -> int | None:
        """As it claims; None where it does not say."""
        call = self._call("recording-count", "recording", params={"artist": mbid, "limit": "1"})
        return self._gate.ask(call, _error, _recording_count)

    def release_groups(self, mbid: str, *, cursor: str | None = None) -> Page[AlbumRecord]:
        return self._browse("release-group", _album, {"artist": mbid, "type": "album|ep|single"}, cursor)

    def artists_by_url(self, urls: Iterable[str]) -> dict[str, str]:
        """The MBIDs of those URLs that MusicBrainz relates to one artist, and to one only."""
        return self._urls.load_many(reading.unique(urls), self._artists_of)

    def ping(self) -> None:
        """One cheap call; raises what is wrong."""
        call = self._call("ping", "artist", params={"query": "artist:a", "limit": "1"})
        self._gate.ask(call, _error, _candidates)

    def _artists_of(self, urls: Sequence[str]) -> dict[str, str]:
        resources = tuple(("resource", url) for url in urls)
        call = self._call("url", "url", params={"inc": "artist-rels"}, resources=resources)
        try:
            artists = self._gate.ask(replace(call, fresh_for=URLS_FRESH_SECONDS), _error, _artists_by_url)
        except NotFound:  # only a single unknown one is an error; several are left out silently
            return {}
        return {url: artists[url] for url in urls if artists.get(url)}

    def _browse(
        self, kind: str, read: Callable[[Json], T | None], params: dict[str, str], cursor: str | None
    ) -> Page[T]:
        offset = reading.integer(cursor) or 0
        paging = {"limit": str(PAGE_SIZE), "offset": str(offset)}
        call = self._call(f"{kind}s", kind, params=params | paging)
        return self._gate.ask(call, _error, lambda body: _page(body, kind, read, offset))

    def _call(
        self,
        endpoint: str,
        *segments: str,
        params: dict[str, str],
        resources: tuple[tuple[str, str], ...] = (),
    ) -> Call:
        url = address(NAME, self._base_url, *segments)
        return Call(endpoint=endpoint, url=url, params=(*resources, *params.items(), ("fmt", "json")))


def _error(answer: Answer) -> ProviderError:
    said = reading.text((answer.json() or {}).get("error"))
    if answer.status == 503 and ("X-Rate-Limited" in answer.headers or "rate limit" in said.lower()):
        return throttled(NAME, answer, otherwise=THROTTLE_SECONDS)
    if answer.status == 429:
        return throttled(NAME, answer, otherwise=THROTTLE_SECONDS)
    return usual_error(NAME, answer, detail=said)


def _listed(body: Json, key: str) -> list[Any]:
    """A list that has to be there: an answer without it is nonsense, not "nothing found"."""
    found = body.get(key)
    if not isinstance(found, list):
        raise BadAnswer(NAME, f"answered without {key}")
    return found


def _page(body: Json, kind: str, read: Callable[[Json], T | None], offset: int) -> Page[T]:
    listed = _listed(body, f"{kind}s")
    items, skipped = reading.read_page(NAME, listed, read)
    total = reading.integer(body.get(f"{kind}-count"))
    following = offset + len(listed)
    more = bool(listed) and (len(listed) >= PAGE_SIZE if total is None else following < total)
    return Page(items=items, cursor=str(following) if more else None, total=total, skipped=skipped)


def _recording_count(body: Json) -> int | None:
    _listed(body, "recordings")
    return reading.integer(body.get("recording-count"))


def _artists_by_url(body: Json) -> dict[str, str]:
    answers = [reading.mapping(entry) for entry in _listed(body, "urls")] if "urls" in body else [body]
    return {reading.text(entry.get("resource"), 1_000): _only_artist(entry) for entry in answers}


def _candidates(body: Json) -> tuple[ArtistCandidate, ...]:
    # Recordings of 2014 have the key in the singular.
    listed = _listed(body, "artists" if "artists" in body else "artist")
    return reading.read_all(listed, _candidate)[0]


def _candidate(raw: Json) -> ArtistCandidate | None:
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


def _one_artist(body: Json) -> ArtistRecord:
    if (record := _artist(body)) is None:
        raise BadAnswer(NAME, "answered with an artist without an id or a name")
    return record


def _artist(raw: Json) -> ArtistRecord | None:
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


def _track(raw: Json) -> TrackRecord | None:
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


def _album(raw: Json) -> AlbumRecord | None:
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
