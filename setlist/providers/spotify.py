"""Spotify's Web API as an app in development mode sees it: pictures, and a catalogue of their releases.

Its habits: 10 albums a page at most, no batch endpoints, totals that are wrong, null in lists, a token an
hour, a 403 that is JSON for what the app may not use and plain text for an owner without Premium, and a
Retry-After of up to a day.
"""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from setlist.providers import reading
from setlist.providers.answers import AlbumRecord, Page, SpotifyArtist, TrackRecord
from setlist.providers.base import Gate, address
from setlist.providers.errors import (
    BadAnswer,
    Misconfigured,
    NotOffered,
    ProviderError,
    Refused,
)
from setlist.providers.reading import Json
from setlist.providers.spotify_token import Token, TokenExpired
from setlist.providers.translation import throttled, usual_error
from setlist.providers.wire import Answer, Call

NAME = "spotify"
PAGE_SIZE = 10  # in development mode, for search and an artist's albums; halved once if refused
TRACKS_PAGE_SIZE = 50
MOST_TRACK_PAGES = 20
THROTTLE_SECONDS = 5.0
QUOTA_SECONDS = 3600.0


class Spotify:
    def __init__(self, gate: Gate, base_url: str, token: Token) -> None:
        self._gate = gate
        self._base_url = base_url.rstrip("/")
        self._market = token.access.market
        self._token = token
        self._page_size = PAGE_SIZE

    def artist(self, id: str) -> SpotifyArtist:
        record = _artist(self._ask("artist", address(NAME, self._base_url, "artists", id), {}))
        if record is None:
            raise BadAnswer(NAME, "answered with an artist without an id or a name")
        return record

    def search_artists(self, name: str) -> tuple[SpotifyArtist, ...]:
        """In Spotify's order, in which a famous act may come after its namesakes."""
        name = reading.text(name)
        if not name:
            return ()
        url = address(NAME, self._base_url, "search")
        params = {"q": name, "type": "artist", "market": self._market}
        body = self._ask_page("artist-search", url, params, offset=0)
        return reading.read_all(_listed(reading.mapping(body.get("artists"))), _artist)[0]

    def albums(self, artist_id: str, *, cursor: str | None = None) -> Page[AlbumRecord]:
        """A page of the artist's own albums and singles. The cursor is the next one's offset."""
        url = address(NAME, self._base_url, "artists", artist_id, "albums")
        offset = reading.integer(cursor) or 0
        params = {"include_groups": "album,single", "market": self._market}
        body = self._ask_page("albums", url, params, offset=offset)
        items, skipped = reading.read_all(_listed(body), _album)
        following = self._following(body, url, offset)
        return Page(
            items=items,
            cursor=None if following is None else str(following),
            total=reading.integer(body.get("total")),
            skipped=skipped,
        )

    def tracks(self, album_id: str) -> tuple[TrackRecord, ...]:
        """All tracks of an album: one call, and one more for each 50 after the first 50."""
        album_url = address(NAME, self._base_url, "albums", album_id)
        album = self._ask("album", album_url, {"market": self._market})
        read = _track_reader(album)
        page = reading.mapping(album.get("tracks"))
        found = list(reading.read_all(_listed(page), read)[0])
        url, offset = f"{album_url}/tracks", 0
        for _ in range(MOST_TRACK_PAGES):
            following = self._following(page, url, offset)
            if following is None:
                break
            offset = following
            params = {"market": self._market, "limit": str(TRACKS_PAGE_SIZE), "offset": str(offset)}
            page = self._ask("album-tracks", url, params)
            found += reading.read_all(_listed(page), read)[0]
        return tuple(found)

    def ping(self) -> None:
        """One cheap call, besides that for a token; raises what is wrong."""
        url = address(NAME, self._base_url, "search")
        self._ask("ping", url, {"q": "a", "type": "artist", "market": self._market, "limit": "1"})

    def _ask_page(self, endpoint: str, url: str, params: dict[str, str], *, offset: int) -> Json:
        """A page of our usual size. The limits of development mode have been cut before: halve once."""
        paging = {"limit": str(self._page_size), "offset": str(offset)}
        try:
            return self._ask(endpoint, url, params | paging)
        except Refused as error:
            if "invalid limit" not in error.detail.lower() or self._page_size < PAGE_SIZE:
                raise
        self._page_size = PAGE_SIZE // 2
        return self._ask(endpoint, url, params | {"limit": str(self._page_size), "offset": str(offset)})

    def _ask(self, endpoint: str, url: str, params: dict[str, str]) -> Json:
        token = self._token.current()
        try:
            return self._ask_with(token, endpoint, url, params)
        except TokenExpired:
            self._token.forget(token)
        return self._ask_with(self._token.current(), endpoint, url, params)

    def _ask_with(self, token: str, endpoint: str, url: str, params: dict[str, str]) -> Json:
        headers = {"Authorization": f"Bearer {token}"}
        call = Call(endpoint=endpoint, url=url, params=tuple(params.items()), headers=headers)
        return self._gate.ask(call, _error)

    def _following(self, page: Json, url: str, offset: int) -> int | None:
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


def _listed(page: Json) -> list[object]:
    if not isinstance(page.get("items"), list):
        raise BadAnswer(NAME, "answered without items")
    return list(page["items"])


def _artist(raw: Json) -> SpotifyArtist | None:
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


def _track_reader(album: Json) -> Callable[[Json], TrackRecord | None]:
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
