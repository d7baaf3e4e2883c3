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
from typing import TypeVar

from setlist.providers import reading
from setlist.providers.answers import AlbumRecord, ArtistCandidate, ArtistRecord, Page, TrackRecord
from setlist.providers.base import Gate, address
from setlist.providers.errors import NotFound, ProviderError
from setlist.providers.musicbrainz_answers import (
    PAGE_SIZE,
    browsed_page,
    count_of_recordings,
    found_artists,
    one_artist,
    read_recording,
    read_release_group,
    related_artists,
)
from setlist.providers.reading import Json
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call
from setlist.services.batching import Gatherer

T = TypeVar("T")

NAME = "musicbrainz"
MOST_URLS = 100  # resource parameters in one lookup
URLS_FRESH_SECONDS = 86_400.0
THROTTLE_SECONDS = 2.0  # it says nothing about when to come back

_LUCENE = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')


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
        return self._gate.ask(call, _error, found_artists)

    def artist(self, mbid: str) -> ArtistRecord:
        call = self._call("artist", "artist", mbid, params={"inc": "aliases+url-rels+genres+tags"})
        return self._gate.ask(call, _error, one_artist)

    def recordings(self, mbid: str, *, cursor: str | None = None) -> Page[TrackRecord]:
        params = {"artist": mbid, "inc": "isrcs+artist-credits"}
        return self._browse("recording", read_recording, params, cursor)

    def recording_count(self, mbid: str) -> int | None:
        """As it claims; None where it does not say."""
        call = self._call("recording-count", "recording", params={"artist": mbid, "limit": "1"})
        return self._gate.ask(call, _error, count_of_recordings)

    def release_groups(self, mbid: str, *, cursor: str | None = None) -> Page[AlbumRecord]:
        params = {"artist": mbid, "type": "album|ep|single"}
        return self._browse("release-group", read_release_group, params, cursor)

    def artists_by_url(self, urls: Iterable[str]) -> dict[str, str]:
        """The MBIDs of those URLs that MusicBrainz relates to one artist, and to one only."""
        return self._urls.load_many(reading.unique(urls), self._artists_of)

    def ping(self) -> None:
        """One cheap call; raises what is wrong."""
        call = self._call("ping", "artist", params={"query": "artist:a", "limit": "1"})
        self._gate.ask(call, _error, found_artists)

    def _artists_of(self, urls: Sequence[str]) -> dict[str, str]:
        resources = tuple(("resource", url) for url in urls)
        call = self._call("url", "url", params={"inc": "artist-rels"}, resources=resources)
        try:
            artists = self._gate.ask(replace(call, fresh_for=URLS_FRESH_SECONDS), _error, related_artists)
        except NotFound:  # only a single unknown one is an error; several are left out silently
            return {}
        return {url: artists[url] for url in urls if artists.get(url)}

    def _browse(
        self, kind: str, read: Callable[[Json], T | None], params: dict[str, str], cursor: str | None
    ) -> Page[T]:
        offset = reading.integer(cursor) or 0
        paging = {"limit": str(PAGE_SIZE), "offset": str(offset)}
        call = self._call(f"{kind}s", kind, params=params | paging)
        return self._gate.ask(call, _error, lambda body: browsed_page(body, kind, read, offset))

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
