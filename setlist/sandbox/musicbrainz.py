"""MusicBrainz WS/2: search, lookup and browse; XML unless JSON is asked for; no key, but a name."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from setlist.sandbox.catalogue.ids import Kind, is_uuid
from setlist.sandbox.catalogue.library import Catalogue
from setlist.sandbox.lucene import named_in
from setlist.sandbox.musicbrainz_shapes import Shapes
from setlist.sandbox.wire import Answer, Call, Json, Routes, json_answer, xml_answer

_HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
_GENERIC_AGENTS = (
    "python-requests",
    "python-urllib",
    "curl",
    "wget",
    "java",
    "go-http-client",
    "okhttp",
    "mozilla/4.0",
)
_MOST, _USUAL = 100, 25
_MOST_RESOURCES = 100
_INCS = {
    "artist": {
        "aliases",
        "url-rels",
        "tags",
        "genres",
        "ratings",
        "annotation",
        "artist-rels",
        "release-groups",
    },
    "recording": {"isrcs", "artist-credits", "work-rels", "work-level-rels", "ratings", "tags", "aliases"},
    "release-group": {"artist-credits", "ratings", "tags"},
    "work": {"aliases", "artist-rels", "ratings", "tags"},
    "url": {"artist-rels"},
    "isrc": {"artist-credits", "isrcs"},
}


class MusicBrainz:
    name = "musicbrainz"

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._shapes = Shapes(catalogue)
        self._routes = Routes(
            [
                (r"artist/?", "artist search", self._search),
                (r"artist/(?P<mbid>[^/]+)", "artist", self._artist),
                (r"recording/?", "recordings", self._recordings),
                (r"recording/(?P<mbid>[^/]+)", "recording", self._recording),
                (r"release-group/?", "release groups", self._release_groups),
                (r"work/?", "works", self._works),
                (r"url/?", "url", self._url),
                (r"isrc/(?P<isrc>[^/]+)", "isrc", self._isrc),
            ]
        )

    def endpoint(self, call: Call) -> str:
        return self._routes.name(call)

    def refusal(self, call: Call) -> Answer | None:
        agent = call.headers.get("User-Agent", "").casefold()
        if not agent or agent.startswith(_GENERIC_AGENTS):
            text = "Your User-Agent is missing or generic. Please identify your application and a contact."
            return _in_format(call, {"error": text}, 403)
        return None

    def answer(self, call: Call) -> Answer:
        resource = call.path.split("/", maxsplit=1)[0]
        for inc in _incs(call):
            if resource in _INCS and inc not in _INCS[resource]:
                text = f"{inc} is not a valid inc parameter for the {resource} resource."
                return _in_format(call, {"error": text, "help": _HELP}, 400)
        return self._routes.answer(call) or _not_found(call)

    def _search(self, call: Call) -> Answer:
        query = call.args.get("query", "").strip()
        if not query:
            return _bad(call, "A query parameter is required.")
        hits = self._catalogue.search.find(named_in(query))
        limit, offset = _page(call)
        data = {
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "count": len(hits),
            "offset": offset,
            "artists": [self._shapes.hit(act, score) for act, score in hits[offset : offset + limit]],
        }
        return _in_format(call, data)

    def _artist(self, call: Call, mbid: str) -> Answer:
        if not is_uuid(mbid):
            return _bad(call, "Invalid mbid.")
        index = self._catalogue.act_of_mbid(mbid)
        if index is None:
            return _not_found(call)
        answer = _in_format(call, self._shapes.artist(index, _incs(call)))
        # Of the merged ids every other one redirects; the rest answer at once, with the surviving id.
        if mbid.lower() == self._catalogue.mbid(index) or index % 2:
            return answer
        query = f"?{call.query}" if call.query else ""
        location = f"{call.base}/musicbrainz/ws/2/artist/{self._catalogue.mbid(index)}{query}"
        return Answer(answer.body, 301, answer.content_type, {"Location": location})

    def _recordings(self, call: Call) -> Answer:
        return self._browse(call, "recording", lambda index: self._shapes.recordings(index, _incs(call)))

    def _release_groups(self, call: Call) -> Answer:
        kinds = set(filter(None, call.args.get("type", "").casefold().split("|")))
        return self._browse(call, "release-group", lambda index: self._shapes.release_groups(index, kinds))

    def _works(self, call: Call) -> Answer:
        return self._browse(call, "work", self._shapes.works)

    def _browse(
        self, call: Call, kind: str, listing: Callable[[int], Sequence[Callable[[], Json]]]
    ) -> Answer:
        mbid = call.args.get("artist", "")
        if not is_uuid(mbid):
            return _bad(call, "Invalid mbid." if mbid else "Neither a query nor a linked entity was given.")
        index = self._catalogue.act_of_mbid(mbid)
        if index is None:
            return _not_found(call)
        entries = listing(index)
        limit, offset = _page(call)
        page = [make() for make in entries[offset : offset + limit]]
        return _in_format(call, {f"{kind}-count": len(entries), f"{kind}-offset": offset, f"{kind}s": page})

    def _recording(self, call: Call, mbid: str) -> Answer:
        if not is_uuid(mbid):
            return _bad(call, "Invalid mbid.")
        meaning = self._catalogue.ids.read_mbid(mbid)
        if meaning is None or meaning.kind is not Kind.RECORDING or meaning.artist >= self._catalogue.size:
            return _not_found(call)
        found = self._shapes.recording_by_number(meaning.artist, meaning.number, _incs(call))
        return _in_format(call, found) if found is not None else _not_found(call)

    def _url(self, call: Call) -> Answer:
        resources = call.args.getlist("resource")
        if not resources:
            return _bad(call, "A resource parameter is required.")
        if len(resources) > _MOST_RESOURCES:
            return _bad(call, f"You can only query {_MOST_RESOURCES} resources at once.")
        incs = _incs(call)
        found = [entry for resource in resources if (entry := self._shapes.url(resource, incs)) is not None]
        if len(resources) == 1:
            return _in_format(call, found[0]) if found else _not_found(call)
        return _in_format(call, {"url-count": len(found), "url-offset": 0, "urls": found})

    def _isrc(self, call: Call, isrc: str) -> Answer:
        found = self._shapes.by_isrc(isrc.upper().replace("-", ""), _incs(call))
        return _in_format(call, {"isrc": isrc, "recordings": found}) if found else _not_found(call)


def _incs(call: Call) -> frozenset[str]:
    return frozenset(filter(None, call.args.get("inc", "").replace(" ", "+").split("+")))


def _page(call: Call) -> tuple[int, int]:
    """Too much is silently cut to what is allowed; nonsense is ignored."""
    limit = call.integer("limit", _USUAL)
    offset = call.integer("offset", 0)
    return min(limit, _MOST) if limit is not None and limit > 0 else _USUAL, max(offset or 0, 0)


def _bad(call: Call, text: str) -> Answer:
    return _in_format(call, {"error": text, "help": _HELP}, 400)


def _not_found(call: Call) -> Answer:
    return _in_format(call, {"error": "Not Found", "help": _HELP}, 404)


def _in_format(call: Call, data: Json, status: int = 200) -> Answer:
    if call.args.get("fmt") == "json" or "application/json" in call.headers.get("Accept", ""):
        return json_answer(data, status)
    if "error" in data:
        return xml_answer("error", {"text": list(data.values())}, status)
    return xml_answer("metadata", data, status)
