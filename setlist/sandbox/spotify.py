"""Spotify's Web API as apps see it since 2026.

In development mode ten items a page and no batches; in extended mode fifty, and batches of ids.
"""

import base64
import binascii
import re
from collections.abc import Callable
from time import monotonic

from setlist.sandbox.catalogue.draw import number
from setlist.sandbox.catalogue.ids import Kind
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.catalogue.names import BENCHMARK_ACT
from setlist.sandbox.catalogue.search import words_of
from setlist.sandbox.spotify_shapes import Shapes, page_of
from setlist.sandbox.wire import Answer, Call, Json, Routes, json_answer, unless_known

TOKEN_SECONDS = 3600
_PAGES = {"development": (10, 5), "extended": (50, 20)}  # the largest, and that of who asks for none
_MOST_IDS = {"albums": 20, "artists": 50, "tracks": 50}
_DEEPEST = 1000
_MOST_TRACKS, _USUAL_TRACKS = 50, 20
_FIELD = re.compile(r'\b(artist|album|track|isrc|year):(?:"([^"]*)"|(\S+))')


class Spotify:
    name = "spotify"

    def __init__(self, catalogue: Catalogue, mode: Callable[[], str]) -> None:
        self._catalogue = catalogue
        self._mode = mode
        self._shapes = Shapes(catalogue)
        self._tokens: dict[str, float] = {}
        self._routes = Routes(
            [
                (r"api/token", "token", self._token),
                (r"v1/search", "search", self._search),
                (r"v1/artists/(?P<identity>[^/]+)", "artist", self._artist),
                (r"v1/artists/(?P<identity>[^/]+)/albums", "artist albums", self._albums),
                (r"v1/artists/[^/]+/(top-tracks|related-artists)", "removed", _removed),
                (r"v1/albums/(?P<identity>[^/]+)", "album", self._album),
                (r"v1/albums/(?P<identity>[^/]+)/tracks", "album tracks", self._album_tracks),
                (r"v1/tracks/(?P<identity>[^/]+)", "track", self._track),
                (r"v1/(?P<kind>artists)", "several artists", self._several),
                (r"v1/(?P<kind>albums)", "several albums", self._several),
                (r"v1/(?P<kind>tracks)", "several tracks", self._several),
                (r"v1/(audio-features|recommendations|browse/.*)", "removed", _removed),
            ]
        )

    def expire_tokens(self) -> None:
        """As if an hour had passed."""
        self._tokens = dict.fromkeys(self._tokens, 0.0)

    def endpoint(self, call: Call) -> str:
        return self._routes.name(call)

    def refusal(self, call: Call) -> Answer | None:
        if call.path == "api/token":
            return None
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            return _error(401, "No token provided")
        until = self._tokens.get(token)
        if until is None:
            return _error(401, "Invalid access token")
        return _error(401, "The access token expired") if until < monotonic() else None

    def answer(self, call: Call) -> Answer:
        answer = self._routes.answer(call) or _error(404, "Service not found")
        return unless_known(call, answer)

    def _token(self, call: Call) -> Answer:
        client, _, secret = _basic(call.headers.get("Authorization", "")).partition(":")
        if call.method != "POST" or call.form.get("grant_type") != "client_credentials":
            return json_answer(
                {"error": "unsupported_grant_type", "error_description": "grant_type is missing"}, 400
            )
        if not client or client == "wrong":
            return json_answer({"error": "invalid_client", "error_description": "Invalid client"}, 400)
        if not secret or secret == "wrong":  # noqa: S105 -- the documented secret that is refused
            return json_answer({"error": "invalid_client", "error_description": "Invalid client secret"}, 400)
        issued = monotonic()
        self._tokens = {text: until for text, until in self._tokens.items() if until > issued}
        token = f"BQ{number('token', client, issued):032x}{number('token end', issued):032x}"
        self._tokens[token] = issued + TOKEN_SECONDS
        return json_answer({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def _search(self, call: Call) -> Answer:
        limits = _page(call, *_PAGES[self._mode()])
        kinds = call.args.get("type", "").split(",")
        if isinstance(limits, Answer):
            return limits
        if not call.args.get("q"):
            return _error(400, "No search query")
        finders: dict[str, Callable[[Call], list[Callable[[], Json]]]] = {
            "artist": self._artists_named,
            "track": self._tracks_named,
            "album": self._albums_named,
        }
        if not set(kinds) <= set(finders):
            return _error(400, f"Bad search type field {call.args.get('type', '')}")
        found = {f"{kind}s": self._paged(call, finders[kind](call), limits) for kind in kinds}
        return json_answer(found)

    def _artists_named(self, call: Call) -> list[Callable[[], Json]]:
        """Namesakes may come first: the order is by what seems popular, not by what is meant."""
        fields, words = _fields(call.args["q"])
        found = self._catalogue.search.find(fields.get("artist", words))
        return [lambda act=act: self._shapes.artist(act, call.base) for act, _ in found]  # type: ignore[misc]

    def _tracks_named(self, call: Call) -> list[Callable[[], Json]]:
        fields, words = _fields(call.args["q"])
        act = self._first_act(fields, words)
        if act is None:
            return []
        return self._shapes.tracks_matching(act, fields, words, call.base)

    def _albums_named(self, call: Call) -> list[Callable[[], Json]]:
        fields, words = _fields(call.args["q"])
        act = self._first_act(fields, words)
        wanted = words_of(fields.get("album", ""))
        if act is None:
            return []
        releases = [
            entry for entry in self._catalogue.records(act).releases if wanted <= words_of(entry.title)
        ]
        return [lambda entry=entry: self._shapes.album(act, entry, call.base) for entry in releases]  # type: ignore[misc]

    def _first_act(self, fields: dict[str, str], words: str) -> int | None:
        if isrc := fields.get("isrc"):
            return self._shapes.act_of_isrc(isrc)
        found = self._catalogue.search.find(fields.get("artist", words))
        return found[0][0] if found else None

    def _several(self, call: Call, kind: str) -> Answer:
        """What was found, in the order asked for; null for what was not."""
        if self._mode() != "extended":
            return _removed(call)
        ids = list(filter(None, call.args.get("ids", "").split(",")))
        if not ids:
            return _error(400, "Missing required field: ids")
        if len(ids) > _MOST_IDS[kind]:
            return _error(400, "Too many ids requested")
        find = {"artists": self._one_artist, "albums": self._one_album, "tracks": self._shapes.full_track}[
            kind
        ]
        return json_answer({kind: [find(identity, call.base) for identity in ids]})

    def _artist(self, call: Call, identity: str) -> Answer:
        return _found(self._one_artist(identity, call.base))

    def _albums(self, call: Call, identity: str) -> Answer:
        """`total` counts releases that are left out of the pages; some totals are simply wrong."""
        act, limits = self._act(identity), _page(call, *_PAGES[self._mode()])
        if isinstance(limits, Answer):
            return limits
        if act is None:
            return _not_found()
        groups = set(call.args.get("include_groups", "album,single,compilation,appears_on").split(","))
        listed = self._shapes.discography(act, groups, call.base)
        page = self._paged(call, listed, limits)
        page["items"] = [entry for entry in page["items"] if entry is not None]
        if act != BENCHMARK_ACT and act % 7 == 3:
            page["total"] += 9
        return json_answer(page)

    def _album(self, call: Call, identity: str) -> Answer:
        return _found(self._one_album(identity, call.base))

    def _album_tracks(self, call: Call, identity: str) -> Answer:
        found, limits = self._shapes.release_of(identity), _page(call, _MOST_TRACKS, _USUAL_TRACKS)
        if isinstance(limits, Answer):
            return limits
        if found is None:
            return _not_found()
        tracks = self._shapes.simple_tracks(*found, call.base)
        return json_answer(self._paged(call, tracks, limits))

    def _track(self, call: Call, identity: str) -> Answer:
        return _found(self._shapes.full_track(identity, call.base))

    def _one_artist(self, identity: str, base: str) -> Json | None:
        act = self._act(identity)
        return self._shapes.artist(act, base) if act is not None else None

    def _one_album(self, identity: str, base: str) -> Json | None:
        found = self._shapes.release_of(identity)
        return self._shapes.full_album(*found, base) if found is not None else None

    def _act(self, identity: str) -> int | None:
        meaning = self._catalogue.ids.read_spotify(identity)
        if meaning is None or meaning.kind is not Kind.ARTIST or meaning.number:
            return None
        return meaning.artist if meaning.artist < self._catalogue.size else None

    def _paged(self, call: Call, found: list[Callable[[], Json]], limits: tuple[int, int]) -> Json:
        limit, offset = limits
        return page_of(
            f"{call.base}/spotify/{call.path}",
            {name: text for name, text in call.args.items() if name not in {"limit", "offset"}},
            [make() for make in found[offset : offset + limit]],
            (limit, offset, len(found)),
        )


def _page(call: Call, most: int, usual: int) -> tuple[int, int] | Answer:
    limit, offset = call.integer("limit", usual), call.integer("offset", 0)
    if limit is None or not 1 <= limit <= most:
        return _error(400, "Invalid limit")
    if offset is None or not 0 <= offset <= _DEEPEST:
        return _error(400, "Invalid offset")
    return limit, offset


def _fields(query: str) -> tuple[dict[str, str], str]:
    """The field filters of a query, and its bare words."""
    fields = {match[1]: match[2] or match[3] or "" for match in _FIELD.finditer(query)}
    return fields, _FIELD.sub(" ", query).strip()


def _basic(header: str) -> str:
    try:
        return base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _removed(call: Call) -> Answer:
    return _error(403, "Forbidden")


def _error(status: int, message: str) -> Answer:
    return json_answer({"error": {"status": status, "message": message}}, status)


def _found(found: Json | None) -> Answer:
    return json_answer(found) if found is not None else _not_found()


def _not_found() -> Answer:
    return _error(404, "Resource not found")
