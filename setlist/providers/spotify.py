"""Spotify's Web API: pictures, and a catalogue of their releases.

Its habits: 10 albums a page at most, no batch endpoints, totals that are wrong, null in lists, a token an
hour, a 403 that is JSON for what the app may not use and plain text for an owner without Premium, and a
Retry-After of up to a day.

Batches: in development mode none; pages of 10 albums, and `/albums/{id}`, which brings 50 tracks with it. An
act costs 1 (its picture) + ceil(albums / 10) + 1 an album. In extended mode pages of 50 and `/albums?ids=`
with 20: 1 + ceil(albums / 50) + ceil(albums / 20). An album of more than 50 tracks costs 1 for each 50 more.
A re-sync at most 1: the first page tells whether anything is new.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from setlist.providers import reading
from setlist.providers.answers import AlbumRecord, Page, SpotifyArtist, TrackRecord
from setlist.providers.base import Gate, address
from setlist.providers.errors import (
    BadAnswer,
    Misconfigured,
    NotFound,
    NotOffered,
    ProviderError,
    Refused,
)
from setlist.providers.reading import Json
from setlist.providers.spotify_answers import (
    ReadTrack,
    Tracks,
    albums_page,
    first_tracks,
    found_artists,
    many_artists,
    named,
    one_artist,
    tracks_page,
)
from setlist.providers.spotify_token import Token, TokenExpired
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call

NAME = "spotify"
TRACKS_PAGE_SIZE = 50
MOST_ALBUMS, MOST_ARTISTS = 20, 50  # ids in one call, in extended mode
FRESH_SECONDS = 86_400.0  # of albums and artists: an import that begins anew asks for none twice
KEPT_SECONDS = 7 * 86_400.0  # they have ETags
MOST_TRACK_PAGES = 20
THROTTLE_SECONDS = 5.0
QUOTA_SECONDS = 3600.0

T = TypeVar("T")


class Spotify:
    def __init__(self, gate: Gate, base_url: str, token: Token) -> None:
        self._gate = gate
        self._base_url = base_url.rstrip("/")
        self._market = token.access.market
        self._token = token

    def artist(self, id: str) -> SpotifyArtist:
        call = self._call("artist", address(NAME, self._base_url, "artists", id), {})
        return self._ask(replace(call, fresh_for=FRESH_SECONDS, kept_for=KEPT_SECONDS), one_artist)

    def artists(self, ids: Sequence[str]) -> tuple[SpotifyArtist, ...]:
        """Those that exist: 50 a call in extended mode, else one."""
        if self._token.has_batches:
            try:
                return self._batched("artists", ids, MOST_ARTISTS, many_artists)
            except NotOffered:
                self._token.fall_back()
        found = (_unless_gone(self.artist, id) for id in ids)
        return tuple(artist for artist in found if artist is not None)

    def search_artists(self, name: str) -> tuple[SpotifyArtist, ...]:
        """In Spotify's order, in which a famous act may come after its namesakes."""
        name = reading.text(name)
        if not name:
            return ()
        url = address(NAME, self._base_url, "search")
        params = {"q": name, "type": "artist", "market": self._market}
        return self._ask_page("artist-search", url, params, 0, found_artists)

    def albums(self, artist_id: str, *, cursor: str | None = None) -> Page[AlbumRecord]:
        """A page of the artist's own albums and singles. The cursor is the next one's offset."""
        url = address(NAME, self._base_url, "artists", artist_id, "albums")
        offset = reading.integer(cursor) or 0
        params = {"include_groups": "album,single", "market": self._market}
        return self._ask_page("albums", url, params, offset, lambda body: albums_page(body, url, offset))

    def tracks(self, album_id: str) -> tuple[TrackRecord, ...]:
        """All tracks of an album: one call, and one more for each 50 after the first 50."""
        url = address(NAME, self._base_url, "albums", album_id)
        call = self._call("album", url, {"market": self._market})
        kept = replace(call, fresh_for=FRESH_SECONDS, kept_for=KEPT_SECONDS)
        shelf, read = self._ask(kept, lambda body: first_tracks(body, url))
        return self._further_tracks(url, shelf, read)

    def tracks_of(self, album_ids: Sequence[str]) -> tuple[TrackRecord, ...]:
        """All tracks of those albums that exist: 20 albums a call in extended mode, else one."""
        if self._token.has_batches:
            try:
                shelves = self._batched("albums", album_ids, MOST_ALBUMS, self._shelves)
            except NotOffered:
                self._token.fall_back()
            else:
                return tuple(track for shelf in shelves for track in self._further_tracks(*shelf))
        found = (_unless_gone(self.tracks, id) or () for id in album_ids)
        return tuple(track for tracks in found for track in tracks)

    def ping(self) -> None:
        """One cheap call, besides that for a token; raises what is wrong."""
        url = address(NAME, self._base_url, "search")
        params = {"q": "a", "type": "artist", "market": self._market, "limit": "1"}
        self._ask(self._call("ping", url, params), found_artists)

    def _further_tracks(self, url: str, shelf: Tracks, read: ReadTrack) -> tuple[TrackRecord, ...]:
        found, offset = list(shelf.items), shelf.following
        for _ in range(MOST_TRACK_PAGES):
            if offset is None:
                break
            here = offset
            params = {"market": self._market, "limit": str(TRACKS_PAGE_SIZE), "offset": str(here)}
            call = self._call("album-tracks", f"{url}/tracks", params)
            shelf = self._ask(call, lambda body, at=here: tracks_page(body, f"{url}/tracks", at, read))  # type: ignore[misc]
            found += shelf.items
            offset = shelf.following
        return tuple(found)

    def _shelves(self, body: Json) -> list[tuple[str, Tracks, ReadTrack]]:
        found = []
        for album in reading.mappings(named(body, "albums")):
            if not (id := reading.identifier(album.get("id"))):
                raise BadAnswer(NAME, "answered with an album without an id")
            url = address(NAME, self._base_url, "albums", id)
            found.append((url, *first_tracks(album, url)))
        return found

    def _batched(
        self, kind: str, ids: Sequence[str], most: int, read: Callable[[Json], Sequence[T]]
    ) -> tuple[T, ...]:
        url, found = address(NAME, self._base_url, kind), list[T]()
        for start in range(0, len(ids), most):
            params = {"ids": ",".join(ids[start : start + most]), "market": self._market}
            if kind == "artists":
                del params["market"]
            found += self._ask(self._call(f"several-{kind}", url, params), read)
        return tuple(found)

    def _ask_page(
        self, endpoint: str, url: str, params: dict[str, str], offset: int, read: Callable[[Json], T]
    ) -> T:
        """A page of our usual size; where that is refused, of a smaller one."""
        size = self._token.page_size
        paging = {"limit": str(size), "offset": str(offset)}
        try:
            return self._ask(self._call(endpoint, url, params | paging), read)
        except Refused as error:
            if "invalid limit" not in error.detail.lower() or not self._token.shrink_pages(size):
                raise
        return self._ask_page(endpoint, url, params, offset, read)

    def _ask(self, call: Call, read: Callable[[Json], T]) -> T:
        token = self._token.current()
        try:
            return self._gate.ask(_with_token(call, token), _error, read)
        except TokenExpired:
            self._token.forget(token)
        return self._gate.ask(_with_token(call, self._token.current()), _error, read)

    def _call(self, endpoint: str, url: str, params: dict[str, str]) -> Call:
        return Call(endpoint=endpoint, url=url, params=tuple(params.items()))


def _with_token(call: Call, token: str) -> Call:
    return replace(call, headers={"Authorization": f"Bearer {token}"})


def _unless_gone(ask: Callable[[str], T], id: str) -> T | None:
    try:
        return ask(id)
    except NotFound:
        return None


def _error(answer: Answer) -> ProviderError:
    body = answer.json() or {}
    message = reading.text(reading.inside(body, "error", "message"), 100)
    if answer.status == 401:
        return TokenExpired(NAME, "does not accept our token")
    if answer.status == 403:
        return _forbidden(answer)
    if answer.status == 429:
        spent = reading.inside(body, "error", "reason") == "QUOTA_EXCEEDED"
        return throttled(NAME, answer, otherwise=QUOTA_SECONDS if spent else THROTTLE_SECONDS)
    return usual_error(NAME, answer, detail=message)


def _forbidden(answer: Answer) -> ProviderError:
    """Plain text is about the app's owner, JSON about the endpoint."""
    if b"premium" in answer.body.lower():
        return Misconfigured(NAME, "wants the owner of the app to have Premium (it may take hours to notice)")
    return NotOffered(NAME, "does not offer this to an app in development mode")
